//! The page: the one document that people open, whatever its path.

pub mod forms;

use app::account::AccountRefusal;
use app::shell::{ShellPage, render};
use app::wording::Language;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chat::Identity;
use http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST};
use http::{HeaderMap, StatusCode};

use crate::clock::random_bytes;
use crate::config::host_of;
use crate::headers::page_policy;
use crate::rest::Failure;
use crate::sessions::{Visitor, cookie};
use crate::site::{self, Assets};
use crate::state::AppState;

/// What the page says where the app is missing.
const NOT_BUILT: &str =
    "The web app was not built into this server. Run bin/serve, or cargo leptos watch.";

/// A refused form: why, and the name as it was typed.
struct RefusedForm {
    refusal: AccountRefusal,
    typed_name: String,
}

/// `GET /` and every page of the app.
pub async fn page(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let signed_in = visitor.0.map(|session| session.user.identity);
    Ok(respond(&state, &headers, StatusCode::OK, |page| page.signed_in = signed_in))
}

fn respond(
    state: &AppState,
    headers: &HeaderMap,
    status: StatusCode,
    fill: impl FnOnce(&mut ShellPage),
) -> Response {
    let Some(assets) = (state.assets)() else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(CACHE_CONTROL, "no-store")], NOT_BUILT)
            .into_response();
    };
    let mut page = empty(state, headers, assets);
    fill(&mut page);
    written(&page, headers, status)
}

/// The page as anybody gets it, with this browser's theme and language.
fn empty(state: &AppState, headers: &HeaderMap, assets: Assets) -> ShellPage {
    ShellPage {
        language: language(headers).tag().to_owned(),
        theme: theme(headers).map(str::to_owned),
        server_name: state.config.name.clone(),
        host_line: state.config.host_line.clone(),
        guests: state.config.guests,
        signed_in: None::<Identity>,
        refusal: None,
        typed_name: String::new(),
        nonce: STANDARD.encode(random_bytes::<16>()),
        script_path: assets.script,
        wasm_path: assets.wasm,
        style_path: assets.style,
        version: site::version().to_owned(),
        reload_port: state.reload_port,
    }
}

fn written(page: &ShellPage, headers: &HeaderMap, status: StatusCode) -> Response {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let reload = page.reload_port.map(|port| (host_of(host), port));
    let mut response = (status, Html(render(page))).into_response();
    response.headers_mut().insert(CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, page_policy(&page.nonce, reload));
    response
}

/// What was chosen on the page, or else in the browser.
fn language(headers: &HeaderMap) -> Language {
    cookie(headers, forms::LANGUAGE_COOKIE).and_then(Language::from_tag).unwrap_or_else(|| {
        let wishes = headers.get(ACCEPT_LANGUAGE).and_then(|wishes| wishes.to_str().ok());
        wishes.map(Language::from_accept_language).unwrap_or_default()
    })
}

fn theme(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, forms::THEME_COOKIE).filter(|theme| forms::THEMES.contains(theme))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::COOKIE;

    use super::*;

    fn headers(cookies: &'static str, languages: &'static str) -> HeaderMap {
        HeaderMap::from_iter([
            (COOKIE, HeaderValue::from_static(cookies)),
            (ACCEPT_LANGUAGE, HeaderValue::from_static(languages)),
        ])
    }

    #[test]
    fn the_browsers_language_counts_until_one_is_chosen() {
        assert_eq!(language(&headers("", "ja,en;q=0.5")), Language::Japanese);
        assert_eq!(language(&headers("language=en", "ja,en;q=0.5")), Language::English);
        assert_eq!(language(&headers("language=xx", "ja")), Language::Japanese);
        assert_eq!(language(&HeaderMap::new()), Language::English);
    }

    #[test]
    fn a_theme_is_one_of_ours() {
        assert_eq!(theme(&headers("theme=dark", "")), Some("dark"));
        assert_eq!(theme(&headers("theme=\"><script>", "")), None);
        assert_eq!(theme(&HeaderMap::new()), None);
    }
}
