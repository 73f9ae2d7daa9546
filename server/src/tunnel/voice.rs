//! What one connection of the tunnel is told: the events of those objects that it follows.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use chat::protocol::{Called, Change, Row, Scope};
use chat::{ChannelSid, Listing, Sequence, Timestamp, UserSid};
use serde_json::json;

use super::codec::write;
use super::data;
use super::objects::{self, Event, Object};
use crate::gateway::frame::Frame;
use crate::gateway::tidings::{Signal, Tidings, Turn};
use crate::gateway::voice::Voice;

/// One connection's voice, and what its client follows.
pub(crate) struct TunnelVoice {
    me: OnceLock<UserSid>,
    followed: Mutex<HashMap<Object, Followed>>,
    told: AtomicU64,
}

/// How far an object is known to a client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Followed {
    /// What is newer is told.
    pub(crate) since: Sequence,
    /// Set while the user is no member of the channel, and sees only its document.
    pub(crate) from_outside: Option<Outside>,
}

/// A public channel's document, told by the directory, which counts by its own sequence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outside {
    /// How the directory stood when the document was read.
    pub(crate) directory: Sequence,
    /// The event id that the client knows last.
    pub(crate) last: Sequence,
}

impl TunnelVoice {
    pub(crate) fn new() -> Self {
        Self { me: OnceLock::new(), followed: Mutex::default(), told: AtomicU64::new(0) }
    }

    /// This is who listens; said once, before anything is told.
    pub(crate) fn introduce(&self, user: UserSid) {
        let _ = self.me.set(user);
    }

    /// From now on this object is told.
    pub(crate) fn follow(&self, object: Object, followed: Followed) {
        self.lock().insert(object, followed);
    }

    /// It is not told any more.
    pub(crate) fn unfollow(&self, object: Object) {
        self.lock().remove(&object);
    }

    /// How many objects are told.
    pub(crate) fn followed(&self) -> usize {
        self.lock().len()
    }

    /// How many things were told that a client acknowledges.
    pub(crate) fn told(&self) -> u64 {
        self.told.load(Ordering::Relaxed)
    }

    /// More was told, in an answer.
    pub(crate) fn count(&self, told: u64) {
        self.told.fetch_add(told, Ordering::Relaxed);
    }

    fn has_left(&self, change: &Change) -> bool {
        change.rows.iter().any(|row| match row {
            Row::Member(member) => member.has_left() && Some(&member.user) == self.me.get(),
            _ => false,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Object, Followed>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Voice for TunnelVoice {
    fn change(&self, tidings: &Tidings, say: &mut dyn FnMut(Frame)) {
        let mut followed = self.lock();
        let mut say = |event: &Event| {
            self.count(1);
            say(event.frame.clone());
        };
        match tidings.change.scope {
            Scope::Directory => from_outside(&mut followed, &tidings.change, &mut say),
            Scope::Channel(channel) => {
                come_in(&mut followed, channel);
                tell(&followed, tidings.in_tunnel(), &mut say);
                if self.has_left(&tidings.change) {
                    go_out(&mut followed, channel, tidings.change.sequence);
                }
            }
            Scope::User(_) => tell(&followed, tidings.in_tunnel(), &mut say),
        }
    }

    fn weight(&self, tidings: &Tidings) -> usize {
        tidings.in_tunnel().iter().map(|event| event.frame.len()).sum()
    }

    fn typing(&self, signal: &Signal) -> Option<Frame> {
        let frame = signal.in_tunnel()?.clone();
        self.count(1);
        Some(frame)
    }

    fn presence(&self, turn: &Turn) -> Frame {
        self.count(1);
        turn.in_tunnel().clone()
    }

    /// Whoever wishes to know follows the user's info.
    fn called(&self, _: &Called) -> Option<Frame> {
        None
    }

    fn token_about_to_expire(&self, expires_at: Timestamp) -> Frame {
        self.count(1);
        let id = format!("token.{}", expires_at.0);
        let kind = "token_about_to_expire";
        let header = json!({"method": "client_update", "id": id, "client_update_type": kind});
        Frame::Bytes(write(&header, None))
    }

    fn heartbeat(&self) -> Frame {
        self.count(1);
        Frame::Bytes(write(&json!({"method": "ping", "id": "heartbeat"}), None))
    }

    fn restart(&self, spread: u32) -> Frame {
        let status = json!({"code": 308, "status": "The server restarts."});
        let header = json!({"method": "close", "id": "restart", "status": status});
        let payload = json!({"backoff_policy": {"reconnect_min_ms": spread}});
        Frame::Bytes(write(&header, Some(&payload)))
    }
}

fn tell(followed: &HashMap<Object, Followed>, events: &[Event], say: &mut impl FnMut(&Event)) {
    for event in events {
        if followed.get(&event.object).is_some_and(|followed| followed.since < event.changed) {
            say(event);
        }
    }
}

/// The hub tells a channel to its members only: whoever hears it is one, and hears of the document
/// from inside.
fn come_in(followed: &mut HashMap<Object, Followed>, channel: ChannelSid) {
    if let Some(document) = followed.get_mut(&Object::Channel(channel)) {
        document.from_outside = None;
    }
}

/// Who has left hears only of the document, from the directory.
fn go_out(followed: &mut HashMap<Object, Followed>, channel: ChannelSid, at: Sequence) {
    followed.remove(&Object::Messages(channel));
    followed.remove(&Object::Roster(channel));
    if let Some(document) = followed.get_mut(&Object::Channel(channel)) {
        document.from_outside = Some(Outside { directory: Sequence(0), last: at });
    }
}

fn from_outside(
    followed: &mut HashMap<Object, Followed>,
    change: &Change,
    say: &mut impl FnMut(&Event),
) {
    for row in &change.rows {
        let Row::Listing(listing) = row else { continue };
        let document = followed.get_mut(&Object::Channel(listing.sid));
        if let Some(outside) = document.and_then(|document| document.from_outside.as_mut())
            && outside.directory < listing.changed
        {
            say(&listed(listing, outside));
        }
    }
}

/// The document counts by the channel's own sequence, which a stranger does not know. It grows with
/// every change that is listed, so one more than what the client knows is never ahead of it.
fn listed(listing: &Listing, outside: &mut Outside) -> Event {
    outside.last = outside.last.next();
    match &listing.details {
        Some(details) => {
            let data = data::details(listing.sid, details);
            objects::document_updated(listing.sid, outside.last, &data)
        }
        None => objects::document_removed(listing.sid, outside.last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{Channel, ChannelDetails, FriendlyName, Identity, Member, MemberSid, RoleSid};
    use uuid::Uuid;

    use crate::tunnel::codec::Packet;

    const ADA: u128 = 1;

    fn tea() -> ChannelSid {
        ChannelSid::new(Uuid::from_u128(100))
    }

    fn name() -> Identity {
        Identity::parse("ada").expect("a name")
    }

    fn details(name: &str) -> ChannelDetails {
        ChannelDetails {
            unique_name: None,
            friendly_name: FriendlyName::parse(name).expect("a name"),
            attributes: Default::default(),
            private: false,
            created_by: self::name(),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        }
    }

    fn renamed(at: u64, name: Option<&str>) -> Tidings {
        let (entered, changed) = (Sequence(1), Sequence(at));
        let row = Channel { sid: tea(), details: name.map(details), entered, changed };
        told(Scope::Channel(tea()), at, Row::Channel(row))
    }

    fn listed(at: u64, name: Option<&str>) -> Tidings {
        let (entered, changed) = (Sequence(1), Sequence(at));
        let row = Listing { sid: tea(), details: name.map(details), entered, changed };
        told(Scope::Directory, at, Row::Listing(row))
    }

    fn member(at: u64, role: Option<RoleSid>) -> Tidings {
        let row = Member {
            sid: MemberSid::new(Uuid::from_u128(ADA)),
            user: UserSid::new(Uuid::from_u128(ADA)),
            identity: name(),
            guest: false,
            role,
            horizon: None,
            read_at: None,
            attributes: Default::default(),
            at: Timestamp(0),
            entered: Sequence(at),
            changed: Sequence(at),
        };
        told(Scope::Channel(tea()), at, Row::Member(row))
    }

    fn told(scope: Scope, at: u64, row: Row) -> Tidings {
        let (after, sequence) = (Sequence(at - 1), Sequence(at));
        Tidings::of(Change { scope, after, sequence, rows: vec![row] })
    }

    fn ada() -> TunnelVoice {
        let voice = TunnelVoice::new();
        voice.introduce(UserSid::new(Uuid::from_u128(ADA)));
        voice
    }

    fn follows(voice: &TunnelVoice, object: Object, since: u64, outside: Option<(u64, u64)>) {
        let from_outside = outside.map(|(directory, last)| Outside {
            directory: Sequence(directory),
            last: Sequence(last),
        });
        voice.follow(object, Followed { since: Sequence(since), from_outside });
    }

    /// The kind and the id of each event that is said.
    fn said(voice: &TunnelVoice, tidings: &Tidings) -> Vec<(String, u64)> {
        let mut events = Vec::new();
        voice.change(tidings, &mut |frame| {
            let Frame::Bytes(bytes) = frame else { panic!("packets are bytes") };
            let packet = Packet::read(&bytes).expect("our own");
            let payload: serde_json::Value = serde_json::from_slice(&packet.payload).expect("JSON");
            let kind = payload["event_type"].as_str().expect("a kind").to_owned();
            events.push((kind, payload["event"]["id"].as_u64().expect("an id")));
        });
        events
    }

    #[test]
    fn only_what_is_followed_is_told_and_only_what_is_newer() {
        let voice = ada();
        assert_eq!(said(&voice, &renamed(4, Some("Tea"))), []);
        follows(&voice, Object::Channel(tea()), 5, None);
        assert_eq!(said(&voice, &renamed(5, Some("Tea"))), []);
        assert_eq!(said(&voice, &renamed(6, Some("Tea"))), [("document_updated".to_owned(), 6)]);
        assert_eq!(said(&voice, &member(7, None)), [], "the roster is not followed");
        voice.unfollow(Object::Channel(tea()));
        assert_eq!(said(&voice, &renamed(8, None)), []);
    }

    #[test]
    fn who_looks_at_a_channel_hears_of_it_from_the_directory() {
        let voice = ada();
        follows(&voice, Object::Channel(tea()), 5, Some((20, 5)));
        assert_eq!(said(&voice, &listed(20, Some("Old"))), [], "it was read already");
        assert_eq!(said(&voice, &listed(21, Some("Tea"))), [("document_updated".to_owned(), 6)]);
        assert_eq!(said(&voice, &listed(22, None)), [("document_removed".to_owned(), 7)]);
    }

    #[test]
    fn a_member_hears_of_the_document_once_and_by_the_channels_own_sequence() {
        let voice = ada();
        follows(&voice, Object::Channel(tea()), 5, Some((20, 5)));
        said(&voice, &member(6, Some(RoleSid::CHANNEL_USER)));
        assert_eq!(said(&voice, &renamed(7, Some("Tea"))), [("document_updated".to_owned(), 7)]);
        assert_eq!(said(&voice, &listed(21, Some("Tea"))), []);
    }

    #[test]
    fn who_has_left_hears_only_of_the_document() {
        let voice = ada();
        for object in [Object::Channel(tea()), Object::Roster(tea())] {
            follows(&voice, object, 5, None);
        }
        assert_eq!(said(&voice, &member(6, None)), [("map_item_removed".to_owned(), 6)]);
        assert_eq!(said(&voice, &listed(21, Some("Tea"))), [("document_updated".to_owned(), 7)]);
        assert_eq!(said(&voice, &member(8, Some(RoleSid::CHANNEL_USER))), []);
    }
}
