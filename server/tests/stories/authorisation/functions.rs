//! The page's own functions: they are for the session whose cookie comes along, and only for that.

use super::stage::Stage;
use super::{INSIDE, NOWHERE, OUTSIDE, row};
use crate::support::{TestServer, http};

/// The rows about them. Everybody shows what they have: who has no session shows their token.
pub(super) async fn rows(server: &TestServer, stage: &Stage) -> String {
    let mut rows = String::new();
    for (name, function, body) in [
        ("access_token", "POST /api/access_token", "{}"),
        ("sign_in as another", "POST /api/sign_in", r#"{"credentials":{"name":"member"}}"#),
        ("token of another", "POST /token", r#"{"identity":"member"}"#),
        ("sign_out", "POST /api/sign_out", "{}"),
        ("access_token afterwards", "POST /api/access_token", "{}"),
    ] {
        let mut cells = Vec::new();
        for actor in INSIDE.into_iter().chain(OUTSIDE) {
            cells.push(answer(server, function, &stage.cookie(actor), body).await);
        }
        cells.push(NOWHERE.to_owned());
        rows += &row("page", name, "function", &cells);
    }
    rows
}

#[tokio::test]
async fn a_cookie_that_was_touched_is_none() {
    let server = TestServer::start().await;
    let guest = server.pass("guest");
    guest.good_token().await;
    let cookie = guest.cookie().expect("a session");
    let ask = async |cookie: String| answer(&server, "POST /api/access_token", &cookie, "{}").await;
    assert_eq!(ask(cookie.clone()).await, "ok");
    for touched in
        [format!("{cookie}x"), cookie.replace('=', "=' OR 1=1 --"), cookie.to_uppercase()]
    {
        assert_eq!(ask(touched).await, "60010");
    }
}

async fn answer(server: &TestServer, function: &str, cookie: &str, body: &str) -> String {
    let origin = format!("http://{}", server.address);
    let mut headers = vec![("Content-Type", "application/json"), ("Origin", origin.as_str())];
    if !cookie.is_empty() {
        headers.push(("Cookie", cookie));
    }
    let response = http::request(server.address, function, &headers, body).await;
    let response = response.expect("it answers");
    let said = response.json();
    let refusal = said.pointer("/Err/refusal").unwrap_or(&said);
    match refusal.get("code") {
        Some(code) => code.to_string(),
        None => {
            assert_eq!(response.status, 200, "{function}: {response:?}");
            "ok".to_owned()
        }
    }
}
