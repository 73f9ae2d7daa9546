//! A site's backend, which speaks to the REST API with the account's credentials.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use server::keys::Keys;

use super::http::{self, Response};
use super::soon;

/// Whoever holds the credentials.
pub(crate) struct Backend {
    address: SocketAddr,
    authorization: String,
    service: String,
}

impl Backend {
    /// One with the account's own auth token.
    pub(crate) async fn of(address: SocketAddr, keys: &Keys) -> Self {
        let auth_token = keys.auth_token.as_ref().expect("made at first start").reveal();
        let mut backend = Self::with(address, &keys.account_sid.to_string(), auth_token);
        let services = backend.get("/v2/Services").await.json();
        backend.service = services["services"][0]["sid"].as_str().expect("a SID").to_owned();
        backend
    }

    /// One that says these credentials.
    pub(crate) fn with(address: SocketAddr, name: &str, secret: &str) -> Self {
        let encoded = STANDARD.encode(format!("{name}:{secret}"));
        Self { address, authorization: format!("Basic {encoded}"), service: String::new() }
    }

    /// The same, for another service.
    pub(crate) fn of_service(&self, service: &str) -> Self {
        Self { authorization: self.authorization.clone(), service: service.to_owned(), ..*self }
    }

    /// The SID of the service.
    pub(crate) fn service(&self) -> &str {
        &self.service
    }

    /// Where something in the service is.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v2/Services/{}{rest}", self.service)
    }

    /// Asks at a whole path, or at an address that the API gave.
    pub(crate) async fn get(&self, path: &str) -> Response {
        let path = path.strip_prefix(&format!("http://{}", self.address)).unwrap_or(path);
        self.asks("GET", path, "").await
    }

    /// What is there, which must be something.
    pub(crate) async fn finds(&self, rest: &str) -> Value {
        let answer = self.get(&self.path(rest)).await;
        assert_eq!(answer.status, 200, "{rest}: {answer:?}");
        answer.json()
    }

    /// Sends a form.
    pub(crate) async fn posts(&self, rest: &str, form: &[(&str, &str)]) -> Response {
        let form = serde_html_form::to_string(form).expect("plain texts");
        self.asks("POST", &self.path(rest), &form).await
    }

    /// Sends a form, and lets the webhooks hear of what it does.
    pub(crate) async fn posts_telling(&self, rest: &str, form: &[(&str, &str)]) -> Response {
        let form = serde_html_form::to_string(form).expect("plain texts");
        self.asks_with("POST", &self.path(rest), &form, ("X-Twilio-Webhook-Enabled", "true")).await
    }

    /// Makes what must be made.
    pub(crate) async fn makes(&self, rest: &str, form: &[(&str, &str)]) -> Value {
        let answer = self.posts(rest, form).await;
        assert_eq!(answer.status, 201, "{rest} {form:?}: {answer:?}");
        answer.json()
    }

    /// Changes what must be changed.
    pub(crate) async fn changes(&self, rest: &str, form: &[(&str, &str)]) -> Value {
        let answer = self.posts(rest, form).await;
        assert_eq!(answer.status, 200, "{rest} {form:?}: {answer:?}");
        answer.json()
    }

    /// Deletes what must go.
    pub(crate) async fn deletes(&self, rest: &str) {
        let answer = self.asks("DELETE", &self.path(rest), "").await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{rest}");
    }

    /// Asks in any way.
    pub(crate) async fn asks(&self, method: &str, path: &str, body: &str) -> Response {
        self.asks_with(method, path, body, ("Accept", "*/*")).await
    }

    async fn asks_with(
        &self,
        method: &str,
        path: &str,
        body: &str,
        header: (&str, &str),
    ) -> Response {
        let headers = [
            ("Authorization", self.authorization.as_str()),
            ("Content-Type", "application/x-www-form-urlencoded"),
            header,
        ];
        let line = format!("{method} {path}");
        let asked = http::request(self.address, &line, &headers, body);
        soon(&format!("{line} is answered"), asked).await.expect("the server is there")
    }
}
