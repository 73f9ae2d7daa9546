//! Lists of Sync: a channel's messages.

use chat::{ChannelSid, Message, MessageIndex, Refusal, Timestamp};
use serde_json::{Value, json};

use super::paging::{self, Token};
use crate::commands::CommandError;
use crate::queries;
use crate::queries::walk::{Walk, Walked};
use crate::tunnel::call::{Answer, Answered, Call};
use crate::tunnel::data;
use crate::tunnel::objects::{Object, item_url};
use crate::tunnel::session::Session;

pub(super) async fn fetch(session: &Session, object: &str) -> Answered {
    let channel = channel_of(object)?;
    let walk = Walk { from: None, ascending: false, limit: 1 };
    let head = walked(session, channel, walk).await?.head;
    let object = Object::Messages(channel);
    let url = format!("{}/v3/Lists/{object}", session.base);
    Ok(Answer::ok(json!({
        "sid": object.to_string(),
        "unique_name": object.to_string(),
        "url": url,
        "revision": head.0.to_string(),
        "last_event_id": head,
        "date_updated": data::date(Timestamp::default()),
        "links": {"items": format!("{url}/Items")},
    })))
}

pub(super) async fn items(session: &Session, call: &Call, object: &str) -> Answered {
    let channel = channel_of(object)?;
    if let Some(index) = call.parsed("Index")? {
        return one(session, channel, MessageIndex(index)).await;
    }
    let page = match call.parsed::<Token>("PageToken")? {
        Some(token) => token,
        None => first(call)?,
    };
    // The page before another one is found by walking back to it, and turned round.
    let ascending = page.ascending == page.forward;
    let from = Some(page.from).filter(|from| *from != END);
    let walk = Walk { from, ascending, limit: page.size };
    let Walked { mut rows, more, .. } = walked(session, channel, walk).await?;
    if !page.forward {
        rows.reverse();
    }
    let asked_within = call.param("PageToken").is_some() || from.is_some_and(|from| from.0 != 0);
    let (beyond, before) = if page.forward { (more, asked_within) } else { (true, more) };
    let next = rows.last().filter(|_| beyond).and_then(|last| page.after(last.index));
    let previous = rows.first().filter(|_| before).and_then(|first| page.before(first.index));
    Ok(answer(channel, &rows, paging::meta(previous, next)))
}

/// Where a walk begins that begins at the newest message.
const END: MessageIndex = MessageIndex(u64::MAX);

fn first(call: &Call) -> Result<Token, Refusal> {
    let ascending = paging::ascending(call)?;
    let from = call.parsed("From")?.map(MessageIndex);
    let from = from.unwrap_or(if ascending { MessageIndex(0) } else { END });
    Ok(Token { forward: true, ascending, from, size: paging::size(call)? })
}

impl Token {
    /// The page that follows one that ends here.
    fn after(self, last: MessageIndex) -> Option<Self> {
        Some(Self { forward: true, from: step(last, self.ascending)?, ..self })
    }

    /// The page that comes before one that begins here.
    fn before(self, first: MessageIndex) -> Option<Self> {
        Some(Self { forward: false, from: step(first, !self.ascending)?, ..self })
    }
}

/// The neighbour of an index, if it can have one.
fn step(index: MessageIndex, up: bool) -> Option<MessageIndex> {
    let stepped = if up { index.0.checked_add(1) } else { index.0.checked_sub(1) };
    stepped.map(MessageIndex)
}

async fn one(session: &Session, channel: ChannelSid, index: MessageIndex) -> Answered {
    let walk = Walk { from: Some(index), ascending: true, limit: 1 };
    let mut rows = walked(session, channel, walk).await?.rows;
    rows.retain(|message| message.index == index);
    Ok(answer(channel, &rows, paging::meta::<Token>(None, None)))
}

async fn walked(
    session: &Session,
    channel: ChannelSid,
    walk: Walk<MessageIndex>,
) -> Result<Walked<Message>, CommandError> {
    let me = session.me();
    session.read(move |tx| queries::walk_messages(tx, me, channel, walk)).await
}

fn answer(channel: ChannelSid, messages: &[Message], meta: Value) -> Answer {
    let items: Vec<Value> = messages.iter().map(|message| item(channel, message)).collect();
    Answer::ok(json!({"items": items, "meta": meta}))
}

fn item(channel: ChannelSid, message: &Message) -> Value {
    json!({
        "index": message.index,
        "data": data::message(message),
        "revision": message.changed.0.to_string(),
        "last_event_id": message.changed,
        "date_created": data::date(message.posted_at),
        "date_updated": data::date(data::message_changed_at(message)),
        "url": item_url(Object::Messages(channel), message.index.0),
    })
}

fn channel_of(object: &str) -> Result<ChannelSid, Refusal> {
    match object.parse() {
        Ok(Object::Messages(channel)) => Ok(channel),
        _ => Err(Refusal::ChannelNotFound),
    }
}
