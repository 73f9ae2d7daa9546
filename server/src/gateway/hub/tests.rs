use std::time::Duration;

use chat::protocol::{Row, ServerFrame};
use chat::{Draft, Nonce};
use tokio::sync::mpsc;

use super::*;
use crate::bus;
use crate::clock::fresh_id;
use crate::commands::{admit_identity, join_channel, post_message, sign_out};
use crate::gateway::tidings::Tidings;
use crate::gateway::voice::SocketVoice;
use crate::queries;
use crate::store::{Database, Settings};

/// A hub on a store of its own, behind a bus that loses what `loses` says.
struct Node {
    store: Store,
    hub: Hub,
    general: ChannelSid,
}

impl Node {
    async fn start(mut loses: impl FnMut(&Told) -> bool + Send + 'static) -> Self {
        let clock = Clock::System;
        let (store, mut told) = Store::open(&Database::Memory, clock.clone()).expect("it opens");
        let (sender, received) = mpsc::channel(16);
        tokio::spawn(async move {
            while let Some(told) = told.recv().await {
                if !loses(&told) && sender.send(told).await.is_err() {
                    return;
                }
            }
        });
        let (bus, news) = bus::local(received);
        let hub = Hub::new(store.clone(), bus, clock);
        tokio::spawn(hub.clone().run(news));
        let service = store.read(queries::service::service).await.expect("it is founded");
        Self { store, hub, general: service.general }
    }

    async fn member(&self, name: &str) -> UserSid {
        let identity = Identity::parse(name).expect("a name");
        let admit =
            self.store.write(Scope::Directory, move |tx, m| admit_identity(tx, &identity, m));
        let (user, general, nonce) = (admit.await.expect("let in").sid, self.general, fresh());
        let scope = Scope::Channel(general);
        let join = self.store.write(scope, move |tx, m| join_channel(tx, user, general, nonce, m));
        join.await.expect("a member");
        user
    }

    async fn seated(&self, user: UserSid) -> Seat {
        let seat = self.hub.register(user, None, Arc::new(SocketVoice)).expect("a place");
        for channel in
            self.store.read(move |tx| queries::memberships(tx, user)).await.expect("read")
        {
            seat.hold(Scope::Channel(channel));
        }
        let welcome = self.store.read(move |tx| queries::welcome(tx, user)).await.expect("read");
        seat.welcome(&welcome.channels, "welcome".into());
        seat
    }

    async fn post(&self, author: UserSid, body: &str) {
        let (channel, nonce, body) = (self.general, fresh(), body.to_owned());
        let draft = Draft { channel, nonce, body, attributes: String::new(), media: None };
        let scope = Scope::Channel(channel);
        let posted = self.store.write(scope, move |tx, m| post_message(tx, author, &draft, m));
        posted.await.expect("posted");
    }
}

#[tokio::test]
async fn a_change_that_the_bus_lost_is_fetched_and_comes_in_its_place() {
    let node = Node::start(|told| says(told, "Lost") || says(told, "Lost too")).await;
    let ada = node.member("ada").await;
    let seats = [node.seated(ada).await, node.seated(ada).await];
    for text in ["First", "Lost", "Lost too", "Third"] {
        node.post(ada, text).await;
    }

    for seat in &seats {
        let texts = heard(seat, 4).await;
        assert_eq!(texts, ["First", "Lost", "Lost too", "Third"]);
    }
}

#[tokio::test]
async fn the_very_first_change_after_the_welcome_is_missed_too() {
    let node = Node::start(|told| says(told, "Lost")).await;
    let ada = node.member("ada").await;
    let seat = node.seated(ada).await;
    node.post(ada, "Lost").await;
    node.post(ada, "Second").await;
    assert_eq!(heard(&seat, 2).await, ["Lost", "Second"]);
}

#[tokio::test]
async fn who_is_welcomed_while_the_hub_is_behind_hears_everything_since() {
    let node = Node::start(|_| false).await;
    let ada = node.member("ada").await;
    for round in 0..50 {
        node.post(ada, &format!("Before {round}")).await;
        let seat = node.seated(ada).await;
        let after = format!("After {round}");
        node.post(ada, &after).await;
        let mut texts = heard(&seat, 1).await;
        while texts.last() != Some(&after) {
            texts.extend(heard(&seat, 1).await);
        }
    }
}

#[tokio::test]
async fn a_connection_beyond_the_cap_has_no_place_and_one_that_went_frees_its_own() {
    let node = Node::start(|_| false).await;
    let ada = node.member("ada").await;
    let mut seats = Vec::new();
    for _ in 0..CONNECTIONS_OF_USER_MAX {
        seats.push(node.hub.register(ada, None, Arc::new(SocketVoice)).expect("a place"));
    }
    assert_eq!(node.hub.register(ada, None, Arc::new(SocketVoice)).err(), Some(CloseCode::TooMany));
    assert_eq!(node.hub.connected_users().len(), 1);
    seats.pop();
    assert!(node.hub.register(ada, None, Arc::new(SocketVoice)).is_ok());
    seats.clear();
    node.hub.until_connections(0).await;
    assert!(node.hub.connected_users().is_empty());
}

#[tokio::test]
async fn a_hub_that_drains_says_so_takes_nobody_and_waits_for_all() {
    let node = Node::start(|_| false).await;
    let ada = node.member("ada").await;
    let seat = node.seated(ada).await;
    let hub = node.hub.clone();
    let draining = tokio::spawn(async move { hub.drain(700).await });

    assert_eq!(seat.outbox.closed().await, CloseCode::Restart);
    let last = seat.outbox.take().frames.pop_back().expect("something was said");
    assert_eq!(last.text(), r#"{"restart":{"spread":700}}"#);
    assert_eq!(node.hub.register(ada, None, Arc::new(SocketVoice)).err(), Some(CloseCode::Restart));
    assert!(!draining.is_finished());
    drop(seat);
    draining.await.expect("it ends");
}

#[tokio::test]
async fn a_session_that_ends_closes_the_connection() {
    let node = Node::start(|_| false).await;
    let ada = node.member("ada").await;
    let session = SessionSid::new(fresh().0);
    let seat = node.hub.register(ada, Some(session), Arc::new(SocketVoice)).expect("a place");
    let nothing = node.store.write(Scope::User(ada), move |tx, m| sign_out(tx, session, m));
    nothing.await.expect("signing out twice is fine");
    assert_eq!(seat.outbox.closing(), None, "a session that nobody has does not end");
    node.hub.tell(Told { changes: Vec::new(), ended: vec![(session, CloseCode::SessionEnded)] });
    assert_eq!(seat.outbox.closing(), Some(CloseCode::SessionEnded));
}

#[tokio::test]
async fn a_slow_reader_loses_presence_before_anything_else() {
    let node = Node::start(|_| false).await;
    node.hub.heed(Settings::default());
    let (ada, grace) = (node.member("ada").await, node.member("grace").await);
    let [slow, quick] = [node.seated(ada).await, node.seated(ada).await];
    for seat in [&slow, &quick] {
        seat.watch(&[grace]);
        seat.answer_watching(|online| {
            assert_eq!(online, Some(Vec::new()));
            "watching".into()
        });
    }
    slow.outbox.tell(&Tidings::worded("x".repeat(OUTBOX_BYTES_MAX / 2)));
    let _grace = node.seated(grace).await;
    node.post(grace, "Hello").await;

    let is_turn = |frame: &String| frame.starts_with(r#"{"presence""#);
    assert!(told_until(&quick, "Hello").await.iter().any(is_turn));
    assert!(!told_until(&slow, "Hello").await.iter().any(is_turn));
}

/// Every frame up to the one that has this text.
async fn told_until(seat: &Seat, text: &str) -> Vec<String> {
    let mut frames: Vec<String> = Vec::new();
    while !frames.iter().any(|frame| frame.contains(text)) {
        let next = tokio::time::timeout(Duration::from_secs(10), seat.outbox.next());
        let load = next.await.expect("it is told soon");
        frames.extend(load.frames.iter().map(|frame| frame.text().to_owned()));
        seat.outbox.sent(&load);
    }
    frames
}

async fn heard(seat: &Seat, count: usize) -> Vec<String> {
    let mut texts = Vec::new();
    let mut known: Option<Sequence> = None;
    while texts.len() < count {
        let next = tokio::time::timeout(Duration::from_secs(10), seat.outbox.next());
        let load = next.await.expect("it is told soon");
        for frame in &load.frames {
            let Ok(ServerFrame::Change(change)) = serde_json::from_str(frame.text()) else {
                continue;
            };
            if !matches!(change.scope, Scope::Channel(_)) {
                continue;
            }
            assert!(known.is_none_or(|known| change.after == known), "{known:?}: {change:?}");
            known = Some(change.sequence);
            texts.extend(bodies(&change));
        }
        seat.outbox.sent(&load);
    }
    texts
}

fn bodies(change: &Change) -> impl Iterator<Item = String> {
    change.rows.iter().filter_map(|row| match row {
        Row::Message(message) => message.body.as_ref().map(|body| body.as_str().to_owned()),
        _ => None,
    })
}

fn says(told: &Told, text: &str) -> bool {
    told.changes.iter().flat_map(bodies).any(|body| body == text)
}

fn fresh() -> Nonce {
    Nonce(fresh_id(Clock::System.now()))
}
