//! One socket, from its greeting to goodbye, whatever it speaks: frames in, events out, and the
//! token's clock.

use std::future::{poll_fn, ready};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use chat::limits::TOKEN_NOTICE_MS;
use chat::protocol::CloseCode;
use chat::{KeySid, Timestamp};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::dialect::{Dialect, Meaning, Serving};
use super::frame::Frame;
use super::greeting::Greeted;
use super::line::{Line, Order, Orders};
use super::requests::{Desk, Renewed};
use super::socket::{Heard, Incoming, Outgoing};
use super::speaker::{LastHeard, Speaker};
use super::token_clock::{Stroke, TokenClock};
use crate::clock::Clock;
use crate::commands::touch_user;
use crate::limits::{CLOSING_MS, REQUESTS_IN_FLIGHT_MAX};
use crate::rates::Bucket;

/// Tells somebody who is not let in why, as far as there is a word for it, and closes.
pub(crate) async fn turn_away(
    clock: &Clock,
    mut incoming: Incoming,
    mut outgoing: Outgoing,
    word: Option<Frame>,
    code: CloseCode,
) {
    let goodbye = async {
        // Whoever is not there any more need not be told.
        let told = match word {
            Some(word) => outgoing.feed(word).await,
            None => Ok(()),
        };
        if told.is_ok() {
            let _ = outgoing.close(code).await;
        }
        incoming.drained().await;
    };
    within_closing_time(clock, goodbye).await;
}

async fn within_closing_time(clock: &Clock, goodbye: impl Future<Output = ()>) {
    tokio::select! {
        () = goodbye => {}
        () = clock.reach(clock.now().plus(CLOSING_MS)) => {}
    }
}

/// A socket whose user was greeted.
pub(crate) struct Connection<D> {
    dialect: Arc<D>,
    incoming: Incoming,
    heard: LastHeard,
    token: TokenClock,
    /// What signed the token.
    key: KeySid,
    frames: Bucket,
    /// Heard too much: the next frame is read at this moment.
    paused_until: Option<Timestamp>,
    requests: FuturesUnordered<Serving>,
    line: Option<Line>,
    orders: Orders,
}

impl<D: Dialect> Connection<D> {
    /// What a greeted user says next is understood by the dialect that is made of the desk.
    pub(crate) fn new(
        incoming: Incoming,
        greeted: Greeted,
        dialect: impl FnOnce(Desk) -> D,
    ) -> Self {
        let Greeted { gateway, who, seat, bearer, line } = greeted;
        let (line, orders) = match line {
            Some((line, orders)) => (Some(line), orders),
            None => (None, Orders::none()),
        };
        let now = gateway.clock.now();
        let rates = gateway.allowance.rates();
        Self {
            incoming: incoming.over(line.clone()),
            heard: LastHeard::at(now),
            token: TokenClock::new(bearer.expires_at, now, D::TOKEN_GRACE_MS),
            key: bearer.key,
            frames: Bucket::full(rates.frames.times(D::FRAMES_FOR_ONE), now),
            paused_until: None,
            requests: FuturesUnordered::new(),
            line,
            orders,
            dialect: Arc::new(dialect(Desk::new(gateway, who, seat))),
        }
    }

    /// Serves it until it is closed.
    pub(crate) async fn run(mut self, outgoing: Outgoing) {
        let outbox = Arc::clone(&self.desk().seat.outbox);
        let clock = self.desk().gateway.clock.clone();
        let outgoing = outgoing.over(self.line.clone());
        let mut speaker = Speaker::new(outgoing, Arc::clone(&outbox), clock, self.heard.clone());
        if self.desk().who.guest {
            let dialect = Arc::clone(&self.dialect);
            self.start(async move {
                touch(dialect.desk()).await;
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
        let clock = self.desk().gateway.clock.clone();
        let outbox = Arc::clone(&self.desk().seat.outbox);
        let tokens = self.desk().gateway.tokens.clone();
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
                    self.token =
                        TokenClock::new(bearer.expires_at, clock.now(), D::TOKEN_GRACE_MS);
                    stroke.set(clock.reach(self.token.due()));
                    retired.set(tokens.retired(bearer.key));
                    if let Some(line) = &self.line {
                        line.renew(&bearer);
                    }
                },
                () = &mut stroke => {
                    match self.token.strike(clock.now()) {
                        Some(Stroke::Expired) => return Some(CloseCode::TokenExpired),
                        Some(Stroke::Notice) => self.give_notice(),
                        None => {}
                    }
                    stroke.set(clock.reach(self.token.due()));
                }
                order = self.orders.next() => match order {
                    Order::Cut => return None,
                    Order::Close(code) => return Some(code),
                    Order::TokenEndsSoon => {
                        let now = clock.now();
                        let ends = self.token.expires_at.min(now.plus(TOKEN_NOTICE_MS));
                        self.token = TokenClock::noticed(ends, D::TOKEN_GRACE_MS);
                        self.give_notice();
                        stroke.set(clock.reach(self.token.due()));
                    }
                },
                () = &mut retired => return Some(CloseCode::TokenRefused),
                () = outbox.eased(), if !keeps_up => {}
                () = clock.reach(self.paused_until.unwrap_or_default()),
                    if self.paused_until.is_some() => self.paused_until = None,
            }
        }
    }

    async fn hear(&mut self, heard: Heard) -> Result<(), CloseCode> {
        let now = self.desk().gateway.clock.now();
        self.heard.note(now);
        let meaning = match heard {
            Heard::Pulse => Meaning::Done,
            heard => Arc::clone(&self.dialect).understand(heard)?,
        };
        if !matches!(meaning, Meaning::Acknowledged) {
            self.count(now);
        }
        if let Meaning::Asked(serving) = meaning {
            self.start(serving).await;
        }
        Ok(())
    }

    fn count(&mut self, now: Timestamp) {
        let rate = self.desk().gateway.allowance.rates().frames.times(D::FRAMES_FOR_ONE);
        if let Err(wait) = self.frames.take(rate, now) {
            self.paused_until = Some(now.plus(wait.into()));
        }
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
        let outbox = &self.desk().seat.outbox;
        outbox.answer(outbox.voice.token_about_to_expire(self.token.expires_at));
    }

    async fn say_goodbye(&mut self, speaker: &mut Speaker, code: CloseCode) {
        let clock = self.desk().gateway.clock.clone();
        let goodbye = async {
            if code == CloseCode::Restart {
                while self.requests.next().await.is_some() {}
            }
            // Whoever is not there any more need not be told.
            let _ = speaker.farewell(code).await;
            self.incoming.drained().await;
        };
        within_closing_time(&clock, goodbye).await;
    }

    /// A guest keeps the name for a while after the last socket; the place is given up only after
    /// that is written, or the name could be given away in between.
    async fn leave(self) {
        if self.desk().who.guest {
            touch(self.desk()).await;
        }
    }

    fn desk(&self) -> &Desk {
        self.dialect.desk()
    }
}

async fn touch(desk: &Desk) {
    let user = desk.who.user;
    let touched = desk.gateway.store.tidy(move |tx, m| touch_user(tx, user, m));
    if let Err(error) = touched.await {
        tracing::warn!(%user, %error, "a guest's last visit was not noted");
    }
}
