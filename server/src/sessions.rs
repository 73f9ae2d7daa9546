//! The session cookie: a secret that only the browser keeps. The store knows its hash.

use std::fmt;

use axum::extract::FromRequestParts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::COOKIE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

use crate::clock::random_bytes;
use crate::config::PublicUrl;
use crate::limits::{SESSION_DAYS, SESSION_SECRET_BYTES_MAX};
use crate::queries;
use crate::rest::Failure;
use crate::state::AppState;
use crate::store::Session;

/// What the browser keeps. It never shows in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionSecret(String);

impl SessionSecret {
    /// One that nobody can guess.
    pub fn fresh() -> Self {
        Self(URL_SAFE_NO_PAD.encode(random_bytes::<32>()))
    }

    /// What the store keeps of it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What the cookie is called, and whether it travels only encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionCookie {
    /// Browsers take it over https, and from this very machine.
    Secure,
    /// For a plain-http address in a network that one trusts.
    Plain,
}

impl SessionCookie {
    /// The one that browsers accept under this address.
    pub fn under(url: &PublicUrl) -> Self {
        if url.is_https() || url.is_loopback() { Self::Secure } else { Self::Plain }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Secure => "__Host-yoriai",
            Self::Plain => "yoriai",
        }
    }

    /// The header that gives the browser its secret.
    pub fn set(self, secret: &SessionSecret) -> HeaderValue {
        self.header(&secret.0, SESSION_DAYS * 24 * 60 * 60)
    }

    /// The header that takes it away.
    pub fn clear(self) -> HeaderValue {
        self.header("", 0)
    }

    fn header(self, value: &str, seconds: i64) -> HeaderValue {
        let secure = match self {
            Self::Secure => "; Secure",
            Self::Plain => "",
        };
        let text = format!(
            "{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}",
            self.name()
        );
        HeaderValue::from_str(&text).expect("base64 goes into a header")
    }

    /// The secret that a request brings along.
    pub fn secret_in(self, headers: &HeaderMap) -> Option<SessionSecret> {
        let value = cookie(headers, self.name())?;
        let plausible = !value.is_empty() && value.len() <= SESSION_SECRET_BYTES_MAX;
        plausible.then(|| SessionSecret(value.to_owned()))
    }
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Whose session a request belongs to, if to any.
#[derive(Clone, Debug)]
pub struct Visitor(pub Option<Session>);

impl Visitor {
    /// The session behind a secret, if it still lives.
    pub async fn with(state: &AppState, secret: Option<SessionSecret>) -> Result<Self, Failure> {
        let Some(secret) = secret else { return Ok(Self(None)) };
        let (hash, now) = (secret.hash(), state.clock.now());
        let session =
            state.home().store.read(move |tx| queries::session::session(tx, &hash, now)).await?;
        Ok(Self(session))
    }
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let secret = state.cookie.secret_in(&parts.headers);
        Self::with(state, secret).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn under(url: &str) -> SessionCookie {
        SessionCookie::under(&url.parse().expect("an address"))
    }

    fn headers(cookies: &[&str]) -> HeaderMap {
        let value = |text: &&str| HeaderValue::from_str(text).expect("a header");
        cookies.iter().map(|text| (COOKIE, value(text))).collect()
    }

    #[test]
    fn the_cookie_is_secure_wherever_browsers_take_it() {
        assert_eq!(under("https://chat.example"), SessionCookie::Secure);
        assert_eq!(under("http://localhost:3000"), SessionCookie::Secure);
        assert_eq!(under("http://192.168.1.5:3000"), SessionCookie::Plain);
        let set = SessionCookie::Secure.set(&SessionSecret("abc".to_owned()));
        assert_eq!(
            set,
            "__Host-yoriai=abc; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            SessionCookie::Plain.clear(),
            "yoriai=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn the_secret_comes_back_from_among_other_cookies() {
        let found = |cookies: &[&str]| SessionCookie::Secure.secret_in(&headers(cookies));
        let secret = Some(SessionSecret("abc".to_owned()));
        assert_eq!(found(&["theme=dark; __Host-yoriai=abc; x=y"]), secret);
        assert_eq!(found(&["theme=dark", "__Host-yoriai=abc"]), secret);
        assert_eq!(found(&["yoriai=abc; x__Host-yoriai=abc"]), None);
        assert_eq!(found(&["__Host-yoriai="]), None);
        assert_eq!(found(&[&format!("__Host-yoriai={}", "x".repeat(10_000))]), None);
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn secrets_differ_and_never_show() {
        let (one, other) = (SessionSecret::fresh(), SessionSecret::fresh());
        assert_ne!(one.hash(), other.hash());
        assert_eq!(one.0.len(), 43);
        assert_eq!(format!("{one:?}"), "[redacted]");
    }
}
