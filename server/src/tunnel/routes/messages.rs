//! A channel's messages: posted, edited, deleted.

use chat::protocol::{Accepted, Command, Editing};
use chat::{ChannelSid, Draft, MediaSid, Message, Refusal};
use serde::Deserialize;
use serde_json::{Value, json};

use super::paging;
use crate::commands::CommandError;
use crate::queries;
use crate::tunnel::call::{Answer, Answered, Call};
use crate::tunnel::data;
use crate::tunnel::session::Session;

#[derive(Deserialize)]
struct Words {
    body: Option<String>,
    attributes: Option<String>,
    /// Of a message that is posted: its file.
    media_sid: Option<String>,
    /// The same, as its successor says it.
    #[serde(default)]
    media_sids: Vec<String>,
}

impl Words {
    /// A message has one file, or none.
    fn media(&self) -> Result<Option<MediaSid>, Refusal> {
        let mut named = self.media_sid.iter().chain(&self.media_sids);
        let media = named.next().map(|sid| sid.parse().map_err(|_| Refusal::MediaNotFound));
        if named.next().is_some() {
            return Err(Refusal::BadParameter);
        }
        media.transpose()
    }
}

pub(super) async fn answer(
    session: &Session,
    call: &Call,
    channel: &str,
    rest: &[&str],
) -> Answered {
    let channel = session.channel(channel).await?;
    match (call.method.as_str(), rest) {
        ("POST", []) => post(session, call, channel).await,
        ("GET", [message]) => Ok(Answer::ok(described(&find(session, channel, message).await?))),
        ("POST", [message]) => edit(session, call, channel, message).await,
        ("DELETE", [message]) => delete(session, channel, message).await,
        ("GET", [_, "Receipts"]) => {
            let none: [Value; 0] = [];
            let meta = paging::meta::<String>(None, None);
            Ok(Answer::ok(json!({"delivery_receipts": none, "meta": meta})))
        }
        _ => Ok(Answer::unknown()),
    }
}

async fn post(session: &Session, call: &Call, channel: ChannelSid) -> Answered {
    let words: Words = call.json()?;
    let media = words.media()?;
    let command = Command::PostMessage(Draft {
        channel,
        nonce: session.nonce(call),
        body: words.body.unwrap_or_default(),
        attributes: words.attributes.unwrap_or_default(),
        media,
    });
    match session.run(command).await? {
        Accepted::Posted(posted) => {
            let sid = posted.sid;
            Ok(Answer::created(json!({"sid": sid, "message_sid": sid, "index": posted.index})))
        }
        _ => unreachable!("a message was posted"),
    }
}

async fn edit(session: &Session, call: &Call, channel: ChannelSid, message: &str) -> Answered {
    let Words { body, attributes, .. } = call.json()?;
    let index = find(session, channel, message).await?.index;
    session.run(Command::EditMessage(Editing { channel, index, body, attributes })).await?;
    Ok(Answer::ok(described(&find(session, channel, message).await?)))
}

async fn delete(session: &Session, channel: ChannelSid, message: &str) -> Answered {
    let index = find(session, channel, message).await?.index;
    session.run(Command::DeleteMessage { channel, index }).await?;
    Ok(Answer::done())
}

async fn find(
    session: &Session,
    channel: ChannelSid,
    message: &str,
) -> Result<Message, CommandError> {
    let sid = message.parse().map_err(|_| Refusal::MessageNotFound)?;
    let me = session.me();
    session.read(move |tx| queries::message_by_sid(tx, me, channel, sid)).await
}

fn described(message: &Message) -> Value {
    json!({
        "sid": message.sid,
        "index": message.index,
        "author": message.identity,
        "body": message.body,
        "attributes": data::attributes(&message.attributes),
        "date_created": data::date(message.posted_at),
        "date_updated": data::date(data::message_changed_at(message)),
        "last_updated_by": message.edited.as_ref().map(|edited| &edited.by),
    })
}
