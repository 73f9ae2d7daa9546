//! The door for the official browser SDK: what it is told, what it is not, and what it may send.

use chat::limits::{HELLO_MS, TOKEN_NOTICE_MS};
use serde_json::{Value, json};
use server::clock::Clock;
use server::config::Rate;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::sdk::{Packet, Sdk, Told, packet};
use crate::support::{TestServer, soon};

async fn visitor(server: &TestServer, name: &str) -> Sdk {
    Sdk::arrive(server.address, &server.backend_token(name, 3_600)).await
}

/// A channel that its maker has joined.
async fn channel(maker: &mut Sdk, kind: &str) -> String {
    let wish = json!({"friendly_name": "Harvest", "type": kind});
    let made = maker.post("/Client/v1/Conversations", wish).await;
    assert_eq!(made.status, 201, "{made:?}");
    let sid = made.body["sid"].as_str().expect("a SID").to_owned();
    let identity = maker.get("/Client/v1/Configuration").await.body["identity"].clone();
    enter(maker, &sid, identity.as_str().expect("a name")).await;
    sid
}

async fn enter(somebody: &mut Sdk, channel: &str, identity: &str) {
    let path = format!("/Client/v1/Conversations/{channel}/Participants");
    let joined = somebody.post(&path, json!({"identity": identity})).await;
    assert_eq!(joined.status, 201, "{joined:?}");
}

async fn say(author: &mut Sdk, channel: &str, body: &str) {
    let path = format!("/Client/v1/Conversations/{channel}/Messages");
    let said = author.post(&path, json!({"body": body})).await;
    assert_eq!(said.status, 201, "{said:?}");
}

fn bodies(told: &[Told]) -> Vec<&str> {
    let messages = told.iter().filter(|(kind, ..)| kind == "list_item_added");
    messages.filter_map(|(.., event)| event["item_data"]["text"].as_str()).collect()
}

fn kinds(told: &[Told]) -> Vec<&str> {
    told.iter().map(|(kind, ..)| kind.as_str()).collect()
}

#[tokio::test]
async fn people_in_the_tunnel_and_on_the_socket_hear_each_other() {
    let server = TestServer::start().await;
    let grace = server.guest("grace").await;
    let mut ada = visitor(&server, "ada").await;
    let general = ada.get("/Client/v1/Conversations/general").await.body;
    let sid = general["sid"].as_str().expect("a SID").to_owned();
    enter(&mut ada, "general", "ada").await;
    let messages = format!("{sid}.messages");
    let since = ada.get(&format!("/v3/Lists/{messages}")).await.body["last_event_id"].clone();
    ada.follow(&[(&messages, since.as_u64().expect("an id"))]).await;

    grace.say("Hello from the page", "general").await;
    let (kind, _, event) = ada.told().await;
    assert_eq!(kind, "list_item_added");
    assert_eq!(event["item_data"]["author"], "grace");
    assert_eq!(event["item_data"]["text"], "Hello from the page");
    say(&mut ada, &sid, "寄り合い 🎃").await;
    grace.hears("寄り合い 🎃", "general").await;
}

#[tokio::test]
async fn what_was_missed_is_replayed_before_what_is_new() {
    let server = TestServer::start().await;
    let mut ada = visitor(&server, "ada").await;
    let sid = channel(&mut ada, "public").await;
    let mut grace = visitor(&server, "grace").await;
    enter(&mut grace, &sid, "grace").await;
    let messages = format!("{sid}.messages");
    grace.follow(&[(&messages, 0)]).await;
    say(&mut ada, &sid, "Heard").await;
    let (_, known, _) = grace.told().await;
    drop(grace);

    for text in ["Missed one", "Missed two"] {
        say(&mut ada, &sid, text).await;
    }
    let mut back = visitor(&server, "grace").await;
    say(&mut ada, &sid, "Before she asks").await;
    let replay = back.follow(&[(&messages, known)]).await;
    say(&mut ada, &sid, "And live").await;

    assert_eq!(bodies(&replay), ["Missed one", "Missed two", "Before she asks"]);
    let (kind, _, established) = replay.last().expect("the end of the replay");
    assert_eq!(kind, "subscription_established");
    assert_eq!(established["replay_status"], "completed");
    let (_, id, event) = back.told().await;
    assert_eq!(event["item_data"]["text"], "And live");
    assert!(replay.iter().all(|(_, earlier, _)| *earlier < id));
    assert_eq!(back.heard().await, []);
}

#[tokio::test]
async fn while_one_object_is_replayed_the_others_lose_nothing() {
    let server = TestServer::start().await;
    let mut ada = visitor(&server, "ada").await;
    let sid = channel(&mut ada, "public").await;
    let mut grace = visitor(&server, "grace").await;
    enter(&mut grace, &sid, "grace").await;
    let [messages, roster] = ["messages", "roster"].map(|part| format!("{sid}.{part}"));
    let head = grace.get(&format!("/v3/Lists/{messages}")).await.body["last_event_id"].clone();
    let mut heard = grace.follow(&[(&messages, head.as_u64().expect("an id"))]).await;

    for round in 0..30 {
        let text = round.to_string();
        let wish = [(roster.as_str(), 0)];
        let (told, ()) = tokio::join!(grace.follow(&wish), say(&mut ada, &sid, &text));
        heard.extend(told);
    }
    heard.extend(grace.heard().await);
    let expected: Vec<String> = (0..30).map(|round| round.to_string()).collect();
    assert_eq!(bodies(&heard), expected);
}

#[tokio::test]
async fn a_replay_goes_on_where_it_was_interrupted() {
    let server = TestServer::start().await;
    let mut ada = visitor(&server, "ada").await;
    let sid = channel(&mut ada, "public").await;
    let long = "x".repeat(30_000);
    for _ in 0..20 {
        say(&mut ada, &sid, &long).await;
    }
    let messages = format!("{sid}.messages");
    let (mut since, mut indexes) = (0, Vec::new());
    loop {
        let replay = ada.follow(&[(&messages, since)]).await;
        for (kind, id, event) in &replay {
            if kind == "list_item_added" {
                since = *id;
                indexes.push(event["item_index"].as_u64().expect("an index"));
            }
        }
        if replay.last().expect("an end").2["replay_status"] == "completed" {
            break;
        }
        assert!(ada.heard().await.is_empty(), "nothing is live before that");
    }
    assert_eq!(indexes, (0..20).collect::<Vec<u64>>());
}

#[tokio::test]
async fn who_has_left_hears_their_departure_and_nothing_after() {
    let server = TestServer::start().await;
    let mut ada = visitor(&server, "ada").await;
    let sid = channel(&mut ada, "public").await;
    let mut grace = visitor(&server, "grace").await;
    enter(&mut grace, &sid, "grace").await;
    let [messages, roster] = ["messages", "roster"].map(|part| format!("{sid}.{part}"));
    grace.follow(&[(&messages, 0), (&roster, 0)]).await;

    let gone = grace.delete(&format!("/Client/v1/Conversations/{sid}/Participants/grace")).await;
    assert_eq!(gone.status, 204);
    say(&mut ada, &sid, "Just us now").await;

    assert_eq!(kinds(&grace.heard().await), ["map_item_removed"]);
    for object in [&messages, &roster] {
        let refused = grace.follow(&[(object, 0)]).await;
        assert_eq!(kinds(&refused), ["subscription_failed"]);
    }
    assert_eq!(grace.get(&format!("/v3/Lists/{messages}/Items")).await.status, 403);
    let again = grace.delete(&format!("/Client/v1/Conversations/{sid}/Participants/grace")).await;
    assert_eq!(again.status, 204, "leaving what was left succeeds");
}

#[tokio::test]
async fn a_private_channel_looks_absent_on_every_path() {
    let server = TestServer::start().await;
    let mut ada = visitor(&server, "ada").await;
    let private = channel(&mut ada, "private").await;
    say(&mut ada, &private, "Between us").await;
    let mut eve = visitor(&server, "eve").await;
    let absent = "CH00000000000000000000000000000000".to_owned();
    let mut answers = Vec::new();
    for sid in [&private, &absent] {
        let channel = format!("/Client/v1/Conversations/{sid}");
        let mut heard = vec![
            eve.get(&channel).await,
            eve.post(&channel, json!({"friendly_name": "Mine"})).await,
            eve.delete(&channel).await,
            eve.post(&format!("{channel}/Participants"), json!({"identity": "eve"})).await,
            eve.post(&format!("{channel}/Participants"), json!({"identity": "ada"})).await,
            eve.delete(&format!("{channel}/Participants/eve")).await,
            eve.delete(&format!("{channel}/Participants/ada")).await,
            eve.post(&format!("{channel}/Invites"), json!({"identity": "ada"})).await,
            eve.delete(&format!("{channel}/Invites/eve")).await,
            eve.post(&format!("{channel}/Messages"), json!({"body": "Hi"})).await,
            eve.get(&format!("/Client/v1/MyConversations/{sid}")).await,
            eve.post("/Client/v1/Typing", Value::String(format!("ChannelSid={sid}"))).await,
            eve.get(&format!("/Client/v1/Users?ConversationSid={sid}")).await,
            eve.get(&format!("/v3/Documents/{sid}.channel")).await,
            eve.get(&format!("/v3/Lists/{sid}.messages")).await,
            eve.get(&format!("/v3/Lists/{sid}.messages/Items?PageSize=10")).await,
            eve.get(&format!("/v3/Maps/{sid}.roster/Items?PageSize=10")).await,
        ];
        for answer in &mut heard {
            assert!([204, 404].contains(&answer.status), "{answer:?}");
        }
        for part in ["channel", "messages", "roster"] {
            let refused = eve.follow(&[(&format!("{sid}.{part}"), 0)]).await;
            assert_eq!(kinds(&refused), ["subscription_failed"]);
        }
        answers.push(heard);
    }
    assert_eq!(answers[0], answers[1]);
    let listed = eve.get("/Client/v1/Conversations").await.body;
    assert_eq!(listed["conversations"].as_array().map(Vec::len), Some(1));
    say(&mut ada, &private, "Still between us").await;
    assert_eq!(eve.heard().await, []);
}

#[tokio::test]
async fn somebody_elses_own_things_are_not_for_others() {
    let server = TestServer::start().await;
    let mut ada = visitor(&server, "ada").await;
    let own = ada.get("/Client/v1/Configuration").await.body["sync_objects"].clone();
    let [mine, info] = ["my_conversations", "my_user_info"]
        .map(|object| own[object].as_str().expect("a name").to_owned());
    let mut eve = visitor(&server, "eve").await;
    assert_eq!(eve.get(&format!("/v3/Maps/{mine}/Items")).await.status, 404);
    assert_eq!(kinds(&eve.follow(&[(&mine, 0)]).await), ["subscription_failed"]);
    eve.follow(&[(&info, u64::MAX >> 12)]).await;
    let names = eve.get(&format!("/v3/Maps/{info}/Items")).await.body;
    assert_eq!(names["items"][1]["data"]["value"], "ada");
    channel(&mut ada, "private").await;
    assert_eq!(eve.heard().await, [], "what somebody is like tells nothing of where they are");
    assert_eq!(eve.post("/Client/v1/Users/ada", json!({"friendly_name": "Me"})).await.status, 403);
}

#[tokio::test]
async fn a_mutation_that_is_repeated_is_done_once() {
    let server = TestServer::start().await;
    let mut ada = visitor(&server, "ada").await;
    let sid = channel(&mut ada, "public").await;
    let path = format!("/Client/v1/Conversations/{sid}/Messages");
    for mutation in ["f47ac10b-58cc-4372-a567-0e02b2c3d479", "one of mine"] {
        let first = ada.mutate(mutation, &path, json!({"body": "Once"})).await;
        let second = ada.mutate(mutation, &path, json!({"body": "Once"})).await;
        assert_eq!(first, second);
        let other = ada.mutate(mutation, &path, json!({"body": "Something else"})).await;
        assert_eq!(other.status, 409);
    }
    let page = ada.get(&format!("/v3/Lists/{sid}.messages/Items")).await.body;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_name_that_looks_encoded_leaves_as_it_is_written() {
    let server = TestServer::start().await;
    let mut ada = visitor(&server, "a%2Fb").await;
    let sid = channel(&mut ada, "public").await;
    let place = format!("/Client/v1/Conversations/{sid}");
    assert_eq!(ada.get(&place).await.body["status"], "joined");
    let left = ada.delete(&format!("{place}/Participants/a%2Fb")).await;
    assert_eq!(left.status, 204);
    assert_eq!(ada.get(&place).await.body["status"], "notParticipating");
}

#[tokio::test]
async fn who_says_too_much_is_told_when_to_come_back() {
    let server = TestServer::start_with(Clock::System, |config| {
        // A site answers for its people: only their channel's rate counts, in which joining is one.
        config.rates.messages = Rate::per_second(1, 1);
        config.rates.channel = Rate::per_second(1, 4);
    })
    .await;
    let mut ada = visitor(&server, "ada").await;
    let sid = channel(&mut ada, "public").await;
    for text in ["One", "Two", "Three"] {
        say(&mut ada, &sid, text).await;
    }
    let path = format!("/Client/v1/Conversations/{sid}/Messages");
    let refused = ada.post(&path, json!({"body": "Four"})).await;
    assert_eq!((refused.status, refused.body["code"].as_u64()), (429, Some(20429)));
    assert_eq!(refused.headers["Retry-After"], "1");
}

#[tokio::test]
async fn a_token_is_renewed_in_time_or_the_connection_ends_with_it() {
    let (server, time) = TestServer::start_manual().await;
    let mut ada = visitor(&server, "ada").await;
    let mut grace = visitor(&server, "grace").await;
    time.advance(3_600_000 - TOKEN_NOTICE_MS);
    for somebody in [&mut ada, &mut grace] {
        somebody.hears_of("token_about_to_expire").await;
    }
    let other = server.backend_token("grace", 3_600);
    assert_eq!(ada.update(&other).await["errorCode"], 60011);
    assert_eq!(ada.update(&server.backend_token("ada", 3_600)).await["code"], 200);
    let old = server.backend_token("grace", 180);
    time.advance(TOKEN_NOTICE_MS);
    grace.closed().await;
    let mut again = Sdk::open(server.address, &[]).await;
    let status = again.init(&old).await;
    assert_eq!((status["code"].as_u64(), status["errorCode"].as_u64()), (Some(401), Some(20104)));
    again.closed().await;
    assert_eq!(ada.get("/Client/v1/Configuration").await.status, 200);
}

#[tokio::test]
async fn a_page_on_any_site_may_come_in_with_a_token_and_a_cookie_is_worth_nothing() {
    let server = TestServer::start().await;
    let foreign = [("origin", "https://elsewhere.example"), ("cookie", "yoriai=anything")];
    let mut ada = Sdk::open(server.address, &foreign).await;
    assert_eq!(ada.init(&server.backend_token("ada", 3_600)).await["code"], 200);
    let mut eve = Sdk::open(server.address, &foreign).await;
    assert_eq!(eve.init("").await["errorCode"], 20101);
    eve.closed().await;
}

#[tokio::test]
async fn what_nobody_understands_ends_that_connection_and_no_other() {
    let server = TestServer::start().await;
    let mut ada = visitor(&server, "ada").await;
    let sid = channel(&mut ada, "public").await;
    let messages = format!("{sid}.messages");
    ada.follow(&[(&messages, 0)]).await;
    let token = server.backend_token("eve", 3_600);
    let again = packet(json!({"method": "init", "id": "TM1", "token": token}), None);
    let hostile = [
        Message::Text("{\"hello\":{}}".into()),
        Message::Binary(b"TWILSOCK V3.0 99999\r\n{}\r\n".to_vec().into()),
        Message::Binary(b"TWILSOCK V3.0 -1\r\n{}\r\n".to_vec().into()),
        Message::Binary(again[..again.len() - 9].to_vec().into()),
        Message::Binary(packet(json!({"method": "message"}), None).into()),
        Message::Binary(packet(json!({"method": "fly"}), None).into()),
        Message::Binary(vec![b'x'; 300_000].into()),
    ];
    for frame in &hostile {
        let mut stranger = Sdk::open(server.address, &[]).await;
        stranger.send(frame.clone()).await;
        stranger.closed().await;
    }
    for frame in hostile.into_iter().chain([Message::Binary(again.into())]) {
        let mut eve = Sdk::arrive(server.address, &token).await;
        eve.send(frame).await;
        eve.closed().await;
    }
    say(&mut ada, &sid, "Nothing happened").await;
    assert_eq!(bodies(&[ada.told().await]), ["Nothing happened"]);
}

#[tokio::test]
async fn whoever_says_nothing_is_not_waited_for() {
    let (server, time) = TestServer::start_manual().await;
    let mut silent = Sdk::open(server.address, &[]).await;
    // The greeting has begun once somebody who came later is let in.
    visitor(&server, "ada").await;
    time.advance(HELLO_MS);
    soon("it is closed", silent.closed()).await;
}

#[tokio::test]
async fn the_tunnel_takes_its_places_from_the_same_number() {
    let server = TestServer::start_with(Clock::System, |config| config.connections.all = 1).await;
    let _ada = visitor(&server, "ada").await;
    match Sdk::try_open(server.address, &[]).await.err() {
        Some(Error::Http(response)) => assert_eq!(response.status(), 503),
        other => panic!("a refusal was expected: {other:?}"),
    }
}

#[tokio::test]
async fn a_restart_is_told_and_everything_goes_on_after_it() {
    let mut server = TestServer::start().await;
    let mut ada = visitor(&server, "ada").await;
    let sid = channel(&mut ada, "public").await;
    say(&mut ada, &sid, "Before").await;
    server.restart().await;
    let Packet { header, .. } = ada.next().await.expect("a word of goodbye");
    assert_eq!(
        (header["method"].as_str(), header["status"]["code"].as_u64()),
        (Some("close"), Some(308))
    );
    ada.closed().await;
    let mut back = visitor(&server, "ada").await;
    assert_eq!(bodies(&back.follow(&[(&format!("{sid}.messages"), 0)]).await), ["Before"]);
}

#[tokio::test]
async fn whoever_knows_more_than_the_store_begins_again() {
    let server = TestServer::start().await;
    let mut ada = visitor(&server, "ada").await;
    let sid = channel(&mut ada, "public").await;
    for part in ["channel", "messages", "roster"] {
        let refused = ada.follow(&[(&format!("{sid}.{part}"), 1_000)]).await;
        assert_eq!(kinds(&refused), ["subscription_failed"]);
    }
}
