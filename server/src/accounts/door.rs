//! What the page's server functions do here, for one request.

use std::sync::Arc;

use app::account::{AccessToken, AccountAnswer, AccountDoor, Credentials, DoorAnswer};
use axum::extract::{Request, State};
use axum::response::IntoResponse;
use chat::{Identity, Refusal};
use http::HeaderValue;
use http::header::SET_COOKIE;
use leptos::prelude::{expect_context, provide_context};
use leptos_axum::{ResponseOptions, handle_server_fns_with_context};

use super::{Refused, enter, leave};
use crate::doors::Caller;
use crate::sessions::{SessionSecret, Visitor};
use crate::state::AppState;

/// Runs the server function that the request names.
pub async fn server_functions(
    State(state): State<AppState>,
    caller: Caller,
    request: Request,
) -> impl IntoResponse {
    let secret = state.cookie.secret_in(request.headers());
    let door: Arc<dyn AccountDoor> = Arc::new(Door { state, caller, secret });
    handle_server_fns_with_context(move || provide_context(Arc::clone(&door)), request).await
}

#[derive(Clone)]
struct Door {
    state: AppState,
    caller: Caller,
    secret: Option<SessionSecret>,
}

impl Door {
    async fn visitor(&self) -> Result<Visitor, Refused> {
        Ok(Visitor::with(&self.state, self.secret.clone()).await?)
    }

    async fn token(&self) -> Result<AccessToken, Refused> {
        let Visitor(session) = self.visitor().await?;
        let session = session.ok_or(Refusal::SessionEnded)?;
        let now = self.state.clock.now();
        let (token, expires_at) = self.state.tokens.sign_own(&session.user, session.sid, now);
        Ok(AccessToken { token, identity: session.user.identity, expires_at })
    }

    async fn enter(&self, credentials: &Credentials) -> Result<super::Entered, Refused> {
        let visitor = self.visitor().await?;
        enter(&self.state, credentials, &visitor, self.caller).await
    }

    async fn leave(&self) -> Result<(), Refused> {
        if let Visitor(Some(session)) = self.visitor().await? {
            leave(&self.state, &session).await?;
        }
        Ok(())
    }
}

impl AccountDoor for Door {
    fn access_token(&self) -> DoorAnswer<AccessToken> {
        let door = self.clone();
        Box::pin(async move { answer(door.token().await) })
    }

    fn sign_in(&self, credentials: Credentials) -> DoorAnswer<Identity> {
        let (door, cookie) = (self.clone(), CookieSetter::at_once());
        Box::pin(async move {
            let entered = answer(door.enter(&credentials).await)?;
            if let Some(secret) = &entered.secret {
                cookie.set(door.state.cookie.set(secret));
            }
            Ok(entered.user.identity)
        })
    }

    fn sign_out(&self) -> DoorAnswer<()> {
        let (door, cookie) = (self.clone(), CookieSetter::at_once());
        Box::pin(async move {
            answer(door.leave().await)?;
            cookie.set(door.state.cookie.clear());
            Ok(())
        })
    }
}

/// Taken from the Leptos context before the first wait: afterwards it may be another one's.
struct CookieSetter(ResponseOptions);

impl CookieSetter {
    fn at_once() -> Self {
        Self(expect_context())
    }

    fn set(&self, cookie: HeaderValue) {
        self.0.append_header(SET_COOKIE, cookie);
    }
}

fn answer<T>(result: Result<T, Refused>) -> AccountAnswer<T> {
    result.map_err(|refused| refused.to_page())
}
