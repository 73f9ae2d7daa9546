//! A request's body, taken whole before anybody acts on it: not too long, and not too slowly.

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::limits::{BODY_MS, REQUEST_BYTES_MAX};
use crate::state::AppState;

/// Hands the request on when all of it is here. One that says itself that it is too long is not
/// read at all.
pub async fn whole(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if (REQUEST_BYTES_MAX as u64) < body.size_hint().lower() {
        return too_long();
    }
    let deadline = state.clock.now().plus(BODY_MS);
    let read = tokio::select! {
        read = Limited::new(body, REQUEST_BYTES_MAX).collect() => read,
        () = state.clock.reach(deadline) => return too_slow(),
    };
    match read {
        Ok(body) => next.run(Request::from_parts(parts, Body::from(body.to_bytes()))).await,
        Err(error) if error.is::<LengthLimitError>() => too_long(),
        Err(_) => (StatusCode::BAD_REQUEST, "The request's body broke off.").into_response(),
    }
}

fn too_long() -> Response {
    let sentence = format!("A request's body has at most {REQUEST_BYTES_MAX} bytes.");
    (StatusCode::PAYLOAD_TOO_LARGE, sentence).into_response()
}

fn too_slow() -> Response {
    let sentence = format!("A request's body has {} seconds to come.", BODY_MS / 1_000);
    (StatusCode::REQUEST_TIMEOUT, sentence).into_response()
}
