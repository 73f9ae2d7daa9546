//! The speaking half of a connection: empties the outbox into the socket, and keeps it alive.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chat::Timestamp;
use chat::limits::HEARTBEAT_MS;
use chat::protocol::{CloseCode, ServerFrame};

use super::frame::{Frame, encode};
use super::outbox::{Load, Outbox};
use super::socket::{Gone, Outgoing};
use crate::clock::Clock;
use crate::limits::{PING_MS, PONG_MS};

/// When a connection was last heard; its two halves share it.
#[derive(Clone)]
pub(crate) struct Heard(Arc<AtomicI64>);

impl Heard {
    pub(crate) fn at(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.0)))
    }

    pub(crate) fn note(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::Relaxed);
    }

    fn last(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// Speaks for one connection.
pub(crate) struct Speaker {
    outgoing: Outgoing,
    outbox: Arc<Outbox>,
    clock: Clock,
    heard: Heard,
    /// Taken from the outbox, not yet put into the socket.
    rest: VecDeque<Frame>,
    load: Option<Load>,
    spoke: Timestamp,
    ping_at: Timestamp,
    pinged: Option<Timestamp>,
}
