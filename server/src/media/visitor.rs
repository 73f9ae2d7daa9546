//! Who brings a file, or asks for one.

use chat::protocol::Scope;
use chat::{Refusal, UserSid};
use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::SDK_TOKEN;
use crate::commands::{Actor, admit_identity};
use crate::doors::Caller;
use crate::gateway::Gateway;
use crate::queries::session_by_sid;
use crate::rest::Failure;
use crate::rest::v2::basic;
use crate::state::AppState;
use crate::store::Tx;
use crate::webhooks::Cause;

/// Somebody who was let in, and where.
pub(crate) struct Visitor {
    pub(crate) gateway: Gateway,
    pub(crate) by: Actor,
}

impl Visitor {
    /// A user, by an access token.
    pub(super) async fn by_token(state: &AppState, headers: &HeaderMap) -> Result<Self, Failure> {
        let (gateway, bearer) = state.admit(token_in(headers).ok_or(Refusal::TokenInvalid)?)?;
        let store = &gateway.store;
        let user = match bearer.own {
            Some((user, session)) => {
                let now = state.clock.now();
                let live = store.read(move |tx| session_by_sid(tx, session, now)).await?;
                let live = live.filter(|live| live.user.sid == user);
                live.ok_or(Refusal::SessionEnded)?.user.sid
            }
            None => {
                let (identity, scope) = (bearer.identity, Scope::Directory);
                let cause = Cause(Some(identity.clone()));
                let admit = move |tx: &mut dyn Tx, m: &_| admit_identity(tx, &identity, m);
                gateway.write(scope, cause, admit).await?.sid
            }
        };
        Ok(Self { gateway, by: Actor::User(user) })
    }

    /// A user by an access token, or the operator's backend by the account's secret: in the service
    /// that the path names.
    pub(super) async fn in_service(
        state: &AppState,
        headers: &HeaderMap,
        caller: Caller,
        service: &str,
    ) -> Result<Self, Failure> {
        if let Some(credentials) = headers.get(AUTHORIZATION).and_then(basic) {
            return Self::by_secret(state, &credentials, caller, service);
        }
        let visitor = Self::by_token(state, headers).await?;
        if visitor.gateway.service.sid.to_string() != service {
            return Err(Refusal::TokenInvalid.into());
        }
        Ok(visitor)
    }

    fn by_secret(
        state: &AppState,
        credentials: &str,
        caller: Caller,
        service: &str,
    ) -> Result<Self, Failure> {
        let known = credentials.split_once(':');
        let known = known.and_then(|(name, secret)| state.tokens.admit(name, secret));
        if known.is_none() {
            state.attempts.wrong_credentials(caller.address, state.clock.now())?;
            return Err(Refusal::TokenInvalid.into());
        }
        let gateway = service.parse().ok().and_then(|sid| state.services.of(sid));
        let gateway = gateway.ok_or(Refusal::MediaNotFound)?;
        let by = Actor::Operator(gateway.service.system());
        Ok(Self { gateway, by })
    }

    pub(super) fn user(&self) -> UserSid {
        match self.by {
            Actor::User(user) | Actor::Operator(user) => user,
        }
    }
}

fn token_in(headers: &HeaderMap) -> Option<&str> {
    if let Some(token) = headers.get(SDK_TOKEN) {
        return token.to_str().ok();
    }
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
