//! What people see.

pub mod account;
pub mod icons;
pub mod shell;
pub mod wording;
