//! Connections that break, at every point, and what comes through all the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use chat::protocol::{Command, Scope};
use chat::{Refusal, Sequence};
use client::{ConnectionState, Event};

use crate::messages::program_of;
use crate::support::person::Person;
use crate::support::wire::{Fate, Way, wire};
use crate::support::{Raw, TestServer, soon};

#[tokio::test]
async fn what_was_missed_comes_after_a_break_in_order_and_once() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    ada.say("Before", "general").await;
    grace.hears("Before", "general").await;
    grace.goes_away().await;

    let mut expected = vec!["Before".to_owned()];
    for number in 0..30 {
        let text = format!("Meanwhile {number}");
        ada.say(&text, "general").await;
        expected.push(text);
    }
    let general = grace.channel("general").await;
    let mine = grace.posts("From my pocket", general);
    grace.comes_back().await;

    grace.is_accepted(mine, general).await;
    expected.push("From my pocket".to_owned());
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    grace.has_heard(&expected, "general").await;
    ada.has_heard(&expected, "general").await;
}

#[tokio::test]
async fn the_conversation_goes_on_over_a_restart_of_the_server() {
    let mut server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    ada.say("Before", "general").await;
    let general = ada.channel("general").await;

    server.restart().await;
    let nonce = ada.posts("After", general);
    ada.is_online().await;
    grace.is_online().await;

    ada.is_accepted(nonce, general).await;
    ada.has_heard(&["Before", "After"], "general").await;
    grace.has_heard(&["Before", "After"], "general").await;
}

#[tokio::test]
async fn the_exchange_survives_a_cut_at_every_point() {
    for fate in [Fate::Cut, Fate::ArrivesThenCut] {
        let server = TestServer::start().await;
        let grace = server.guest("grace").await;
        let mut cut_at = 0;
        loop {
            let was_cut = one_exchange(&server, &grace, cut_at, fate).await;
            if !was_cut {
                break;
            }
            cut_at += 1;
        }
        assert!(15 < cut_at, "the exchange has more than {cut_at} frames");
    }
}

/// Ada arrives over a wire that is cut once, after so many frames; she and Grace talk. Whether it
/// was cut before they had finished.
async fn one_exchange(server: &TestServer, grace: &Person, cut_at: usize, fate: Fate) -> bool {
    let frames = AtomicUsize::new(0);
    let was_cut = Arc::new(AtomicBool::new(false));
    let cut = Arc::clone(&was_cut);
    let near = wire(server.address, move |_, _| {
        let is_the_one = frames.fetch_add(1, Ordering::Relaxed) == cut_at;
        if !is_the_one {
            return Fate::Arrives;
        }
        cut.store(true, Ordering::Relaxed);
        fate
    });
    let near = near.await;
    let room = format!("Room {cut_at}");
    grace.creates(&room).await;
    let ada = Person::impatient(near, server.pass(&format!("ada {cut_at}")), &server.clock);
    ada.enters_general().await;

    let channel = ada.joins(&room).await;
    let first = ada.posts("One", channel);
    grace.say("Two", &room).await;
    let third = ada.posts("Three", channel);
    ada.is_accepted(first, channel).await;
    ada.is_accepted(third, channel).await;
    grace.say("Four", &room).await;
    ada.hears("Four", &room).await;
    let fifth = ada.posts("Five", channel);
    ada.is_accepted(fifth, channel).await;
    grace.hears("Five", &room).await;

    let heard = grace.page(&room).await;
    let expected: Vec<&str> = heard.iter().map(String::as_str).collect();
    ada.has_heard(&expected, &room).await;
    let place = |text: &str| {
        assert_eq!(heard.iter().filter(|other| *other == text).count(), 1, "{text}: {heard:?}");
        heard.iter().position(|other| other == text)
    };
    assert!(place("One") < place("Three") && place("Three") < place("Five"), "{heard:?}");
    assert!(place("Two") < place("Four") && heard.len() == 5, "{heard:?}");
    was_cut.load(Ordering::Relaxed)
}

#[tokio::test]
async fn an_acknowledgement_lost_after_the_commit_makes_no_second_message() {
    let server = TestServer::start().await;
    let grace = server.guest("grace").await;
    let lost = AtomicUsize::new(0);
    let near = wire(server.address, move |way, text| {
        let is_ack = way == Way::ToClient && text.contains(r#""posted""#);
        let is_lost = is_ack && lost.fetch_add(1, Ordering::Relaxed) < 3;
        if is_lost { Fate::Cut } else { Fate::Arrives }
    });
    let ada = Person::impatient(near.await, server.pass("ada"), &server.clock);
    ada.enters_general().await;

    let general = ada.channel("general").await;
    let nonce = ada.posts("Did you get that?", general);
    ada.is_accepted(nonce, general).await;
    ada.say("Good", "general").await;

    ada.has_heard(&["Did you get that?", "Good"], "general").await;
    grace.has_heard(&["Did you get that?", "Good"], "general").await;
}

#[tokio::test]
async fn a_page_older_than_the_server_is_told_and_a_newer_one_is_understood() {
    let server = TestServer::start().await;
    let ada = Person::of_build("0.0.0-older", &server).await;
    let newer = ada.client.event(|event| match event {
        Event::NewerServer { version } => Some(version.clone()),
        _ => None,
    });
    assert_eq!(soon("ada is told", newer).await, server::site::version());

    let mut program = program_of(&server, &ada).await;
    program.send_text(r#"{"request":{"ref":77,"command":{"dance":{"with":"me"}},"x":1}}"#).await;
    let answer = program.reply_to(77).await;
    let chat::protocol::Answer::Refused(refusal) = answer else { panic!("{answer:?}") };
    assert_eq!(refusal.code, Refusal::UnknownCommand.code());
    program.round_trip().await;
}

#[tokio::test]
async fn whoever_knows_more_than_the_server_is_told_to_begin_anew() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let scope = Scope::Channel(ada.channel("general").await);
    let mut program = program_of(&server, &ada).await;

    let resume = Command::Resume { scope, since: Sequence(1_000_000) };
    let chat::protocol::Accepted::Changes(changes) = program.accepted(resume).await else {
        panic!("changes were expected");
    };
    assert!(changes.gap && changes.change.rows.is_empty());
    ada.say("Still told", "general").await;
    program.round_trip().await;
    assert!(!program.take_unheard().is_empty(), "the channel is still heard");
}

#[tokio::test]
async fn five_thousand_missed_messages_are_caught_up_with() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let general = ada.channel("general").await;
    grace.goes_away().await;

    let mut program = program_of(&server, &ada).await;
    let mut asked = Vec::new();
    for number in 0..5_000 {
        let draft = crate::messages::draft(general, &format!("Line {number}"));
        asked.push(program.request(Command::PostMessage(draft)).await);
        if asked.len() == 50 {
            program.all_accepted(&mut asked).await;
        }
    }
    grace.comes_back().await;

    grace.hears("Line 4999", "general").await;
    ada.say("Welcome back", "general").await;
    grace.hears("Welcome back", "general").await;
}

#[tokio::test]
async fn a_server_that_goes_down_says_so_and_finishes_what_it_was_asked() {
    use chat::protocol::{CloseCode, ServerFrame};

    let mut server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let general = ada.channel("general").await;
    let token = ada.pass.good_token().await;
    let (mut program, _) = Raw::welcomed(server.address, &token).await;
    let mut asked = Vec::new();
    for number in 0..40 {
        let draft = crate::messages::draft(general, &format!("Line {number}"));
        asked.push(program.request(Command::PostMessage(draft)).await);
    }
    program.reply_to(asked[0]).await;

    server.stop().await;

    let mut said_restart = false;
    let mut replies = 1;
    let code = loop {
        match program.next().await {
            crate::support::Came::Frame(ServerFrame::Restart { .. }) => said_restart = true,
            crate::support::Came::Frame(ServerFrame::Reply(_)) => replies += 1,
            crate::support::Came::Frame(_) => {}
            crate::support::Came::Closed(code) => break code,
        }
    };
    assert!(said_restart);
    assert_eq!(code, Some(CloseCode::Restart.number()));
    assert!((1..=40).contains(&replies));
    assert!(!matches!(ada.state(), ConnectionState::Denied(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_missed_between_a_welcome_and_what_is_said_meanwhile() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let general = ada.channel("general").await;
    let scope = Scope::Channel(general);
    let mut speaker = program_of(&server, &ada).await;
    let speaking = tokio::spawn(async move {
        for number in 0.. {
            let draft = crate::messages::draft(general, &format!("Line {number}"));
            speaker.accepted(Command::PostMessage(draft)).await;
            speaker.take_unheard();
        }
    });
    let token = grace.pass.good_token().await;

    for round in 0..60 {
        let (mut listener, welcome) = Raw::welcomed(server.address, &token).await;
        let state = welcome.channels.iter().find(|state| state.sid == general);
        let mut known = state.expect("she is a member").sequence;
        if round % 2 == 1 {
            let resume = Command::Resume { scope, since: known };
            let asked = listener.request(resume).await;
            known = listener.follow(scope, known, Some(asked), 3).await;
        }
        listener.follow(scope, known, None, 5).await;
    }
    speaking.abort();
}
