//! Files over HTTP: how they come in, and how they go out. A token, or the account's secret, is the
//! permission; no cookie is read, so pages of every site may ask.

mod arrivals;
mod arriving;
mod delivery;
mod description;
mod filename;
mod head;
mod link;
mod range;
mod service;
mod traces;
mod visitor;

use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::{
    ACCEPT_RANGES, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    ETAG, HeaderName, IF_NONE_MATCH, IF_RANGE, RANGE, RETRY_AFTER,
};
use serde::Deserialize;
use tower_http::cors::{Any, CorsLayer};

use crate::rest::Failure;
use crate::state::AppState;

pub(crate) use arrivals::Arrivals;
pub(crate) use arriving::{Intake, Parcel};
pub(crate) use link::Link;
pub(crate) use service::address_of;

use arriving::{announced, receive};
use visitor::Visitor;

/// Where files are.
const ROOT: &str = "/media";
/// Where the official browser SDK says its token.
const SDK_TOKEN: HeaderName = HeaderName::from_static("x-twilio-token");

/// Everything under `/media`, and the media service of Programmable Chat.
pub(crate) fn router(state: AppState) -> Router {
    Router::new()
        .route(ROOT, post(upload))
        .route(link::ROUTE, get(delivery::deliver))
        .route(service::ROUTE, post(service::upload))
        .route(service::ONE, get(service::describe))
        .route(service::SET, post(service::describe_set))
        // What comes is measured while it comes.
        .layer(DefaultBodyLimit::disable())
        .layer(cors())
        .with_state(state)
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    filename: String,
}

/// `POST /media?filename=…`: the body is the file.
async fn upload(
    State(state): State<AppState>,
    Query(named): Query<Named>,
    request: Request,
) -> Result<(StatusCode, Json<chat::Media>), Failure> {
    let visitor = Visitor::by_token(&state, request.headers()).await?;
    let parcel = Parcel {
        filename: named.filename,
        announced: announced(request.headers()),
        ..Parcel::default()
    };
    let bytes = request.into_body().into_data_stream();
    let media = receive(state, visitor, parcel, bytes).await?;
    Ok((StatusCode::CREATED, Json(media)))
}

fn cors() -> CorsLayer {
    let asked = [AUTHORIZATION, CONTENT_TYPE, RANGE, IF_RANGE, IF_NONE_MATCH, SDK_TOKEN];
    let told =
        [ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, ETAG, RETRY_AFTER];
    CorsLayer::new().allow_origin(Any).allow_methods(Any).allow_headers(asked).expose_headers(told)
}
