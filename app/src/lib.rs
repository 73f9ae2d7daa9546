//! What people see.

pub mod account;
mod browser;
pub mod components;
pub mod icons;
mod sentences;
pub mod shell;
pub mod wording;
