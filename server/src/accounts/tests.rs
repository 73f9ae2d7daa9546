use chat::{Refusal, Timestamp};
use http::StatusCode;
use serde_json::{Value, json};

use crate::house::{Answer, House};

async fn guest(house: &House, name: &str) -> String {
    let entered = house.form("/sign-in", "", &format!("name={name}&way=guest")).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.body);
    entered.cookie().expect("a session")
}

async fn call(house: &House, function: &str, cookie: &str, arguments: Value) -> Answer {
    let answer = house.json(&format!("/api/{function}"), cookie, &arguments).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer
}

fn code(refusal: Refusal) -> u64 {
    refusal.code().into()
}

#[tokio::test]
async fn a_guest_comes_in_by_the_plain_form() {
    let house = House::open().await;
    let entered = house.form("/sign-in", "", "name=+Ada+&way=guest&password=").await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    assert_eq!(entered.header("location"), Some("/"));
    let cookie = entered.cookie().expect("a session");
    let page = house.get("/", &cookie).await;
    assert!(page.body.contains("data-identity=\"Ada\""), "{}", page.body);
    let stranger = house.get("/", "").await;
    assert!(!stranger.body.contains("data-identity"));
}

#[tokio::test]
async fn a_refused_form_comes_back_with_the_reason_and_the_name() {
    let house = House::open().await;
    let refused = |form| house.form("/sign-in", "", form);
    let blank = refused("name=+&way=guest").await;
    assert_eq!(blank.status, StatusCode::BAD_REQUEST);
    assert!(blank.body.contains("aria-invalid"), "{}", blank.body);

    guest(&house, "Ada").await;
    let taken = refused("name=%D0%90d%D0%B0&way=guest").await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert!(taken.body.contains("value=\"Аdа\""), "{}", taken.body);
    assert!(taken.body.contains("Аdа 2"), "{}", taken.body);
    assert_eq!(taken.cookie(), None);
    assert_eq!(taken.header("cache-control"), Some("no-store"));

    let reserved = refused("name=Admin&way=guest").await;
    assert_eq!(reserved.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_same_form_sent_twice_is_no_other_person() {
    let house = House::open().await;
    let cookie = guest(&house, "ada").await;
    let again = house.form("/sign-in", &cookie, "name=ada&way=guest").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_eq!(again.cookie(), None);
    let other = house.form("/sign-in", "", "name=ada&way=guest").await;
    assert_eq!(other.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn another_name_in_the_same_browser_frees_the_first() {
    let house = House::open().await;
    let cookie = guest(&house, "ada").await;
    let renamed = house.form("/sign-in", &cookie, "name=grace&way=guest").await;
    assert_eq!(renamed.status, StatusCode::SEE_OTHER);
    assert!(!house.knows("ada").await);
    assert!(house.knows("grace").await);
}

#[tokio::test]
async fn an_account_comes_in_with_its_password_only() {
    let house = House::with(|all| all.guests = Some("false".to_owned())).await;
    house.account("ada", "correct horse").await;
    let wrong = house.form("/sign-in", "", "name=ada&way=account&password=correct+cow").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(!wrong.body.contains("correct cow"));
    let unknown = house.form("/sign-in", "", "name=eve&way=account&password=correct+horse").await;
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED);
    let none = house.form("/sign-in", "", "name=ada&way=account").await;
    assert_eq!(none.status, StatusCode::UNAUTHORIZED);
    let as_guest = house.form("/sign-in", "", "name=eve&way=guest").await;
    assert_eq!(as_guest.status, StatusCode::UNAUTHORIZED);
    assert!(!house.knows("eve").await);

    let right = house.form("/sign-in", "", "name=ada&way=account&password=correct+horse").await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
    let cookie = right.cookie().expect("a session");
    let again = "name=ada&way=account&password=correct+horse";
    let again = house.form("/sign-in", &cookie, again).await;
    assert_eq!((again.status, again.cookie()), (StatusCode::SEE_OTHER, None));
}

#[tokio::test]
async fn an_accounts_name_is_not_leased() {
    let house = House::open().await;
    house.account("ada", "correct horse").await;
    let refused = call(&house, "sign_in", "", json!({"credentials": {"name": "ada"}})).await;
    assert_eq!(refused.json()["Err"]["refusal"]["code"], code(Refusal::NameHasAccount));
}

#[tokio::test]
async fn who_guesses_passwords_is_told_when_to_come_back() {
    let house = House::with(|all| all.rate_passwords = Some("6/min, burst 2".to_owned())).await;
    house.account("ada", "correct horse").await;
    let guess = || house.form("/sign-in", "", "name=ada&way=account&password=wrong+horse");
    assert_eq!(guess().await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(guess().await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(guess().await.status, StatusCode::TOO_MANY_REQUESTS);
    house.clock.advance(10_000);
    assert_eq!(guess().await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_page_gets_a_token_only_for_its_own_session() {
    let house = House::open().await;
    let nobody = call(&house, "access_token", "", json!({})).await;
    assert_eq!(nobody.json()["Err"]["refusal"]["code"], code(Refusal::SessionEnded));

    let entered = call(&house, "sign_in", "", json!({"credentials": {"name": "ada"}})).await;
    assert_eq!(entered.json(), json!({"Ok": "ada"}));
    let cookie = entered.cookie().expect("a session");
    let answer = call(&house, "access_token", &cookie, json!({})).await.json();
    assert_eq!(answer["Ok"]["identity"], "ada");
    let now = Timestamp(1_700_000_000_000);
    assert_eq!(answer["Ok"]["expires_at"], now.plus(3_600_000).0);
    let token = answer["Ok"]["token"].as_str().expect("a token");
    let bearer = house.state.tokens.verify(token, now).expect("good");
    assert_eq!(bearer.identity.as_str(), "ada");
    assert!(bearer.own.is_some());
}

#[tokio::test]
async fn signing_out_ends_the_session_and_frees_the_name() {
    let house = House::open().await;
    let cookie = guest(&house, "ada").await;
    let out = call(&house, "sign_out", &cookie, json!({})).await;
    assert_eq!(out.json(), json!({"Ok": null}));
    assert_eq!(out.cookie().as_deref(), Some("__Host-yoriai="));
    let token = call(&house, "access_token", &cookie, json!({})).await;
    assert_eq!(token.json()["Err"]["refusal"]["code"], code(Refusal::SessionEnded));
    assert!(!house.knows("ada").await);

    let cookie = guest(&house, "ada").await;
    let out = house.form("/sign-out", &cookie, "").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert!(!house.knows("ada").await);
}

#[tokio::test]
async fn a_session_ends_after_its_days() {
    let house = House::open().await;
    let cookie = guest(&house, "ada").await;
    house.clock.advance(crate::limits::SESSION_DAYS * 24 * 60 * 60 * 1_000 - 1);
    assert!(house.get("/", &cookie).await.body.contains("data-identity"));
    house.clock.advance(1);
    assert!(!house.get("/", &cookie).await.body.contains("data-identity"));
}
