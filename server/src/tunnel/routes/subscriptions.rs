//! Subscriptions of Sync: what was missed is told first, then everything as it happens.

use std::collections::HashSet;

use chat::protocol::{Presence, Scope};
use chat::{ChannelSid, Refusal, Sequence, UserSid};
use serde::Deserialize;
use serde_json::{Value, json};

use super::documents::whole;
use crate::commands::CommandError;
use crate::limits::{FOLLOWED_MAX, SUBSCRIPTIONS_MAX};
use crate::queries;
use crate::store::Tx;
use crate::tunnel::call::{Answer, Answered, Call};
use crate::tunnel::objects::{self, Event, Object, notify};
use crate::tunnel::session::Session;
use crate::tunnel::voice::{Followed, Outside};

/// Milliseconds after which the SDK asks again if it has heard nothing.
const PATIENCE_MS: u32 = 10_000;
/// Milliseconds after which somebody who follows too much may try again.
const TOO_MUCH_MS: u32 = 60_000;
/// What the SDK is told of an object that is not there, or not for the user.
const OBJECT_NOT_FOUND: u32 = 54_100;

#[derive(Deserialize)]
struct Poke {
    action: String,
    #[serde(default)]
    correlation_id: Value,
    requests: Vec<Wish>,
}

#[derive(Clone, Deserialize)]
struct Wish {
    object_sid: String,
    #[serde(default)]
    last_event_id: Option<i64>,
}

impl Wish {
    fn since(&self) -> Sequence {
        Sequence(self.last_event_id.and_then(|id| id.try_into().ok()).unwrap_or_default())
    }
}

/// What was missed of an object.
struct Replay {
    events: Vec<Event>,
    /// How the scope stood.
    head: Sequence,
    /// Whether there is more to replay: the SDK asks again, from the last event.
    more: bool,
    from_outside: Option<Outside>,
}

/// Begins or ends subscriptions. One request is settled after the other: what comes in a scope is
/// held meanwhile, and two at a time would let go of it for each other.
pub(super) async fn poke(session: &Session, call: &Call) -> Answered {
    let poke: Poke = call.json()?;
    if SUBSCRIPTIONS_MAX < poke.requests.len() {
        return Err(Refusal::BadParameter.into());
    }
    if FOLLOWED_MAX < session.voice.followed() + poke.requests.len() {
        return Err(Refusal::TooManyRequests { retry_after_ms: TOO_MUCH_MS }.into());
    }
    let _one_at_a_time = session.subscribing.lock().await;
    match poke.action.as_str() {
        "establish" => establish(session, &poke).await?,
        "cancel" => cancel(session, &poke),
        _ => return Err(Refusal::BadParameter.into()),
    }
    Ok(Answer::ok(json!({
        "max_batch_size": SUBSCRIPTIONS_MAX,
        "estimated_delivery_in_ms": PATIENCE_MS,
        "ttl_in_s": -1,
    })))
}

async fn establish(session: &Session, poke: &Poke) -> Result<(), CommandError> {
    let wishes: Vec<(Option<Object>, Sequence)> =
        poke.requests.iter().map(|wish| (wish.object_sid.parse().ok(), wish.since())).collect();
    let mut scopes: HashSet<Scope> =
        wishes.iter().filter_map(|(object, _)| Some(object.as_ref()?.scope())).collect();
    let me = session.me();
    scopes.insert(Scope::Directory);
    for scope in &scopes {
        session.desk.seat.hold(*scope);
    }
    let asked = wishes.clone();
    let replays = session.read(move |tx| {
        asked.iter().map(|(object, since)| found(replay(tx, me, *object, *since))).collect()
    });
    let replays: Result<Vec<Option<Replay>>, CommandError> = replays.await;
    let heard = heard(me, &wishes, replays.as_deref().unwrap_or_default());
    if let Ok(replays) = &replays {
        for (wish, ((object, _), replay)) in poke.requests.iter().zip(wishes.iter().zip(replays)) {
            settle(session, poke, wish, *object, replay.as_ref());
        }
    }
    for scope in scopes {
        session.desk.seat.release(scope, heard.contains(&scope));
    }
    replays.map(drop)
}

/// What is not there is no error of the whole request.
fn found(replay: Result<Replay, CommandError>) -> Result<Option<Replay>, CommandError> {
    match replay {
        Ok(replay) => Ok(Some(replay)),
        Err(CommandError::Refused(_)) => Ok(None),
        Err(broken) => Err(broken),
    }
}

/// The scopes in which the user may listen from now on, as far as the replays show it.
fn heard(
    me: UserSid,
    wishes: &[(Option<Object>, Sequence)],
    replays: &[Option<Replay>],
) -> HashSet<Scope> {
    let granted = wishes.iter().zip(replays).filter_map(|((object, _), replay)| {
        let inside = replay.as_ref()?.from_outside.is_none();
        inside.then_some((*object)?.scope())
    });
    granted.chain([Scope::Directory, Scope::User(me)]).collect()
}

fn settle(
    session: &Session,
    poke: &Poke,
    wish: &Wish,
    object: Option<Object>,
    replay: Option<&Replay>,
) {
    let (sid, correlation) = (&wish.object_sid, &poke.correlation_id);
    let Some((object, replay)) = object.zip(replay) else {
        let error =
            json!({"status": 404, "code": OBJECT_NOT_FOUND, "message": "There is no such object."});
        let event = json!({"object_sid": sid, "error": error});
        session.tell_of(sid, correlation, "subscription_failed", event);
        return;
    };
    for event in &replay.events {
        session.tell(event.frame.clone());
    }
    if let Object::Info(user) = object {
        session.desk.seat.watch_too(user, |online| {
            session.voice.count(1);
            objects::reachability(Presence { user, online })
        });
    }
    let status = if replay.more { "interrupted" } else { "completed" };
    let event = json!({
        "object_sid": sid,
        "replay_status": status,
        "last_event_id": replay.head,
    });
    session.tell_of(sid, correlation, "subscription_established", event);
    if !replay.more {
        let (since, from_outside) = (replay.head, replay.from_outside);
        session.voice.follow(object, Followed { since, from_outside });
    }
}

fn cancel(session: &Session, poke: &Poke) {
    for wish in &poke.requests {
        if let Ok(object) = wish.object_sid.parse() {
            session.voice.unfollow(object);
            if let Object::Info(user) = object {
                session.desk.seat.unwatch(user);
            }
            if matches!(object, Object::Info(user) if user != session.me()) {
                session.desk.seat.ignore(object.scope());
            }
        }
        let event = json!({"object_sid": wish.object_sid});
        session.tell_of(&wish.object_sid, &poke.correlation_id, "subscription_canceled", event);
    }
}

impl Session {
    fn tell(&self, frame: crate::gateway::frame::Frame) {
        self.voice.count(1);
        self.desk.seat.outbox.answer(frame);
    }

    fn tell_of(&self, object: &str, correlation: &Value, kind: &str, event: Value) {
        let payload = json!({
            "event_type": kind,
            "correlation_id": correlation,
            "event": event,
            "event_protocol_version": 3,
        });
        self.tell(notify(&format!("{object}.{kind}"), "twilio.sync.event", &payload));
    }
}

fn replay(
    tx: &mut dyn Tx,
    me: UserSid,
    object: Option<Object>,
    since: Sequence,
) -> Result<Replay, CommandError> {
    let replay = match object.ok_or(Refusal::ChannelNotFound)? {
        Object::Channel(channel) => document(tx, me, channel, since)?,
        Object::Messages(channel) => {
            let missed = queries::missed_messages(tx, me, channel, since)?;
            let events = missed.rows.iter().map(|row| objects::message(channel, since, row));
            Replay::of(events.collect(), missed.head, missed.more)
        }
        Object::Roster(channel) => {
            let missed = queries::missed_members(tx, me, channel, since)?;
            let events = missed.rows.iter().map(|row| objects::member(channel, since, row));
            Replay::of(events.collect(), missed.head, missed.more)
        }
        Object::Mine(user) if user == me => {
            let missed = queries::missed_memberships(tx, me, since)?;
            let events = missed.rows.iter().map(|row| objects::membership(me, since, row));
            Replay::of(events.collect(), missed.head, missed.more)
        }
        Object::Mine(_) => return Err(Refusal::ChannelNotFound.into()),
        Object::Info(user) => {
            let (user, head) = queries::user_by_sid(tx, user)?;
            let events = if since < user.changed { objects::info(&user) } else { Vec::new() };
            Replay::of(events, head, false)
        }
    };
    // Whoever knows more than this store has to begin again.
    if replay.head < since {
        return Err(Refusal::ChannelNotFound.into());
    }
    Ok(replay)
}

fn document(
    tx: &mut dyn Tx,
    me: UserSid,
    channel: ChannelSid,
    since: Sequence,
) -> Result<Replay, CommandError> {
    let seen = queries::seen(tx, me, channel)?;
    let head = seen.channel.sequence;
    let directory = tx.head(Scope::Directory)?.unwrap_or_default();
    let outside = Outside { directory, last: head };
    let from_outside = seen.member.is_none().then_some(outside);
    let news = (since < head).then(|| objects::document_updated(channel, head, &whole(&seen)));
    Ok(Replay { from_outside, ..Replay::of(news.into_iter().collect(), head, false) })
}

impl Replay {
    fn of(events: Vec<Event>, head: Sequence, more: bool) -> Self {
        Self { events, head, more, from_outside: None }
    }
}
