//! The door for the official browser SDK of Programmable Chat: one WebSocket through which it tunnels
//! requests in the shape of HTTP, and hears of changes as events of Sync. It translates both; what
//! is behind is the same gateway that our own socket has.

mod call;
mod codec;
mod data;
mod init;
pub(crate) mod objects;
mod routes;
mod session;
mod voice;

use std::sync::Arc;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::doors::Caller;
use crate::gateway::connection::{Connection, turn_away};
use crate::gateway::place_for;
use crate::gateway::places::Place;
use crate::gateway::socket::{self, Incoming, Outgoing};
use crate::state::AppState;
pub(crate) use data::date;
use init::{Unwelcome, greet};
use session::Session;
use voice::TunnelVoice;

/// Where the SDK opens its socket.
pub const PATH: &str = "/v3/wsconnect";

/// Pages on any site may open it: no cookie is read here, and the token is the permission.
pub fn router(state: AppState) -> Router {
    Router::new().route(PATH, get(upgrade)).with_state(state)
}

async fn upgrade(State(state): State<AppState>, request: Request) -> Response {
    let caller = Caller::behind(&request, &state.config.trusted_proxies);
    let (mut parts, _) = request.into_parts();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let place = match place_for(&state, caller) {
        Ok(place) => place,
        Err(none) => return none.into_response(),
    };
    socket::limited(upgrade).on_upgrade(move |socket| {
        let (incoming, outgoing) = socket::halves(socket);
        serve(state, incoming, outgoing, place)
    })
}

/// Serves a socket until it is closed, and frees its place.
async fn serve(state: AppState, mut incoming: Incoming, outgoing: Outgoing, mut place: Place) {
    let voice = Arc::new(TunnelVoice::new());
    let greeted = greet(&state, &mut incoming, &voice).await;
    place.greeted();
    match greeted {
        None => {}
        Some(Ok(greeted)) => {
            let session = |desk| Session::new(desk, voice, &state.config);
            Connection::new(incoming, greeted, session).run(outgoing).await;
        }
        Some(Err(Unwelcome { word, code })) => {
            turn_away(&state.clock, incoming, outgoing, word, code).await;
        }
    }
}
