//! Maps of Sync: a channel's members, the user's channels, and what a user is like.

use chat::{Refusal, Sequence, Timestamp, User, UserSid};
use serde_json::{Value, json};

use super::paging;
use crate::commands::CommandError;
use crate::queries;
use crate::tunnel::call::{Answer, Answered, Call};
use crate::tunnel::data;
use crate::tunnel::objects::{Object, item_url};
use crate::tunnel::session::Session;

/// One entry, as it is now.
struct Item {
    key: String,
    data: Value,
    changed: Sequence,
    at: Timestamp,
}

/// Entries in the order of their keys, and how the scope stood.
struct Part {
    items: Vec<Item>,
    more: bool,
    head: Sequence,
}

/// Which entries are asked for.
struct Window {
    /// The first that may come.
    from: Option<String>,
    /// This one itself does not come: it was the last of another page.
    after: Option<String>,
    size: usize,
    ascending: bool,
}

pub(super) async fn fetch(session: &Session, call: &Call, object: &str) -> Answered {
    let object = parsed(object)?;
    let window = Window { from: None, after: None, size: 1, ascending: true };
    let with_items = call.param("Include").as_deref() == Some("items");
    let size = if with_items { paging::size(call)? } else { 1 };
    let part = part(session, object, &Window { size, ..window }).await?;
    let url = format!("{}/v3/Maps/{object}", session.base);
    let mut map = json!({
        "sid": object.to_string(),
        "unique_name": object.to_string(),
        "url": url,
        "revision": part.head.0.to_string(),
        "last_event_id": part.head,
        "date_updated": data::date(Timestamp::default()),
        "links": {"items": format!("{url}/Items")},
    });
    if with_items {
        map["items"] = part.items.iter().map(|item| item.json(object)).collect();
    }
    Ok(Answer::ok(map))
}

pub(super) async fn items(session: &Session, call: &Call, object: &str) -> Answered {
    let object = parsed(object)?;
    let text = |name| call.param(name).map(|text| text.into_owned());
    if let Some(key) = text("Key") {
        let window = Window { from: Some(key.clone()), after: None, size: 1, ascending: true };
        let mut part = part(session, object, &window).await?;
        part.items.retain(|item| item.key == key);
        return Ok(answer(object, &part, paging::meta::<String>(None, None)));
    }
    let window = Window {
        from: text("From"),
        after: text("PageToken"),
        size: paging::size(call)?,
        ascending: paging::ascending(call)?,
    };
    let part = part(session, object, &window).await?;
    let next = part.items.last().filter(|_| part.more).map(|last| last.key.clone());
    let previous = window.from.or(window.after);
    Ok(answer(object, &part, paging::meta(previous, next)))
}

fn answer(object: Object, part: &Part, meta: Value) -> Answer {
    let items: Vec<Value> = part.items.iter().map(|item| item.json(object)).collect();
    Answer::ok(json!({"items": items, "meta": meta}))
}

fn parsed(object: &str) -> Result<Object, Refusal> {
    object.parse().map_err(|_| Refusal::ChannelNotFound)
}

/// A user's own map is small, so it is read as a whole; a channel may have many members.
async fn part(session: &Session, object: Object, window: &Window) -> Result<Part, CommandError> {
    match object {
        Object::Roster(_) => roster(session, object, window).await,
        Object::Mine(user) if user == session.me() => Ok(window.cut(mine(session, object).await?)),
        Object::Info(user) => Ok(window.cut(info(session, user).await?)),
        Object::Mine(_) | Object::Channel(_) | Object::Messages(_) => {
            Err(Refusal::ChannelNotFound.into())
        }
    }
}

async fn roster(session: &Session, object: Object, window: &Window) -> Result<Part, CommandError> {
    let Object::Roster(channel) = object else { return Err(Refusal::ChannelNotFound.into()) };
    let start = window.after.as_ref().or(window.from.as_ref());
    let from = start.map(|key| key.parse().map_err(|_| Refusal::BadParameter)).transpose()?;
    let (me, size) = (session.me(), window.size + 1);
    let walked = session.read(move |tx| queries::walk_members(tx, me, channel, from, size)).await?;
    let items = walked.rows.iter().map(|member| Item {
        key: member.sid.to_string(),
        data: data::member(member),
        changed: member.changed,
        at: member.at,
    });
    let part = Part { items: items.collect(), more: walked.more, head: walked.head };
    Ok(window.cut(part))
}

async fn mine(session: &Session, object: Object) -> Result<Part, CommandError> {
    let Object::Mine(me) = object else { return Err(Refusal::ChannelNotFound.into()) };
    let (rows, head) = session.read(move |tx| queries::my_memberships(tx, me)).await?;
    let items = rows.iter().map(|membership| Item {
        key: membership.channel.to_string(),
        data: data::membership(membership),
        changed: membership.changed,
        at: Timestamp::default(),
    });
    Ok(Part { items: items.collect(), more: false, head })
}

async fn info(session: &Session, user: UserSid) -> Result<Part, CommandError> {
    let (user, head): (User, Sequence) =
        session.read(move |tx| queries::user_by_sid(tx, user)).await?;
    let online = session.desk.seat.sees(user.sid);
    let reachability = online.map(|online| (data::REACHABILITY, data::reachability(online)));
    let items = data::info(&user).into_iter().chain(reachability).map(|(key, data)| Item {
        key: key.to_owned(),
        data,
        changed: user.changed,
        at: Timestamp::default(),
    });
    Ok(Part { items: items.collect(), more: false, head })
}

impl Window {
    /// What of a part is asked for.
    fn cut(&self, part: Part) -> Part {
        let Part { mut items, more, head } = part;
        items.sort_by(|one, other| one.key.cmp(&other.key));
        if !self.ascending {
            items.reverse();
        }
        items.retain(|item| self.holds(&item.key));
        let more = more || self.size < items.len();
        items.truncate(self.size);
        Part { items, more, head }
    }

    fn holds(&self, key: &String) -> bool {
        let later = |bound: &String| if self.ascending { bound < key } else { key < bound };
        self.from.as_ref().is_none_or(|from| from == key || later(from))
            && self.after.as_ref().is_none_or(later)
    }
}

impl Item {
    fn json(&self, object: Object) -> Value {
        json!({
            "key": self.key,
            "data": self.data,
            "revision": self.changed.0.to_string(),
            "last_event_id": self.changed,
            "date_created": data::date(self.at),
            "date_updated": data::date(self.at),
            "url": item_url(object, &self.key),
        })
    }
}
