//! A site's backend at the REST API: how it comes in, what it is told, and how it reads.

mod lists;
mod writes;

use server::clock::Clock;
use server::config::{Rate, Rates};
use server::limits::{KEYS_PAUSE_MS, REST_BYTES_MAX};

use crate::support::http::{self, Response};
use crate::support::{Backend, TestServer};

/// The answer says no, by this status and this code, and where to read more.
#[track_caller]
pub(crate) fn is_no(answer: &Response, status: u16, code: u32) {
    assert_eq!(answer.status, status, "{answer:?}");
    let told = answer.json();
    assert_eq!((&told["status"], &told["code"]), (&status.into(), &code.into()), "{told}");
    assert!(told["message"].as_str().is_some_and(|message| message.ends_with('.')), "{told}");
    let more_info = told["more_info"].as_str().expect("an address");
    assert!(more_info.ends_with(&format!("/v2/errors/{code}")), "{told}");
}

#[tokio::test]
async fn the_account_and_its_keys_open_the_door_and_nothing_else_does() {
    let server = TestServer::start().await;
    let keys = server.keys();
    let account = keys.account_sid.to_string();
    let auth_token = keys.auth_token.as_ref().expect("made").reveal();
    let key = keys.newest_for_backend().expect("made").clone();
    let (sid, secret) = (key.sid.to_string(), key.secret.reveal());
    let own = keys.own().expect("there");

    let with = |name: &str, secret: &str| Backend::with(server.address, name, secret);
    assert_eq!(with(&account, auth_token).get("/v2/Services").await.status, 200);
    assert_eq!(with(&sid, secret).get("/v2/Services").await.status, 200);

    let mut bodies = Vec::new();
    for backend in [
        with(&account, secret),
        with(&account, ""),
        with(&sid, auth_token),
        with(&own.sid.to_string(), own.secret.reveal()),
        with("ACffffffffffffffffffffffffffffffff", auth_token),
        with("SKffffffffffffffffffffffffffffffff", secret),
        with("", ""),
    ] {
        for path in ["/v2/Services", "/v2/gone", "/v2/Services/IS1/Channels"] {
            let answer = backend.get(path).await;
            is_no(&answer, 401, 20003);
            assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"Yoriai\""));
            bodies.push(answer.body);
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "a wrong name and a wrong secret are told apart by nothing");
    for headers in [vec![], vec![("Authorization", "Bearer x")], vec![("Authorization", "Basic ?")]]
    {
        let answer = http::request(server.address, "GET /v2/Services", &headers, "").await;
        is_no(&answer.expect("the server is there"), 401, 20003);
    }
}

#[tokio::test]
async fn a_retired_key_opens_nothing() {
    let (server, time) = TestServer::start_manual().await;
    let key = server.keys().newest_for_backend().expect("made").clone();
    let backend = Backend::with(server.address, &key.sid.to_string(), key.secret.reveal());
    assert_eq!(backend.get("/v2/Services").await.status, 200);

    let now = server.now();
    server.change_keys(|keys| keys.retire(key.sid, now).expect("it is a backend's"));
    time.advance(KEYS_PAUSE_MS);
    server.until_retired(key.sid).await;

    is_no(&backend.get("/v2/Services").await, 401, 20003);
}

#[tokio::test]
async fn whoever_guesses_is_slowed_down() {
    let few = Rate::per_second(1, 3);
    let time = server::clock::ManualClock::new(Clock::System.now());
    let server = TestServer::start_with(Clock::Manual(time.clone()), |config| {
        config.rates = Rates { passwords: few, ..config.rates };
    })
    .await;
    let right = server.backend().await;
    let guesser = Backend::with(server.address, "AC", "guess");
    for _ in 0..9 {
        let silent = http::request(server.address, "GET /v2/Services", &[], "").await;
        is_no(&silent.expect("the server is there"), 401, 20003);
    }
    for _ in 0..3 {
        is_no(&guesser.get("/v2/Services").await, 401, 20003);
    }
    let slowed = guesser.get("/v2/Services").await;
    is_no(&slowed, 429, 20429);
    assert_eq!(slowed.header("retry-after"), Some("1"));
    for _ in 0..9 {
        assert_eq!(right.get("/v2/Services").await.status, 200, "good ones cost nothing");
    }
}

#[tokio::test]
async fn the_door_reads_no_cookie_and_answers_pages_of_any_site() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    drop(ada);
    let origin = ("Origin", "https://other.example");
    let asked = [
        origin,
        ("Access-Control-Request-Method", "DELETE"),
        ("Access-Control-Request-Headers", "authorization"),
    ];
    let answer = http::request(server.address, "OPTIONS /v2/Services", &asked, "").await;
    let answer = answer.expect("the server is there");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);

    let with_cookie = [origin, ("Cookie", "__Host-yoriai=abc; yoriai=abc")];
    let answer = http::request(server.address, "GET /v2/Services", &with_cookie, "").await;
    let answer = answer.expect("the server is there");
    is_no(&answer, 401, 20003);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn what_is_not_there_is_told_in_the_same_shape() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let other_service = "/v2/Services/IS0190000000007000800000000000002a";
    for path in [
        "/v2/Nothing",
        "/v2/Services/IS1",
        other_service,
        &format!("{other_service}/Channels"),
        &backend.path("/Nothing"),
        &backend.path("/Channels/%FF"),
    ] {
        is_no(&backend.get(path).await, 404, 20404);
    }
    is_no(&backend.get(&backend.path("/Channels/nowhere")).await, 404, 50300);
    is_no(&backend.get(&backend.path("/Channels/nowhere/Messages")).await, 404, 50300);
    is_no(&backend.get(&backend.path("/Users/nobody")).await, 404, 50200);
    is_no(&backend.get(&backend.path("/Channels/general/Members/nobody")).await, 404, 50402);
    is_no(&backend.get(&backend.path("/Channels/general/Messages/IM1")).await, 404, 50500);
    is_no(&backend.asks("PUT", &backend.path("/Channels"), "").await, 405, 20004);
}

#[tokio::test]
async fn what_this_server_does_not_do_it_says_with_the_reason() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    for (method, path, reason) in [
        ("GET", "/v2/Credentials".to_owned(), "Push"),
        ("POST", "/v2/Credentials".to_owned(), "Push"),
        ("DELETE", "/v2/Credentials/CR1".to_owned(), "Push"),
        ("GET", backend.path("/Bindings"), "Push"),
        ("GET", backend.path("/Bindings/BS1"), "Push"),
        ("GET", backend.path("/Users/ada/Bindings"), "Push"),
        ("DELETE", backend.path("/Users/ada/Bindings/BS1"), "Push"),
    ] {
        let answer = backend.asks(method, &path, "").await;
        is_no(&answer, 501, 60061);
        let told = answer.json();
        let message = told["message"].as_str().expect("a sentence");
        assert!(message.contains(reason), "{method} {path}: {message}");
    }
    let push = [("Notifications.NewMessage.Enabled", "true")];
    is_no(&backend.posts("", &push).await, 501, 60061);
}

#[tokio::test]
async fn every_code_can_be_looked_up_by_anybody() {
    let server = TestServer::start().await;
    let read = async |path: &str| {
        http::request(server.address, &format!("GET {path}"), &[], "").await.expect("there")
    };
    let taken = read("/v2/errors/50307").await;
    assert_eq!((taken.status, taken.body.starts_with("50307 (HTTP 409): ")), (200, true));
    assert_eq!(read("/v2/errors/20003").await.status, 200);
    assert_eq!(read("/v2/errors/1").await.status, 404);
    let all = read("/v2/errors").await.body;
    assert!(chat::Refusal::ALL.iter().all(|no| all.contains(&format!("\n{} (", no.code()))
        || all.starts_with(&format!("{} (", no.code()))));
}

#[tokio::test]
async fn the_api_describes_itself_to_anybody() {
    let server = TestServer::start().await;
    let answer = http::request(server.address, "GET /v2/openapi.json", &[], "").await;
    let page = answer.expect("the server is there").json();
    assert_eq!(page["openapi"], "3.1.0");
    assert_eq!(page["servers"][0]["url"], format!("http://{}/v2", server.address));
    let paths = page["paths"].as_object().expect("paths");
    assert_eq!(paths.len(), 24, "as many as Programmable Chat had");

    let messages = &paths["/Services/{service}/Channels/{channel}/Messages"];
    let form = &messages["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"];
    assert!(form["schema"]["properties"]["LastUpdatedBy"].is_object(), "{form}");
    let asked = messages["get"]["parameters"].to_string();
    assert!(asked.contains("Order") && asked.contains("PageToken"), "{asked}");
    let made = &messages["post"]["responses"]["201"]["content"]["application/json"]["schema"];
    let backend = server.backend().await;
    let message = backend.makes("/Channels/general/Messages", &[("Body", "Hello")]).await;
    for name in message.as_object().expect("fields").keys() {
        assert!(made["properties"][name].is_object(), "{name} is described: {made}");
    }
    let bindings = &paths["/Services/{service}/Bindings"]["get"]["responses"];
    assert!(bindings["501"].is_object() && bindings["200"].is_null());
}

#[tokio::test]
async fn the_service_is_shown_with_what_holds_for_it() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let service = backend.finds("").await;
    assert_eq!(service["friendly_name"], "Yoriai");
    assert_eq!(service["typing_indicator_timeout"], 5);
    assert_eq!(service["account_sid"], server.keys().account_sid.to_string());
    let channels = service["links"]["channels"].as_str().expect("an address");
    assert_eq!(backend.get(channels).await.status, 200);
    let made = service["date_created"].as_str().expect("a date");
    assert!(made.len() == 20 && made.ends_with('Z'), "{made}");
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let long = "x".repeat(REST_BYTES_MAX + 1);
    let answer = backend.asks("POST", &backend.path("/Channels/general/Messages"), &long).await;
    is_no(&answer, 413, 60060);
}
