//! "I am typing."

use chat::Refusal;
use chat::protocol::Command;
use serde_json::json;

use crate::tunnel::call::{Answer, Answered, Call};
use crate::tunnel::session::Session;

/// The answer says how long it counts: the next signal is sent only after that.
pub(super) async fn signal(session: &Session, call: &Call) -> Answered {
    let channel = call.form("ChannelSid").or_else(|| call.form("ConversationSid"));
    let channel = channel.and_then(|sid| sid.parse().ok()).ok_or(Refusal::ChannelNotFound)?;
    session.run(Command::SetTyping { channel }).await?;
    Ok(Answer::ok(json!({"typing_timeout": session.desk.who.settings.typing_interval_ms / 1_000})))
}
