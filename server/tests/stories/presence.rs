//! Who is reachable, as far as others see.

use chat::limits::PRESENCE_WATCHED_MAX;
use chat::protocol::{
    Accepted, Called, Command, Presence, ServerFrame, UserEditing, Watching, Welcome,
};
use chat::{Refusal, UserSid};
use serde_json::{Value, json};
use server::clock::ManualClock;
use server::limits::PRESENCE_LINGER_MS;

use crate::lessons;
use crate::messages::draft;
use crate::support::sdk::Sdk;
use crate::support::{Came, Raw, TestServer, nonce};

/// Somebody whose token a site's backend made, in General.
async fn comes(server: &TestServer, name: &str) -> (Raw, UserSid) {
    let (mut raw, welcome) = stranger(server, name).await;
    if welcome.channels.is_empty() {
        let join = Command::JoinChannel { channel: welcome.general, nonce: nonce() };
        raw.accepted(join).await;
    }
    (raw, welcome.user)
}

/// The same, in no channel that they were not in before.
async fn stranger(server: &TestServer, name: &str) -> (Raw, Welcome) {
    Raw::welcomed(server.address, &server.backend_token(name, 3_600)).await
}

/// Looks at these users; gives who of them is reachable.
async fn watches(raw: &mut Raw, users: &[UserSid]) -> Option<Vec<UserSid>> {
    match raw.accepted(Command::WatchPresence { users: users.to_vec() }).await {
        Accepted::Watching(Watching { online, .. }) => online,
        other => panic!("{other:?}"),
    }
}

/// The next turn that is told.
async fn turn(raw: &mut Raw) -> (UserSid, bool) {
    loop {
        match raw.next().await {
            Came::Frame(ServerFrame::Presence(Presence { user, online })) => return (user, online),
            Came::Frame(_) => {}
            Came::Closed(code) => panic!("closed with {code:?}"),
        }
    }
}

/// What was told of anybody so far.
async fn turns_so_far(raw: &mut Raw) -> Vec<(UserSid, bool)> {
    raw.round_trip().await;
    let turns = raw.take_unheard().into_iter().filter_map(|frame| match frame {
        ServerFrame::Presence(Presence { user, online }) => Some((user, online)),
        _ => None,
    });
    turns.collect()
}

/// Somebody whose last socket is gone has been so for as long as it takes.
fn lingered(time: &ManualClock) {
    time.advance(PRESENCE_LINGER_MS);
}

#[tokio::test]
async fn coming_and_going_is_told_to_whoever_looks() {
    let (server, time) = TestServer::start_manual().await;
    let (mut ada, _) = comes(&server, "ada").await;
    let (mut linus, _) = comes(&server, "linus").await;
    let (grace, her) = comes(&server, "grace").await;
    assert_eq!(watches(&mut ada, &[her]).await, Some(vec![her]));

    drop(grace);
    server.until_connections(2).await;
    assert_eq!(turns_so_far(&mut ada).await, [], "she lingers");
    assert_eq!(watches(&mut ada, &[her]).await, Some(vec![her]), "she may come back at once");
    time.advance(PRESENCE_LINGER_MS - 1);
    assert_eq!(turns_so_far(&mut ada).await, []);
    time.advance(1);
    assert_eq!(turn(&mut ada).await, (her, false));
    assert_eq!(watches(&mut ada, &[her]).await, Some(Vec::new()));

    let (_grace, _) = comes(&server, "grace").await;
    assert_eq!(turn(&mut ada).await, (her, true));
    assert_eq!(turns_so_far(&mut linus).await, [], "he does not look at her");
}

#[tokio::test]
async fn whoever_only_reconnects_was_never_gone() {
    let (server, time) = TestServer::start_manual().await;
    let (mut ada, _) = comes(&server, "ada").await;
    let (grace, her) = comes(&server, "grace").await;
    watches(&mut ada, &[her]).await;

    drop(grace);
    server.until_connections(1).await;
    time.advance(PRESENCE_LINGER_MS - 1);
    let (_grace, _) = comes(&server, "grace").await;
    lingered(&time);

    assert_eq!(turns_so_far(&mut ada).await, []);
    assert_eq!(watches(&mut ada, &[her]).await, Some(vec![her]));
}

#[tokio::test]
async fn somebody_with_two_devices_is_gone_with_the_second() {
    let (server, time) = TestServer::start_manual().await;
    let (mut ada, _) = comes(&server, "ada").await;
    let (desk, her) = comes(&server, "grace").await;
    let (phone, _) = comes(&server, "grace").await;
    watches(&mut ada, &[her]).await;

    drop(desk);
    server.until_connections(2).await;
    lingered(&time);
    assert_eq!(turns_so_far(&mut ada).await, []);

    drop(phone);
    server.until_connections(1).await;
    lingered(&time);
    assert_eq!(turn(&mut ada).await, (her, false));
}

#[tokio::test]
async fn strangers_look_like_people_who_are_not_there() {
    let (server, time) = TestServer::start_manual().await;
    let (ada, her) = comes(&server, "ada").await;
    let (mut eve, _) = stranger(&server, "eve").await;
    let nobody = UserSid::from_bytes([9; 16]);

    assert_eq!(watches(&mut eve, &[her, nobody]).await, Some(Vec::new()));
    drop(ada);
    server.until_connections(1).await;
    lingered(&time);
    let (_ada, _) = comes(&server, "ada").await;

    assert_eq!(turns_so_far(&mut eve).await, []);
    let (mut grace, _) = comes(&server, "grace").await;
    assert_eq!(watches(&mut grace, &[her, nobody]).await, Some(vec![her]), "she shares General");
}

#[tokio::test]
async fn who_looked_before_they_shared_a_channel_sees_when_they_do() {
    let server = TestServer::start().await;
    let (mut ada, welcome) = stranger(&server, "ada").await;
    let (mut grace, hers) = stranger(&server, "grace").await;
    let (ada_herself, grace_herself) = (welcome.user, hers.user);
    assert_eq!(watches(&mut ada, &[grace_herself]).await, Some(Vec::new()));
    assert_eq!(watches(&mut grace, &[ada_herself]).await, Some(Vec::new()));

    let join = || Command::JoinChannel { channel: welcome.general, nonce: nonce() };
    ada.accepted(join()).await;
    assert_eq!(turns_so_far(&mut ada).await, [], "grace is not there yet");
    grace.accepted(join()).await;

    assert_eq!(turn(&mut ada).await, (grace_herself, true));
    assert_eq!(turn(&mut grace).await, (ada_herself, true));
}

#[tokio::test]
async fn a_removed_member_hears_nothing_more_of_the_others() {
    let (server, time) = TestServer::start_manual().await;
    let (mut ada, welcome) = stranger(&server, "ada").await;
    let (mut eve, evil) = stranger(&server, "eve").await;
    let her = welcome.user;
    let wish = chat::protocol::NewChannel {
        nonce: nonce(),
        friendly_name: "Cellar".to_owned(),
        unique_name: None,
        attributes: String::new(),
        private: true,
        without_joining: false,
    };
    let Accepted::Created(created) = ada.accepted(Command::CreateChannel(wish)).await else {
        panic!("a channel was expected");
    };
    let channel = created.channel;
    let identity = "eve".to_owned();
    ada.accepted(Command::AddMember { channel, identity, nonce: nonce() }).await;
    eve.now_at(channel).await;
    assert_eq!(watches(&mut eve, &[her]).await, Some(vec![her]));

    ada.accepted(Command::RemoveMember { channel, user: evil.user }).await;
    assert_eq!(eve.refused(Command::SetTyping { channel }).await.code, 50300);
    drop(ada);
    server.until_connections(1).await;
    lingered(&time);

    assert_eq!(turns_so_far(&mut eve).await, []);
    assert_eq!(watches(&mut eve, &[her]).await, Some(Vec::new()));
}

#[tokio::test]
async fn one_looks_at_so_many_and_the_last_list_counts() {
    let (server, time) = TestServer::start_manual().await;
    let (mut ada, _) = comes(&server, "ada").await;
    let (grace, her) = comes(&server, "grace").await;
    let many = (0..=PRESENCE_WATCHED_MAX).map(|n| UserSid::from_bytes([n as u8; 16]));
    let many: Vec<_> = many.collect();
    let too_many = Command::WatchPresence { users: many.clone() };
    assert_eq!(ada.refused(too_many).await.code, Refusal::BadParameter.code());
    let as_many = many[1..].to_vec();
    assert_eq!(watches(&mut ada, &as_many).await, Some(Vec::new()));

    watches(&mut ada, &[her]).await;
    watches(&mut ada, &as_many).await;
    drop(grace);
    server.until_connections(1).await;
    lingered(&time);

    assert_eq!(turns_so_far(&mut ada).await, []);
}

#[tokio::test]
async fn where_the_operator_turns_it_off_nobody_is_told_anything() {
    let (server, time) = TestServer::start_manual().await;
    let backend = server.backend().await;
    let (mut ada, _) = comes(&server, "ada").await;
    let (grace, her) = comes(&server, "grace").await;
    watches(&mut ada, &[her]).await;
    let is_online = async || backend.finds("/Users/grace").await["is_online"].clone();
    assert_eq!(is_online().await, json!(true));
    assert_eq!(backend.finds("/Users").await["users"][0]["is_online"], Value::Null);

    let off = backend.changes("", &[("ReachabilityEnabled", "false")]).await;
    assert_eq!(off["reachability_enabled"], false);
    assert_eq!(is_online().await, Value::Null);
    assert_eq!(watches(&mut ada, &[her]).await, None);
    drop(grace);
    server.until_connections(1).await;
    lingered(&time);
    assert_eq!(turns_so_far(&mut ada).await, []);

    let on = backend.changes("", &[("ReachabilityEnabled", "True")]).await;
    assert_eq!(on["reachability_enabled"], true);
    assert_eq!(is_online().await, json!(false));
    assert_eq!(watches(&mut ada, &[her]).await, Some(Vec::new()));
    let (_grace, _) = comes(&server, "grace").await;
    assert_eq!(turn(&mut ada).await, (her, true));
    assert_eq!(backend.posts("", &[("ReachabilityEnabled", "perhaps")]).await.status, 400);
}

#[tokio::test]
async fn what_somebody_is_called_is_told_to_whoever_looks() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    // Nobody needs to be reachable for it.
    backend.changes("", &[("ReachabilityEnabled", "false")]).await;
    let (mut ada, _) = comes(&server, "ada").await;
    let (mut linus, _) = comes(&server, "linus").await;
    let (mut grace, her) = comes(&server, "grace").await;
    assert_eq!(names(&mut ada, her).await, []);

    let friendly_name = Some("Grace Hopper".to_owned());
    let wish = UserEditing { user: her, friendly_name, role: None, attributes: None };
    grace.accepted(Command::EditUser(wish)).await;
    assert_eq!(name(&mut ada).await, (her, Some("Grace Hopper".to_owned())));
    drop(grace);
    backend.changes("/Users/grace", &[("FriendlyName", "Amazing Grace")]).await;
    assert_eq!(name(&mut ada).await, (her, Some("Amazing Grace".to_owned())));
    assert_eq!(names(&mut ada, her).await, [Some("Amazing Grace".to_owned())]);
    assert!(!lessons::heard(&mut linus).await.contains("Grace"), "he does not look");

    backend.changes("/Users/grace", &[("FriendlyName", "")]).await;
    assert_eq!(name(&mut ada).await, (her, None));
    assert_eq!(names(&mut ada, her).await, [None], "it may be known from before");
}

/// Looks at somebody; gives what they are called, if they ever were.
async fn names(raw: &mut Raw, user: UserSid) -> Vec<Option<String>> {
    match raw.accepted(Command::WatchPresence { users: vec![user] }).await {
        Accepted::Watching(Watching { called, .. }) => called.into_iter().map(told).collect(),
        other => panic!("{other:?}"),
    }
}

/// The next name that is told.
async fn name(raw: &mut Raw) -> (UserSid, Option<String>) {
    loop {
        match raw.next().await {
            Came::Frame(ServerFrame::Called(called)) => return (called.user, told(called)),
            Came::Frame(_) => {}
            Came::Closed(code) => panic!("closed with {code:?}"),
        }
    }
}

fn told(called: Called) -> Option<String> {
    called.friendly_name.map(|name| name.as_str().to_owned())
}

#[tokio::test]
async fn what_is_set_outlives_a_restart() {
    let mut server = TestServer::start().await;
    let backend = server.backend().await;
    backend.changes("", &[("ReachabilityEnabled", "false")]).await;
    server.restart().await;
    let (mut ada, her) = comes(&server, "ada").await;
    assert_eq!(watches(&mut ada, &[her]).await, None);
}

#[tokio::test]
async fn how_far_others_have_read_is_shown_only_where_the_operator_allows_it() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let form = [("ReadStatusEnabled", "false"), ("ConsumptionReportInterval", "20")];
    let set = backend.changes("", &form).await;
    assert_eq!(set["read_status_enabled"], false);
    assert_eq!(set["consumption_report_interval"], 20);
    for impossible in ["0", "61", "often"] {
        let answer = backend.posts("", &[("ConsumptionReportInterval", impossible)]).await;
        assert_eq!(answer.status, 400, "{impossible}");
    }
    let (mut ada, _) = comes(&server, "ada").await;
    let (mut grace, her) = comes(&server, "grace").await;
    let (_, welcome) = stranger(&server, "ada").await;
    let channel = welcome.general;
    let Accepted::Posted(posted) =
        ada.accepted(Command::PostMessage(draft(channel, "Hello"))).await
    else {
        panic!("a message was expected");
    };

    grace.accepted(Command::AdvanceReadHorizon { channel, index: posted.index }).await;
    assert_eq!(shown(&mut ada, channel, her).await, None);
    let (_, back) = stranger(&server, "grace").await;
    assert_eq!(back.channels[0].horizon, Some(posted.index), "it is the same on every device");
    let mut tunnel = Sdk::arrive(server.address, &server.backend_token("ada", 60)).await;
    let options = tunnel.get("/Client/v1/Configuration").await.body["options"].clone();
    assert_eq!(options["consumption_report_interval"], "PT20S");

    backend.changes("", &[("ReadStatusEnabled", "true")]).await;
    grace.accepted(Command::SetReadHorizon { channel, index: None }).await;
    ada.accepted(Command::AdvanceReadHorizon { channel, index: posted.index }).await;
    let (_, me) = stranger(&server, "ada").await;
    assert_eq!(shown(&mut grace, channel, me.user).await, Some(posted.index));
}

/// How far a member has read, as another one sees it.
async fn shown(
    raw: &mut Raw,
    channel: chat::ChannelSid,
    user: UserSid,
) -> Option<chat::MessageIndex> {
    let Accepted::Members(page) = raw.accepted(Command::Members { channel, after: None }).await
    else {
        panic!("members were expected");
    };
    let member = page.members.into_iter().find(|member| member.user == user);
    member.expect("a member").horizon
}

/// What the tunnel tells of a user.
fn reachability(event: &(String, u64, Value)) -> Option<bool> {
    let is_it = event.0 == "map_item_updated" && event.2["item_key"] == "reachability";
    is_it.then(|| event.2["item_data"]["online"].as_bool().expect("yes or no"))
}

#[tokio::test]
async fn people_in_the_tunnel_and_on_the_socket_see_each_other_come_and_go() {
    let (server, time) = TestServer::start_manual().await;
    let (mut ada, her) = comes(&server, "ada").await;
    drop(comes(&server, "grace").await);
    server.until_connections(1).await;
    let token = server.backend_token("grace", 3_600);
    let mut grace = Sdk::arrive(server.address, &token).await;
    let configuration = grace.get("/Client/v1/Configuration").await.body;
    assert_eq!(configuration["options"]["reachability_enabled"], true);
    let mine = configuration["sync_objects"]["my_user_info"].as_str().expect("a map");
    let hers: UserSid = mine.split_once('.').expect("a SID").0.parse().expect("a SID");
    assert_eq!(watches(&mut ada, &[hers]).await, Some(vec![hers]));

    let user = grace.get("/Client/v1/Users/ada").await.body;
    assert_eq!((&user["is_online"], &user["is_notifiable"]), (&json!(true), &Value::Null));
    let info = format!("{her}.info");
    let map = grace.get(&format!("/v3/Maps/{info}?Include=items")).await.body;
    let item = map["items"].as_array().expect("items").iter();
    let item = item.clone().find(|item| item["key"] == "reachability").expect("it is there");
    assert_eq!(item["data"], json!({"online": true, "notifiable": null}));

    let since = map["last_event_id"].as_u64().expect("an id");
    let replayed = grace.follow(&[(&info, since)]).await;
    assert_eq!(replayed.iter().filter_map(reachability).collect::<Vec<_>>(), [true]);
    assert!(replayed[0].2.get("id").is_none(), "it moves no event id on");
    drop(ada);
    server.until_connections(1).await;
    lingered(&time);
    assert_eq!(reachability(&grace.told().await), Some(false));
    let (mut ada, _) = comes(&server, "ada").await;
    assert_eq!(reachability(&grace.told().await), Some(true));

    watches(&mut ada, &[hers]).await;
    drop(grace);
    server.until_connections(1).await;
    lingered(&time);
    assert_eq!(turn(&mut ada).await, (hers, false));
}

#[tokio::test]
async fn strangers_in_the_tunnel_learn_nothing_and_where_it_is_off_nobody_does() {
    let server = TestServer::start().await;
    let (_ada, her) = comes(&server, "ada").await;
    let mut eve = Sdk::arrive(server.address, &server.backend_token("eve", 60)).await;
    let is_online = eve.get("/Client/v1/Users/ada").await.body["is_online"].clone();
    assert_eq!(is_online, json!(false));
    let replayed = eve.follow(&[(&format!("{her}.info"), 0)]).await;
    assert_eq!(replayed.iter().filter_map(reachability).collect::<Vec<_>>(), [false]);

    server.backend().await.changes("", &[("ReachabilityEnabled", "false")]).await;
    let mut grace = Sdk::arrive(server.address, &server.backend_token("ada", 60)).await;
    let options = grace.get("/Client/v1/Configuration").await.body["options"].clone();
    assert_eq!(options["reachability_enabled"], false);
    assert_eq!(grace.get("/Client/v1/Users/ada").await.body["is_online"], Value::Null);
    let replayed = grace.follow(&[(&format!("{her}.info"), 0)]).await;
    assert!(replayed.iter().all(|event| reachability(event).is_none()));
}
