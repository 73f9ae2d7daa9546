//! The page's plain forms. They work before the app has arrived, and without it.

use app::account::Credentials;
use axum::Form;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use http::header::{HOST, REFERER, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use serde::Deserialize;

use super::{RefusedForm, respond};
use crate::accounts::{Refused, enter, leave};
use crate::doors::Caller;
use crate::rest::Failure;
use crate::sessions::Visitor;
use crate::state::AppState;

pub(super) const LANGUAGE_COOKIE: &str = "language";
pub(super) const THEME_COOKIE: &str = "theme";
pub(super) const THEMES: [&str; 2] = ["light", "dark"];

/// Seconds that a choice is remembered (a year).
const CHOICE_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The sign-in card.
#[derive(Deserialize)]
pub struct SignInForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    /// `guest` or `account`.
    #[serde(default)]
    way: String,
}

/// The switches for theme and language.
#[derive(Deserialize)]
pub struct Preferences {
    language: Option<String>,
    theme: Option<String>,
}

/// `POST /sign-in`: in, and back to the page; or the page again, with the reason.
pub async fn sign_in(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Response {
    let password = (form.way == "account").then_some(form.password);
    let credentials = Credentials { name: form.name, password };
    match enter(&state, &credentials, &visitor, caller).await {
        Ok(entered) => {
            let cookie = entered.secret.map(|secret| (SET_COOKIE, state.cookie.set(&secret)));
            (AppendHeaders(cookie), back(&headers)).into_response()
        }
        Err(refused) => refused_page(&state, &headers, refused, credentials.name),
    }
}

fn refused_page(
    state: &AppState,
    headers: &HeaderMap,
    refused: Refused,
    typed_name: String,
) -> Response {
    let refused = RefusedForm { refusal: refused.to_page(), typed_name };
    let status = StatusCode::from_u16(refused.refusal.refusal.status);
    respond(state, headers, status.unwrap_or(StatusCode::BAD_REQUEST), |page| {
        page.refusal = Some(refused.refusal);
        page.typed_name = refused.typed_name;
    })
}

/// `POST /sign-out`: out, in every tab.
pub async fn sign_out(
    State(state): State<AppState>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    if let Visitor(Some(session)) = visitor {
        leave(&state, &session).await?;
    }
    let cookie = AppendHeaders([(SET_COOKIE, state.cookie.clear())]);
    Ok((cookie, Redirect::to("/")).into_response())
}

/// `POST /preferences`: remembers what the browser chose, and nothing else.
pub async fn preferences(headers: HeaderMap, Form(chosen): Form<Preferences>) -> Response {
    let language = chosen.language.as_deref().and_then(app::wording::Language::from_tag);
    let language = language.map(|language| choice(LANGUAGE_COOKIE, Some(language.tag())));
    let theme = chosen.theme.as_deref().map(|theme| {
        let known = THEMES.into_iter().find(|known| *known == theme);
        choice(THEME_COOKIE, known)
    });
    let cookies = language.into_iter().chain(theme).map(|cookie| (SET_COOKIE, cookie));
    (AppendHeaders(cookies), back(&headers)).into_response()
}

/// `GET /sign-in`: a refused form's address, opened anew.
pub async fn start() -> Redirect {
    Redirect::to("/")
}

/// A cookie that the page's own code may read and write as well.
fn choice(name: &str, value: Option<&str>) -> HeaderValue {
    let seconds = if value.is_some() { CHOICE_SECONDS } else { 0 };
    let value = value.unwrap_or_default();
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax");
    HeaderValue::from_str(&text).expect("our own words go into a header")
}

/// To the page that the form was on, if it is one of the app's.
fn back(headers: &HeaderMap) -> Redirect {
    Redirect::to(&page_before(headers).unwrap_or_else(|| "/".to_owned()))
}

fn page_before(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let before: Uri = text(REFERER)?.parse().ok()?;
    let here = before.authority()?.as_str() == text(HOST)?;
    (here && before.path().starts_with("/channels")).then(|| before.path().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(referer: &'static str) -> Option<String> {
        page_before(&HeaderMap::from_iter([
            (HOST, HeaderValue::from_static("chat.example")),
            (REFERER, HeaderValue::from_static(referer)),
        ]))
    }

    #[test]
    fn a_form_leads_back_to_the_page_it_was_on_and_to_no_other_site() {
        assert_eq!(before("https://chat.example/channels/water"), Some("/channels/water".into()));
        assert_eq!(before("https://chat.example/sign-in"), None);
        assert_eq!(before("https://evil.example/channels/x"), None);
        assert_eq!(before("https://chat.example//evil.example/channels"), None);
        assert_eq!(before("nonsense"), None);
    }

    #[test]
    fn a_choice_is_remembered_or_forgotten() {
        assert_eq!(
            choice("theme", Some("dark")),
            "theme=dark; Path=/; Max-Age=31536000; SameSite=Lax"
        );
        assert_eq!(choice("theme", None), "theme=; Path=/; Max-Age=0; SameSite=Lax");
    }
}
