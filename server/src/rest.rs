//! What programs call over HTTP, and how a no is put into a response.

pub mod tokens;
pub mod v2;

use axum::Json;
use axum::response::{IntoResponse, Response};
use chat::Refusal;
use http::StatusCode;
use http::header::RETRY_AFTER;

use crate::commands::CommandError;
use crate::store::Broken;

/// Why a request was not done.
#[derive(Debug)]
pub enum Failure {
    Refused(Refusal),
    Broken(Broken),
}

impl Failure {
    /// What the caller is told. What broke is told to the operator, here and once.
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => *refusal,
            Self::Broken(broken) => {
                tracing::error!(error = %broken, "a request broke");
                Refusal::Unavailable
            }
        }
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => Self::Refused(refusal),
            CommandError::Broken(broken) => Self::Broken(broken),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let wire = self.refusal().to_wire();
        let status = StatusCode::from_u16(wire.status).unwrap_or(StatusCode::BAD_REQUEST);
        let retry_after = wire.retry_after.map(|milliseconds| milliseconds.div_ceil(1_000));
        let mut response = (status, Json(wire)).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

#[cfg(test)]
mod tests;
