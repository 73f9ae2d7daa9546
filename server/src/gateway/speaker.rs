//! The speaking half of a connection: empties the outbox into the socket, and keeps it alive.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use chat::Timestamp;
use chat::limits::HEARTBEAT_MS;
use chat::protocol::CloseCode;

use super::outbox::{Load, Outbox};
use super::socket::{Gone, Outgoing};
use crate::clock::Clock;
use crate::limits::{PING_MS, PONG_MS};

/// When a connection was last heard, and whether anybody listens to it; its two halves share it.
#[derive(Clone)]
pub(crate) struct LastHeard(Arc<Ear>);

struct Ear {
    at: AtomicI64,
    listens: AtomicBool,
}

impl LastHeard {
    pub(crate) fn at(now: Timestamp) -> Self {
        Self(Arc::new(Ear { at: AtomicI64::new(now.0), listens: AtomicBool::new(true) }))
    }

    pub(crate) fn note(&self, now: Timestamp) {
        self.0.at.store(now.0, Ordering::Relaxed);
    }

    /// Whether what it says is read at present.
    pub(crate) fn listen(&self, listens: bool) {
        self.0.listens.store(listens, Ordering::Relaxed);
    }

    fn moment(&self) -> Timestamp {
        Timestamp(self.0.at.load(Ordering::Relaxed))
    }

    fn is_listened_to(&self) -> bool {
        self.0.listens.load(Ordering::Relaxed)
    }
}

/// Speaks for one connection.
pub(crate) struct Speaker {
    outgoing: Outgoing,
    outbox: Arc<Outbox>,
    clock: Clock,
    heard: LastHeard,
    /// Taken from the outbox, and not all in the socket yet.
    load: Option<Load>,
    spoke: Timestamp,
    ping_at: Timestamp,
    pinged: Option<Timestamp>,
}

impl Speaker {
    /// Speaks over this half of a socket what comes into the outbox.
    pub(crate) fn new(
        outgoing: Outgoing,
        outbox: Arc<Outbox>,
        clock: Clock,
        heard: LastHeard,
    ) -> Self {
        let now = clock.now();
        let ping_at = now.plus(PING_MS);
        Self { outgoing, outbox, clock, heard, load: None, spoke: now, ping_at, pinged: None }
    }

    /// Speaks until the peer is gone. Abandoned at any point, it has lost no frame.
    pub(crate) async fn run(&mut self) -> Gone {
        let clock = self.clock.clone();
        let mut beat = pin!(clock.reach(self.due()));
        loop {
            let done = tokio::select! {
                load = self.outbox.next() => {
                    self.load = Some(load);
                    self.unload().await
                }
                () = &mut beat => {
                    let done = self.beat().await;
                    beat.set(clock.reach(self.due()));
                    done
                }
            };
            if let Err(gone) = done {
                return gone;
            }
        }
    }

    /// Sends what still waits, then closes; too slow a reader gets only the close.
    pub(crate) async fn farewell(&mut self, code: CloseCode) -> Result<(), Gone> {
        if code != CloseCode::Slow {
            self.unload().await?;
            self.load = Some(self.outbox.take());
            self.unload().await?;
        }
        self.outgoing.close(code).await
    }

    async fn unload(&mut self) -> Result<(), Gone> {
        let Some(load) = &mut self.load else {
            return Ok(());
        };
        while let Some(frame) = load.frames.front() {
            unless_stuck(&self.clock, self.outgoing.feed(frame.clone())).await?;
            load.frames.pop_front();
        }
        unless_stuck(&self.clock, self.outgoing.flush()).await?;
        self.outbox.sent(load);
        self.load = None;
        self.spoke = self.clock.now();
        Ok(())
    }

    fn due(&self) -> Timestamp {
        let next = self.ping_at.min(self.spoke.plus(HEARTBEAT_MS));
        self.pinged.map_or(next, |pinged| next.min(pinged.plus(PONG_MS)))
    }

    async fn beat(&mut self) -> Result<(), Gone> {
        let now = self.clock.now();
        if let Some(pinged) = self.pinged {
            if pinged <= self.heard.moment() {
                self.pinged = None;
            } else if !self.heard.is_listened_to() {
                // Its pong may lie unread among what we do not read yet.
                self.pinged = Some(now);
            } else if pinged.plus(PONG_MS) <= now {
                return Err(Gone);
            }
        }
        if self.ping_at <= now {
            unless_stuck(&self.clock, self.outgoing.ping()).await?;
            self.ping_at = now.plus(PING_MS);
            // One that is still unanswered keeps its own, earlier deadline.
            self.pinged = self.pinged.or(Some(now));
        }
        if self.spoke.plus(HEARTBEAT_MS) <= now {
            let heartbeat = self.outbox.voice.heartbeat();
            unless_stuck(&self.clock, self.outgoing.feed(heartbeat)).await?;
            unless_stuck(&self.clock, self.outgoing.flush()).await?;
            self.spoke = now;
        }
        Ok(())
    }
}

/// A socket that takes nothing for as long as a dead peer goes unnoticed is gone.
async fn unless_stuck(
    clock: &Clock,
    step: impl Future<Output = Result<(), Gone>>,
) -> Result<(), Gone> {
    tokio::select! {
        biased;
        done = step => done,
        () = clock.reach(clock.now().plus(PING_MS + PONG_MS)) => Err(Gone),
    }
}
