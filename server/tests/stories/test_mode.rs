//! Test mode: what it lets a test do, as people on the socket and in the tunnel see it, and that none
//! of it is there elsewhere. `docs/test-mode.md` is run here, too.

use std::time::Duration;

use chat::limits::{TOKEN_GRACE_MS, TOKEN_NOTICE_MS};
use chat::protocol::{Accepted, ClientFrame, CloseCode, Command, Request, Row, Scope, ServerFrame};
use chat::{ChannelSid, Refusal, Sequence};
use serde_json::{Value, json};
use server::clock::Clock;
use server::config::TestMode;
use tokio::process;

use crate::messages::draft;
use crate::support::http::{self, Response};
use crate::support::sdk::Sdk;
use crate::support::{Came, Raw, TestServer, soon};

const PAGE: &str = include_str!("../../../docs/test-mode.md");

/// A server in test mode, and whoever tells it what to do.
struct Bench(TestServer);

impl Bench {
    async fn open(seed: Option<u64>) -> Self {
        let set = |config: &mut server::config::Config| {
            config.test_mode = Some(TestMode { seed });
        };
        Self(TestServer::start_with(Clock::System, set).await)
    }

    async fn asks(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Response {
        let asked = http::request(self.0.address, line, headers, body);
        soon(&format!("{line} is answered"), asked).await.expect("the server is there")
    }

    async fn tells(&self, path: &str, what: Value) -> Value {
        let answer = self.asks(&format!("POST /test/{path}"), &[], &what.to_string()).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json()
    }

    async fn refused(&self, path: &str, what: Value) -> String {
        let answer = self.asks(&format!("POST /test/{path}"), &[], &what.to_string()).await;
        assert_eq!(answer.status / 100, 4, "{path}: {answer:?}");
        answer.json()["message"].as_str().expect("a sentence").to_owned()
    }

    async fn token(&self, identity: &str) -> String {
        let token = self.tells("tokens", json!({"identity": identity})).await;
        token["token"].as_str().expect("a token").to_owned()
    }

    async fn on_socket(&self, identity: &str) -> Raw {
        Raw::welcomed(self.0.address, &self.token(identity).await).await.0
    }

    async fn in_tunnel(&self, identity: &str) -> Sdk {
        Sdk::arrive(self.0.address, &self.token(identity).await).await
    }

    /// General, with these people in it.
    async fn general(&self, members: &[&str]) -> ChannelSid {
        let village = json!({"channels": [{"unique_name": "general", "members": members}]});
        let planted = self.tells("seed", village).await;
        planted["channels"][0]["sid"].as_str().expect("a SID").parse().expect("a SID")
    }
}

/// What a socket is told of the token's end, whatever else comes before it.
async fn noticed(raw: &mut Raw) {
    loop {
        match raw.next().await {
            Came::Frame(ServerFrame::TokenAboutToExpire { .. }) => return,
            Came::Frame(_) => {}
            Came::Closed(code) => panic!("closed with {code:?}"),
        }
    }
}

/// The number with which a socket is closed; nothing without a goodbye.
async fn end_of(raw: &mut Raw) -> Option<u16> {
    loop {
        if let Came::Closed(code) = raw.next().await {
            return code;
        }
    }
}

#[tokio::test]
async fn without_test_mode_there_is_nothing_at_its_addresses() {
    let server = TestServer::start().await;
    let bench = Bench::open(None).await;
    assert_eq!(bench.asks("GET /test", &[], "").await.status, 200);
    for line in [
        "GET /test",
        "POST /test/reset",
        "GET /test/clock",
        "POST /test/clock",
        "POST /test/tokens",
        "POST /test/tokens/expire",
        "POST /test/connections/close",
        "POST /test/connections/trouble",
        "POST /test/seed",
    ] {
        let asked = http::request(server.address, line, &[], "{}").await.expect("it answers");
        let absent = http::request(server.address, "POST /nothing", &[], "{}").await;
        assert_eq!((asked.status, asked.body), (404, absent.expect("it answers").body), "{line}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_cannot_use_it() {
    let bench = Bench::open(None).await;
    let own = format!("http://{}", bench.0.address);
    for (header, value, status) in [
        ("Origin", own.as_str(), 200),
        ("Origin", "http://evil.example", 403),
        ("Origin", "null", 403),
        ("Sec-Fetch-Site", "cross-site", 403),
        ("Cookie", "__Host-yoriai=x", 403),
    ] {
        let answer = bench.asks("POST /test/reset", &[(header, value)], "{}").await;
        assert_eq!(answer.status, status, "{header}: {value}");
    }
    // A site that calls itself by our address, so that a browser takes its page for ours.
    let rebound =
        format!("curl -s -o /dev/null -w '%{{http_code}}' -H 'Host: evil.example:3000' {own}/test");
    assert_eq!(shell(&rebound).await, "403");
}

#[tokio::test]
async fn the_clock_stands_runs_and_moves_forward_only() {
    let bench = Bench::open(Some(1)).await;
    let start = json!({"now": "2026-01-01T00:00:00Z", "runs": false});
    assert_eq!(bench.asks("GET /test/clock", &[], "").await.json(), start);
    let moved = bench.tells("clock", json!({"advance_ms": 1_500})).await;
    assert_eq!(moved["now"], "2026-01-01T00:00:01.5Z");
    let set = bench.tells("clock", json!({"now": "2026-01-02T00:00:00Z"})).await;
    assert_eq!(set["now"], "2026-01-02T00:00:00Z");
    for back in [json!({"advance_ms": -1}), json!({"now": "2026-01-01T00:00:00Z"})] {
        let sentence = bench.refused("clock", back).await;
        assert!(sentence.starts_with("The clock moves forward only"), "{sentence}");
    }
    for nonsense in [json!({"now": "tomorrow"}), json!({"advance": 1}), json!(7)] {
        bench.refused("clock", nonsense).await;
    }
    assert_eq!(bench.tells("clock", json!({"runs": true})).await["runs"], true);

    let running = Bench::open(None).await;
    assert_eq!(running.asks("GET /test/clock", &[], "").await.json()["runs"], true);
    running.tells("clock", json!({"runs": false})).await;
    let stands = running.asks("GET /test/clock", &[], "").await.json();
    assert_eq!(running.asks("GET /test/clock", &[], "").await.json(), stands);
}

#[tokio::test]
async fn a_token_runs_out_as_the_clock_is_moved() {
    let bench = Bench::open(Some(1)).await;
    let (mut ada, mut grace) = (bench.on_socket("ada").await, bench.in_tunnel("grace").await);
    bench.tells("clock", json!({"advance_ms": 3_600_000 - TOKEN_NOTICE_MS})).await;
    noticed(&mut ada).await;
    grace.hears_of("token_about_to_expire").await;
    // The ping is answered, too.
    ada.round_trip().await;
    bench.tells("clock", json!({"advance_ms": TOKEN_NOTICE_MS})).await;
    grace.closed().await;
    ada.round_trip().await;
    bench.tells("clock", json!({"advance_ms": TOKEN_GRACE_MS})).await;
    assert_eq!(ada.closed().await, Some(CloseCode::TokenExpired));
}

#[tokio::test]
async fn a_token_ends_when_a_test_says_so_and_no_other_does() {
    let bench = Bench::open(None).await;
    let old = bench.token("ada").await;
    let (mut ada, _) = Raw::welcomed(bench.0.address, &old).await;
    let mut in_tunnel = Sdk::arrive(bench.0.address, &old).await;
    let mut grace = bench.on_socket("grace").await;

    let ended = bench.tells("tokens/expire", json!({"identity": "ada"})).await;

    assert_eq!(ended, json!({"connections": 2}));
    assert_eq!(ada.closed().await, Some(CloseCode::TokenExpired));
    in_tunnel.closed().await;
    let mut again = Raw::open(bench.0.address).await;
    again.hello(&old).await;
    let Came::Frame(ServerFrame::Refused(refusal)) = again.next().await else {
        panic!("a refusal was expected");
    };
    assert_eq!(refusal.code, Refusal::TokenExpired.code());
    let status = Sdk::open(bench.0.address, &[]).await.init(&old).await;
    assert_eq!(status["errorCode"], Refusal::TokenExpired.code());
    grace.round_trip().await;

    bench.tells("clock", json!({"advance_ms": 1_000})).await;
    let (first, second) = (bench.token("ada").await, bench.token("linus").await);
    let (mut ada, _) = Raw::welcomed(bench.0.address, &first).await;
    let mut linus = Sdk::arrive(bench.0.address, &second).await;
    bench.tells("tokens/expire", json!({"token": first})).await;
    assert_eq!(ada.closed().await, Some(CloseCode::TokenExpired));
    assert_eq!(linus.get("/Client/v1/Configuration").await.status, 200);
    let jti = claims_of(&second)["jti"].clone();
    assert_eq!(bench.tells("tokens/expire", json!({"jti": jti})).await["connections"], 1);
    linus.closed().await;
    bench.refused("tokens/expire", json!({})).await;
    bench.refused("tokens/expire", json!({"jti": "a", "token": "b"})).await;
}

#[tokio::test]
async fn a_token_that_is_about_to_expire_is_renewed_in_time() {
    let bench = Bench::open(None).await;
    let (mut ada, mut grace) = (bench.on_socket("ada").await, bench.in_tunnel("grace").await);
    let mut late = bench.on_socket("late").await;
    for identity in ["ada", "grace", "late"] {
        let told = bench.tells("tokens/expire", json!({"identity": identity, "soon": true})).await;
        assert_eq!(told["connections"], 1);
    }
    noticed(&mut ada).await;
    noticed(&mut late).await;
    grace.hears_of("token_about_to_expire").await;
    ada.accepted(Command::RenewToken { token: bench.token("ada").await }).await;
    assert_eq!(grace.update(&bench.token("grace").await).await["code"], 200);
    bench.tells("clock", json!({"advance_ms": TOKEN_NOTICE_MS + TOKEN_GRACE_MS})).await;
    assert_eq!(late.closed().await, Some(CloseCode::TokenExpired));
    ada.round_trip().await;
    assert_eq!(grace.get("/Client/v1/Configuration").await.status, 200);
}

#[tokio::test]
async fn connections_are_cut_or_closed_as_a_test_says() {
    let bench = Bench::open(None).await;
    let mut grace = bench.on_socket("grace").await;
    for code in CloseCode::ALL {
        let mut ada = bench.on_socket("ada").await;
        let closing = json!({"identity": "ada", "code": code.number()});
        assert_eq!(bench.tells("connections/close", closing).await["connections"], 1);
        assert_eq!(end_of(&mut ada).await, Some(code.number()));
    }
    let (mut ada, mut in_tunnel) = (bench.on_socket("ada").await, bench.in_tunnel("ada").await);
    assert_eq!(
        bench.tells("connections/close", json!({"identity": "ada"})).await["connections"],
        2
    );
    assert_eq!(end_of(&mut ada).await, None, "without a goodbye");
    in_tunnel.closed().await;
    grace.round_trip().await;
    bench.tells("connections/close", json!({})).await;
    assert_eq!(end_of(&mut grace).await, None);
    let sentence = bench.refused("connections/close", json!({"code": 4999})).await;
    assert!(sentence.contains("4000"), "{sentence}");
}

#[tokio::test]
async fn frames_are_lost_each_way_and_what_was_lost_is_read_again() {
    let bench = Bench::open(None).await;
    let general = bench.general(&["ada", "grace"]).await;
    let (mut ada, mut grace) = (bench.on_socket("ada").await, bench.on_socket("grace").await);
    let known = grace.now_at(general).await;

    let lost = json!({"identity": "grace", "to_client": {"lose": 1}});
    bench.tells("connections/trouble", lost).await;
    for body in ["Lost", "Heard"] {
        ada.accepted(Command::PostMessage(draft(general, body))).await;
        // Each goes out as a frame of its own.
        ada.round_trip().await;
    }
    let change = loop {
        match grace.next().await {
            Came::Frame(ServerFrame::Change(change)) if change.scope == Scope::Channel(general) => {
                break change;
            }
            Came::Frame(_) => {}
            Came::Closed(code) => panic!("closed with {code:?}"),
        }
    };
    assert!(known < change.after, "a skip shows: {change:?}");
    let scope = Scope::Channel(general);
    let Accepted::Changes(missed) = grace.accepted(Command::Resume { scope, since: known }).await
    else {
        panic!("changes were expected");
    };
    assert_eq!(bodies(&missed.change.rows), ["Lost", "Heard"]);

    let lost = json!({"identity": "ada", "from_client": {"lose": 1}});
    bench.tells("connections/trouble", lost).await;
    ada.request(Command::PostMessage(draft(general, "Never arrives"))).await;
    ada.accepted(Command::PostMessage(draft(general, "Arrives"))).await;
    let Accepted::Changes(all) =
        ada.accepted(Command::Resume { scope, since: Sequence(known.0 + 2) }).await
    else {
        panic!("changes were expected");
    };
    assert_eq!(bodies(&all.change.rows), ["Arrives"]);
}

#[tokio::test]
async fn frames_are_late_for_whom_a_test_says_and_for_nobody_else() {
    const LATE: Duration = Duration::from_millis(300);
    let bench = Bench::open(None).await;
    let (mut ada, mut grace) = (bench.on_socket("ada").await, bench.in_tunnel("grace").await);
    for way in ["to_client", "from_client"] {
        let late = json!({"identity": "ada", way: {"delay_ms": LATE.as_millis() as u64}});
        assert_eq!(bench.tells("connections/trouble", late).await[way]["delay_ms"], 300);
        let (took, ()) = timed(ada.round_trip()).await;
        assert!(LATE <= took, "{way}: {took:?}");
        bench.tells("connections/trouble", json!({"identity": "ada", way: {"delay_ms": 0}})).await;
    }
    // Frames that set out together are late together, not one after the other.
    bench
        .tells("connections/trouble", json!({"identity": "ada", "from_client": {"delay_ms": 300}}))
        .await;
    let (took, ()) = timed(async {
        let asked: Vec<u32> = {
            let mut asked = Vec::new();
            for _ in 0..20 {
                asked.push(ada.request(Command::Unread { channel: nobodys() }).await);
            }
            asked
        };
        for reference in asked {
            ada.reply_to(reference).await;
        }
    })
    .await;
    assert!((LATE..10 * LATE).contains(&took), "{took:?}");
    bench.tells("connections/trouble", json!({"to_client": {"delay_ms": 300}})).await;
    let (took, _) = timed(grace.get("/Client/v1/Configuration")).await;
    assert!(LATE <= took, "everybody's: {took:?}");
    let long = json!({"to_client": {"delay_ms": 60_001}});
    bench.refused("connections/trouble", long).await;
}

#[tokio::test]
async fn a_village_that_was_planted_is_there_for_everybody_whom_it_concerns() {
    let bench = Bench::open(None).await;
    let planted = bench.tells("seed", village()).await;
    let harvest = planted["channels"][1]["sid"].as_str().expect("a SID").to_owned();
    let mut ada = bench.in_tunnel("ada").await;
    let page = ada.get(&format!("/v3/Lists/{harvest}.messages/Items")).await.body;
    assert_eq!(page["items"][0]["data"]["text"], "Who brings the tea?");
    assert_eq!(page["items"][0]["data"]["sid"], planted["channels"][1]["messages"][0]);
    let (mut grace, welcome) = Raw::welcomed(bench.0.address, &bench.token("grace").await).await;
    assert_eq!(planted["users"]["grace"], welcome.user.to_string());
    assert_eq!(welcome.channels.len(), 1);
    let harvest: ChannelSid = harvest.parse().expect("a SID");
    let nonce = crate::support::nonce();
    grace.accepted(Command::JoinChannel { channel: harvest, nonce }).await;
    let mut eve = bench.on_socket("eve").await;
    let refusal = eve.refused(Command::OpenChannel { channel: harvest }).await;
    assert_eq!(refusal.code, Refusal::ChannelNotFound.code());

    let wrong = json!({"channels": [{"unique_name": "general", "messages": [
        {"from": "ada", "body": "Good"}, {"from": "ada", "body": " "}]}]});
    let answer = bench.asks("POST /test/seed", &[], &wrong.to_string()).await;
    assert_eq!(answer.status, 400);
    let no = answer.json();
    assert_eq!(
        (no["at"].as_str(), no["code"].as_u64()),
        (Some("channels[0].messages[1]"), Some(50503))
    );
}

#[tokio::test]
async fn the_same_seed_gives_the_same_keys_and_sids_and_another_one_others() {
    let mut told = Vec::new();
    for seed in [7, 7, 8] {
        let bench = Bench::open(Some(seed)).await;
        let first = bench.asks("GET /test", &[], "").await.json();
        let planted = bench.tells("seed", village()).await;
        let token = bench.tells("tokens", json!({"identity": "ada"})).await;
        let mut ada = bench.on_socket("ada").await;
        let general = first["general"].as_str().expect("a SID").parse().expect("a SID");
        let posted = ada.accepted(Command::PostMessage(draft(general, "Hello"))).await;
        let posted = serde_json::to_value(&posted).expect("plain data");
        let again = bench.tells("reset", json!({"seed": seed})).await;
        assert_eq!(again, first);
        assert_eq!(bench.tells("seed", village()).await, planted);
        told.push([first, planted, token, posted]);
    }
    assert_eq!(told[0], told[1]);
    for (one, other) in told[1].iter().zip(&told[2]) {
        assert_ne!(one, other);
    }
    // A fresh one each time, where there is no seed.
    let bench = Bench::open(None).await;
    let keys = bench.asks("GET /test", &[], "").await.json();
    assert_ne!(bench.tells("reset", json!({})).await["api_secret"], keys["api_secret"]);
}

#[tokio::test]
async fn after_a_reset_nothing_is_left_of_what_was_there() {
    let bench = Bench::open(Some(7)).await;
    bench.tells("seed", village()).await;
    let (mut ada, mut grace) = (bench.on_socket("ada").await, bench.in_tunnel("grace").await);
    bench.tells("clock", json!({"advance_ms": 60_000})).await;

    let reset = bench.tells("reset", json!({"now": "2027-05-05T05:05:05Z"})).await;

    assert_eq!(reset["clock"], json!({"now": "2027-05-05T05:05:05Z", "runs": false}));
    assert_eq!(ada.closed().await, Some(CloseCode::Restart));
    grace.closed().await;
    let mut back = bench.on_socket("ada").await;
    let Accepted::Changes(directory) =
        back.accepted(Command::Resume { scope: Scope::Directory, since: Sequence(0) }).await
    else {
        panic!("changes were expected");
    };
    let channels = directory.change.rows.iter().filter(|row| matches!(row, Row::Listing(_)));
    assert_eq!(channels.count(), 1, "General alone");
    back.send(&ClientFrame::Probe {}).await;
    back.send(&ClientFrame::Request(Request {
        reference: 99,
        command: Command::Unread { channel: nobodys() },
    }))
    .await;
    back.reply_to(99).await;
}

/// Every example of the page, in its order, against a server that was started as the page says.
#[tokio::test]
async fn the_page_that_describes_it_is_right() {
    assert!(PAGE.contains("```sh serve\nyoriai serve --test-mode --test-seed 7\n```"));
    let bench = Bench::open(Some(7)).await;
    let mut examples = PAGE.split("```sh\n").skip(1).map(|text| {
        let (command, rest) = text.split_once("\n```").expect("it ends");
        let answer = rest.split_once("```json\n").expect("an answer follows").1;
        (command, answer.split_once("```").expect("it ends").0)
    });
    let mut run = 0;
    let mut wrong = String::new();
    for (command, answer) in &mut examples {
        let here = command.replace("127.0.0.1:3000", &bench.0.address.to_string());
        let said: Value = serde_json::from_str(&shell(&here).await).expect("JSON");
        if said != serde_json::from_str::<Value>(answer).expect("JSON") {
            wrong += &format!("{command}\n{said:#}\n\n");
        }
        run += 1;
    }
    assert!(wrong.is_empty(), "the answers as they are:\n{wrong}");
    assert_eq!(run, 10);
}

fn village() -> Value {
    let command = PAGE.split("/test/seed --json '").nth(1).expect("an example");
    serde_json::from_str(command.split('\'').next().expect("it ends")).expect("JSON")
}

async fn shell(command: &str) -> String {
    let run = process::Command::new("sh").args(["-c", command]).output();
    let output = soon(&format!("{command} ends"), run).await.expect("a shell");
    assert!(output.status.success(), "{command}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

async fn timed<T>(work: impl Future<Output = T>) -> (Duration, T) {
    let begun = tokio::time::Instant::now();
    let done = work.await;
    (begun.elapsed(), done)
}

fn bodies(rows: &[Row]) -> Vec<&str> {
    let messages = rows.iter().filter_map(|row| match row {
        Row::Message(message) => message.body.as_ref(),
        _ => None,
    });
    messages.map(|body| body.as_str()).collect()
}

fn claims_of(token: &str) -> Value {
    use base64::Engine;
    let claims = token.split('.').nth(1).expect("claims");
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).expect("base64");
    serde_json::from_slice(&claims).expect("JSON")
}

fn nobodys() -> ChannelSid {
    ChannelSid::from_bytes([0; 16])
}
