//! Yoriai's server: the store and its commands, the gateway, and the doors to them.

pub mod clock;
pub mod commands;
pub mod limits;
pub mod queries;
pub mod store;
