//! Rows of our scopes as objects and events of Sync. Pure: what changed in, packets out. A scope's
//! sequence is the event id of every object of that scope.

use std::fmt;
use std::str::FromStr;

use chat::protocol::{Change, Presence, Row, Scope, Typing};
use chat::{Channel, ChannelSid, Member, Membership, Message, Sequence, Timestamp, User, UserSid};
use serde_json::{Value, json};

use super::codec::write;
use super::data;
use crate::gateway::frame::Frame;

/// What somebody can follow, by the name that is also its SID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Object {
    /// A channel itself: a document.
    Channel(ChannelSid),
    /// Its messages: a list, by their index.
    Messages(ChannelSid),
    /// Its members: a map, by their SID.
    Roster(ChannelSid),
    /// A user's channels: a map, by their SID.
    Mine(UserSid),
    /// What a user is like: a map with a few keys.
    Info(UserSid),
}

impl Object {
    /// The scope that tells it.
    pub(crate) fn scope(self) -> Scope {
        match self {
            Self::Channel(channel) | Self::Messages(channel) | Self::Roster(channel) => {
                Scope::Channel(channel)
            }
            Self::Mine(user) | Self::Info(user) => Scope::User(user),
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel(channel) => write!(f, "{channel}.channel"),
            Self::Messages(channel) => write!(f, "{channel}.messages"),
            Self::Roster(channel) => write!(f, "{channel}.roster"),
            Self::Mine(user) => write!(f, "{user}.channels"),
            Self::Info(user) => write!(f, "{user}.info"),
        }
    }
}

impl FromStr for Object {
    type Err = chat::ids::NotASid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (sid, kind) = text.split_once('.').ok_or(chat::ids::NotASid)?;
        match kind {
            "channel" => sid.parse().map(Self::Channel),
            "messages" => sid.parse().map(Self::Messages),
            "roster" => sid.parse().map(Self::Roster),
            "channels" => sid.parse().map(Self::Mine),
            "info" => sid.parse().map(Self::Info),
            _ => Err(chat::ids::NotASid),
        }
    }
}

/// One event of one object, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) object: Object,
    pub(crate) changed: Sequence,
    pub(crate) frame: Frame,
}

/// The events of a change, in the order of the rows. The directory's depend on who looks at what: see
/// `voice.rs`.
pub(crate) fn events(change: &Change) -> Vec<Event> {
    let (scope, since) = (change.scope, change.after);
    let mut events: Vec<Event> =
        change.rows.iter().flat_map(|row| of_row(scope, since, row)).collect();
    if let Scope::Channel(channel) = scope {
        events.extend(last_message(channel, since, &change.rows));
    }
    events
}

fn of_row(scope: Scope, since: Sequence, row: &Row) -> Vec<Event> {
    match (scope, row) {
        (Scope::Channel(channel), Row::Message(row)) => vec![message(channel, since, row)],
        (Scope::Channel(channel), Row::Member(row)) => vec![member(channel, since, row)],
        (Scope::Channel(_), Row::Channel(row)) => vec![channel(row)],
        (Scope::User(user), Row::Membership(row)) => vec![membership(user, since, row)],
        (Scope::User(_), Row::User(row)) => info(row),
        _ => Vec::new(),
    }
}

/// The packets of rows for somebody who has not seen anything since.
pub(crate) fn message(channel: ChannelSid, since: Sequence, row: &Message) -> Event {
    let object = Object::Messages(channel);
    let (entered, changed) = (row.entered, row.changed);
    let event = json!({
        "list_sid": object.to_string(),
        "item_index": row.index,
        "item_url": item_url(object, row.index.0),
        "item_data": data::message(row),
        "item_revision": changed.0.to_string(),
        "list_revision": changed.0.to_string(),
        "id": changed,
        "date_created": data::date(data::message_changed_at(row)),
    });
    let kind = match row.is_deleted() {
        true => "list_item_removed",
        false if since < entered => "list_item_added",
        false => "list_item_updated",
    };
    notification(object, changed, kind, event)
}

pub(crate) fn member(channel: ChannelSid, since: Sequence, row: &Member) -> Event {
    let data = if row.has_left() { json!({}) } else { data::member(row) };
    let key = row.sid.to_string();
    let item = Item { key, data, at: row.at, gone: row.has_left(), entered: row.entered };
    item.event(Object::Roster(channel), since, row.changed)
}

pub(crate) fn membership(user: UserSid, since: Sequence, row: &Membership) -> Event {
    let item = Item {
        key: row.channel.to_string(),
        data: data::membership(row),
        at: Timestamp::default(),
        gone: row.has_left() && row.invited.is_none(),
        entered: row.entered,
    };
    item.event(Object::Mine(user), since, row.changed)
}

pub(crate) fn info(row: &User) -> Vec<Event> {
    let items = data::info(row).into_iter().map(|(key, data)| {
        let (at, entered) = (Timestamp::default(), row.entered);
        let item = Item { key: key.to_owned(), data, at, gone: false, entered };
        item.event(Object::Info(row.sid), row.entered, row.changed)
    });
    items.collect()
}

fn channel(row: &Channel) -> Event {
    match &row.details {
        Some(details) => document_updated(row.sid, row.changed, &data::details(row.sid, details)),
        None => document_removed(row.sid, row.changed),
    }
}

/// The channel's document names its last message.
fn last_message(channel: ChannelSid, since: Sequence, rows: &[Row]) -> Option<Event> {
    let posted = rows.iter().filter_map(|row| match row {
        Row::Message(message) if since < message.entered && !message.is_deleted() => Some(message),
        _ => None,
    });
    let last = posted.max_by_key(|message| message.index)?;
    let data = data::last_message(channel, last.index, last.posted_at);
    Some(document_updated(channel, last.entered, &data))
}

pub(crate) fn document_updated(channel: ChannelSid, id: Sequence, data: &Value) -> Event {
    let object = Object::Channel(channel);
    let event = json!({
        "document_sid": object.to_string(),
        "document_data": data,
        "document_revision": id.0.to_string(),
        "id": id,
        "date_created": data.get("dateUpdated"),
    });
    notification(object, id, "document_updated", event)
}

pub(crate) fn document_removed(channel: ChannelSid, id: Sequence) -> Event {
    let object = Object::Channel(channel);
    let event = json!({"document_sid": object.to_string(), "id": id});
    notification(object, id, "document_removed", event)
}

/// One entry of a map.
struct Item {
    key: String,
    data: Value,
    at: Timestamp,
    gone: bool,
    entered: Sequence,
}

impl Item {
    fn event(self, object: Object, since: Sequence, changed: Sequence) -> Event {
        // An update of what a client has not seen added is dropped by it.
        let kind = match self.gone {
            true => "map_item_removed",
            false if since < self.entered => "map_item_added",
            false => "map_item_updated",
        };
        let event = json!({
            "map_sid": object.to_string(),
            "item_key": self.key,
            "item_url": item_url(object, &self.key),
            "item_data": self.data,
            "item_revision": changed.0.to_string(),
            "map_revision": changed.0.to_string(),
            "id": changed,
            "date_created": data::date(self.at),
        });
        notification(object, changed, kind, event)
    }
}

fn notification(object: Object, changed: Sequence, kind: &str, event: Value) -> Event {
    let id = format!("{object}.{changed}", changed = changed.0);
    let payload = json!({"event_type": kind, "event": event, "event_protocol_version": 3});
    Event { object, changed, frame: notify(&id, "twilio.sync.event", &payload) }
}

/// A packet that tells something unasked.
pub(crate) fn notify(id: &str, kind: &str, payload: &Value) -> Frame {
    let header = json!({"method": "notification", "id": id, "message_type": kind});
    Frame::Bytes(write(&header, Some(payload)))
}

/// The address of an item of an object.
pub(crate) fn item_url(object: Object, key: impl fmt::Display) -> String {
    let kind = match object {
        Object::Channel(_) => "Documents",
        Object::Messages(_) => "Lists",
        Object::Roster(_) | Object::Mine(_) | Object::Info(_) => "Maps",
    };
    format!("/v3/{kind}/{object}/Items/{key}")
}

/// That somebody became reachable or is no more. The event has no id, since it changes nothing that
/// is stored: so it is never too old for what the client knows, and no replay begins behind it.
pub(crate) fn reachability(Presence { user, online }: Presence) -> Frame {
    let (object, key) = (Object::Info(user), data::REACHABILITY);
    let event = json!({
        "map_sid": object.to_string(),
        "item_key": key,
        "item_url": item_url(object, key),
        "item_data": data::reachability(online),
        "item_revision": "0",
        "date_created": data::date(Timestamp::default()),
    });
    let payload =
        json!({"event_type": "map_item_updated", "event": event, "event_protocol_version": 3});
    notify(&format!("{object}.{key}"), "twilio.sync.event", &payload)
}

/// A typing signal. There is no word for the end of typing: it lapses where it was heard.
pub(crate) fn typing(typing: &Typing) -> Option<Frame> {
    if typing.lapse == 0 {
        return None;
    }
    let id = format!("{}.{}.typing", typing.channel, typing.user);
    let payload = json!({
        "channel_sid": typing.channel,
        "identity": typing.identity,
        "typing_timeout": typing.lapse / 1_000,
    });
    Some(notify(&id, "twilio.ipmsg.typing_indicator", &payload))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{Attributes, Body, Identity, MessageIndex, MessageSid, Nonce, RoleSid};
    use uuid::Uuid;

    use crate::tunnel::codec::Packet;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn tea() -> ChannelSid {
        ChannelSid::new(id(100))
    }

    fn said(index: u64, entered: u64, changed: u64) -> Message {
        Message {
            sid: MessageSid::new(id(u128::from(index))),
            index: MessageIndex(index),
            author: UserSid::new(id(1)),
            identity: Identity::parse("ada").expect("a name"),
            body: Some(Body::parse("Hello").expect("a text")),
            attributes: Attributes::default(),
            nonce: Nonce(id(5)),
            posted_at: Timestamp(1_000),
            media: None,
            edited: None,
            entered: Sequence(entered),
            changed: Sequence(changed),
        }
    }

    fn mine(role: Option<RoleSid>, entered: u64, changed: u64) -> Membership {
        Membership {
            channel: tea(),
            role,
            invited: None,
            horizon: None,
            level: Default::default(),
            entered: Sequence(entered),
            changed: Sequence(changed),
        }
    }

    /// The kinds of the events of a change after a sequence, each with its id.
    fn told(scope: Scope, after: u64, rows: Vec<Row>) -> Vec<(String, Value)> {
        let sequence = rows.iter().map(Row::changed).max().expect("a row");
        let change = Change { scope, after: Sequence(after), sequence, rows };
        let events = events(&change).into_iter().map(|event| {
            let Frame::Bytes(bytes) = event.frame else { panic!("packets are bytes") };
            let packet = Packet::read(&bytes).expect("our own");
            let payload: Value = serde_json::from_slice(&packet.payload).expect("JSON");
            assert_eq!(payload["event"]["id"], event.changed.0);
            let kind = payload["event_type"].as_str().expect("a kind").to_owned();
            (kind, payload["event"].clone())
        });
        events.collect()
    }

    fn kinds(told: &[(String, Value)]) -> Vec<&str> {
        told.iter().map(|(kind, _)| kind.as_str()).collect()
    }

    #[test]
    fn an_objects_name_reads_back_what_it_prints_and_nothing_else() {
        let user = UserSid::new(id(1));
        for object in [
            Object::Channel(tea()),
            Object::Messages(tea()),
            Object::Roster(tea()),
            Object::Mine(user),
            Object::Info(user),
        ] {
            assert_eq!(object.to_string().parse(), Ok(object));
        }
        for text in ["", ".", "CH.channel", &format!("{}.info", tea()), &format!("{user}.roster")] {
            assert!(text.parse::<Object>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_entered_is_added_and_what_was_there_is_updated() {
        let scope = Scope::Channel(tea());
        let added = told(scope, 4, vec![Row::Message(said(0, 5, 5))]);
        assert_eq!(kinds(&added), ["list_item_added", "document_updated"]);
        assert_eq!(added[1].1["document_data"]["lastMessage"]["index"], 0);
        let updated = told(scope, 5, vec![Row::Message(said(0, 5, 6))]);
        assert_eq!(kinds(&updated), ["list_item_updated"]);
        let missed_both = told(scope, 4, vec![Row::Message(said(0, 5, 6))]);
        assert_eq!(kinds(&missed_both), ["list_item_added", "document_updated"]);
    }

    #[test]
    fn what_is_deleted_is_removed_and_its_words_are_not_told() {
        let deleted = Message { body: None, ..said(0, 5, 6) };
        for after in [4, 5] {
            let told = told(Scope::Channel(tea()), after, vec![Row::Message(deleted.clone())]);
            assert_eq!(kinds(&told), ["list_item_removed"]);
            assert_eq!(told[0].1["item_data"]["text"], Value::Null);
        }
    }

    #[test]
    fn a_batch_names_its_last_message_once() {
        let rows = (0..3).map(|index| Row::Message(said(index, index + 1, index + 1))).collect();
        let told = told(Scope::Channel(tea()), 0, rows);
        assert_eq!(told.len(), 4);
        assert_eq!(told[3].1["document_data"]["lastMessage"]["index"], 2);
    }

    #[test]
    fn ones_own_channels_come_change_and_go() {
        let scope = Scope::User(UserSid::new(id(1)));
        let row = |role, entered, changed| vec![Row::Membership(mine(role, entered, changed))];
        let role = Some(RoleSid::CHANNEL_USER);
        assert_eq!(kinds(&told(scope, 1, row(role, 2, 2))), ["map_item_added"]);
        assert_eq!(kinds(&told(scope, 2, row(role, 2, 3))), ["map_item_updated"]);
        assert_eq!(kinds(&told(scope, 3, row(None, 2, 4))), ["map_item_removed"]);
    }

    #[test]
    fn there_is_no_word_for_the_end_of_typing() {
        let identity = Identity::parse("ada").expect("a name");
        let signal = |lapse| Typing {
            channel: tea(),
            user: UserSid::new(id(1)),
            identity: identity.clone(),
            lapse,
        };
        assert!(typing(&signal(6_000)).is_some());
        assert_eq!(typing(&signal(0)), None);
    }
}
