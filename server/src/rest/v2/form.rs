//! Parameters by their CamelCase names: in a form's body, or behind the question mark.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

use super::no::No;
use crate::bodies::Untaken;

/// What a form says. What it does not know is passed over.
pub(super) struct Form<T>(pub(super) T);

/// What stands behind the question mark.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = No;

    async fn from_request(request: Request, _: &S) -> Result<Self, No> {
        let body = request.into_body().collect().await;
        let body = body.map_err(|_| No::Untaken(Untaken::BrokeOff))?;
        read(&body.to_bytes()).map(Self)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = No;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, No> {
        read(parts.uri.query().unwrap_or_default().as_bytes()).map(Self)
    }
}

fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, No> {
    serde_html_form::from_bytes(text)
        .map_err(|error| No::Malformed(format!("A parameter is not valid: {error}.")))
}
