//! Who may come in, for how long, and how they are asked to leave.

use std::net::SocketAddr;

use chat::Refusal;
use chat::limits::{HELLO_BYTES_MAX, HELLO_MS, TOKEN_GRACE_MS, TOKEN_NOTICE_MS};
use chat::protocol::{Accepted, ClientFrame, CloseCode, Command, ServerFrame};
use client::socket::native::TokenAnswer;
use client::{ConnectionState, Denial, Input};
use server::clock::Clock;
use server::limits::KEYS_PAUSE_MS;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Error;

use crate::messages::program_of;
use crate::support::http;
use crate::support::pass::fixed;
use crate::support::wire::{Fate, Way, wire};
use crate::support::{Came, Person, Raw, TestServer, soon};

/// Of the web app's tokens, in milliseconds.
const LIFE: i64 = 3_600_000;

// The tutorial's defect 2: token refresh throws, and after expiry the client stays dead.
#[tokio::test]
async fn a_token_is_renewed_before_it_expires_without_a_visible_break() {
    let (server, time) = TestServer::start_manual().await;
    let (renewals, mut renewed) = watch::channel(0);
    let near = wire(server.address, move |way, text| {
        if way == Way::ToClient && text.contains(r#""renewed""#) {
            renewals.send_modify(|count| *count += 1);
        }
        Fate::Arrives
    });
    let ada = server.guest_over(near.await, "ada").await;

    for round in 1..=3 {
        time.advance(LIFE - TOKEN_NOTICE_MS);
        let again = renewed.wait_for(|count| *count == round);
        soon("the token is renewed", again).await.expect("the wire holds");
        ada.round_trip().await;
    }

    assert_eq!(ada.breaks(), 0, "the connection never broke");
    ada.say("Hours later", "general").await;
}

#[tokio::test]
async fn a_token_that_is_not_renewed_ends_the_connection_after_its_grace() {
    let (server, time) = TestServer::start_manual().await;
    let ada = server.guest("ada").await;
    let mut program = program_of(&server, &ada).await;
    let expires_at = server.now().plus(LIFE);

    time.advance(LIFE - TOKEN_NOTICE_MS);
    let notice = loop {
        match program.next().await {
            Came::Frame(ServerFrame::TokenAboutToExpire { expires_at }) => break expires_at,
            Came::Frame(_) => {}
            Came::Closed(code) => panic!("closed with {code:?}"),
        }
    };
    assert_eq!(notice.seconds(), expires_at.seconds());
    program.round_trip().await;
    time.advance(TOKEN_NOTICE_MS);
    program.round_trip().await;
    time.advance(TOKEN_GRACE_MS);

    assert_eq!(program.closed().await, Some(CloseCode::TokenExpired));
}

#[tokio::test]
async fn a_renewed_token_is_of_the_same_person_and_session() {
    let (server, time) = TestServer::start_manual().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let mut program = program_of(&server, &ada).await;

    let of_grace = grace.pass.good_token().await;
    let refusal = program.refused(Command::RenewToken { token: of_grace }).await;
    assert_eq!(refusal.code, Refusal::OtherUser.code());
    let of_backend = server.backend_token("ada", 3_600);
    let refusal = program.refused(Command::RenewToken { token: of_backend }).await;
    assert_eq!(refusal.code, Refusal::OtherUser.code());
    let refusal = program.refused(Command::RenewToken { token: "no".to_owned() }).await;
    assert_eq!(refusal.code, Refusal::TokenInvalid.code());

    time.advance(60_000);
    program.round_trip().await;
    let token = ada.pass.good_token().await;
    let Accepted::Renewed { expires_at } = program.accepted(Command::RenewToken { token }).await
    else {
        panic!("a renewal was expected");
    };
    assert_eq!(expires_at.seconds(), server.now().plus(LIFE).seconds());
}

#[tokio::test]
async fn a_client_whose_token_ran_out_while_it_slept_gets_a_new_one_and_goes_on() {
    let (server, time) = TestServer::start_manual().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    ada.goes_away().await;
    grace.goes_away().await;
    time.advance(8 * LIFE);
    grace.comes_back().await;
    grace.say("Good morning", "general").await;

    ada.comes_back().await;

    ada.hears("Good morning", "general").await;
}

#[tokio::test]
async fn a_token_that_is_no_good_is_refused_with_the_reason() {
    let server = TestServer::start().await;
    let good = server.backend_token("ada", 3_600);
    let (head, _signature) = good.rsplit_once('.').expect("a JWT");

    for (token, reason) in [
        ("".to_owned(), Refusal::TokenInvalid),
        ("no token".to_owned(), Refusal::TokenInvalid),
        (format!("{head}.AAAA"), Refusal::TokenSignature),
    ] {
        let mut raw = Raw::open(server.address).await;
        raw.hello(&token).await;
        let Came::Frame(ServerFrame::Refused(refusal)) = raw.next().await else {
            panic!("a refusal was expected for {token:?}");
        };
        assert_eq!(refusal.code, reason.code(), "{token:?}");
        assert_eq!(raw.closed().await, Some(CloseCode::TokenRefused));
    }
}

// The tutorial's defect 15: anyone can be anyone.
#[tokio::test]
async fn nobody_gets_a_token_for_a_name_that_somebody_else_bears() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;

    for name in ["ada", "Ada", "ａｄａ", "аda"] {
        let answer = server.pass(name).token().await;
        let TokenAnswer::Refused(refusal) = answer else { panic!("{name}: {answer:?}") };
        assert_eq!(refusal.code, Refusal::NameTaken.code(), "{name}");
        assert_eq!(refusal.status, 409);
    }
    assert!(ada.state().is_online());
}

// The tutorial's defect 13: sign-out leaks the connection; signing in again keeps the old one.
#[tokio::test]
async fn signing_out_closes_every_socket_of_the_session_within_the_second() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let other_tab = server.tab_of(&ada).await;
    let mut program = program_of(&server, &ada).await;
    let old_token = ada.pass.good_token().await;

    ada.pass.sign_out().await;

    let second = std::time::Duration::from_secs(1);
    let closed = tokio::time::timeout(second, program.closed()).await;
    assert_eq!(closed.expect("within the second"), Some(CloseCode::SessionEnded));
    for tab in [&ada, &other_tab] {
        tab.so("is signed out", |client| {
            *client.state() == ConnectionState::Denied(Denial::SessionEnded)
        })
        .await;
    }
    grace.say("Ada?", "general").await;
    let mut again = Raw::open(server.address).await;
    again.hello(&old_token).await;
    assert_eq!(again.closed().await, Some(CloseCode::SessionEnded));

    let ada_again = server.guest("ada").await;
    ada_again.say("Here, as somebody new", "general").await;
    grace.hears("Here, as somebody new", "general").await;
}

#[tokio::test]
async fn a_backends_token_takes_over_a_leased_name_and_the_guest_is_told_why() {
    let server = TestServer::start().await;
    let guest = server.guest("ada").await;
    let first = guest.user();

    let ada = server.visitor("ada").await;

    guest
        .so("is told", |client| *client.state() == ConnectionState::Denied(Denial::NameTaken))
        .await;
    assert_ne!(ada.user(), first);
    ada.say("Under my own name", "general").await;
    let again = server.visitor("ada").await;
    assert_eq!(again.user(), ada.user(), "the same person, whoever's token it is");
    again.hears("Under my own name", "general").await;
}

#[tokio::test]
async fn a_socket_that_does_not_say_who_it_is_is_closed_after_five_seconds() {
    let (server, time) = TestServer::start_manual().await;
    let mut silent = Raw::open(server.address).await;
    let ada = server.guest("ada").await;

    time.advance(HELLO_MS);

    assert_eq!(silent.closed().await, Some(CloseCode::HelloMissing));
    ada.round_trip().await;
}

#[tokio::test]
async fn what_is_not_a_hello_is_no_way_to_begin() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let general = ada.channel("general").await;
    let too_long = "x".repeat(HELLO_BYTES_MAX);

    for first in [
        "{}".to_owned(),
        "not JSON".to_owned(),
        r#"{"probe":{}}"#.to_owned(),
        format!(r#"{{"hello":{{"token":"{too_long}"}}}}"#),
        format!(
            r#"{{"request":{{"ref":1,"command":{{"open_channel":{{"channel":"{general}"}}}}}}}}"#
        ),
    ] {
        let mut raw = Raw::open(server.address).await;
        raw.send_text(first.clone()).await;
        assert_eq!(raw.closed().await, Some(CloseCode::Malformed), "{first:.40}");
    }
}

#[tokio::test]
async fn what_the_protocol_does_not_know_ends_the_connection() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let token = ada.pass.good_token().await;
    let deep = "[".repeat(50_000);
    let huge = "x".repeat(300_000);

    for nonsense in ["{", "[]", r#"{"hello":{"token":"again"}}"#, &deep, &huge] {
        let (mut raw, _) = Raw::welcomed(server.address, &token).await;
        raw.send_text(nonsense).await;
        let code = raw.closed().await;
        assert!(matches!(code, Some(CloseCode::Malformed) | None), "{code:?}: {nonsense:.40}");
    }
    let (mut raw, _) = Raw::welcomed(server.address, &token).await;
    raw.send_bytes(vec![0, 159, 146, 150]).await;
    assert_eq!(raw.closed().await, Some(CloseCode::Malformed));
    ada.say("All is well", "general").await;
}

#[tokio::test]
async fn a_page_of_another_site_opens_no_socket() {
    let server = TestServer::start().await;
    let own = format!("http://{}", server.address);
    let opened = Raw::try_open(server.address, &[("origin", &own)]).await;
    assert!(opened.is_ok());

    for origin in
        ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1.evil.example"]
    {
        let refused = Raw::try_open(server.address, &[("origin", origin)]).await;
        let Err(Error::Http(response)) = refused else { panic!("{origin} was let in") };
        assert_eq!(response.status(), 403, "{origin}");
    }
}

#[tokio::test]
async fn one_person_has_only_so_many_connections() {
    let server = TestServer::start().await;
    let token = server.pass("ada").good_token().await;
    let mut sockets = Vec::new();
    for _ in 0..server::limits::CONNECTIONS_OF_USER_MAX {
        sockets.push(Raw::welcomed(server.address, &token).await.0);
    }

    let mut one_more = Raw::open(server.address).await;
    one_more.hello(&token).await;
    assert_eq!(one_more.closed().await, Some(CloseCode::TooMany));

    drop(sockets.pop());
    server.until_connections(sockets.len()).await;
    Raw::welcomed(server.address, &token).await;
}

#[tokio::test]
async fn the_server_has_only_so_many_connections() {
    let server = TestServer::start_with(Clock::System, |config| config.connections.all = 2).await;
    let token = server.pass("ada").good_token().await;
    let (first, _) = Raw::welcomed(server.address, &token).await;
    let _second = Raw::welcomed(server.address, &token).await;

    assert_eq!(refused(Raw::try_open(server.address, &[]).await), 503);
    let page = http::request(server.address, "GET /healthz", &[], "").await;
    assert_eq!(page.map(|page| page.status), Some(200), "others are served on");

    drop(first);
    opens_in_the_end(server.address, &[]).await;
}

#[tokio::test]
async fn one_address_has_only_so_many_connections_whoever_the_proxy_is() {
    let server = TestServer::start_with(Clock::System, |config| {
        config.connections.from_address = 2;
        config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a range")];
    })
    .await;
    let crowd = [("x-forwarded-for", "192.0.2.1")];
    let open = async || Raw::try_open(server.address, &crowd).await;
    let (first, _second) = (open().await.expect("a place"), open().await.expect("another"));

    assert_eq!(refused(open().await), 429);
    let others = Raw::try_open(server.address, &[("x-forwarded-for", "192.0.2.2")]).await;
    assert!(others.is_ok());

    drop(first);
    opens_in_the_end(server.address, &crowd).await;
}

#[tokio::test]
async fn a_running_server_takes_notice_of_keys_that_are_made_and_retired() {
    let (server, time) = TestServer::start_manual().await;
    let ada = server.guest("ada").await;
    let (old, old_key) = (server.backend_token("grace", 3_600), server.backend_key());
    let (mut stays, _) = Raw::welcomed(server.address, &old).await;
    let (mut renews, _) = Raw::welcomed(server.address, &old).await;

    server.change_keys(|keys| {
        keys.add(&server.clock);
    });
    time.advance(KEYS_PAUSE_MS);
    let noticed = async {
        while server.backend_key() == old_key {
            tokio::task::yield_now().await;
        }
    };
    soon("the new key is noticed", noticed).await;
    let token = server.backend_token("grace", 3_600);
    renews.accepted(Command::RenewToken { token }).await;
    stays.round_trip().await;

    server.change_keys(|keys| keys.retire(old_key, server.now()).expect("it is a backend's"));
    time.advance(KEYS_PAUSE_MS);

    assert_eq!(stays.closed().await, Some(CloseCode::TokenRefused));
    let mut again = Raw::open(server.address).await;
    again.hello(&old).await;
    let Came::Frame(ServerFrame::Refused(refusal)) = again.next().await else {
        panic!("a refusal was expected");
    };
    assert_eq!(refusal.code, Refusal::TokenIssuer.code());
    renews.round_trip().await;
    ada.round_trip().await;
}

/// The status with which a socket was refused.
fn refused(opened: Result<Raw, Error>) -> u16 {
    match opened {
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("a response was expected: {other:?}"),
        Ok(_) => panic!("it was let in"),
    }
}

/// A place is free a moment after the one who had it went.
async fn opens_in_the_end(server: SocketAddr, headers: &[(&'static str, &str)]) {
    let opening = async { while Raw::try_open(server, headers).await.is_err() {} };
    soon("a place is free", opening).await;
}

#[tokio::test]
async fn a_silent_server_says_that_it_is_there() {
    let (server, time) = TestServer::start_manual().await;
    let ada = server.guest("ada").await;
    let mut program = program_of(&server, &ada).await;
    program.send(&ClientFrame::Probe {}).await;
    program.round_trip().await;
    program.take_unheard();

    time.advance(chat::limits::HEARTBEAT_MS);

    let came = soon("a heartbeat comes", program.next()).await;
    assert!(matches!(came, Came::Frame(ServerFrame::Heartbeat {})), "{came:?}");
}

#[tokio::test]
async fn a_dead_connection_is_noticed_and_forgotten() {
    let (server, time) = TestServer::start_manual().await;
    let ada = server.guest("ada").await;
    let dead = program_of(&server, &ada).await;
    server.until_connections(2).await;

    // It is open, but nobody reads it, so that no pong comes. The page's own tab goes on.
    time.advance(server::limits::PING_MS);
    ada.client.feed(Input::Wake);
    ada.round_trip().await;
    time.advance(server::limits::PONG_MS);
    ada.client.feed(Input::Wake);
    ada.round_trip().await;

    server.until_connections(1).await;
    drop(dead);
}

#[tokio::test]
async fn a_token_of_a_backend_is_renewed_by_another_of_the_same_identity() {
    let server = TestServer::start().await;
    let token = server.backend_token("ada", 60);
    let pass = server.pass("ada");
    let ada = Person::arrive_with(server.address, pass, fixed(token.clone()), &server.clock).await;
    let (mut program, welcome) = Raw::welcomed(server.address, &token).await;
    assert_eq!(welcome.user, ada.user());
    assert_eq!(welcome.session, None);

    let longer = server.backend_token("ada", 3_600);
    program.accepted(Command::RenewToken { token: longer }).await;
    let other = server.backend_token("grace", 3_600);
    let refusal = program.refused(Command::RenewToken { token: other }).await;
    assert_eq!(refusal.code, Refusal::OtherUser.code());
}
