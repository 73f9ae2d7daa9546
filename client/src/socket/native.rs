//! A native socket, and a driver that runs a whole [`Client`] on it: for stories, load and
//! command-line programs.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use chat::Timestamp;
use chat::refusal::WireRefusal;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::client::Client;
use crate::effect::{Effect, Input};
use crate::event::{Event, Outcome, Ticket};
use crate::outbox::SavedOutbox;
use crate::socket::SocketEvent;

mod wire;

pub use wire::Socket;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Fetches an access token.
pub type TokenSource = Arc<dyn Fn() -> BoxFuture<'static, TokenAnswer> + Send + Sync>;

/// Sees each frame on its way.
pub type Observer = Arc<dyn Fn(Way, &str) + Send + Sync>;

/// Where a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    ToServer,
    ToClient,
}

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
    pub observer: Option<Observer>,
}

/// A [`Client`] that runs by itself on tokio: real sockets, real timers, a given clock.
/// Clones are the same client. Dropping the last one cuts its socket.
#[derive(Clone)]
pub struct NativeClient {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    runtime: Handle,
    running: Mutex<Running>,
    /// Something happened to the client.
    happened: Notify,
}

struct Running {
    client: Client,
    socket: Option<Socket>,
    /// Counts sockets, so that an old one is not heard any more.
    generation: u64,
    timer: Option<AbortHandle>,
    events: Vec<Event>,
    saved: Option<SavedOutbox>,
}

impl fmt::Debug for NativeClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.running().client.fmt(f)
    }
}

impl NativeClient {
    /// Starts a client on the present tokio runtime; it connects at once and keeps itself
    /// connected.
    pub fn start(settings: Settings) -> Self {
        let running = Running {
            client: Client::new(settings.seed, &settings.version),
            socket: None,
            generation: 0,
            timer: None,
            events: Vec::new(),
            saved: None,
        };
        let shared = Arc::new(Shared {
            settings,
            runtime: Handle::current(),
            running: Mutex::new(running),
            happened: Notify::new(),
        });
        shared.feed(Input::Start);
        Self { shared }
    }

    /// Reads the client, or has it do something; `now` is the given clock's.
    pub fn with<R>(&self, act: impl FnOnce(&mut Client, Timestamp) -> R) -> R {
        self.shared.with(act)
    }

    /// Feeds an input, as a browser would `NetworkUp` or `RetryNow`. After a manual clock was
    /// moved, feed `Wake`.
    pub fn feed(&self, input: Input) {
        self.shared.feed(input);
    }

    /// Waits until `look` finds something. It looks now, and after everything that happens to the
    /// client; no time is slept.
    pub async fn wait_for<T>(&self, mut look: impl FnMut(&Client) -> Option<T>) -> T {
        self.wait_in(|running| look(&running.client)).await
    }

    /// Waits until it is so.
    pub async fn until(&self, mut so: impl FnMut(&Client) -> bool) {
        self.wait_for(|client| so(client).then_some(())).await;
    }

    /// Waits for an event, and forgets it and those before it.
    pub async fn event<T>(&self, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
        self.wait_in(|running| {
            let found = running
                .events
                .iter()
                .enumerate()
                .find_map(|(at, event)| pick(event).map(|picked| (at, picked)));
            let (at, picked) = found?;
            running.events.drain(..=at);
            Some(picked)
        })
        .await
    }

    /// The events since they were last taken.
    pub fn take_events(&self) -> Vec<Event> {
        std::mem::take(&mut self.shared.running().events)
    }

    /// Asks, and waits for the answer; other events stay.
    pub async fn ask(&self, act: impl FnOnce(&mut Client, Timestamp) -> Ticket) -> Outcome {
        let asked = self.with(act);
        self.wait_in(|running| {
            let at = running.events.iter().position(
                |event| matches!(event, Event::Answered { ticket, .. } if *ticket == asked),
            )?;
            match running.events.remove(at) {
                Event::Answered { outcome, .. } => Some(outcome),
                _ => None,
            }
        })
        .await
    }

    /// What the outbox last asked to have stored.
    pub fn saved_outbox(&self) -> Option<SavedOutbox> {
        self.shared.running().saved.clone()
    }

    /// Drops the connection without a close, as a dead network would. The client notices at once
    /// and reconnects by its own rules; feed `RetryNow` to skip the pause.
    pub fn cut(&self) {
        let was_connected = {
            let mut running = self.shared.running();
            running.generation += 1;
            running.socket.take().is_some()
        };
        if was_connected {
            self.feed(Input::SocketClosed { code: None, reason: "cut".to_owned() });
        }
    }

    /// Ends the client for good, without a close, as a crash would.
    pub fn kill(self) {
        let mut running = self.shared.running();
        running.generation += 1;
        running.socket = None;
        running.client = Client::new(0, "");
        running.client.take_effects();
    }

    async fn wait_in<T>(&self, mut look: impl FnMut(&mut Running) -> Option<T>) -> T {
        loop {
            let happened = self.shared.happened.notified();
            if let Some(found) = look(&mut self.shared.running()) {
                return found;
            }
            happened.await;
        }
    }
}

impl Shared {
    fn running(&self) -> MutexGuard<'_, Running> {
        // A panic in a test's closure must not hide behind a second one.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn feed(self: &Arc<Self>, input: Input) {
        self.with(|client, now| client.handle(input, now));
    }

    fn with<R>(self: &Arc<Self>, act: impl FnOnce(&mut Client, Timestamp) -> R) -> R {
        let mut running = self.running();
        let result = act(&mut running.client, (self.settings.clock)());
        self.run_effects(&mut running);
        drop(running);
        self.happened.notify_waiters();
        result
    }

    /// Hears a socket, unless another has taken its place.
    fn hear(self: &Arc<Self>, generation: u64, input: Input) {
        let mut running = self.running();
        if running.generation != generation {
            return;
        }
        running.client.handle(input, (self.settings.clock)());
        self.run_effects(&mut running);
        drop(running);
        self.happened.notify_waiters();
    }

    fn run_effects(self: &Arc<Self>, running: &mut Running) {
        for effect in running.client.take_effects() {
            match effect {
                Effect::FetchToken => self.fetch_token(),
                Effect::OpenSocket => self.open_socket(running),
                Effect::Send(text) => {
                    if let Some(socket) = &running.socket {
                        self.observe(Way::ToServer, &text);
                        socket.send(text);
                    }
                }
                Effect::CloseSocket => {
                    running.generation += 1;
                    running.socket.take().into_iter().for_each(Socket::close);
                }
                // Whoever sends a file natively does so by themselves.
                Effect::Upload { .. } | Effect::StopUpload(_) => {}
                Effect::WakeAt(at) => self.wake_at(at, running),
                Effect::SaveOutbox(saved) => running.saved = Some(saved),
                Effect::Event(event) => running.events.push(event),
            }
        }
    }

    fn fetch_token(self: &Arc<Self>) {
        let token = (self.settings.tokens)();
        let shared = Arc::downgrade(self);
        self.runtime.spawn(async move {
            let input = match token.await {
                TokenAnswer::Token { token, expires_at } => Input::Token { token, expires_at },
                TokenAnswer::Refused(refusal) => Input::TokenRefused(refusal),
                TokenAnswer::Unreachable => Input::TokenUnreachable,
            };
            shared.upgrade().into_iter().for_each(|shared| shared.feed(input.clone()));
        });
    }

    fn open_socket(self: &Arc<Self>, running: &mut Running) {
        running.generation += 1;
        let generation = running.generation;
        let shared = Arc::downgrade(self);
        let hear = move |event: SocketEvent| {
            if let Some(shared) = Weak::upgrade(&shared) {
                if let SocketEvent::Frame(text) = &event {
                    shared.observe(Way::ToClient, text);
                }
                shared.hear(generation, event.into());
            }
        };
        let Settings { url, origin, .. } = &self.settings;
        running.socket = Some(Socket::open(url, origin.as_deref(), &self.runtime, hear));
    }

    fn observe(&self, way: Way, frame: &str) {
        if let Some(observer) = &self.settings.observer {
            observer(way, frame);
        }
    }

    fn wake_at(self: &Arc<Self>, at: Timestamp, running: &mut Running) {
        // A manual clock may stand still; asking it again at once would only burn time.
        let pause = at.since((self.settings.clock)()).max(5);
        let pause = Duration::from_millis(u64::try_from(pause).unwrap_or(5));
        let shared = Arc::downgrade(self);
        let timer = self.runtime.spawn(async move {
            tokio::time::sleep(pause).await;
            shared.upgrade().into_iter().for_each(|shared| shared.feed(Input::Wake));
        });
        if let Some(before) = running.timer.replace(timer.abort_handle()) {
            before.abort();
        }
    }
}
