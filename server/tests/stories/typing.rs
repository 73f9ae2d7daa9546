//! Who is composing, as far as others see.

use chat::limits::{TYPING_INTERVAL_MS, TYPING_LAPSE_MS};
use chat::protocol::ServerFrame;
use client::Input;
use server::commands;
use server::store::{DefaultRoles, Settings};

use crate::messages::program_of;
use crate::support::{Came, Person, TestServer};

#[tokio::test]
async fn typing_is_seen_and_ends_with_the_message() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;

    composes(&ada, "general").await;
    sees_typing(&grace, &["ada"], "general").await;
    ada.say("Here it is", "general").await;

    grace.hears("Here it is", "general").await;
    sees_typing(&grace, &[], "general").await;
    assert!(typists(&ada, "general").await.is_empty(), "nobody sees themselves");
}

// The tutorial's defect 16: only one typist is shown.
#[tokio::test]
async fn several_typists_are_seen() {
    let server = TestServer::start().await;
    let [ada, grace, hedy] = server.guests(["ada", "grace", "hedy"]).await;

    composes(&ada, "general").await;
    sees_typing(&hedy, &["ada"], "general").await;
    composes(&grace, "general").await;

    sees_typing(&hedy, &["ada", "grace"], "general").await;
    sees_typing(&ada, &["grace"], "general").await;
}

// The tutorial's defect 6: "X is typing…" sticks for ever if you switch channel while X types.
#[tokio::test]
async fn typing_lapses_though_one_looks_elsewhere_meanwhile() {
    let (server, time) = TestServer::start_manual().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    grace.creates("Tea").await;
    grace.opens("general").await;
    composes(&ada, "general").await;
    sees_typing(&grace, &["ada"], "general").await;

    grace.opens("Tea").await;
    time.advance(TYPING_LAPSE_MS);
    grace.client.feed(Input::Wake);
    grace.opens("general").await;

    sees_typing(&grace, &[], "general").await;
}

#[tokio::test]
async fn typing_ends_at_once_when_the_typists_last_socket_is_gone() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let other_tab = server.tab_of(&ada).await;
    composes(&ada, "general").await;
    sees_typing(&grace, &["ada"], "general").await;

    other_tab.client.clone().kill();
    server.until_connections(2).await;
    grace.round_trip().await;
    sees_typing(&grace, &["ada"], "general").await;
    ada.client.clone().kill();

    sees_typing(&grace, &[], "general").await;
}

#[tokio::test]
async fn typing_is_told_at_most_once_in_its_interval() {
    use chat::protocol::{Command, ServerFrame};

    let (server, time) = TestServer::start_manual().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let channel = ada.channel("general").await;
    let mut typist = crate::messages::program_of(&server, &ada).await;
    let mut reader = crate::messages::program_of(&server, &grace).await;

    for _ in 0..5 {
        typist.accepted(Command::SetTyping { channel }).await;
    }
    ada.say("A line after it", "general").await;
    grace.hears("A line after it", "general").await;
    time.advance(TYPING_INTERVAL_MS);
    typist.accepted(Command::SetTyping { channel }).await;
    ada.say("Another line", "general").await;
    grace.hears("Another line", "general").await;
    reader.round_trip().await;

    let heard = reader.take_unheard();
    let signals = heard.iter().filter(|frame| matches!(frame, ServerFrame::Typing(_))).count();
    assert_eq!(signals, 2, "{heard:?}");
}

async fn composes(person: &Person, name: &str) {
    let channel = person.channel(name).await;
    person.client.with(|client, now| client.composing(channel, now));
}

async fn sees_typing(person: &Person, expected: &[&str], name: &str) {
    let channel = person.channel(name).await;
    let clock = person.clock.clone();
    person
        .so(&format!("sees {expected:?} typing"), |client| {
            let typing = client.typing(channel, clock.now());
            typing.iter().map(|identity| identity.as_str()).eq(expected.iter().copied())
        })
        .await;
}

async fn typists(person: &Person, name: &str) -> Vec<String> {
    let channel = person.channel(name).await;
    person.client.with(|client, now| {
        client.typing(channel, now).into_iter().map(ToString::to_string).collect()
    })
}

#[tokio::test]
async fn the_typing_timeout_is_a_setting_of_the_service() {
    let server = TestServer::start().await;
    let slow = Settings { typing_interval_ms: 9_000, ..Settings::default() };
    let usual = DefaultRoles::default();
    server.operates(move |tx, m| commands::change_settings(tx, slow, usual, m)).await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let general = ada.channel("general").await;
    let mut program = program_of(&server, &grace).await;
    program.now_at(general).await;
    assert_eq!(ada.client.with(|client, _| client.limits().typing_interval), 9_000);

    ada.client.with(|client, now| client.composing(general, now));

    let lapse = loop {
        match program.next().await {
            Came::Frame(ServerFrame::Typing(typing)) => break typing.lapse,
            Came::Frame(_) => {}
            Came::Closed(code) => panic!("closed with {code:?}"),
        }
    };
    assert_eq!(lapse, 10_000);
}
