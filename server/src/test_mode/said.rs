//! What a test says: JSON, whatever its content type is called. Nothing at all is `{}`.

use axum::extract::{FromRequest, Request};
use http_body_util::{BodyExt, Limited};
use serde::de::DeserializeOwned;

use super::no::No;
use crate::limits::TEST_BYTES_MAX;

pub(super) struct Said<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Said<T> {
    type Rejection = No;

    async fn from_request(request: Request, _: &S) -> Result<Self, No> {
        let body = Limited::new(request.into_body(), TEST_BYTES_MAX).collect().await;
        let body = body
            .map_err(|_| No::Malformed(format!("At most {TEST_BYTES_MAX} bytes, please.")))?
            .to_bytes();
        let text = if body.trim_ascii().is_empty() { b"{}" } else { body.as_ref() };
        serde_json::from_slice(text)
            .map(Self)
            .map_err(|error| No::Malformed(format!("This is not what is expected here: {error}.")))
    }
}
