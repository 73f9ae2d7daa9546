//! A native socket through tokio-tungstenite, and a driver that runs a whole [`Client`] on it: for
//! stories, load and command-line programs.

use std::fmt;
use std::sync::Arc;

use chat::Timestamp;
use chat::refusal::WireRefusal;
use futures_util::future::BoxFuture;

use crate::client::{Client, Event, Input, Outcome, Ticket};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Fetches an access token.
pub type TokenSource = Arc<dyn Fn() -> BoxFuture<'static, TokenAnswer> + Send + Sync>;

/// What a token source answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenAnswer {
    Token { token: String, expires_at: Option<Timestamp> },
    Refused(WireRefusal),
    Unreachable,
}

/// What a native client needs to know.
#[derive(Clone)]
pub struct Settings {
    /// `ws://host:port/ws`
    pub url: String,
    /// Sent as `Origin`, if given; a caller without one is no browser.
    pub origin: Option<String>,
    /// The build this client takes itself for.
    pub version: String,
    pub seed: u64,
    pub clock: Clock,
    pub tokens: TokenSource,
}

/// A [`Client`] that runs by itself on tokio: real sockets, real timers, a given clock.
/// Clones are the same client. Dropping the last one drops its socket.
#[derive(Clone)]
pub struct NativeClient {}

impl fmt::Debug for NativeClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NativeClient")
    }
}

impl NativeClient {
    /// Starts a client; it connects at once and keeps itself connected.
    pub fn start(_settings: Settings) -> Self {
        Self {}
    }

    /// Reads the client, or has it do something; `now` is the given clock's.
    pub fn with<R>(&self, act: impl FnOnce(&mut Client, Timestamp) -> R) -> R {
        let mut client = Client::new(0, "");
        act(&mut client, Timestamp(0))
    }

    /// Feeds an input, as a browser would `NetworkUp` or `RetryNow`. After a manual clock was
    /// moved, feed `Wake`.
    pub fn feed(&self, input: Input) {
        self.with(|client, now| client.handle(input, now));
    }

    /// Waits until `look` finds something. It looks now, and after everything that happens to the
    /// client; no time is slept.
    pub async fn wait_for<T>(&self, mut look: impl FnMut(&Client) -> Option<T>) -> T {
        let found = self.with(|client, _| look(client));
        found.expect("not yet written")
    }

    /// Waits until it is so.
    pub async fn until(&self, mut so: impl FnMut(&Client) -> bool) {
        self.wait_for(|client| so(client).then_some(())).await;
    }

    /// Waits for an event, and forgets those before it.
    pub async fn event<T>(&self, _pick: impl FnMut(&Event) -> Option<T>) -> T {
        std::future::pending().await
    }

    /// The events since they were last taken.
    pub fn take_events(&self) -> Vec<Event> {
        Vec::new()
    }

    /// Asks, and waits for the answer.
    pub async fn ask(&self, _act: impl FnOnce(&mut Client, Timestamp) -> Ticket) -> Outcome {
        std::future::pending().await
    }

    /// Drops the connection without a close, as a dead network would. The client notices at once
    /// and reconnects by its own rules; feed `RetryNow` to skip the pause.
    pub fn cut(&self) {}

    /// Ends the client for good, without a close.
    pub fn kill(self) {}
}
