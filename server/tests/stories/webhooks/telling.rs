//! What is told after something was done: in order, once more where it failed, and to nobody else.

use chat::protocol::{Command, UserEditing};
use chat::{ChannelSid, MessageIndex};
use client::Client;
use serde_json::json;
use server::clock::{Clock, ManualClock};
use server::limits::{DELIVERY_BACK_OFF_MS, WEBHOOK_MS};

use super::{AFTER, log, scene, tells};
use crate::support::receiver::{Answer, Heard};
use crate::support::sdk::Sdk;
use crate::support::{Backend, Person, TestServer, soon};

async fn edits(author: &Person, channel: ChannelSid, index: MessageIndex, text: &str) {
    let edit = |client: &mut Client, now| client.edit(channel, index, text, now);
    author.asks(|client, now| edit(client, now).expect("a possible text")).await;
}

async fn posts_with_header(backend: &Backend, path: &str, form: &[(&str, &str)]) {
    let answer = backend.posts_telling(path, form).await;
    assert!(matches!(answer.status, 200 | 201), "{answer:?}");
}

#[tokio::test]
async fn what_people_do_is_told_in_order() {
    let (server, backend, mut receiver) = scene(Clock::System).await;
    tells(&backend, &receiver, &AFTER).await;
    let ada = server.visitor("ada").await;
    let calls = receiver.hears_of(&["onUserAdded", "onMemberAdded"]).await;
    assert_eq!(calls[0].says("Identity"), Some("ada"));
    assert_eq!(calls[0].line, "POST /hooks");
    let channel = ada.creates("Harvest").await;
    let calls = receiver.hears_of(&["onChannelAdded", "onMemberAdded"]).await;
    assert_eq!(calls[0].says("FriendlyName"), Some("Harvest"));
    assert_eq!(calls[0].says("ChannelType"), Some("public"));
    assert_eq!(calls[1].says("ChannelSid"), Some(channel.to_string().as_str()));

    let index = ada.say("秋祭り & more", "Harvest").await;
    let calls = receiver.hears_of(&["onMessageSent"]).await;
    let keys = server.keys();
    for (name, value) in [
        ("Body", "秋祭り & more"),
        ("From", "ada"),
        ("ClientIdentity", "ada"),
        ("Source", "SDK"),
        ("Index", "0"),
        ("Attributes", "{}"),
        ("RetryCount", "0"),
        ("ChannelSid", &channel.to_string()),
        ("AccountSid", &keys.account_sid.to_string()),
        ("InstanceSid", backend.service()),
    ] {
        assert_eq!(calls[0].says(name), Some(value), "{name}");
    }
    assert!(calls[0].header("x-twilio-signature").is_some());

    edits(&ada, channel, index, "Better").await;
    ada.asks(|client, now| client.ask(Command::DeleteMessage { channel, index }, now)).await;
    let calls = receiver.hears_of(&["onMessageUpdated", "onMessageRemoved"]).await;
    assert_eq!((calls[0].says("Body"), calls[0].says("ModifiedBy")), (Some("Better"), Some("ada")));
    assert_eq!((calls[1].says("Body"), calls[1].says("RemovedBy")), (None, Some("ada")));

    let user = ada.user();
    let friendly_name = Some("Ada L.".to_owned());
    let editing = UserEditing { user, friendly_name, role: None, attributes: None };
    ada.asks(|client, now| client.ask(Command::EditUser(editing), now)).await;
    ada.leaves("Harvest").await;
    let calls = receiver.hears_of(&["onUserUpdated", "onMemberRemoved"]).await;
    assert_eq!(calls[0].says("FriendlyName"), Some("Ada L."));
    assert_eq!(calls[1].says("Identity"), Some("ada"));
    receiver.has_heard_nothing_more();

    let log = log(&server).await;
    assert_eq!(log.len(), 9);
    assert!(
        log.iter()
            .all(|(_, tried, status, why)| (*tried, *status) == (1, Some(200)) && why.is_none())
    );
}

#[tokio::test]
async fn what_is_done_through_the_tunnel_is_told_too() {
    let (server, backend, mut receiver) = scene(Clock::System).await;
    tells(&backend, &receiver, &AFTER).await;
    let mut ada = Sdk::arrive(server.address, &server.backend_token("ada", 3_600)).await;
    let wish = json!({"friendly_name": "Harvest", "type": "private"});
    let made = ada.post("/Client/v1/Conversations", wish).await;
    let sid = made.body["sid"].as_str().expect("a SID").to_owned();
    let path = format!("/Client/v1/Conversations/{sid}");
    ada.post(&format!("{path}/Participants"), json!({"identity": "ada"})).await;
    ada.post(&format!("{path}/Messages"), json!({"body": "Hello"})).await;
    ada.delete(&path).await;
    let events =
        ["onUserAdded", "onChannelAdded", "onMemberAdded", "onMessageSent", "onChannelDestroyed"];
    let calls = receiver.hears_of(&events).await;
    assert_eq!(calls[1].says("ChannelType"), Some("private"));
    assert_eq!((calls[3].says("Body"), calls[3].says("Source")), (Some("Hello"), Some("SDK")));
    assert_eq!(calls[4].says("ChannelSid"), Some(sid.as_str()));
    receiver.has_heard_nothing_more();
}

#[tokio::test]
async fn what_a_backend_does_is_told_only_where_it_wishes_so() {
    let (server, backend, mut receiver) = scene(Clock::System).await;
    tells(&backend, &receiver, &AFTER).await;
    let messages = "/Channels/general/Messages";
    backend.makes(messages, &[("Body", "Quiet"), ("From", "Grace")]).await;
    posts_with_header(&backend, messages, &[("Body", "Loud"), ("From", "Linus")]).await;
    let calls = receiver.hears_of(&["onUserAdded", "onMessageSent"]).await;
    assert_eq!(calls[1].says("Body"), Some("Loud"));
    assert_eq!((calls[1].says("From"), calls[1].says("Source")), (Some("Linus"), Some("API")));
    assert_eq!(calls[1].says("ClientIdentity"), None);
    posts_with_header(&backend, "/Channels", &[("FriendlyName", "Harvest")]).await;
    posts_with_header(&backend, "/Channels/general/Members", &[("Identity", "Linus")]).await;
    receiver.hears_of(&["onChannelAdded", "onMemberAdded"]).await;
    receiver.has_heard_nothing_more();
    assert_eq!(log(&server).await.len(), 4);
}

#[tokio::test]
async fn only_what_is_wished_for_is_told_and_nothing_where_nothing_is() {
    let (server, backend, mut receiver) = scene(Clock::System).await;
    let ada = server.guest("ada").await;
    ada.say("Before anybody listens", "general").await;
    tells(&backend, &receiver, &["onMessageUpdated"]).await;
    let index = ada.say("Helo", "general").await;
    let general = ada.channel("general").await;
    edits(&ada, general, index, "Hello").await;
    receiver.hears_of(&["onMessageUpdated"]).await;
    tells(&backend, &receiver, &[""]).await;
    edits(&ada, general, index, "Hello again").await;
    receiver.has_heard_nothing_more();
    assert_eq!(log(&server).await.len(), 1);
}

#[tokio::test]
async fn what_fails_is_tried_again_while_later_news_goes_on() {
    let clock = ManualClock::new(Clock::System.now());
    let (server, backend, mut receiver) = scene(Clock::Manual(clock.clone())).await;
    tells(&backend, &receiver, &["onMessageSent"]).await;
    backend.changes("", &[("PostWebhookRetryCount", "2")]).await;
    let ada = server.guest("ada").await;
    receiver.answers(503, "");
    ada.say("One", "general").await;
    let first = receiver.hears().await;
    ada.say("Two", "general").await;
    assert_eq!(receiver.hears().await.says("Body"), Some("Two"));
    until_tried(&server, 1).await;

    receiver.answers(429, "");
    clock.advance(DELIVERY_BACK_OFF_MS);
    let second = receiver.hears().await;
    assert_eq!((second.says("Body"), second.says("RetryCount")), (Some("One"), Some("1")));
    let token = |heard: &Heard| heard.header("i-twilio-idempotency-token").map(str::to_owned);
    assert!(token(&first).is_some());
    assert_eq!(token(&first), token(&second), "the receiver knows a repeat");
    until_tried(&server, 2).await;

    let _held = receiver.hangs();
    clock.advance(2 * DELIVERY_BACK_OFF_MS);
    assert_eq!(receiver.hears().await.says("RetryCount"), Some("2"));
    clock.advance(WEBHOOK_MS);
    let why = Some("there was no answer in time".to_owned());
    let two = ("onMessageSent".to_owned(), 1, Some(200), None);
    assert_eq!(log(&server).await, [("onMessageSent".to_owned(), 3, None, why), two]);
}

/// Waits until the store knows of so many tries of the first delivery.
async fn until_tried(server: &TestServer, tried: u8) {
    let known = async {
        loop {
            let latest = server.looks_up(|tx| tx.latest_deliveries(100)).await;
            if latest.last().is_some_and(|first| first.tried == tried) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    soon("the try is noted", known).await;
}

#[tokio::test]
async fn what_was_not_told_yet_is_told_after_a_restart() {
    let (mut server, backend, mut receiver) = scene(Clock::System).await;
    tells(&backend, &receiver, &["onMessageSent"]).await;
    let held = receiver.hangs();
    let ada = server.guest("ada").await;
    ada.say("One", "general").await;
    assert_eq!(receiver.hears().await.says("Body"), Some("One"));
    ada.say("Two", "general").await;
    server.restart().await;
    drop(held);
    let bodies = [receiver.hears().await, receiver.hears().await];
    let bodies = bodies.iter().map(|call| call.says("Body")).collect::<Vec<_>>();
    assert_eq!(bodies, [Some("One"), Some("Two")]);
    assert_eq!(log(&server).await.len(), 2);
}

#[tokio::test]
async fn a_channel_tells_its_own_and_triggers_follow_words() {
    let (server, backend, mut receiver) = scene(Clock::System).await;
    let ada = server.guest("ada").await;
    let harvest = ada.creates("Harvest").await;
    let path = format!("/Channels/{harvest}/Webhooks");
    let url = receiver.url();
    let form = [
        ("Type", "webhook"),
        ("Configuration.Url", &url),
        ("Configuration.Method", "GET"),
        ("Configuration.Filters", "onMemberAdded"),
        ("Configuration.Filters", "onChannelDestroyed"),
    ];
    let webhook = backend.makes(&path, &form).await;
    let form = [
        ("Type", "trigger"),
        ("Configuration.Url", &url),
        ("Configuration.Triggers", "help"),
        ("Configuration.Triggers", "助け"),
    ];
    let trigger = backend.makes(&path, &form).await;

    ada.say("Nothing here", "Harvest").await;
    ada.say("help", "general").await;
    ada.say("I need HELP", "Harvest").await;
    let calls = receiver.hears_of(&["onMessageSent"]).await;
    assert_eq!(calls[0].says("Body"), Some("I need HELP"));
    assert_eq!(calls[0].says("WebhookSid"), trigger["sid"].as_str());
    assert_eq!(calls[0].says("WebhookType"), Some("trigger"));

    let grace = server.guest("grace").await;
    grace.joins("Harvest").await;
    let calls = receiver.hears_of(&["onMemberAdded"]).await;
    assert!(calls[0].line.starts_with("GET /hooks?EventType=onMemberAdded&"), "{:?}", calls[0]);
    assert_eq!(calls[0].says("WebhookSid"), webhook["sid"].as_str());
    assert_eq!(calls[0].says("Identity"), Some("grace"));

    backend.deletes(&format!("{path}/{}", trigger["sid"].as_str().expect("a SID"))).await;
    ada.say("help again", "Harvest").await;
    ada.deletes("Harvest").await;
    receiver.hears_of(&["onChannelDestroyed"]).await;
    receiver.has_heard_nothing_more();
}

#[tokio::test]
async fn nothing_inside_is_called_unless_the_operator_allows_it() {
    let (mut server, backend, mut receiver) = scene(Clock::System).await;
    tells(&backend, &receiver, &["onMessageSent"]).await;
    let ada = server.guest("ada").await;
    ada.say("Allowed", "general").await;
    receiver.hears_of(&["onMessageSent"]).await;

    server.restart_with(|config| config.webhooks_to_private = false).await;
    ada.is_online().await;
    ada.say("Forbidden", "general").await;
    let why = Some("the address is inside".to_owned());
    assert_eq!(log(&server).await[1], ("onMessageSent".to_owned(), 1, None, why));
    receiver.has_heard_nothing_more();
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let (server, backend, mut receiver) = scene(Clock::System).await;
    tells(&backend, &receiver, &["onMessageSent"]).await;
    let away = format!("HTTP/1.1 302 Away\r\nLocation: {}\r\n\r\n", receiver.url());
    receiver.will(Answer::Raw(away.into_bytes()));
    let ada = server.guest("ada").await;
    ada.say("Hello", "general").await;
    receiver.hears_of(&["onMessageSent"]).await;
    assert_eq!(log(&server).await[0].3.as_deref(), Some("it answered 302"));
    receiver.has_heard_nothing_more();
}
