use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use chat::{Refusal, Timestamp};
use futures_util::{FutureExt, Stream, StreamExt, stream};
use http::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN};
use http::{Request, StatusCode};
use hyper::body::{Frame, SizeHint};
use serde_json::json;

use crate::house::{Answer, House};
use crate::limits::{BODY_MS, REQUEST_BYTES_MAX};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn refused(answer: &Answer, refusal: Refusal) {
    assert_eq!(answer.status.as_u16(), refusal.status(), "{}", answer.body);
    assert_eq!(answer.json()["code"], u64::from(refusal.code()), "{}", answer.body);
}

#[tokio::test]
async fn a_token_comes_for_a_free_name_as_in_the_tutorial() {
    let house = House::open().await;
    let by_form = house.form("/token", "", "identity=ada").await;
    assert_eq!(by_form.status, StatusCode::OK, "{}", by_form.body);
    let answer = by_form.json();
    assert_eq!(answer["identity"], "ada");
    let token = answer["token"].as_str().expect("a token");
    assert_eq!(house.state.tokens.verify(token, NOW).expect("good").identity.as_str(), "ada");
    assert!(by_form.cookie().is_some());
    assert_eq!(by_form.header("cache-control"), Some("no-store"));

    let by_json = house.json("/token", "", &json!({"identity": "grace"})).await;
    assert_eq!(by_json.json()["identity"], "grace");
}

#[tokio::test]
async fn nobody_gets_a_token_for_another_ones_name() {
    let house = House::open().await;
    let cookie = house.form("/token", "", "identity=ada").await.cookie().expect("a session");
    refused(&house.form("/token", "", "identity=ada").await, Refusal::NameTaken);
    refused(&house.form("/token", "", "identity=ADA").await, Refusal::NameTaken);
    refused(&house.form("/token", &cookie, "identity=grace").await, Refusal::OtherUser);
    let again = house.form("/token", &cookie, "identity=ada").await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.cookie(), None);
}

#[tokio::test]
async fn a_name_that_does_not_do_is_refused() {
    let house = House::open().await;
    refused(&house.form("/token", "", "").await, Refusal::IdentityMissing);
    refused(&house.form("/token", "", "identity=+").await, Refusal::IdentityMissing);
    refused(&house.form("/token", "", "identity=x").await, Refusal::NameTooShort);
    refused(&house.json("/token", "", &json!({"identity": 7})).await, Refusal::BadParameter);
    refused(&house.json("/token", "", &json!("ada")).await, Refusal::BadParameter);
    let closed = House::with(|all| all.guests = Some("false".to_owned())).await;
    refused(&closed.form("/token", "", "identity=ada").await, Refusal::GuestsOff);
}

#[tokio::test]
async fn a_program_needs_no_origin_but_brings_no_cookie() {
    let house = House::open().await;
    let program = |cookie: &str| {
        Request::post("/token")
            .header(HOST, "yoriai.internal")
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(r#"{"identity": "robot"}"#))
    };
    let mut without = program("x=y");
    if let Ok(request) = &mut without {
        request.headers_mut().remove(COOKIE);
    }
    refused(&house.answer(program("__Host-yoriai=abc")).await, Refusal::OriginRefused);
    assert_eq!(house.answer(without).await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let house = House::open().await;
    let cookie = house.form("/token", "", "identity=ada").await.cookie().expect("a session");
    for (path, body) in [
        ("/token", "identity=eve"),
        ("/sign-in", "name=eve&way=guest"),
        ("/sign-out", ""),
        ("/preferences", "theme=dark"),
        ("/api/sign_in", r#"{"credentials":{"name":"eve"}}"#),
        ("/api/sign_out", "{}"),
        ("/api/access_token", "{}"),
    ] {
        for origin in ["https://evil.example", "null", "http://127.0.0.1:3001"] {
            let request = Request::post(path)
                .header(HOST, "127.0.0.1:3000")
                .header(ORIGIN, origin)
                .header(COOKIE, &cookie)
                .header(CONTENT_TYPE, "text/plain")
                .body(Body::from(body));
            let answer = house.answer(request).await;
            refused(&answer, Refusal::OriginRefused);
            assert!(
                answer.json()["message"].as_str().is_some_and(|text| text.contains("--public-url"))
            );
        }
    }
    assert!(house.knows("ada").await);
    assert!(!house.knows("eve").await);
}

#[tokio::test]
async fn nothing_is_changed_by_reading() {
    let house = House::open().await;
    for path in ["/token?identity=eve", "/sign-out", "/preferences", "/api/sign_out"] {
        assert_eq!(house.get(path, "").await.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    let start = house.get("/sign-in?name=eve", "").await;
    assert_eq!(start.status, StatusCode::SEE_OTHER);
    assert!(!house.knows("eve").await);
}

#[tokio::test]
async fn every_answer_keeps_other_sites_out() {
    let house = House::open().await;
    for path in ["/", "/channels/general", "/healthz", "/readyz", "/gone", "/pkg/gone.js"] {
        let answer = house.get(path, "").await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        let policy = answer.header("content-security-policy").expect("there");
        assert!(policy.contains("default-src 'none'"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
    }
    let page = house.get("/", "").await;
    let policy = page.header("content-security-policy").expect("there");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
    assert!(page.body.contains(&format!("nonce=\"{}\"", nonce.expect("there"))), "{policy}");
    let again = house.get("/", "").await;
    assert_ne!(again.header("content-security-policy"), Some(policy));
}

#[tokio::test]
async fn a_page_under_a_foreign_host_names_the_setting() {
    let house = House::open().await;
    let request = Request::get("/")
        .header(HOST, "chat.example")
        .header("sec-fetch-site", "none")
        .header("sec-fetch-mode", "navigate")
        .body(Body::empty());
    let answer = house.answer(request).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("--public-url"), "{}", answer.body);
}

#[tokio::test]
async fn what_is_not_there_is_404_and_never_the_page() {
    let house = House::open().await;
    for path in ["/gone", "/pkg/yoriai.gone.js", "/channels/a/b", "/api", "/.env"] {
        let answer = house.get(path, "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.body.contains("<html"), "{path}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_whether_it_says_so_itself_or_not() {
    let house = House::open().await;
    let long = "x".repeat(REQUEST_BYTES_MAX + 1);
    for path in ["/token", "/sign-in", "/api/sign_in"] {
        let told = house.form(path, "", &long).await;
        assert_eq!(told.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        let found = house.in_pieces(path, pieces(&long)).await;
        assert_eq!((found.status, &found.body), (told.status, &told.body), "{path}");
    }
    let just_fits = format!("identity=ada&rest={}", "x".repeat(REQUEST_BYTES_MAX - 18));
    assert_eq!(just_fits.len(), REQUEST_BYTES_MAX);
    let answer = house.in_pieces("/token", pieces(&just_fits)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test]
async fn a_body_that_says_it_is_too_long_is_not_read() {
    let house = House::open().await;
    let request = Request::post("/token").header(HOST, "yoriai.internal").body(Body::new(Endless));
    let answer = house.answer(request).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.body);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_waited_for_only_so_long() {
    let house = House::open().await;
    let begun = stream::once(async { Ok("identity=a".into()) });
    let (early, late) = (BODY_MS - 1, 1);
    let mut asking = pin!(house.in_pieces("/token", begun.chain(stream::pending())));
    for milliseconds in [0, early] {
        house.clock.advance(milliseconds);
        let answer = (&mut asking).now_or_never();
        assert!(answer.is_none(), "{answer:?}");
    }
    house.clock.advance(late);
    assert_eq!(asking.await.status, StatusCode::REQUEST_TIMEOUT);
}

type Piece = Result<Bytes, Infallible>;

fn pieces(text: &str) -> impl Stream<Item = Piece> + Send + 'static {
    let pieces: Vec<Piece> =
        text.as_bytes().chunks(1_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

/// Says that it is too long, and must not be asked for more.
struct Endless;

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        panic!("it is read")
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::MAX)
    }
}

#[tokio::test]
async fn a_server_on_its_way_out_is_not_ready() {
    let house = House::open().await;
    assert_eq!(house.get("/readyz", "").await.status, StatusCode::OK);
    house.state.health.drain();
    assert_eq!(house.get("/readyz", "").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(house.get("/healthz", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_choice_of_theme_and_language_is_remembered() {
    let house = House::open().await;
    let chosen = house.form("/preferences", "", "theme=dark&language=ja").await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER);
    let cookies: Vec<&str> = chosen
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|text| text.to_str().ok()?.split(';').next())
        .collect();
    assert_eq!(cookies, ["language=ja", "theme=dark"]);
    let page = house.get("/", &cookies.join("; ")).await;
    assert!(page.body.contains("<html lang=\"ja\" data-theme=\"dark\""), "{}", page.body);
}
