//! The user's own channels: status, how far they are read, how much is told of them.

use chat::protocol::Command;
use chat::{Level, MessageIndex, Refusal};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::conversations::described;
use super::paging;
use crate::queries;
use crate::tunnel::call::{Answer, Answered, Call};
use crate::tunnel::session::Session;

#[derive(Deserialize)]
struct Edits {
    /// Nothing here, and `null`, differ: the latter takes the horizon away.
    #[serde(default, deserialize_with = "given")]
    last_consumed_message_index: Option<Option<MessageIndex>>,
    #[serde(default, deserialize_with = "given")]
    last_read_message_index: Option<Option<MessageIndex>>,
    notification_level: Option<String>,
}

fn given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<MessageIndex>>, D::Error> {
    Option::deserialize(value).map(Some)
}

pub(super) async fn list(session: &Session) -> Answered {
    let me = session.me();
    let channels = session.read(move |tx| queries::my_channels(tx, me)).await?;
    let channels: Vec<Value> = channels.iter().map(|seen| described(session, seen)).collect();
    Ok(Answer::ok(json!({"conversations": channels, "meta": paging::meta::<String>(None, None)})))
}

pub(super) async fn fetch(session: &Session, channel: &str) -> Answered {
    let channel = session.channel(channel).await?;
    let me = session.me();
    let seen = session.read(move |tx| queries::seen(tx, me, channel)).await?;
    if seen.member.is_none() && !seen.invited {
        return Err(Refusal::NotAMember.into());
    }
    Ok(Answer::ok(described(session, &seen)))
}

pub(super) async fn edit(session: &Session, call: &Call, address: &str) -> Answered {
    let channel = session.channel(address).await?;
    let edits: Edits = call.json()?;
    if let Some(index) = edits.last_consumed_message_index.or(edits.last_read_message_index) {
        session.run(Command::SetReadHorizon { channel, index }).await?;
    }
    if let Some(level) = edits.notification_level {
        let level = match level.as_str() {
            "default" => Level::Default,
            "muted" => Level::Muted,
            _ => return Err(Refusal::LevelInvalid.into()),
        };
        session.run(Command::SetNotificationLevel { channel, level }).await?;
    }
    fetch(session, address).await
}
