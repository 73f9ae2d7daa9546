//! The doors that read the cookie or serve our page: they take only our own origin, whatever a
//! page on another site makes a browser send.

mod caller;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chat::Refusal;
use http::header::{COOKIE, HOST, ORIGIN, UPGRADE};
use http::{HeaderMap, Method, StatusCode};

use crate::config::{PublicUrl, host_of, is_loopback, port_of};
use crate::rest::Failure;
use crate::state::AppState;

pub use caller::Caller;

/// What a browser says of a request, and what no page can change.
struct Knock<'a> {
    host: &'a str,
    origin: Option<&'a str>,
    /// `Sec-Fetch-Site`.
    site: Option<&'a str>,
    /// `Sec-Fetch-Mode`.
    mode: Option<&'a str>,
    has_cookie: bool,
    /// Whether it only reads: neither a write nor a socket.
    reads: bool,
}

/// Lets a request in, or says which setting is amiss.
pub async fn guard(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let caller = Caller::behind(&request, &state.config.trusted_proxies);
    let knock = Knock::of(request.method(), request.headers(), caller.host(request.headers()));
    let reads = knock.reads;
    if let Err(refusal) = knock.judge(&state.config.public_url, state.port) {
        let (host, origin) = (knock.host, knock.origin);
        tracing::info!(address = %caller.address, host, origin, "refused a request of another site");
        return refused(refusal, reads);
    }
    request.extensions_mut().insert(caller);
    next.run(request).await
}

/// A page is read by a person, all else by a program.
fn refused(refusal: Refusal, reads: bool) -> Response {
    if reads {
        return (StatusCode::FORBIDDEN, refusal.message()).into_response();
    }
    Failure::Refused(refusal).into_response()
}

impl<'a> Knock<'a> {
    fn of(method: &Method, headers: &'a HeaderMap, host: &'a str) -> Self {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        Self {
            host,
            origin: headers.get(ORIGIN).map(|value| value.to_str().unwrap_or("?")),
            site: text("sec-fetch-site"),
            mode: text("sec-fetch-mode"),
            has_cookie: headers.contains_key(COOKIE),
            reads: matches!(*method, Method::GET | Method::HEAD) && !headers.contains_key(UPGRADE),
        }
    }

    fn judge(&self, public: &PublicUrl, port: u16) -> Result<(), Refusal> {
        let no_browser = self.origin.is_none() && self.site.is_none();
        if no_browser && !self.has_cookie {
            return Ok(());
        }
        let own_origin = self.own_origin(public, port).ok_or(Refusal::OriginRefused)?;
        let judged = if self.reads { self.judge_read() } else { self.judge_write(&own_origin) };
        if judged { Ok(()) } else { Err(Refusal::OriginRefused) }
    }

    /// What `Origin` must be under this `Host`; nothing if the host is not ours.
    fn own_origin(&self, public: &PublicUrl, port: u16) -> Option<String> {
        let host = self.host.to_ascii_lowercase();
        if host == public.authority() {
            return Some(public.origin());
        }
        let own = is_loopback(host_of(&host)) && port_of(&host).unwrap_or(80) == port;
        own.then(|| format!("http://{host}"))
    }

    /// A link from another site may lead to a page; another site's page may not take it in.
    /// Under plain http browsers say nothing of all this with a page.
    fn judge_read(&self) -> bool {
        match self.site {
            None | Some("same-origin" | "none") => true,
            Some(_) => self.mode == Some("navigate"),
        }
    }

    /// One sign must be there, and none may speak against it.
    fn judge_write(&self, own_origin: &str) -> bool {
        let origin = self.origin.map(|origin| origin == own_origin);
        let site = self.site.map(|site| site == "same-origin");
        match (origin, site) {
            (None, None) => false,
            (origin, site) => origin.unwrap_or(true) && site.unwrap_or(true),
        }
    }
}

/// Where a proxy that we trust, or else the browser itself, says that the request goes.
fn host_in(headers: &HeaderMap, forwarded: bool) -> &str {
    let said = forwarded.then(|| headers.get("x-forwarded-host")).flatten();
    said.or_else(|| headers.get(HOST)).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
