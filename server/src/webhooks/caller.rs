//! One call to somebody outside: to a checked address, within a time, for an answer of a size.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, RequestBuilder, Url, redirect};

use super::address::WebhookUrl;
use super::form::Form;
use super::guard::{Forbidden, Guard};
use super::hook::Method;
use super::signature::{SIGNATURE, signature};
use crate::clock::Clock;
use crate::limits::{WEBHOOK_ANSWER_BYTES_MAX, WEBHOOK_MS};

/// By which a receiver knows a repeat of what it has taken already.
const IDEMPOTENCY: &str = "I-Twilio-Idempotency-Token";

/// Calls for all services of a server; clones share the connections.
#[derive(Clone)]
pub struct Caller {
    client: Option<Client>,
    guard: Guard,
    clock: Clock,
}

/// What is said to whom.
pub(super) struct Call<'a> {
    pub(super) url: &'a WebhookUrl,
    pub(super) method: Method,
    pub(super) form: &'a Form,
    /// The same for each try of one event.
    pub(super) token: &'a str,
    /// What signs it; nothing where there is no auth token.
    pub(super) secret: Option<&'a str>,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Whether another try may help.
    pub(super) fn asks_to_come_again(&self) -> bool {
        matches!(self.status, 429 | 503 | 504)
    }
}

/// Why nothing came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Trouble {
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error("there was no answer in time")]
    Timeout,
    #[error("the address could not be reached")]
    Unreachable,
    #[error("the answer broke off, or was too long")]
    Unusable,
    #[error("this system has no certificates to check addresses with")]
    NoCertificates,
}

impl Trouble {
    /// Whether another try may help.
    pub(super) fn may_pass(self) -> bool {
        match self {
            Self::Timeout | Self::Unreachable => true,
            Self::Forbidden(_) | Self::Unusable | Self::NoCertificates => false,
        }
    }
}

impl Caller {
    /// One that keeps to what the guard allows.
    pub fn new(guard: Guard, clock: Clock) -> Self {
        // Whoever was first has chosen the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .dns_resolver(Arc::new(Checked(guard.clone())))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .user_agent("Yoriai")
            .build();
        Self { client: client.ok(), guard, clock }
    }

    /// Whether an address may be called, as far as it tells without being looked up.
    pub fn judge(&self, url: &WebhookUrl) -> Result<(), Forbidden> {
        self.guard.judge(&url.to_url().ok_or(Forbidden::Unreadable)?)
    }

    pub(super) async fn call(&self, call: &Call<'_>) -> Result<Answer, Trouble> {
        let request = self.request(call)?;
        tokio::select! {
            answer = answer(request) => answer,
            () = self.clock.reach(self.clock.now().plus(WEBHOOK_MS)) => Err(Trouble::Timeout),
        }
    }

    fn request(&self, call: &Call<'_>) -> Result<RequestBuilder, Trouble> {
        let url = call.url.to_url().ok_or(Forbidden::Unreadable)?;
        self.guard.judge(&url)?;
        let client = self.client.as_ref().ok_or(Trouble::NoCertificates)?;
        let (request, signed) = match call.method {
            Method::Post => {
                let signed = call.secret.map(|key| signature(key, url.as_str(), call.form.pairs()));
                let form = "application/x-www-form-urlencoded";
                let body = call.form.encoded();
                (client.post(url).header(CONTENT_TYPE, form).body(body), signed)
            }
            Method::Get => {
                let url = asking(url, call.form);
                let signed = call.secret.map(|key| signature(key, url.as_str(), &[]));
                (client.get(url), signed)
            }
        };
        let request = request.header(IDEMPOTENCY, call.token);
        Ok(match signed {
            Some(signed) => request.header(SIGNATURE, signed),
            None => request,
        })
    }
}

/// The address with the parameters behind its question mark.
fn asking(mut url: Url, form: &Form) -> Url {
    let query = match url.query().filter(|query| !query.is_empty()) {
        Some(query) => format!("{query}&{}", form.encoded()),
        None => form.encoded(),
    };
    url.set_query(Some(&query));
    url
}

async fn answer(request: RequestBuilder) -> Result<Answer, Trouble> {
    let mut response = request.send().await.map_err(|error| trouble(&error))?;
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|_| Trouble::Unusable)? {
        body.extend_from_slice(&piece);
        if WEBHOOK_ANSWER_BYTES_MAX < body.len() {
            return Err(Trouble::Unusable);
        }
    }
    Ok(Answer { status: response.status().as_u16(), body })
}

fn trouble(error: &reqwest::Error) -> Trouble {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if let Some(forbidden) = error.downcast_ref::<Forbidden>() {
            return Trouble::Forbidden(*forbidden);
        }
        cause = error.source();
    }
    Trouble::Unreachable
}

/// Looks a name up once, and gives only what may be called: the connection goes just there.
struct Checked(Guard);

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.iter().any(|address| !guard.allows(address.ip())) {
                return Err(Forbidden::Inside.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_go_behind_what_the_address_asks_already() {
        let form = Form::default().with("Body", "a b&c");
        let asked = |text: &str| asking(Url::parse(text).expect("an address"), &form).to_string();
        assert_eq!(asked("http://hooks.example"), "http://hooks.example/?Body=a+b%26c");
        assert_eq!(asked("http://hooks.example/x?"), "http://hooks.example/x?Body=a+b%26c");
        assert_eq!(asked("http://hooks.example/x?k=1"), "http://hooks.example/x?k=1&Body=a+b%26c");
    }

    #[tokio::test]
    async fn a_name_that_stands_for_something_inside_is_not_called() {
        let guard = Guard::new(false, &"https://chat.example".parse().expect("an address"), 3000);
        let caller = Caller::new(guard, Clock::System);
        let form = Form::default();
        for inside in ["http://127.0.0.1:1/", "http://localhost:1/", "http://localhost.:1/"] {
            let url = WebhookUrl::parse(inside).expect("an address");
            let call =
                Call { url: &url, method: Method::Post, form: &form, token: "1", secret: None };
            let called = caller.call(&call).await.map(|answer| answer.status);
            assert_eq!(called, Err(Trouble::Forbidden(Forbidden::Inside)), "{inside}");
        }
        let resolved = Checked(caller.guard).resolve("localhost".parse().expect("a name")).await;
        let refused = resolved.map(drop).expect_err("it is this machine");
        assert_eq!(refused.downcast_ref::<Forbidden>(), Some(&Forbidden::Inside));
    }
}
