//! Who may come in: a backend that names the account or a key, and knows its secret. A wrong name
//! and a wrong secret are told apart by nothing, and guesses are limited.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chat::AccountSid;
use http::HeaderValue;
use http::header::AUTHORIZATION;

use super::no::No;
use crate::bodies::taken;
use crate::doors::Caller;
use crate::limits::REST_BYTES_MAX;
use crate::state::AppState;

/// Whose backend asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account(pub(super) AccountSid);

/// Lets a request in when it is known who asks, and all of it is here.
pub(super) async fn admit(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let account = match known(&state, &request) {
        Ok(account) => account,
        Err(no) => return no.into_response(),
    };
    request.extensions_mut().insert(Account(account));
    match taken(&state.clock, request, REST_BYTES_MAX).await {
        Ok(request) => next.run(request).await,
        Err(untaken) => No::Untaken(untaken).into_response(),
    }
}

fn known(state: &AppState, request: &Request) -> Result<AccountSid, No> {
    let address = Caller::behind(request, &state.config.trusted_proxies).address;
    // Who says nothing guesses nothing.
    let said = request.headers().get(AUTHORIZATION).ok_or(No::Stranger)?;
    let account = basic(said).and_then(|text| {
        text.split_once(':').and_then(|(name, secret)| state.tokens.admit(name, secret))
    });
    // Good ones are let in whoever else guesses behind the same address.
    if account.is_none() {
        state.attempts.wrong_credentials(address, state.clock.now())?;
    }
    account.ok_or(No::Stranger)
}

/// `name:secret`, as HTTP's Basic scheme carries it.
pub(crate) fn basic(authorization: &HeaderValue) -> Option<String> {
    let (scheme, encoded) = authorization.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Option<String> {
        basic(&header.parse().expect("a value"))
    }

    #[test]
    fn name_and_secret_come_by_the_basic_scheme() {
        assert_eq!(read("Basic YTpiOmM="), Some("a:b:c".to_owned()));
        assert_eq!(read("basic YTpiOmM="), Some("a:b:c".to_owned()));
        for other in ["", "Basic", "Bearer YTpiOmM=", "Basic !", "Basic YTpiOmM", "Basic /w=="] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
