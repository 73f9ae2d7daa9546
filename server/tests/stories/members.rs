//! People who join, leave, and come back under another's name.

use chat::protocol::{Command, Row, Scope, ServerFrame};
use chat::{Refusal, Sequence};
use client::NoticeKind;

use crate::messages::{draft, program_of};
use crate::support::{Raw, TestServer};

#[tokio::test]
async fn who_joins_and_who_leaves_is_seen_as_it_happens() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    ada.creates("Tea").await;

    grace.joins("Tea").await;
    ada.notices("grace", NoticeKind::Joined, "Tea").await;
    grace.leaves("Tea").await;
    ada.notices("grace", NoticeKind::Left, "Tea").await;
}

#[tokio::test]
async fn who_joined_and_left_meanwhile_is_seen_on_return() {
    let server = TestServer::start().await;
    let [ada, grace, hedy] = server.guests(["ada", "grace", "hedy"]).await;
    ada.creates("Tea").await;
    grace.joins("Tea").await;
    ada.notices("grace", NoticeKind::Joined, "Tea").await;
    ada.goes_away().await;

    hedy.joins("Tea").await;
    grace.leaves("Tea").await;
    hedy.say("Where is everybody?", "Tea").await;
    ada.comes_back().await;

    ada.hears("Where is everybody?", "Tea").await;
    ada.notices("hedy", NoticeKind::Joined, "Tea").await;
    ada.notices("grace", NoticeKind::Left, "Tea").await;
}

#[tokio::test]
async fn a_member_who_left_hears_nothing_more() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let tea = ada.creates("Tea").await;
    grace.joins("Tea").await;
    let mut phone = program_of(&server, &grace).await;
    ada.say("All of us", "Tea").await;
    phone.round_trip().await;
    assert_eq!(messages_of(&mut phone, Scope::Channel(tea)), ["All of us"]);

    grace.leaves("Tea").await;
    ada.say("Just us now", "Tea").await;
    ada.client.with(|client, now| client.composing(tea, now));
    ada.round_trip().await;
    phone.round_trip().await;

    assert_eq!(messages_of(&mut phone, Scope::Channel(tea)), Vec::<String>::new());
    let not_found = Refusal::ChannelNotFound.code();
    let scope = Scope::Channel(tea);
    for since in [Sequence(0), Sequence(3)] {
        assert_eq!(phone.refused(Command::Resume { scope, since }).await.code, not_found);
    }
    let typing = phone.refused(Command::SetTyping { channel: tea }).await;
    assert_eq!(typing.code, Refusal::NotAMember.code());
    let post = phone.refused(Command::PostMessage(draft(tea, "Me too"))).await;
    assert_eq!(post.code, Refusal::NotAMember.code());
    ada.say("Really just us", "Tea").await;
    phone.round_trip().await;
    assert_eq!(messages_of(&mut phone, Scope::Channel(tea)), Vec::<String>::new());
}

#[tokio::test]
async fn who_comes_back_to_a_channel_hears_it_again() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    ada.creates("Tea").await;
    grace.joins("Tea").await;
    grace.leaves("Tea").await;
    ada.say("Missed", "Tea").await;

    grace.joins("Tea").await;
    ada.say("Welcome back", "Tea").await;

    grace.hears("Welcome back", "Tea").await;
    ada.notices("grace", NoticeKind::Left, "Tea").await;
}

// The tutorial's defect 14: two tabs with one name fight: opening a channel in one leaves the old
// one in both.
#[tokio::test]
async fn two_tabs_with_one_name_do_not_fight() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let other_tab = server.tab_of(&ada).await;
    grace.creates("Tea").await;

    other_tab.joins("Tea").await;
    grace.say("In Tea", "Tea").await;
    grace.say("In General", "general").await;

    ada.hears("In General", "general").await;
    other_tab.hears("In Tea", "Tea").await;
    other_tab.hears("In General", "general").await;
    ada.opens("Tea").await;
    ada.hears("In Tea", "Tea").await;
}

// The tutorial's defect 4: clicking the current channel leaves, rejoins and doubles the history.
#[tokio::test]
async fn opening_the_current_channel_again_neither_leaves_nor_doubles_the_history() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    ada.say("Once", "general").await;
    grace.hears("Once", "general").await;

    ada.opens("general").await;
    ada.opens("general").await;
    ada.say("Twice", "general").await;

    ada.has_heard(&["Once", "Twice"], "general").await;
    grace.has_heard(&["Once", "Twice"], "general").await;
    let general = grace.channel("general").await;
    let left = grace.client.with(|client, _| {
        client
            .lines(general)
            .filter(|line| match line {
                client::Line::Notice(notice) => notice.kind == NoticeKind::Left,
                _ => false,
            })
            .count()
    });
    assert_eq!(left, 0);
}

// The tutorial's defect 3: the message list is not cleared on a channel switch.
#[tokio::test]
async fn messages_of_different_channels_do_not_pile_up() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    ada.creates("Tea").await;
    ada.creates("Garden").await;

    ada.say("In General", "general").await;
    ada.say("In Tea", "Tea").await;
    ada.say("In the garden", "Garden").await;
    ada.opens("Tea").await;

    ada.has_heard(&["In General"], "general").await;
    ada.has_heard(&["In Tea"], "Tea").await;
    ada.has_heard(&["In the garden"], "Garden").await;
}

#[tokio::test]
async fn the_next_guest_of_a_freed_name_inherits_nothing() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let tea = ada.creates("Tea").await;
    grace.joins("Tea").await;
    ada.say("I was here", "Tea").await;
    let first = ada.user();

    ada.pass.sign_out().await;
    grace.notices("ada", NoticeKind::Left, "Tea").await;
    let next = server.guest("ada").await;

    assert_ne!(next.user(), first);
    assert!(!next.client.with(|client, _| client.memberships().contains(tea)));
    let mut program = program_of(&server, &next).await;
    let refusal = program.refused(Command::DeleteChannel { channel: tea }).await;
    assert_eq!(refusal.code, 50107, "nothing of the first one's role is left");
    next.joins("Tea").await;
    next.hears("I was here", "Tea").await;
    let author = next.client.with(|client, _| {
        let timeline = client.timeline(tea).expect("it is open");
        timeline.messages().next().map(|message| message.author)
    });
    assert_eq!(author, Some(first));
}

#[tokio::test]
async fn nobody_but_a_member_reads_a_channel() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let tea = ada.creates("Tea").await;
    ada.say("Among us", "Tea").await;
    let mut outsider = program_of(&server, &grace).await;

    let not_found = Refusal::ChannelNotFound.code();
    let resume = Command::Resume { scope: Scope::Channel(tea), since: Sequence(0) };
    assert_eq!(outsider.refused(resume).await.code, not_found);
    let others = Command::Resume { scope: Scope::User(ada.user()), since: Sequence(0) };
    assert_eq!(outsider.refused(others).await.code, not_found);
    for command in [
        Command::OpenChannel { channel: tea },
        Command::Unread { channel: tea },
        Command::Members { channel: tea, after: None },
        Command::History { channel: tea, before: chat::MessageIndex(9), limit: 9 },
    ] {
        outsider.refused(command).await;
    }
    ada.say("Still among us", "Tea").await;
    outsider.round_trip().await;
    assert_eq!(messages_of(&mut outsider, Scope::Channel(tea)), Vec::<String>::new());
}

fn messages_of(raw: &mut Raw, scope: Scope) -> Vec<String> {
    let changes = raw.take_unheard().into_iter().filter_map(|frame| match frame {
        ServerFrame::Change(change) if change.scope == scope => Some(change.rows),
        _ => None,
    });
    changes
        .flatten()
        .filter_map(|row| match row {
            Row::Message(message) => message.body.as_ref().map(|body| body.as_str().to_owned()),
            _ => None,
        })
        .collect()
}
