//! What the objects of Sync hold, field by field.

use chat::{
    Attributes, ChannelDetails, ChannelSid, Level, Media, Member, Membership, Message,
    MessageIndex, Timestamp, User,
};
use serde_json::{Value, json};

use super::objects::Object;

/// As JavaScript reads it.
pub(crate) fn date(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_string()
}

/// Attributes as text; an empty object where none were given.
pub(crate) fn attributes(attributes: &Attributes) -> &str {
    if attributes.is_empty() { "{}" } else { attributes.as_str() }
}

/// A channel's document, but for its last message.
pub(crate) fn details(channel: ChannelSid, details: &ChannelDetails) -> Value {
    json!({
        "sid": channel,
        "type": kind(details),
        "state": state(details),
        "uniqueName": details.unique_name,
        "friendlyName": details.friendly_name,
        "attributes": attributes(&details.attributes),
        "createdBy": details.created_by,
        "dateCreated": date(details.created_at),
        "dateUpdated": date(details.updated_at),
        "messages": Object::Messages(channel).to_string(),
        "roster": Object::Roster(channel).to_string(),
    })
}

/// Only what a new message changes in a channel's document, and where its parts are.
pub(crate) fn last_message(channel: ChannelSid, index: MessageIndex, at: Timestamp) -> Value {
    json!({
        "lastMessage": {"index": index, "timestamp": date(at)},
        "messages": Object::Messages(channel).to_string(),
        "roster": Object::Roster(channel).to_string(),
    })
}

/// None of ours is ever closed.
pub(crate) fn state(details: &ChannelDetails) -> Value {
    json!({"current": "active", "dateUpdated": date(details.created_at)})
}

/// Whether everybody sees it.
pub(crate) fn kind(details: &ChannelDetails) -> &'static str {
    if details.private { "private" } else { "public" }
}

/// An item of a channel's messages.
pub(crate) fn message(message: &Message) -> Value {
    json!({
        "sid": message.sid,
        "text": message.body,
        "author": message.identity,
        "attributes": attributes(&message.attributes),
        "type": if message.media.is_some() { "media" } else { "text" },
        "media": message.media.as_ref().map(media),
        "timestamp": date(message.posted_at),
        "dateUpdated": date(message_changed_at(message)),
        "lastUpdatedBy": message.edited.as_ref().map(|edited| &edited.by),
    })
}

/// The file beside a message.
fn media(media: &Media) -> Value {
    json!({
        "sid": media.sid,
        "filename": Some(&media.filename).filter(|name| !name.is_empty()),
        "contentType": media.content_type,
        "size": media.size,
        "category": "media",
    })
}

pub(crate) fn message_changed_at(message: &Message) -> Timestamp {
    message.edited.as_ref().map_or(message.posted_at, |edited| edited.at)
}

/// An item of a channel's roster.
pub(crate) fn member(member: &Member) -> Value {
    json!({
        "identity": member.identity,
        "type": "chat",
        "attributes": attributes(&member.attributes),
        "roleSid": member.role,
        "lastConsumedMessageIndex": member.horizon,
        "lastConsumptionTimestamp": member.read_at.map(date),
        "userInfo": Object::Info(member.user).to_string(),
        "dateCreated": date(member.at),
        "dateUpdated": date(member.at),
    })
}

/// An item of a user's channels.
pub(crate) fn membership(membership: &Membership) -> Value {
    json!({
        "status": if membership.role.is_some() { "joined" } else { "invited" },
        "channel": Object::Channel(membership.channel).to_string(),
        "messages": Object::Messages(membership.channel).to_string(),
        "roster": Object::Roster(membership.channel).to_string(),
        "lastConsumedMessageIndex": membership.horizon,
        "notificationLevel": level(membership.level),
    })
}

/// How much of a channel its member wishes to be told of.
pub(crate) fn level(level: Level) -> &'static str {
    match level {
        Level::Default => "default",
        Level::Muted => "muted",
    }
}

/// What a user is called.
pub(crate) fn name(user: &User) -> &str {
    user.friendly_name.as_ref().map_or(user.identity.as_str(), |name| name.as_str())
}

/// The key under which a user is reachable or not.
pub(crate) const REACHABILITY: &str = "reachability";

/// Whether a user is reachable. Nothing is pushed to anybody who is not.
pub(crate) fn reachability(online: bool) -> Value {
    json!({"online": online, "notifiable": null})
}

/// What a user is like, key by key.
pub(crate) fn info(user: &User) -> [(&'static str, Value); 2] {
    [
        ("friendlyName", json!({"value": name(user)})),
        ("attributes", json!({"value": attributes(&user.attributes)})),
    ]
}
