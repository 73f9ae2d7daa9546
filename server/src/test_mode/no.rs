//! Why something was not done, as JSON with one sentence.

use axum::Json;
use axum::response::{IntoResponse, Response};
use chat::Refusal;
use http::StatusCode;
use serde_json::json;

use crate::commands::CommandError;
use crate::rest::Failure;
use crate::running::CannotRun;

/// A no, and where in what was said it belongs, if anywhere.
#[derive(Debug)]
pub(super) enum No {
    Malformed(String),
    Failed { at: Option<String>, failure: Failure },
    Broken(String),
}

impl No {
    /// The same, for this place in what was said.
    pub(super) fn at(error: CommandError, place: &str) -> Self {
        Self::Failed { at: Some(place.to_owned()), failure: error.into() }
    }

    pub(super) fn broken(error: impl std::fmt::Display) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Failed { at: None, failure: refusal.into() }
    }
}

impl From<CommandError> for No {
    fn from(error: CommandError) -> Self {
        Self::Failed { at: None, failure: error.into() }
    }
}

impl From<CannotRun> for No {
    fn from(error: CannotRun) -> Self {
        Self::broken(error)
    }
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        match self {
            Self::Malformed(message) => {
                (StatusCode::BAD_REQUEST, Json(json!({"message": message}))).into_response()
            }
            Self::Failed { at, failure } => {
                let wire = failure.refusal().to_wire();
                let status = StatusCode::from_u16(wire.status).unwrap_or(StatusCode::BAD_REQUEST);
                let no = json!({"at": at, "code": wire.code, "message": wire.message});
                (status, Json(no)).into_response()
            }
            Self::Broken(message) => {
                tracing::error!(error = message, "test mode broke");
                let no = json!({"message": message});
                (StatusCode::INTERNAL_SERVER_ERROR, Json(no)).into_response()
            }
        }
    }
}
