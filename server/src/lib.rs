//! Yoriai's server: the store and its commands, the gateway, and the doors to them.

pub mod bus;
pub mod clock;
pub mod commands;
pub mod config;
pub mod gateway;
pub mod keys;
pub mod limits;
pub mod queries;
pub mod rates;
pub mod store;
pub mod tokens;
mod typing;
