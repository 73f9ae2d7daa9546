//! The clock: it runs or stands, and moves forward only.

use axum::Json;
use axum::extract::State;
use chat::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Stage;
use super::no::No;
use super::said::Said;
use crate::clock::AdjustableClock;
use crate::limits::TEST_ADVANCE_MS_MAX;

/// What becomes of the clock, in this order.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Adjustment {
    runs: Option<bool>,
    /// Never earlier than it is.
    now: Option<String>,
    advance_ms: Option<i64>,
}

/// `GET /test/clock`
pub(super) async fn read(State(stage): State<Stage>) -> Json<Value> {
    Json(shown(&stage.act().clock))
}

/// `POST /test/clock`
pub(super) async fn adjust(
    State(stage): State<Stage>,
    Said(adjustment): Said<Adjustment>,
) -> Result<Json<Value>, No> {
    let clock = stage.act().clock;
    let to = adjustment.now.as_deref().map(moment_of).transpose()?;
    let by =
        to.map_or(0, |to| to.since(clock.now())).saturating_add(adjustment.advance_ms.unwrap_or(0));
    if !(0..=TEST_ADVANCE_MS_MAX).contains(&by) {
        return Err(No::Malformed(format!(
            "The clock moves forward only, by at most {TEST_ADVANCE_MS_MAX} ms at a time."
        )));
    }
    if let Some(runs) = adjustment.runs {
        clock.let_run(runs);
    }
    clock.advance(by);
    Ok(Json(shown(&clock)))
}

fn shown(clock: &AdjustableClock) -> Value {
    json!({"now": written(clock.now()), "runs": clock.runs()})
}

/// A moment, as people write it.
pub(super) fn written(moment: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(moment.0).unwrap_or_default().to_string()
}

/// The moment that was written.
pub(super) fn moment_of(text: &str) -> Result<Timestamp, No> {
    let moment: Result<jiff::Timestamp, _> = text.parse();
    moment.map(|moment| Timestamp(moment.as_millisecond())).map_err(|_| {
        No::Malformed(format!("A moment is written like 2026-01-02T03:04:05Z, not {text:?}."))
    })
}
