//! A request's body, taken whole before anybody acts on it: not too long, and not too slowly.

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::clock::Clock;
use crate::limits::{BODY_MS, REQUEST_BYTES_MAX};
use crate::state::AppState;

/// Why a body was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untaken {
    TooLong { bytes_max: usize },
    TooSlow,
    BrokeOff,
}

/// Hands the request on when all of it is here.
pub async fn whole(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match taken(&state.clock, request, REQUEST_BYTES_MAX).await {
        Ok(request) => next.run(request).await,
        Err(untaken) => untaken.into_response(),
    }
}

/// The request with all of its body. One that says itself that it is too long is not read at all.
pub async fn taken(clock: &Clock, request: Request, bytes_max: usize) -> Result<Request, Untaken> {
    let (parts, body) = request.into_parts();
    if (bytes_max as u64) < body.size_hint().lower() {
        return Err(Untaken::TooLong { bytes_max });
    }
    let deadline = clock.now().plus(BODY_MS);
    let read = tokio::select! {
        read = Limited::new(body, bytes_max).collect() => read,
        () = clock.reach(deadline) => return Err(Untaken::TooSlow),
    };
    match read {
        Ok(body) => Ok(Request::from_parts(parts, Body::from(body.to_bytes()))),
        Err(error) if error.is::<LengthLimitError>() => Err(Untaken::TooLong { bytes_max }),
        Err(_) => Err(Untaken::BrokeOff),
    }
}

impl Untaken {
    /// The HTTP status that goes with it.
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BrokeOff => StatusCode::BAD_REQUEST,
        }
    }

    /// One sentence.
    pub fn message(self) -> String {
        match self {
            Self::TooLong { bytes_max } => {
                format!("A request's body has at most {bytes_max} bytes.")
            }
            Self::TooSlow => format!("A request's body has {} seconds to come.", BODY_MS / 1_000),
            Self::BrokeOff => "The request's body broke off.".to_owned(),
        }
    }
}

impl IntoResponse for Untaken {
    fn into_response(self) -> Response {
        (self.status(), self.message()).into_response()
    }
}
