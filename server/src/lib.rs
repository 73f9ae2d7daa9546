//! Yoriai's server: the store and its commands, the gateway, and the doors to them.

pub mod accounts;
mod background;
pub mod bodies;
pub mod bus;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod doors;
pub mod files;
pub mod gateway;
pub mod headers;
pub mod health;
#[cfg(test)]
mod house;
pub mod keys;
pub mod limits;
mod listening;
mod media;
pub mod moving;
pub mod names;
pub mod occupied;
pub mod passwords;
mod presence;
pub mod queries;
pub mod rates;
pub mod rest;
pub mod running;
pub mod schemas;
pub mod services;
pub mod sessions;
pub mod shell;
pub mod site;
pub mod state;
pub mod store;
mod test_mode;
pub mod tokens;
pub mod tunnel;
mod typing;
pub mod webhooks;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::accounts::door::server_functions;
use crate::shell::forms;
use crate::state::AppState;

pub use running::{CannotRun, Running, serve, start};

/// Every address that the server answers at.
pub fn router(state: AppState) -> Router {
    let guarded = Router::new()
        .route("/", get(shell::page))
        .route("/channels", get(shell::page))
        .route("/channels/{address}", get(shell::page))
        .route("/sign-in", get(forms::start).post(forms::sign_in))
        .route("/sign-out", post(forms::sign_out))
        .route("/preferences", post(forms::preferences))
        .route("/api/{*function}", post(server_functions))
        .route("/token", post(rest::tokens::issue))
        .with_state(state.clone())
        .merge(gateway::router(state.clone()))
        .layer(from_fn_with_state(state.clone(), bodies::whole))
        .layer(from_fn_with_state(state.clone(), doors::guard));
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(state.clone())
        .merge(schemas::router())
        .merge(guarded)
        .merge(rest::v2::router(state.clone()))
        .merge(tunnel::router(state.clone()))
        .merge(media::router(state.clone()))
        .fallback(site::file)
        .layer(from_fn_with_state(state.clone(), headers::protect))
}
