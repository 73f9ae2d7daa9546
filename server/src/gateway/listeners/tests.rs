use super::*;
use chat::protocol::{Row, ServerFrame, Typing};
use chat::{
    Attributes, Body, Channel, Identity, Member, MemberSid, Message, MessageIndex, MessageSid,
    Nonce, RoleSid, Timestamp, User,
};
use uuid::Uuid;

use crate::gateway::voice::SocketVoice;
use crate::limits::OUTBOX_BYTES_MAX;

const TEA: u128 = 100;
const ADA: u128 = 1;
const GRACE: u128 = 2;

#[test]
fn a_member_who_enters_listens_from_that_change_on() {
    let mut listeners = Listeners::default();
    let ada = connect(&mut listeners, ADA);
    assert_eq!(listeners.take(change(0, [message(1)])), None);
    assert_eq!(listeners.take(change(1, [member(ADA, 2)])), None);
    assert_eq!(listeners.take(change(2, [message(3)])), None);
    assert_eq!(ada.heard(), [(1, 2), (2, 3)]);
    assert!(listeners.hears(ada.id, tea()));
}

#[test]
fn a_member_who_left_hears_of_it_and_nothing_more() {
    let mut listeners = Listeners::default();
    let ada = connect(&mut listeners, ADA);
    let grace = connect(&mut listeners, GRACE);
    listeners.take(change(0, [member(ADA, 1), member(GRACE, 2)]));
    listeners.take(change(2, [departure(GRACE, 3)]));
    listeners.take(change(3, [message(4)]));
    assert_eq!(grace.heard(), [(0, 2), (2, 3)]);
    assert_eq!(ada.heard(), [(0, 2), (2, 3), (3, 4)]);
    assert!(!listeners.hears(grace.id, tea()));
}

#[test]
fn what_was_committed_together_with_a_departure_but_after_it_stays_unheard() {
    let mut listeners = Listeners::default();
    let ada = connect(&mut listeners, ADA);
    let grace = connect(&mut listeners, GRACE);
    listeners.take(change(0, [member(ADA, 1), member(GRACE, 2)]));
    listeners.take(change(2, [message(3), departure(GRACE, 4), message(5)]));
    let texts = grace.texts();
    assert_eq!(grace.heard_in(&texts), [(0, 2), (2, 4)]);
    assert!(texts[1].contains("said 3") && !texts[1].contains("said 5"));
    assert_eq!(ada.heard(), [(0, 2), (2, 5)]);
}

#[test]
fn who_left_and_came_back_in_one_batch_goes_on_listening() {
    let mut listeners = Listeners::default();
    let ada = connect(&mut listeners, ADA);
    listeners.take(change(0, [member(ADA, 1)]));
    // The row as it is at the end of the batch: it entered anew.
    listeners.take(change(1, [member(ADA, 3)]));
    listeners.take(change(3, [message(4)]));
    assert_eq!(ada.heard(), [(0, 1), (1, 3), (3, 4)]);
}

#[test]
fn a_deleted_channel_is_told_and_then_silent() {
    let mut listeners = Listeners::default();
    let ada = connect(&mut listeners, ADA);
    listeners.take(change(0, [member(ADA, 1)]));
    listeners.take(change(1, [gone(2)]));
    listeners.take(change(2, [message(3)]));
    assert_eq!(ada.heard(), [(0, 1), (1, 2)]);
    assert!(!listeners.audiences.contains_key(&Scope::Channel(tea())));
}

#[test]
fn every_connection_of_a_user_enters_and_leaves_with_them() {
    let mut listeners = Listeners::default();
    let [phone, desk] = [connect(&mut listeners, ADA), connect(&mut listeners, ADA)];
    listeners.take(change(0, [member(ADA, 1)]));
    listeners.take(change(1, [departure(ADA, 2)]));
    listeners.take(change(2, [message(3)]));
    assert_eq!(phone.heard(), [(0, 1), (1, 2)]);
    assert_eq!(desk.heard(), [(0, 1), (1, 2)]);
}

#[test]
fn nothing_is_heard_before_the_welcome_and_only_what_is_newer_after_it() {
    let mut listeners = Listeners::default();
    let ada = register(&mut listeners, ADA);
    listeners.hold(ada.id, Scope::Channel(tea()));
    listeners.take(change(4, [message(5)]));
    listeners.take(change(5, [message(6)]));
    assert!(ada.texts().is_empty());
    listeners.welcome(ada.id, &[state(TEA, 5)], "welcome".into());
    listeners.take(change(6, [message(7)]));
    let texts = ada.texts();
    assert_eq!(texts[0], "welcome");
    assert_eq!(ada.heard_in(&texts[1..]), [(5, 6), (6, 7)]);
}

#[test]
fn a_channel_that_the_welcome_does_not_name_is_not_heard() {
    let mut listeners = Listeners::default();
    let ada = register(&mut listeners, ADA);
    listeners.hold(ada.id, Scope::Channel(tea()));
    listeners.take(change(4, [message(5)]));
    listeners.welcome(ada.id, &[], "welcome".into());
    listeners.take(change(5, [message(6)]));
    assert_eq!(ada.texts(), ["welcome"]);
    assert!(!listeners.hears(ada.id, tea()));
}

#[test]
fn who_left_between_the_welcome_and_its_sending_hears_that() {
    let mut listeners = Listeners::default();
    let ada = register(&mut listeners, ADA);
    listeners.hold(ada.id, Scope::Channel(tea()));
    listeners.take(change(5, [departure(ADA, 6)]));
    listeners.take(change(6, [message(7)]));
    listeners.welcome(ada.id, &[state(TEA, 5)], "welcome".into());
    listeners.take(change(7, [message(8)]));
    let texts = ada.texts();
    assert_eq!(ada.heard_in(&texts[1..]), [(5, 6)]);
    assert!(!listeners.hears(ada.id, tea()));
}

#[test]
fn a_channel_entered_just_before_the_welcome_is_heard_though_its_change_is_still_to_come() {
    let mut listeners = Listeners::default();
    let ada = register(&mut listeners, ADA);
    listeners.welcome(ada.id, &[state(TEA, 5)], "welcome".into());
    listeners.take(change(4, [member(ADA, 5)]));
    listeners.take(change(5, [message(6)]));
    let texts = ada.texts();
    assert_eq!(ada.heard_in(&texts[1..]), [(4, 5), (5, 6)]);
}

#[test]
fn a_skip_is_filled_once_for_all_listeners() {
    let mut listeners = Listeners::default();
    let ada = connect(&mut listeners, ADA);
    let grace = connect(&mut listeners, GRACE);
    listeners.take(change(0, [member(ADA, 1), member(GRACE, 2)]));
    let skip = listeners.take(change(4, [message(5)]));
    assert_eq!(skip, Some(Skip { scope: Scope::Channel(tea()), since: Sequence(2) }));
    assert_eq!(listeners.take(change(5, [message(6)])), None, "one question is enough");
    let missing = vec![change(2, [departure(GRACE, 3), message(4), message(5)])];
    assert_eq!(listeners.fill(skip.expect("a skip"), missing), None);
    assert_eq!(ada.heard(), [(0, 2), (2, 5), (5, 6)]);
    assert_eq!(grace.heard(), [(0, 2), (2, 3)], "a departure that was skipped still counts");
}

#[test]
fn a_second_skip_behind_the_first_is_filled_too() {
    let mut listeners = Listeners::default();
    let ada = connect(&mut listeners, ADA);
    listeners.take(change(0, [member(ADA, 1)]));
    let skip = listeners.take(change(2, [message(3)])).expect("a skip");
    listeners.take(change(4, [message(5)]));
    let second = listeners.fill(skip, vec![change(1, [message(2), message(3)])]);
    let second = second.expect("a second skip");
    assert_eq!(second.since, Sequence(3));
    assert_eq!(listeners.fill(second, vec![change(3, [message(4), message(5)])]), None);
    assert_eq!(ada.heard(), [(0, 1), (1, 3), (3, 5)]);
}

#[test]
fn a_skip_that_cannot_be_filled_makes_everyone_resume() {
    let mut listeners = Listeners::default();
    let ada = connect(&mut listeners, ADA);
    listeners.take(change(0, [member(ADA, 1)]));
    let skip = listeners.take(change(2, [message(3)])).expect("a skip");
    listeners.give_up(skip.scope);
    assert_eq!(ada.outbox.closing(), Some(CloseCode::Slow));
}

#[test]
fn an_ended_session_closes_its_connections_and_no_others() {
    let mut listeners = Listeners::default();
    let session = SessionSid::new(Uuid::from_u128(7));
    let outbox = Arc::new(Outbox::new(OUTBOX_BYTES_MAX, Arc::new(SocketVoice)));
    listeners.register(user(ADA), Some(session), Arc::clone(&outbox));
    let other = connect(&mut listeners, ADA);
    listeners.end_session(session, CloseCode::NameTaken);
    assert_eq!(outbox.closing(), Some(CloseCode::NameTaken));
    assert_eq!(other.outbox.closing(), None);
}

#[test]
fn a_retired_user_is_closed() {
    let mut listeners = Listeners::default();
    let ada = connect(&mut listeners, ADA);
    let grace = connect(&mut listeners, GRACE);
    listeners.take(Change {
        scope: Scope::User(user(ADA)),
        after: Sequence(3),
        sequence: Sequence(4),
        rows: vec![Row::User(User {
            sid: user(ADA),
            identity: identity(),
            role: RoleSid::SERVICE_USER,
            friendly_name: None,
            attributes: Attributes::default(),
            guest: true,
            retired: true,
            entered: Sequence(1),
            changed: Sequence(4),
        })],
    });
    assert_eq!(ada.outbox.closing(), Some(CloseCode::SessionEnded));
    assert_eq!(grace.outbox.closing(), None);
}

#[test]
fn who_is_gone_leaves_nothing_behind() {
    let mut listeners = Listeners::default();
    let [phone, desk] = [connect(&mut listeners, ADA), connect(&mut listeners, ADA)];
    listeners.take(change(0, [member(ADA, 1)]));
    assert!(!listeners.unregister(phone.id));
    assert!(listeners.unregister(desk.id));
    assert!(!listeners.unregister(desk.id));
    assert!(listeners.audiences.is_empty() && listeners.users.is_empty());
}

#[test]
fn typing_reaches_the_others_and_not_the_typist() {
    let mut listeners = Listeners::default();
    let ada = connect(&mut listeners, ADA);
    let grace = connect(&mut listeners, GRACE);
    listeners.take(change(0, [member(ADA, 1), member(GRACE, 2)]));
    ada.texts();
    grace.texts();
    let (channel, identity) = (tea(), Identity::parse("ada").expect("a name"));
    listeners.mention(&Signal::of(Typing { channel, user: user(ADA), identity, lapse: 6_000 }));
    assert!(grace.texts()[0].contains("typing"));
    assert!(ada.texts().is_empty());
}

struct Connection {
    id: ConnectionId,
    outbox: Arc<Outbox>,
}

impl Connection {
    fn texts(&self) -> Vec<String> {
        let load = self.outbox.take();
        self.outbox.sent(&load);
        load.frames.iter().map(|frame| frame.text().to_owned()).collect()
    }

    fn heard(&self) -> Vec<(u64, u64)> {
        self.heard_in(&self.texts())
    }

    fn heard_in(&self, texts: &[String]) -> Vec<(u64, u64)> {
        let span = |text: &String| match serde_json::from_str(text) {
            Ok(ServerFrame::Change(change)) => (change.after.0, change.sequence.0),
            other => panic!("a change was expected: {other:?}"),
        };
        texts.iter().map(span).collect()
    }
}

fn register(listeners: &mut Listeners, number: u128) -> Connection {
    let outbox = Arc::new(Outbox::new(OUTBOX_BYTES_MAX, Arc::new(SocketVoice)));
    let id = listeners.register(user(number), None, Arc::clone(&outbox));
    Connection { id, outbox }
}

fn connect(listeners: &mut Listeners, number: u128) -> Connection {
    let connection = register(listeners, number);
    listeners.welcome(connection.id, &[], "welcome".into());
    connection.texts();
    connection
}

fn change<const N: usize>(after: u64, rows: [Row; N]) -> Change {
    let sequence = rows.iter().map(Row::changed).max().expect("a row");
    Change { scope: Scope::Channel(tea()), after: Sequence(after), sequence, rows: rows.to_vec() }
}

fn message(sequence: u64) -> Row {
    Row::Message(Message {
        sid: MessageSid::new(Uuid::from_u128(sequence.into())),
        index: MessageIndex(sequence),
        author: user(ADA),
        identity: identity(),
        body: Some(Body::parse(&format!("said {sequence}")).expect("a text")),
        attributes: Attributes::default(),
        nonce: Nonce(Uuid::from_u128(sequence.into())),
        posted_at: Timestamp(0),
        media: None,
        edited: None,
        entered: Sequence(sequence),
        changed: Sequence(sequence),
    })
}

fn member(number: u128, sequence: u64) -> Row {
    Row::Member(Member {
        sid: MemberSid::new(Uuid::from_u128(number)),
        user: user(number),
        identity: identity(),
        guest: true,
        role: Some(RoleSid::CHANNEL_USER),
        horizon: None,
        read_at: None,
        attributes: Attributes::default(),
        at: Timestamp(0),
        entered: Sequence(sequence),
        changed: Sequence(sequence),
    })
}

fn departure(number: u128, sequence: u64) -> Row {
    let Row::Member(member) = member(number, 1) else {
        unreachable!("a member is a member");
    };
    Row::Member(Member { role: None, changed: Sequence(sequence), ..member })
}

fn gone(sequence: u64) -> Row {
    let channel =
        Channel { sid: tea(), details: None, entered: Sequence(1), changed: Sequence(sequence) };
    Row::Channel(channel)
}

fn state(channel: u128, sequence: u64) -> ChannelState {
    ChannelState {
        sid: ChannelSid::new(Uuid::from_u128(channel)),
        sequence: Sequence(sequence),
        last_index: None,
        last_message_at: None,
        horizon: None,
        unread: 0,
        details: None,
    }
}

fn tea() -> ChannelSid {
    ChannelSid::new(Uuid::from_u128(TEA))
}

fn user(number: u128) -> UserSid {
    UserSid::new(Uuid::from_u128(number))
}

fn identity() -> Identity {
    Identity::parse("ada").expect("a name")
}
