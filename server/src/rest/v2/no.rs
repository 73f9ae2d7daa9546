//! How a no is told: `{code, message, more_info, status}`, as Programmable Chat told it.

use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chat::Refusal;
use http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use super::ROOT;
use crate::bodies::Untaken;
use crate::commands::CommandError;
use crate::rest::Failure;
use crate::state::AppState;

/// Why a request was not done.
#[derive(Debug)]
pub(super) enum No {
    /// The rules said no, or something broke.
    Failed(Failure),
    /// Who asks is not known. Why, is not told.
    Stranger,
    /// There is no such address.
    Nowhere,
    /// The address is asked in another way.
    WrongMethod,
    /// A parameter cannot be read; the sentence says why.
    Malformed(String),
    /// The body did not come whole.
    Untaken(Untaken),
    /// This server does not do that; the sentence says why.
    Unbuilt(&'static str),
    /// Not as things are; the sentence says why.
    Impossible(String),
}

/// What a body tells; the address of its page is added where it is known.
#[derive(Clone, Debug)]
struct Told {
    code: u32,
    message: String,
    status: StatusCode,
}

#[derive(Serialize)]
struct Answer {
    code: u32,
    message: String,
    more_info: String,
    status: u16,
}

/// What deleting answers.
pub(super) type Gone = Result<StatusCode, No>;

/// Nothing where what was looked for is not there: deleting what is gone succeeds.
pub(super) fn gone_or<T>(found: Result<T, No>) -> Result<Option<T>, No> {
    match found {
        Err(No::Failed(Failure::Refused(
            Refusal::ChannelNotFound
            | Refusal::MemberNotFound
            | Refusal::MessageNotFound
            | Refusal::UserNotFound
            | Refusal::RoleNotFound
            | Refusal::InviteNotFound
            | Refusal::WebhookNotFound,
        ))) => Ok(None),
        found => found.map(Some),
    }
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Failed(refusal.into())
    }
}

impl From<CommandError> for No {
    fn from(error: CommandError) -> Self {
        Self::Failed(error.into())
    }
}

/// A code that only this door speaks: its status, and what it means in general.
pub(super) type Own = (u32, StatusCode, &'static str);

const STRANGER: Own =
    (20003, StatusCode::UNAUTHORIZED, "The account or key, or its secret, is wrong.");
const WRONG_METHOD: Own =
    (20004, StatusCode::METHOD_NOT_ALLOWED, "This address is not asked in this way.");
const NOWHERE: Own = (20404, StatusCode::NOT_FOUND, "There is nothing at this address.");
const UNTAKEN: Own =
    (60060, StatusCode::PAYLOAD_TOO_LARGE, "The request's body did not come whole.");
const IMPOSSIBLE: Own = (60062, StatusCode::CONFLICT, "As things are, that is not possible.");
const UNBUILT: Own = (60061, StatusCode::NOT_IMPLEMENTED, "This server does not do that.");

/// Each of them.
pub(super) const OWN: [Own; 6] = [STRANGER, WRONG_METHOD, NOWHERE, UNTAKEN, UNBUILT, IMPOSSIBLE];

impl No {
    fn told(&self) -> Told {
        match self {
            Self::Failed(failure) => told(failure.refusal()),
            Self::Malformed(message) => {
                Told { message: message.clone(), ..told(Refusal::BadParameter) }
            }
            Self::Stranger => own(STRANGER),
            Self::WrongMethod => own(WRONG_METHOD),
            Self::Nowhere => own(NOWHERE),
            Self::Untaken(untaken) => {
                Told { message: untaken.message(), status: untaken.status(), ..own(UNTAKEN) }
            }
            Self::Impossible(reason) => Told { message: reason.clone(), ..own(IMPOSSIBLE) },
            Self::Unbuilt(reason) => Told { message: (*reason).to_owned(), ..own(UNBUILT) },
        }
    }
}

fn own((code, status, message): Own) -> Told {
    Told { code, message: message.to_owned(), status }
}

fn told(refusal: Refusal) -> Told {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    Told { code: refusal.code(), message: refusal.message(), status }
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let told = self.told();
        let mut response = told.status.into_response();
        let headers = response.headers_mut();
        if let Self::Failed(Failure::Refused(Refusal::TooManyRequests { retry_after_ms })) = self {
            headers.insert(RETRY_AFTER, retry_after_ms.div_ceil(1_000).into());
        }
        if matches!(self, Self::Stranger) {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Yoriai\""));
        }
        response.extensions_mut().insert(told);
        response
    }
}

/// Writes what a no tells into its body, with the address of a page about it. Nothing is cached.
pub(super) async fn tell(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(Told { code, message, status }) = response.extensions_mut().remove() {
        let more_info = format!("{}{ROOT}/errors/{code}", state.config.public_url);
        let answer = Json(Answer { code, message, more_info, status: status.as_u16() });
        let (head, _) = response.into_parts();
        response = (status, answer).into_response();
        response.headers_mut().extend(head.headers);
    }
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
