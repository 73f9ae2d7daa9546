//! The JSON Schemas of the socket's frames, for whoever writes a client: there for everybody. The
//! files are kept equal to the types by a test in `chat`.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};

/// What a client sends.
pub const CLIENT_FRAME: &str = include_str!("../../docs/schemas/client-frame.json");
/// What the server sends.
pub const SERVER_FRAME: &str = include_str!("../../docs/schemas/server-frame.json");

/// Everything under `/schemas`.
pub fn router() -> Router {
    Router::new()
        .route("/schemas/client-frame.json", get(async || schema(CLIENT_FRAME)))
        .route("/schemas/server-frame.json", get(async || schema(SERVER_FRAME)))
}

/// Another build may have other ones, so they are not kept for ever.
fn schema(text: &'static str) -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "application/schema+json"),
        (CACHE_CONTROL, "public, max-age=3600"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, text)
}
