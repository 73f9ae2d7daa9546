//! Yoriai's server: the store and its commands, the gateway, and the doors to them.

pub mod clock;
pub mod config;
pub mod keys;
pub mod limits;
pub mod tokens;
