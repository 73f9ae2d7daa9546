//! One socket, from hello to goodbye: frames in, events out, and the token's clock.

use std::future::{poll_fn, ready};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use chat::protocol::{CloseCode, Command, Request, Scope, ServerFrame};
use chat::{KeySid, Refusal, Timestamp};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::Gateway;
use super::decode::{Decoded, decode};
use super::frame::encode;
use super::greeting::{Greeted, Unwelcome, greet};
use super::places::Place;
use super::requests::{Desk, Renewed};
use super::socket::{Heard, Incoming, Outgoing};
use super::speaker::{LastHeard, Speaker};
use super::token_clock::{Stroke, TokenClock};
use crate::commands::touch_user;
use crate::limits::{CLOSING_MS, REQUESTS_IN_FLIGHT_MAX};
use crate::rates::Bucket;

/// Serves a socket until it is closed, and frees its place.
pub(crate) async fn serve(
    gateway: Gateway,
    mut incoming: Incoming,
    mut outgoing: Outgoing,
    mut place: Place,
) {
    let greeted = greet(&gateway, &mut incoming).await;
    place.greeted();
    match greeted {
        None => {}
        Some(Ok(greeted)) => Connection::new(gateway, incoming, greeted).run(outgoing).await,
        Some(Err(unwelcome)) => {
            let goodbye = async {
                // Whoever is not there any more need not be told.
                let _ = turn_away(&mut outgoing, &unwelcome).await;
                incoming.drained().await;
            };
            within_closing_time(&gateway, goodbye).await;
        }
    }
}

async fn turn_away(
    outgoing: &mut Outgoing,
    unwelcome: &Unwelcome,
) -> Result<(), super::socket::Gone> {
    if let Some(refusal) = unwelcome.refusal {
        outgoing.feed(encode(&ServerFrame::Refused(refusal.to_wire()))).await?;
    }
    outgoing.close(unwelcome.code).await
}

async fn within_closing_time(gateway: &Gateway, goodbye: impl Future<Output = ()>) {
    tokio::select! {
        () = goodbye => {}
        () = gateway.clock.reach(gateway.clock.now().plus(CLOSING_MS)) => {}
    }
}

type Serving = Pin<Box<dyn Future<Output = Renewed> + Send>>;

struct Connection {
    desk: Arc<Desk>,
    incoming: Incoming,
    heard: LastHeard,
    token: TokenClock,
    /// What signed the token.
    key: KeySid,
    frames: Bucket,
    typing: Bucket,
    /// Heard too much: the next frame is read at this moment.
    paused_until: Option<Timestamp>,
    requests: FuturesUnordered<Serving>,
}

impl Connection {
    fn new(gateway: Gateway, incoming: Incoming, greeted: Greeted) -> Self {
        let now = gateway.clock.now();
        let rates = gateway.allowance.rates();
        let Greeted { who, seat, bearer } = greeted;
        Self {
            incoming,
            heard: LastHeard::at(now),
            token: TokenClock::new(bearer.expires_at, now),
            key: bearer.key,
            frames: Bucket::full(rates.frames, now),
            typing: Bucket::full(rates.typing, now),
            paused_until: None,
            requests: FuturesUnordered::new(),
            desk: Arc::new(Desk { gateway, who, seat }),
        }
    }

    async fn run(mut self, outgoing: Outgoing) {
        let outbox = Arc::clone(&self.desk.seat.outbox);
        let clock = self.desk.gateway.clock.clone();
        let mut speaker = Speaker::new(outgoing, Arc::clone(&outbox), clock, self.heard.clone());
        if self.desk.who.guest {
            let desk = Arc::clone(&self.desk);
            self.start(async move {
                touch(&desk).await;
                None
            })
            .await;
        }
        let code = tokio::select! {
            code = outbox.closed() => Some(code),
            code = self.listen() => code,
            _gone = speaker.run() => None,
        };
        if let Some(code) = code {
            outbox.close(code);
            self.say_goodbye(&mut speaker, code).await;
        }
        self.leave().await;
    }

    /// Hears and answers until the peer is gone, or there is a reason to close.
    async fn listen(&mut self) -> Option<CloseCode> {
        let clock = self.desk.gateway.clock.clone();
        let outbox = Arc::clone(&self.desk.seat.outbox);
        let tokens = self.desk.gateway.tokens.clone();
        let mut stroke = pin!(clock.reach(self.token.due()));
        let mut retired = pin!(tokens.retired(self.key));
        loop {
            let keeps_up = outbox.keeps_up();
            let room = keeps_up && self.requests.len() < REQUESTS_IN_FLIGHT_MAX;
            let listens = room && self.paused_until.is_none();
            self.heard.listen(listens);
            tokio::select! {
                heard = self.incoming.next(), if listens => {
                    if let Err(code) = self.hear(heard?).await {
                        return Some(code);
                    }
                }
                Some(renewed) = self.requests.next() => if let Some(bearer) = renewed {
                    self.token = TokenClock::new(bearer.expires_at, clock.now());
                    stroke.set(clock.reach(self.token.due()));
                    retired.set(tokens.retired(bearer.key));
                },
                () = &mut stroke => {
                    match self.token.strike(clock.now()) {
                        Some(Stroke::Expired) => return Some(CloseCode::TokenExpired),
                        Some(Stroke::Notice) => self.give_notice(),
                        None => {}
                    }
                    stroke.set(clock.reach(self.token.due()));
                }
                () = &mut retired => return Some(CloseCode::TokenRefused),
                () = outbox.eased(), if !keeps_up => {}
                () = clock.reach(self.paused_until.unwrap_or_default()),
                    if self.paused_until.is_some() => self.paused_until = None,
            }
        }
    }

    async fn hear(&mut self, heard: Heard) -> Result<(), CloseCode> {
        let gateway = &self.desk.gateway;
        let now = gateway.clock.now();
        self.heard.note(now);
        if let Err(wait) = self.frames.take(gateway.allowance.rates().frames, now) {
            self.paused_until = Some(now.plus(wait.into()));
        }
        let text = match heard {
            Heard::Pulse => return Ok(()),
            Heard::Nonsense => return Err(CloseCode::Malformed),
            Heard::Text(text) => text,
        };
        match decode(&text) {
            Decoded::Request(request) => self.ask(request).await,
            Decoded::Refused(reference, refusal) => self.desk.refuse(reference, refusal),
            Decoded::Probe => self.desk.seat.outbox.answer(encode(&ServerFrame::Heartbeat {})),
            Decoded::Hello(_) | Decoded::Malformed => return Err(CloseCode::Malformed),
        }
        Ok(())
    }

    async fn ask(&mut self, request: Request) {
        match self.allow(&request.command) {
            Ok(()) => self.start(Arc::clone(&self.desk).serve(request)).await,
            Err(refusal) => self.desk.refuse(request.reference, refusal),
        }
    }

    fn allow(&mut self, command: &Command) -> Result<(), Refusal> {
        if matches!(command, Command::SetTyping { .. }) {
            let gateway = &self.desk.gateway;
            let taken = self.typing.take(gateway.allowance.rates().typing, gateway.clock.now());
            return taken.map_err(|retry_after_ms| Refusal::TooManyRequests { retry_after_ms });
        }
        self.desk.allow(command)
    }

    /// Begins to serve a request at once, so that its command has its place in the writer's queue
    /// before the next frame is read: a sender's own messages keep their order.
    async fn start(&mut self, serving: impl Future<Output = Renewed> + Send + 'static) {
        let mut serving: Serving = Box::pin(serving);
        let begun = poll_fn(|context| Poll::Ready(serving.as_mut().poll(context))).await;
        self.requests.push(match begun {
            Poll::Ready(renewed) => Box::pin(ready(renewed)),
            Poll::Pending => serving,
        });
    }

    fn give_notice(&self) {
        let expires_at = self.token.expires_at;
        self.desk.seat.outbox.answer(encode(&ServerFrame::TokenAboutToExpire { expires_at }));
    }

    async fn say_goodbye(&mut self, speaker: &mut Speaker, code: CloseCode) {
        let gateway = self.desk.gateway.clone();
        let goodbye = async {
            if code == CloseCode::Restart {
                while self.requests.next().await.is_some() {}
            }
            // Whoever is not there any more need not be told.
            let _ = speaker.farewell(code).await;
            self.incoming.drained().await;
        };
        within_closing_time(&gateway, goodbye).await;
    }

    /// A guest keeps the name for a while after the last socket; the place is given up only after
    /// that is written, or the name could be given away in between.
    async fn leave(self) {
        if self.desk.who.guest {
            touch(&self.desk).await;
        }
    }
}

async fn touch(desk: &Desk) {
    let user = desk.who.user;
    let touched = desk.gateway.store.write(Scope::User(user), move |tx, m| touch_user(tx, user, m));
    if let Err(error) = touched.await {
        tracing::warn!(%user, %error, "a guest's last visit was not noted");
    }
}
