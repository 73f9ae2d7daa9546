//! `POST /token`: an identity goes in, its access token comes out, as in Programmable Chat's
//! tutorial. But nobody gets a token for another one's name.

use app::account::Credentials;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use chat::{Identity, Refusal};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use serde::{Deserialize, Serialize};

use crate::accounts::{self, Refused};
use crate::doors::Caller;
use crate::rest::Failure;
use crate::sessions::Visitor;
use crate::state::AppState;
use crate::store::ChosenName;

/// The question, as a form or as JSON.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    identity: String,
}

#[derive(Debug, Serialize)]
struct Issued {
    identity: Identity,
    token: String,
}

/// With a session, its own identity's token; without one, a guest's, who gets a session by it.
pub async fn issue(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    wanted: Wanted,
) -> Result<Response, Failure> {
    if wanted.identity.trim().is_empty() {
        return Err(Refusal::IdentityMissing.into());
    }
    if let Visitor(Some(session)) = visitor {
        let name = ChosenName::parse(&wanted.identity)?;
        if name.identity != session.user.identity {
            return Err(Refusal::OtherUser.into());
        }
        let (token, _) = state.tokens.sign_own(&session.user, session.sid, state.clock.now());
        return Ok(issued(session.user.identity, token).into_response());
    }
    let guest = Credentials { name: wanted.identity, password: None };
    let entered = accounts::enter(&state, &guest, &Visitor(None), caller)
        .await
        .map_err(|Refused { failure, .. }| failure)?;
    let (token, _) = state.tokens.sign_own(&entered.user, entered.session, state.clock.now());
    let mut response = issued(entered.user.identity, token).into_response();
    if let Some(secret) = &entered.secret {
        response.headers_mut().insert(SET_COOKIE, state.cookie.set(secret));
    }
    Ok(response)
}

fn issued(identity: Identity, token: String) -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], Json(Issued { identity, token }))
}

impl FromRequest<AppState> for Wanted {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Failure> {
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|text| text.to_str().ok());
        let wanted = if content_type.is_some_and(|kind| kind.starts_with("application/json")) {
            Json::from_request(request, state).await.map(|Json(wanted)| wanted).ok()
        } else {
            Form::from_request(request, state).await.map(|Form(wanted)| wanted).ok()
        };
        wanted.ok_or(Failure::Refused(Refusal::BadParameter))
    }
}
