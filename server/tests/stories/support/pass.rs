//! How a browser gets in: the name it leases, the cookie it keeps, the tokens it fetches.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use chat::refusal::WireRefusal;
use client::socket::native::{TokenAnswer, TokenSource};

use super::http;

/// What a browser keeps of its visits: the session's cookie.
#[derive(Clone)]
pub(crate) struct Pass {
    server: SocketAddr,
    pub(super) name: String,
    cookie: Arc<Mutex<Option<String>>>,
}

impl Pass {
    /// A browser that was never here before, of somebody with this name.
    pub(crate) fn new(server: SocketAddr, name: &str) -> Self {
        Self { server, name: name.to_owned(), cookie: Arc::default() }
    }

    /// Gets a token as the page does: the first time the name is leased.
    pub(crate) async fn token(&self) -> TokenAnswer {
        let cookie = self.cookie.lock().expect("nobody panicked").clone();
        let mut headers = vec![("Content-Type", "application/json")];
        let origin = format!("http://{}", self.server);
        headers.push(("Origin", &origin));
        if let Some(cookie) = &cookie {
            headers.push(("Cookie", cookie));
        }
        let body = serde_json::json!({ "identity": self.name }).to_string();
        let Some(response) = http::request(self.server, "POST /token", &headers, &body).await
        else {
            return TokenAnswer::Unreachable;
        };
        if response.status != 200 {
            return match serde_json::from_value::<WireRefusal>(response.json()) {
                Ok(refusal) => TokenAnswer::Refused(refusal),
                Err(_) => TokenAnswer::Unreachable,
            };
        }
        if let Some(set) = response.header("set-cookie") {
            let pair = set.split(';').next().unwrap_or_default().to_owned();
            *self.cookie.lock().expect("nobody panicked") = Some(pair);
        }
        let token = response.json()["token"].as_str().expect("a token").to_owned();
        TokenAnswer::Token { token, expires_at: None }
    }

    /// The cookie of its session, as it is sent; nothing before the first token.
    pub(crate) fn cookie(&self) -> Option<String> {
        self.cookie.lock().expect("nobody panicked").clone()
    }

    /// Signs out, as the page's own form does.
    pub(crate) async fn sign_out(&self) {
        let cookie = self.cookie.lock().expect("nobody panicked").take().expect("signed in");
        let origin = format!("http://{}", self.server);
        let headers = [("Origin", origin.as_str()), ("Cookie", cookie.as_str())];
        let response = http::request(self.server, "POST /sign-out", &headers, "").await;
        assert_eq!(response.expect("the server is there").status, 303);
    }

    /// A token that must be given.
    pub(crate) async fn good_token(&self) -> String {
        match self.token().await {
            TokenAnswer::Token { token, .. } => token,
            other => panic!("a token was expected: {other:?}"),
        }
    }

    /// Where this browser's client gets its tokens.
    pub(crate) fn source(&self) -> TokenSource {
        let pass = self.clone();
        Arc::new(move || {
            let pass = pass.clone();
            Box::pin(async move { pass.token().await })
        })
    }
}

/// A token that somebody else made.
pub(crate) fn fixed(token: String) -> TokenSource {
    Arc::new(move || {
        let token = token.clone();
        Box::pin(async move { TokenAnswer::Token { token, expires_at: None } })
    })
}
