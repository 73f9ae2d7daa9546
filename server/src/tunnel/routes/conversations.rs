//! Channels: the directory, and one by its SID or its address.

use chat::ChannelSid;
use chat::protocol::{Accepted, ChannelEditing, Command, NewChannel};
use serde::Deserialize;
use serde_json::{Value, json};

use super::paging;
use crate::commands::NAMELESS;
use crate::queries;
use crate::queries::seen::Seen;
use crate::tunnel::call::{Answer, Answered, Call};
use crate::tunnel::data;
use crate::tunnel::objects::Object;
use crate::tunnel::session::Session;

#[derive(Deserialize)]
struct Wish {
    friendly_name: Option<String>,
    unique_name: Option<String>,
    attributes: Option<String>,
    #[serde(rename = "type")]
    kind: Option<Kind>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Public,
    Private,
}

pub(super) async fn list(session: &Session, call: &Call) -> Answered {
    let me = session.me();
    let size = paging::size(call)?;
    let after: Option<ChannelSid> = call.parsed("PageToken")?;
    let page = session.read(move |tx| queries::public_channels(tx, me, after, size)).await?;
    let next = page.channels.last().filter(|_| page.more).map(|last| last.channel.sid);
    let channels: Vec<Value> = page.channels.iter().map(|seen| described(session, seen)).collect();
    Ok(Answer::ok(json!({"conversations": channels, "meta": paging::meta(None, next)})))
}

pub(super) async fn fetch(session: &Session, channel: &str) -> Answered {
    let channel = session.channel(channel).await?;
    Ok(Answer::ok(description(session, channel).await?))
}

pub(super) async fn create(session: &Session, call: &Call, version: &str) -> Answered {
    let wish: Wish = call.json()?;
    let unique_name = wish.unique_name.filter(|name| !name.is_empty());
    let friendly_name = wish.friendly_name.filter(|name| !name.trim().is_empty());
    let named = friendly_name.or_else(|| unique_name.clone());
    let command = Command::CreateChannel(NewChannel {
        nonce: session.nonce(call),
        friendly_name: named.unwrap_or_else(|| NAMELESS.to_owned()),
        unique_name,
        attributes: wish.attributes.unwrap_or_default(),
        private: wish.kind.unwrap_or(usual_kind(version)) == Kind::Private,
        // Their maker joins them next.
        without_joining: true,
    });
    match session.run(command).await? {
        Accepted::Created(created) => {
            Ok(Answer::created(description(session, created.channel).await?))
        }
        _ => unreachable!("a channel was made"),
    }
}

/// The second version's API knows private ones only, and so does not name their kind.
fn usual_kind(version: &str) -> Kind {
    if version == "v2" { Kind::Private } else { Kind::Public }
}

pub(super) async fn edit(session: &Session, call: &Call, channel: &str) -> Answered {
    let channel = session.channel(channel).await?;
    let Wish { friendly_name, unique_name, attributes, kind } = call.json()?;
    let private = kind.map(|kind| kind == Kind::Private);
    let editing = ChannelEditing { channel, friendly_name, unique_name, attributes, private };
    session.run(Command::EditChannel(editing)).await?;
    match description(session, channel).await {
        Ok(described) => Ok(Answer::ok(described)),
        // Whoever made it private from outside has done so, and sees it no more.
        Err(error) => session.unless_absent(error).map(|()| Answer::done()),
    }
}

pub(super) async fn delete(session: &Session, channel: &str) -> Answered {
    match session.channel(channel).await {
        Ok(channel) => session.run(Command::DeleteChannel { channel }).await.map(drop)?,
        // Deleting what is gone succeeds.
        Err(error) => session.unless_absent(error)?,
    }
    Ok(Answer::done())
}

async fn description(
    session: &Session,
    channel: ChannelSid,
) -> Result<Value, crate::commands::CommandError> {
    let me = session.me();
    let seen = session.read(move |tx| queries::seen(tx, me, channel)).await?;
    Ok(described(session, &seen))
}

/// A channel as lists and single answers tell it.
pub(super) fn described(session: &Session, seen: &Seen) -> Value {
    let (channel, details) = (&seen.channel, &seen.channel.details);
    let sid = channel.sid;
    let url = format!("{}/Client/v1/Conversations/{sid}", session.base);
    let member = seen.member.as_ref();
    let horizon = member.and_then(|member| member.horizon);
    let level = member.map(|member| member.level).unwrap_or_default();
    json!({
        "sid": sid,
        "conversation_sid": sid,
        "unique_name": details.unique_name,
        "friendly_name": details.friendly_name,
        "attributes": data::attributes(&details.attributes),
        "created_by": details.created_by,
        "date_created": data::date(details.created_at),
        "date_updated": data::date(details.updated_at),
        "type": data::kind(details),
        "status": status(seen),
        "messages_count": channel.messages,
        "participants_count": channel.members,
        "last_consumed_message_index": horizon,
        "last_read_message_index": horizon,
        "unread_messages_count": seen.unread,
        "notification_level": data::level(level),
        "url": url,
        "links": {
            "self": url,
            "messages": format!("{url}/Messages"),
            "participants": format!("{url}/Participants"),
            "invites": format!("{url}/Invites"),
        },
        "sync_objects": {
            "conversation": Object::Channel(sid).to_string(),
            "messages": Object::Messages(sid).to_string(),
            "participants": Object::Roster(sid).to_string(),
        },
    })
}

fn status(seen: &Seen) -> &'static str {
    match (&seen.member, seen.invited) {
        (Some(_), _) => "joined",
        (None, true) => "invited",
        (None, false) => "notParticipating",
    }
}
