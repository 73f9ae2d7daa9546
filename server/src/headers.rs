//! What every answer carries, so that a browser keeps other sites out of ours.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::state::AppState;

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
pub(crate) const RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// Adds them. A page and a file have brought their own policies; nothing else has.
pub async fn protect(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let status = response.status();
    let headers = response.headers_mut();
    set(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, REFERRER_POLICY, "same-origin");
    set(headers, OPENER_POLICY, "same-origin");
    headers.entry(RESOURCE_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    // What nothing else says may be one person's. A file that has not changed is kept as before.
    if status != StatusCode::NOT_MODIFIED {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    if state.config.public_url.is_https() {
        set(headers, STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// What the page may load and run: what is ours, and the scripts that carry the nonce. While
/// developing also the socket that reloads the page, on this host.
pub fn page_policy(nonce: &str, reload: Option<(&str, u16)>) -> HeaderValue {
    let reload = reload.map_or_else(String::new, |(host, port)| format!(" ws://{host}:{port}"));
    let policy = format!(
        "default-src 'none'; \
         script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' blob: data:; \
         media-src 'self' blob:; \
         connect-src 'self'{reload}; \
         font-src 'self'; \
         manifest-src 'self'; \
         worker-src 'self'; \
         form-action 'self'; \
         frame-ancestors 'none'; \
         base-uri 'none'; \
         object-src 'none'"
    );
    // A host that is no header text cannot be reloaded from.
    HeaderValue::from_str(&policy).unwrap_or_else(|_| page_policy(nonce, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reload_socket_is_allowed_only_while_developing() {
        let policy = |reload| page_policy("abc", reload).to_str().expect("text").to_owned();
        assert!(policy(None).contains("connect-src 'self';"));
        assert!(
            policy(Some(("localhost", 3_001))).contains("connect-src 'self' ws://localhost:3001;")
        );
        assert!(policy(None).contains("script-src 'self' 'nonce-abc' 'wasm-unsafe-eval';"));
        assert!(!policy(None).contains("unsafe-inline"));
    }
}
