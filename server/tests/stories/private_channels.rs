//! Channels that only some know of.

use chat::protocol::{ChannelEditing, Command, Editing, MemberEditing, Scope, ServerFrame};
use chat::{ChannelSid, Level, MessageIndex, Refusal, Sequence, UserSid};
use client::{Departure, Event};

use crate::messages::{draft, program_of};
use crate::support::{Person, TestServer, nonce};

#[tokio::test]
async fn whoever_is_added_finds_the_channel_with_its_name_and_history() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let surprise = ada.creates_private("Surprise").await;
    ada.say("She knows nothing", "Surprise").await;

    adds(&ada, surprise, "grace").await;

    assert_eq!(grace.opens("Surprise").await, surprise);
    grace.has_heard(&["She knows nothing"], "Surprise").await;
    grace.say("I do now", "Surprise").await;
    ada.hears("I do now", "Surprise").await;
    grace.goes_away().await;
    grace.comes_back().await;
    assert_eq!(grace.channel("Surprise").await, surprise);
}

#[tokio::test]
async fn whoever_is_invited_joins_or_declines() {
    let server = TestServer::start().await;
    let [ada, grace, linus] = server.guests(["ada", "grace", "linus"]).await;
    let surprise = ada.creates_private("Surprise").await;
    for name in ["grace", "linus"] {
        invites(&ada, surprise, name).await;
    }

    is_invited(&grace, surprise, "Surprise").await;
    is_invited(&linus, surprise, "Surprise").await;
    grace.asks(|client, now| client.join(surprise, now)).await;
    linus.asks(|client, now| client.ask(Command::DeclineInvite { channel: surprise }, now)).await;

    assert_eq!(grace.opens("Surprise").await, surprise);
    linus
        .so("is not invited any more", |client| client.memberships().invited(surprise).is_none())
        .await;
    let refused = linus.is_refused(|client, now| client.join(surprise, now)).await;
    assert_eq!(refused, Refusal::ChannelNotFound);
}

#[tokio::test]
async fn whoever_is_removed_hears_nothing_more_and_cannot_come_back() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let surprise = ada.creates_private("Surprise").await;
    adds(&ada, surprise, "grace").await;
    grace.opens("Surprise").await;
    let mut program = program_of(&server, &grace).await;
    program.now_at(surprise).await;

    let user = grace.user();
    ada.asks(|client, now| client.ask(Command::RemoveMember { channel: surprise, user }, now))
        .await;
    ada.say("Just us now", "Surprise").await;

    grace.so("is out", |client| !client.memberships().contains(surprise)).await;
    let gone = |event: &Event| {
        matches!(event, Event::ChannelGone { channel, departure: Departure::Left, .. }
            if *channel == surprise)
    };
    grace.round_trip().await;
    assert!(grace.client.take_events().iter().any(gone));
    program.round_trip().await;
    let heard = program.take_unheard();
    let says = |frame: &ServerFrame| format!("{frame:?}").contains("Just us now");
    assert!(heard.iter().any(|frame| matches!(frame, ServerFrame::Change(_))), "{heard:?}");
    assert!(!heard.iter().any(says), "{heard:?}");
    let refused = grace.is_refused(|client, now| client.join(surprise, now)).await;
    assert_eq!(refused, Refusal::ChannelNotFound);
}

#[tokio::test]
async fn a_channel_that_becomes_private_is_gone_for_strangers_and_stays_for_members() {
    let server = TestServer::start().await;
    let [ada, grace, linus] = server.guests(["ada", "grace", "linus"]).await;
    let tea = ada.creates("Tea house").await;
    grace.joins("Tea house").await;
    linus.channel("Tea house").await;

    let editing = ChannelEditing { private: Some(true), ..ChannelEditing::of(tea) };
    ada.asks(|client, now| client.ask(Command::EditChannel(editing.clone()), now)).await;

    linus.so("sees it no more", |client| client.details(tea).is_none()).await;
    grace
        .so("knows it is private", |client| {
            client.details(tea).is_some_and(|details| details.private)
        })
        .await;
    grace.say("Still here", "Tea house").await;
    ada.hears("Still here", "Tea house").await;
    assert!(grace.client.with(|client, _| client.memberships().contains(tea)));
}

// What is private and what was never there get the same answer, whatever is asked.
#[tokio::test]
async fn private_looks_exactly_like_absent() {
    let server = TestServer::start().await;
    let [ada, stranger] = server.guests(["ada", "stranger"]).await;
    let surprise = ada.creates_private("Surprise").await;
    ada.say("Nobody else hears this", "Surprise").await;
    let mut program = program_of(&server, &stranger).await;
    let nowhere = ChannelSid::from_bytes([7; 16]);

    for question in everything_about(ada.user()) {
        let of_private = program.ask(question(surprise)).await;
        let of_nothing = program.ask(question(nowhere)).await;
        assert_eq!(of_private, of_nothing, "{:?}", question(surprise));
    }

    ada.say("Still only us", "Surprise").await;
    program.round_trip().await;
    let heard = format!("{:?}", program.take_unheard());
    assert!(!heard.contains(&surprise.to_string()), "{heard}");
}

type Question = Box<dyn Fn(ChannelSid) -> Command>;

/// Every command that names a channel.
fn everything_about(user: UserSid) -> Vec<Question> {
    let (index, again) = (MessageIndex(0), nonce());
    vec![
        Box::new(move |channel| Command::PostMessage(draft(channel, "Hello?"))),
        Box::new(move |channel| {
            let body = Some("Hello?".to_owned());
            Command::EditMessage(Editing { channel, index, body, attributes: None })
        }),
        Box::new(move |channel| Command::DeleteMessage { channel, index }),
        Box::new(move |channel| {
            let name = Some("Mine".to_owned());
            Command::EditChannel(ChannelEditing {
                friendly_name: name,
                ..ChannelEditing::of(channel)
            })
        }),
        Box::new(move |channel| Command::DeleteChannel { channel }),
        Box::new(move |channel| Command::HandOverChannel { channel, to: user }),
        Box::new(move |channel| Command::JoinChannel { channel, nonce: nonce() }),
        Box::new(move |channel| Command::LeaveChannel { channel }),
        Box::new(move |channel| {
            let identity = "stranger".to_owned();
            Command::AddMember { channel, identity, nonce: nonce() }
        }),
        Box::new(move |channel| Command::RemoveMember { channel, user }),
        Box::new(move |channel| {
            let identity = "stranger".to_owned();
            Command::InviteMember { channel, identity, nonce: nonce() }
        }),
        Box::new(move |channel| Command::DeclineInvite { channel }),
        Box::new(move |channel| {
            let attributes = Some("{}".to_owned());
            Command::EditMember(MemberEditing { channel, user, role: None, attributes })
        }),
        Box::new(move |channel| Command::SetNotificationLevel { channel, level: Level::Muted }),
        Box::new(move |channel| Command::AdvanceReadHorizon { channel, index }),
        Box::new(move |channel| Command::SetReadHorizon { channel, index: None }),
        Box::new(move |channel| Command::SetTyping { channel }),
        Box::new(move |channel| Command::Resume {
            scope: Scope::Channel(channel),
            since: Sequence(0),
        }),
        Box::new(move |channel| Command::OpenChannel { channel }),
        Box::new(move |channel| Command::History { channel, before: index, limit: 9 }),
        Box::new(move |channel| Command::Members { channel, after: None }),
        Box::new(move |channel| Command::Unread { channel }),
        // A repeat of what was refused is judged anew.
        Box::new(move |channel| Command::JoinChannel { channel, nonce: again }),
        Box::new(move |channel| Command::JoinChannel { channel, nonce: again }),
    ]
}

async fn adds(person: &Person, channel: ChannelSid, name: &str) {
    let (identity, nonce) = (name.to_owned(), nonce());
    person
        .asks(|client, now| client.ask(Command::AddMember { channel, identity, nonce }, now))
        .await;
}

async fn invites(person: &Person, channel: ChannelSid, name: &str) {
    let (identity, nonce) = (name.to_owned(), nonce());
    person
        .asks(|client, now| client.ask(Command::InviteMember { channel, identity, nonce }, now))
        .await;
}

async fn is_invited(person: &Person, channel: ChannelSid, name: &str) {
    person
        .so("is invited", |client| {
            let invited = client.memberships().invited(channel);
            invited.is_some_and(|invited| invited.friendly_name.as_str() == name)
        })
        .await;
}
