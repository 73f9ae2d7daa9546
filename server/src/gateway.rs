//! The WebSocket: who may open one, and what serves it. Everything else is in the modules below.

pub(crate) mod audience;
pub(crate) mod connection;
mod decode;
pub(crate) mod dialect;
pub(crate) mod frame;
pub(crate) mod greeting;
mod held;
pub mod hub;
pub(crate) mod line;
mod listeners;
mod outbox;
pub(crate) mod places;
pub(crate) mod requests;
pub(crate) mod socket;
mod socket_dialect;
mod speaker;
pub(crate) mod tidings;
mod token_clock;
pub(crate) mod voice;

use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chat::Refusal;
use chat::protocol::{SOCKET_PATH, SUBPROTOCOL, Scope, ServerFrame};
use tokio::sync::mpsc;

use crate::bus;
use crate::clock::Clock;
use crate::commands::{CommandError, Moment, Outcome};
use crate::config::Rates;
use crate::doors::Caller;
use crate::rates::Allowance;
use crate::state::AppState;
use crate::store::{Service, Settings, Store, Told, Tx};
use crate::tokens::Tokens;
use crate::webhooks::{Cause, Webhooks};
use connection::{Connection, turn_away};
use frame::encode;
use greeting::{Unwelcome, greet};
use hub::Hub;
use places::{Full, Place};
use socket::{Incoming, Outgoing};
use socket_dialect::SocketDialect;

/// One service at work, and what its connections share; clones are the same gateway.
#[derive(Clone)]
pub struct Gateway(Arc<Shared>);

/// The parts of a gateway.
pub struct Shared {
    pub service: Service,
    pub store: Store,
    pub hub: Hub,
    pub(crate) tokens: Tokens,
    pub(crate) clock: Clock,
    pub(crate) allowance: Allowance,
    pub(crate) webhooks: Webhooks,
}

impl Deref for Gateway {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Gateway {
    /// A gateway to this service; its hub begins to hand on what the store tells.
    pub fn start(
        (service, settings): (Service, Settings),
        (store, told): (Store, mpsc::Receiver<Told>),
        tokens: Tokens,
        clock: Clock,
        rates: Rates,
        webhooks: Webhooks,
    ) -> Self {
        let (bus, news) = bus::local(told);
        let hub = Hub::new(store.clone(), bus, clock.clone());
        hub.heed(settings);
        tokio::spawn(hub.clone().run(news));
        let allowance = Allowance::new(rates);
        Self(Arc::new(Shared { service, store, hub, tokens, clock, allowance, webhooks }))
    }

    /// Runs a command, and tells the webhooks of what it changed.
    pub(crate) async fn write<R, C>(
        &self,
        scope: Scope,
        cause: Cause,
        command: C,
    ) -> Result<R, CommandError>
    where
        R: Send + 'static,
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        self.webhooks.write(scope, cause, command).await
    }

    /// The same for a command that makes no rows.
    pub(crate) async fn tidy<R, C>(&self, cause: Cause, command: C) -> Result<R, CommandError>
    where
        R: Send + 'static,
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        self.webhooks.tidy(cause, command).await
    }
}

/// Where the WebSocket is opened. Whose page may do so is for the doors in front of it.
pub fn router(state: AppState) -> Router {
    Router::new().route(SOCKET_PATH, get(upgrade)).with_state(state)
}

async fn upgrade(
    State(state): State<AppState>,
    caller: Caller,
    upgrade: WebSocketUpgrade,
) -> Response {
    let place = match place_for(&state, caller) {
        Ok(place) => place,
        Err(none) => return none.into_response(),
    };
    let upgrade = socket::limited(upgrade).protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return (StatusCode::BAD_REQUEST, "The subprotocol yoriai.v1 is expected.").into_response();
    }
    upgrade.on_upgrade(move |socket| {
        let (incoming, outgoing) = socket::halves(socket);
        serve(state, incoming, outgoing, place)
    })
}

/// A place for one more socket.
pub(crate) fn place_for(state: &AppState, caller: Caller) -> Result<Place, NoPlace> {
    state.places.take(caller.address).map_err(|full| {
        tracing::info!(address = %caller.address, "refused a connection: {full}");
        NoPlace(full)
    })
}

/// The answer that there is no place.
pub(crate) struct NoPlace(Full);

impl IntoResponse for NoPlace {
    fn into_response(self) -> Response {
        (status_of(self.0), self.0.to_string()).into_response()
    }
}

/// Serves a socket until it is closed, and frees its place.
async fn serve(state: AppState, mut incoming: Incoming, outgoing: Outgoing, mut place: Place) {
    let greeted = greet(&state, &mut incoming).await;
    place.greeted();
    match greeted {
        None => {}
        Some(Ok(greeted)) => {
            let dialect = |desk| SocketDialect { desk };
            Connection::new(incoming, greeted, dialect).run(outgoing).await;
        }
        Some(Err(Unwelcome { refusal, code })) => {
            let word = refusal.map(|refusal| encode(&ServerFrame::Refused(refusal.to_wire())));
            turn_away(&state.clock, incoming, outgoing, word, code).await;
        }
    }
}

fn status_of(full: Full) -> StatusCode {
    match full {
        Full::Everywhere => StatusCode::SERVICE_UNAVAILABLE,
        Full::AtAddress | Full::OnTheDoorstep => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// What the caller hears of an error. What broke is for the operator, and logged here once.
pub(crate) fn refusal_of(error: CommandError) -> Refusal {
    match error {
        CommandError::Refused(refusal) => refusal,
        CommandError::Broken(broken) => {
            tracing::error!(error = %broken, "a request broke");
            Refusal::Unavailable
        }
    }
}
