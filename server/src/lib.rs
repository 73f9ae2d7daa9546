//! Yoriai's server: the store and its commands, the gateway, and the doors to them.

pub mod accounts;
pub mod clock;
pub mod commands;
pub mod config;
pub mod doors;
pub mod health;
pub mod keys;
pub mod limits;
pub mod names;
pub mod passwords;
pub mod queries;
pub mod sessions;
pub mod store;
pub mod tokens;
