//! Tokens: signed as a backend would, and ended before their time.

use axum::Json;
use axum::extract::State;
use chat::Identity;
use chat::limits::TOKEN_LIFE_SECONDS_MAX;
use chat::protocol::CloseCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Stage;
use super::clock::written;
use super::no::No;
use super::said::Said;
use crate::gateway::line::Order;
use crate::tokens::Which;

/// For whom a token is, and for how many seconds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    identity: String,
    #[serde(default = "an_hour")]
    ttl: i64,
}

fn an_hour() -> i64 {
    3_600
}

/// Which tokens end, and whether their bearers are told first.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Expiry {
    identity: Option<String>,
    jti: Option<String>,
    token: Option<String>,
    soon: bool,
}

/// `POST /test/tokens`
pub(super) async fn sign(
    State(stage): State<Stage>,
    Said(wish): Said<Wish>,
) -> Result<Json<Value>, No> {
    if !(1..=TOKEN_LIFE_SECONDS_MAX).contains(&wish.ttl) {
        return Err(No::Malformed(format!("ttl is between 1 and {TOKEN_LIFE_SECONDS_MAX}.")));
    }
    let state = stage.state();
    let identity = Identity::parse(&wish.identity)?;
    let (now, service) = (state.clock.now(), state.home().service.sid);
    let token = state.tokens.sign_for(service, &identity, wish.ttl, now);
    let token = token.ok_or_else(|| No::broken("no key for a backend is in use"))?;
    let expires_at = written(now.plus(wish.ttl * 1_000));
    Ok(Json(json!({"identity": identity, "token": token, "expires_at": expires_at})))
}

/// `POST /test/tokens/expire`
pub(super) async fn expire(
    State(stage): State<Stage>,
    Said(expiry): Said<Expiry>,
) -> Result<Json<Value>, No> {
    let which = expiry.which()?;
    let state = stage.state();
    let (Some(spent), Some(lines)) = (state.tokens.spent(), &state.lines) else {
        return Err(No::broken("this server is not in test mode"));
    };
    let connections = if expiry.soon {
        match &which {
            Which::Of(identity) => lines.order(Some(identity), Order::TokenEndsSoon),
            which => lines.order_by_token(|mark| mark.is(which), Order::TokenEndsSoon),
        }
    } else {
        spent.spend(&which);
        lines.order_by_token(|mark| spent.is_over(mark), Order::Close(CloseCode::TokenExpired))
    };
    Ok(Json(json!({"connections": connections})))
}

impl Expiry {
    fn which(&self) -> Result<Which, No> {
        match (&self.identity, &self.jti, &self.token) {
            (Some(identity), None, None) => Ok(Which::Of(Identity::parse(identity)?)),
            (None, Some(jti), None) => Ok(Which::Jti(jti.clone())),
            (None, None, Some(token)) => Ok(Which::Token(token.clone())),
            _ => Err(No::Malformed("One of identity, jti and token is expected.".to_owned())),
        }
    }
}
