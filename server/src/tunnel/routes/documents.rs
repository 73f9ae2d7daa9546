//! Documents of Sync: what a channel is like.

use chat::Refusal;
use serde_json::{Value, json};

use crate::queries;
use crate::queries::seen::Seen;
use crate::tunnel::call::{Answer, Answered};
use crate::tunnel::data;
use crate::tunnel::objects::Object;
use crate::tunnel::session::Session;

pub(super) async fn fetch(session: &Session, object: &str) -> Answered {
    let Ok(object @ Object::Channel(channel)) = object.parse() else {
        return Err(Refusal::ChannelNotFound.into());
    };
    let me = session.me();
    let seen = session.read(move |tx| queries::seen(tx, me, channel)).await?;
    let head = seen.channel.sequence;
    Ok(Answer::ok(json!({
        "sid": object.to_string(),
        "unique_name": object.to_string(),
        "url": format!("{}/v3/Documents/{object}", session.base),
        "revision": head.0.to_string(),
        "last_event_id": head,
        "date_updated": data::date(seen.channel.details.updated_at),
        "data": whole(&seen),
    })))
}

/// A channel's document with its last message, which only members see.
pub(super) fn whole(seen: &Seen) -> Value {
    let channel = &seen.channel;
    let mut whole = data::details(channel.sid, &channel.details);
    let last = channel.last_index.zip(channel.last_message_at).filter(|_| seen.member.is_some());
    if let Some((index, at)) = last
        && let Some(last) = data::last_message(channel.sid, index, at).get("lastMessage")
    {
        whole["lastMessage"] = last.clone();
    }
    whole
}
