//! The WebSocket: who may open one, and what serves it. Everything else is in the modules below.

mod audience;
mod connection;
mod decode;
mod frame;
mod greeting;
mod held;
pub mod hub;
mod listeners;
mod outbox;
mod places;
mod requests;
mod socket;
mod speaker;
mod token_clock;

use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chat::Refusal;
use chat::protocol::SOCKET_PATH;
use tokio::sync::mpsc;

use crate::bus;
use crate::clock::Clock;
use crate::commands::CommandError;
use crate::config::Config;
use crate::doors::Caller;
use crate::rates::Allowance;
use crate::store::{Store, Told};
use crate::tokens::Tokens;
use hub::Hub;
use places::{Full, Places};

/// What every connection shares; clones are the same gateway.
#[derive(Clone)]
pub struct Gateway(Arc<Shared>);

/// The parts of a gateway.
pub struct Shared {
    pub hub: Hub,
    pub(crate) store: Store,
    pub(crate) tokens: Tokens,
    pub(crate) clock: Clock,
    pub(crate) allowance: Allowance,
    places: Places,
}

impl Deref for Gateway {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Gateway {
    /// A gateway to this store; its hub begins to hand on what the store tells.
    pub fn start(
        store: Store,
        told: mpsc::Receiver<Told>,
        tokens: Tokens,
        clock: Clock,
        config: &Config,
    ) -> Self {
        let (bus, news) = bus::local(told);
        let hub = Hub::new(store.clone(), bus, clock.clone());
        tokio::spawn(hub.clone().run(news));
        let (allowance, places) = (Allowance::new(config.rates), Places::new(config.connections));
        Self(Arc::new(Shared { hub, store, tokens, clock, allowance, places }))
    }
}

/// Where the WebSocket is opened. Whose page may do so is for the doors in front of it.
pub fn router(gateway: Gateway) -> Router {
    Router::new().route(SOCKET_PATH, get(upgrade)).with_state(gateway)
}

async fn upgrade(
    State(gateway): State<Gateway>,
    caller: Caller,
    upgrade: WebSocketUpgrade,
) -> Response {
    let place = match gateway.places.take(caller.address) {
        Ok(place) => place,
        Err(full) => {
            tracing::info!(address = %caller.address, "refused a connection: {full}");
            return (status_of(full), full.to_string()).into_response();
        }
    };
    let upgrade = socket::limited(upgrade);
    if upgrade.selected_protocol().is_none() {
        return (StatusCode::BAD_REQUEST, "The subprotocol yoriai.v1 is expected.").into_response();
    }
    upgrade.on_upgrade(move |socket| {
        let (incoming, outgoing) = socket::halves(socket);
        connection::serve(gateway, incoming, outgoing, place)
    })
}

fn status_of(full: Full) -> StatusCode {
    match full {
        Full::Everywhere => StatusCode::SERVICE_UNAVAILABLE,
        Full::AtAddress | Full::OnTheDoorstep => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// What the caller hears of an error. What broke is for the operator, and logged here once.
fn refusal_of(error: CommandError) -> Refusal {
    match error {
        CommandError::Refused(refusal) => refusal,
        CommandError::Broken(broken) => {
            tracing::error!(error = %broken, "a request broke");
            Refusal::Unavailable
        }
    }
}
