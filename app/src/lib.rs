//! What people see.

pub mod account;
pub mod shell;
