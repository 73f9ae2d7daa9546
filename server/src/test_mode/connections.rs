//! Connections that are greeted already: cut or closed, and what befalls their frames.

use axum::Json;
use axum::extract::State;
use chat::Identity;
use chat::protocol::CloseCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Stage;
use super::no::No;
use super::said::Said;
use crate::gateway::line::{Lines, Order, Trouble, Way};
use crate::limits::TEST_DELAY_MS_MAX;
use crate::state::AppState;

/// Whose connections end, and how.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct End {
    /// Everybody's, if nobody is named.
    identity: Option<String>,
    /// Without a goodbye, if there is none.
    code: Option<u16>,
}

/// Whose frames are late or lost, each way. What is left out stays.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Wish {
    /// Everybody's, if nobody is named.
    identity: Option<String>,
    to_client: OneWay,
    from_client: OneWay,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct OneWay {
    delay_ms: Option<u32>,
    lose: Option<u32>,
}

/// `POST /test/connections/close`
pub(super) async fn close(
    State(stage): State<Stage>,
    Said(end): Said<End>,
) -> Result<Json<Value>, No> {
    let order = match end.code {
        None => Order::Cut,
        Some(number) => Order::Close(CloseCode::from_number(number).ok_or_else(no_such_code)?),
    };
    let whose = end.identity.as_deref().map(Identity::parse).transpose()?;
    let connections = lines(&stage.state())?.order(whose.as_ref(), order);
    Ok(Json(json!({"connections": connections})))
}

/// `POST /test/connections/trouble`
pub(super) async fn trouble(
    State(stage): State<Stage>,
    Said(wish): Said<Wish>,
) -> Result<Json<Value>, No> {
    let whose = wish.identity.as_deref().map(Identity::parse).transpose()?;
    let ways = [(Way::ToClient, &wish.to_client), (Way::FromClient, &wish.from_client)];
    if ways.iter().any(|(_, wish)| wish.delay_ms.is_some_and(|delay| TEST_DELAY_MS_MAX < delay)) {
        let sentence = format!("A frame is late by at most {TEST_DELAY_MS_MAX} ms.");
        return Err(No::Malformed(sentence));
    }
    let trouble = lines(&stage.state())?.trouble(whose.as_ref());
    for (way, wish) in ways {
        if let Some(delay) = wish.delay_ms {
            trouble.set_delay(way, delay);
        }
        if let Some(lose) = wish.lose {
            trouble.set_lost(way, lose);
        }
    }
    Ok(Json(json!({
        "to_client": shown(&trouble, Way::ToClient),
        "from_client": shown(&trouble, Way::FromClient),
    })))
}

fn shown(trouble: &Trouble, way: Way) -> Value {
    let (delay, lost) = trouble.stands(way);
    json!({"delay_ms": delay, "lose": lost})
}

fn lines(state: &AppState) -> Result<Lines, No> {
    state.lines.clone().ok_or_else(|| No::broken("this server is not in test mode"))
}

fn no_such_code() -> No {
    let known: Vec<String> = CloseCode::ALL.iter().map(|code| code.number().to_string()).collect();
    No::Malformed(format!("The server closes with {}, or says nothing.", known.join(", ")))
}
