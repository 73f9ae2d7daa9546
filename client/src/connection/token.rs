//! An access token, and when it is time for the next one.

use chat::Timestamp;

/// Milliseconds before its end at which a token is not worth a `hello` any more.
const TOO_LATE_MS: i64 = 5_000;
/// Milliseconds until a renewal that failed is tried again.
const AGAIN_MS: i64 = 10_000;

#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    /// By the server's clock.
    pub(crate) expires_at: Option<Timestamp>,
    /// By our clock: at 80 % of what is left of its life, should the server not speak first.
    renew_at: Option<Timestamp>,
}

impl Token {
    pub(crate) fn new(text: String, expires_at: Option<Timestamp>) -> Self {
        Self { text, expires_at, renew_at: None }
    }

    pub(crate) fn is_usable(&self, server_now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| TOO_LATE_MS < end.since(server_now))
    }

    pub(crate) fn lives_until(&mut self, end: Timestamp, server_now: Timestamp, now: Timestamp) {
        self.expires_at = Some(end);
        self.renew_at = Some(now.plus(end.since(server_now).max(0) / 10 * 8));
    }

    pub(crate) fn renew_later(&mut self, now: Timestamp) {
        self.renew_at = Some(now.plus(AGAIN_MS));
    }

    pub(crate) fn is_being_renewed(&mut self) {
        self.renew_at = None;
    }

    pub(crate) fn renew_at(&self) -> Option<Timestamp> {
        self.renew_at
    }

    pub(crate) fn is_to_be_renewed(&self, now: Timestamp) -> bool {
        self.renew_at.is_some_and(|at| at <= now)
    }
}
