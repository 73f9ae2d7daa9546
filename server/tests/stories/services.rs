//! Several services in one server: each has its own channels, users, roles and limits.

use chat::{Refusal, ServiceSid};
use client::ConnectionState;
use serde_json::Value;

use crate::rest::is_no;
use crate::support::pass::fixed;
use crate::support::sdk::Sdk;
use crate::support::{Backend, Person, TestServer};

/// Makes one more service, and gives its SID.
async fn founds(backend: &Backend, name: &str) -> String {
    let form = serde_html_form::to_string([("FriendlyName", name)]).expect("plain text");
    let made = backend.asks("POST", "/v2/Services", &form).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["sid"].as_str().expect("a SID").to_owned()
}

fn token(server: &TestServer, service: &str, name: &str) -> String {
    let service: ServiceSid = service.parse().expect("a SID");
    server.token_for(service, name, 3_600)
}

/// Somebody of a service that is not the web app's.
async fn visitor(server: &TestServer, service: &str, name: &str) -> Person {
    let tokens = fixed(token(server, service, name));
    Person::arrive_with(server.address, server.pass(name), tokens, &server.clock).await
}

/// The names in a list of channels, users …
fn names(list: &Value, key: &str, name: &str) -> Vec<String> {
    let rows = list[key].as_array().expect("a list").iter();
    let mut names: Vec<_> = rows.map(|row| row[name].as_str().expect("text").to_owned()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn nothing_of_one_service_shows_in_another() {
    let server = TestServer::start().await;
    let first = server.backend().await;
    let second = first.of_service(&founds(&first, "Second").await);
    let ada = server.visitor("ada").await;
    let other_ada = visitor(&server, second.service(), "ada").await;
    let grace = visitor(&server, second.service(), "grace").await;

    let harvest = ada.creates("Harvest").await;
    let spring = other_ada.creates("Spring").await;
    ada.say("Here", "general").await;
    other_ada.say("There", "general").await;
    grace.hears("There", "general").await;

    assert_eq!(other_ada.page("general").await, ["There"]);
    assert_eq!(ada.page("general").await, ["Here"]);
    assert_ne!(ada.user(), other_ada.user(), "one name, two users");
    let channels = names(&first.finds("/Channels").await, "channels", "friendly_name");
    assert_eq!(channels, ["General Channel", "Harvest"]);
    let channels = names(&second.finds("/Channels").await, "channels", "friendly_name");
    assert_eq!(channels, ["General Channel", "Spring"]);
    assert_eq!(names(&second.finds("/Users").await, "users", "identity"), ["ada", "grace"]);
    for (backend, channel) in [(&first, spring), (&second, harvest)] {
        let absent = backend.get(&backend.path(&format!("/Channels/{channel}"))).await;
        is_no(&absent, 404, 50300);
    }
    for (person, channel) in [(&ada, spring), (&grace, harvest)] {
        let refused = person.is_refused(|client, now| client.join(channel, now)).await;
        assert_eq!(refused, Refusal::ChannelNotFound);
    }
}

#[tokio::test]
async fn the_tunnel_leads_to_the_service_that_the_token_names() {
    let server = TestServer::start().await;
    let first = server.backend().await;
    let second = founds(&first, "Second").await;
    let mut ada = Sdk::arrive(server.address, &token(&server, &second, "ada")).await;
    let general = ada.get("/Client/v1/Conversations/general").await.body;
    let shown = first.of_service(&second).finds("/Channels/general").await;
    assert_eq!(general["sid"], shown["sid"]);
    assert_ne!(general["sid"], first.finds("/Channels/general").await["sid"]);
    // A token for the other service is for somebody else.
    assert_eq!(ada.update(&server.backend_token("ada", 3_600)).await["code"], 403);
    assert_eq!(ada.update(&token(&server, &second, "ada")).await["code"], 200);
}

#[tokio::test]
async fn roles_names_and_limits_are_each_service_s_own() {
    let server = TestServer::start().await;
    let first = server.backend().await;
    let second = first.of_service(&founds(&first, "Second").await);
    let changed =
        second.changes("", &[("FriendlyName", "Herbst 🍂"), ("Limits.UserChannels", "2")]).await;
    assert_eq!(changed["friendly_name"], "Herbst 🍂");
    assert_eq!(changed["limits"]["user_channels"], 2);
    let role = [("FriendlyName", "reader"), ("Type", "channel"), ("Permission", "leaveChannel")];
    second.makes("/Roles", &role).await;

    let [here, there] = [first.finds("").await, second.finds("").await];
    assert_eq!(
        (&here["friendly_name"], &there["friendly_name"]),
        (&"Yoriai".into(), &"Herbst 🍂".into())
    );
    assert_eq!(
        (&here["limits"]["user_channels"], &there["limits"]["user_channels"]),
        (&250.into(), &2.into())
    );
    let roles = |list: Value| list["roles"].as_array().expect("a list").len();
    assert_eq!(roles(first.finds("/Roles").await), 4);
    assert_eq!(roles(second.finds("/Roles").await), 5);

    let ada = visitor(&server, second.service(), "ada").await;
    ada.creates("One beside General").await;
    let refused = ada.is_refused(|client, now| {
        client.create_channel("Another", None, false, now).expect("a possible name")
    });
    assert_eq!(refused.await, Refusal::TooManyChannels);
}

#[tokio::test]
async fn services_outlive_a_restart_until_they_are_deleted() {
    let mut server = TestServer::start().await;
    let first = server.backend().await;
    let second = founds(&first, "Second").await;
    let ada = visitor(&server, &second, "ada").await;
    ada.say("Durable", "general").await;

    server.restart().await;
    ada.is_online().await;
    assert_eq!(ada.page("general").await, ["Durable"]);
    let listed = first.get("/v2/Services").await.json();
    assert_eq!(names(&listed, "services", "friendly_name"), ["Second", "Yoriai"]);

    let gone = first.of_service(&second);
    gone.deletes("").await;
    ada.so("is not let in again", |client| {
        matches!(client.state(), ConnectionState::Waiting { .. })
    })
    .await;
    assert_eq!(first.get(&gone.path("")).await.status, 404);
    assert_eq!(first.get(&gone.path("/Channels")).await.status, 404);
    let token = token(&server, &second, "ada");
    let mut sdk = Sdk::open(server.address, &[]).await;
    assert_eq!(sdk.init(&token).await["errorCode"], 20101);

    server.restart().await;
    let listed = first.get("/v2/Services").await.json();
    assert_eq!(names(&listed, "services", "friendly_name"), ["Yoriai"]);
}

#[tokio::test]
async fn the_web_app_s_service_stays() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let refused = backend.asks("DELETE", &backend.path(""), "").await;
    is_no(&refused, 409, 60062);
    assert_eq!(backend.finds("").await["friendly_name"], "Yoriai");
    let nameless = backend.asks("POST", "/v2/Services", "FriendlyName=").await;
    is_no(&nameless, 400, 50000);
}
