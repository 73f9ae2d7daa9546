//! What was said but is not accepted yet: in order, once, and never lost.
//!
//! One message of a channel is on its way at a time, so that a refusal or a cut can never let a
//! later one overtake it; channels do not wait for each other.

use chat::limits::{OUTBOX_ASK_AFTER_MS, OUTBOX_MESSAGES_MAX};
use chat::refusal::WireRefusal;
use chat::{Body, ChannelSid, MessageIndex, Nonce, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

mod saved;

pub(crate) use saved::Owner;
pub use saved::SavedOutbox;

/// Messages that may be on their way at once, each in another channel.
const WINDOW: usize = 16;
/// The pause after a temporary refusal that names none, in milliseconds; doubled up to 64 times it.
const PAUSE_MS: i64 = 500;

/// A message of mine that is not accepted yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub channel: ChannelSid,
    pub nonce: Nonce,
    pub body: Body,
    pub queued_at: Timestamp,
    pub state: PendingState,
}

/// How a pending message stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingState {
    /// Waits for its turn, or for a connection.
    Queued,
    /// On its way.
    Sent,
    /// Accepted and durable; the message itself is about to come.
    Accepted(MessageIndex),
    /// Refused for good; the text is kept, to be tried again or discarded.
    Failed(WireRefusal),
    /// Goes out only by the person's word: [`Client::retry`](crate::Client::retry).
    NeedsWord(Why),
}

/// Why a person is asked before a message goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It has waited for more than a day.
    Old,
    /// The server's store is another one than when it was said.
    OtherEpoch,
}

/// Why a text did not become pending. It stays in the composer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unposted {
    /// The rules say no before it leaves.
    Refused(Refusal),
    /// [`chat::limits::OUTBOX_MESSAGES_MAX`] are waiting already.
    OutboxFull,
}

/// Everything pending, of all channels, in the order it was said.
#[derive(Debug, Default)]
pub struct Outbox {
    pending: Vec<Pending>,
    pub(crate) owner: Option<Owner>,
    paused_until: Option<Timestamp>,
    pauses: u32,
}

/// What is read.
impl Outbox {
    /// Everything pending, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Pending> {
        self.pending.iter()
    }

    /// What is pending in one channel, in order.
    pub fn of(&self, channel: ChannelSid) -> impl DoubleEndedIterator<Item = &Pending> {
        self.iter().filter(move |pending| pending.channel == channel)
    }

    /// One pending message.
    pub fn get(&self, nonce: Nonce) -> Option<&Pending> {
        self.iter().find(|pending| pending.nonce == nonce)
    }

    /// Messages whose text would be lost with the outbox: all but the accepted ones.
    pub fn unsent(&self) -> usize {
        self.iter().filter(|pending| pending.is_unsent()).count()
    }
}

impl Pending {
    /// Whether nobody but this outbox may have its text.
    pub fn is_unsent(&self) -> bool {
        !matches!(self.state, PendingState::Accepted(_))
    }
}

/// What is done.
impl Outbox {
    /// Parses a text and queues it.
    pub(crate) fn post(
        &mut self,
        channel: ChannelSid,
        text: &str,
        nonce: Nonce,
        now: Timestamp,
    ) -> Result<Nonce, Unposted> {
        let body = Body::parse(text).map_err(Unposted::Refused)?;
        if OUTBOX_MESSAGES_MAX <= self.unsent() {
            return Err(Unposted::OutboxFull);
        }
        self.pending.push(Pending {
            channel,
            nonce,
            body,
            queued_at: now,
            state: PendingState::Queued,
        });
        Ok(nonce)
    }

    /// Marks the next message to send as sent and returns it. Those that have waited for too long
    /// are marked instead, and added to `doubtful`.
    pub(crate) fn next_to_send(
        &mut self,
        now: Timestamp,
        doubtful: &mut Vec<(ChannelSid, Nonce)>,
    ) -> Option<&Pending> {
        if self.paused_until.is_some_and(|until| now < until) {
            return None;
        }
        self.paused_until = None;
        let is_sent = |pending: &&Pending| pending.state == PendingState::Sent;
        let busy: Vec<_> = self.iter().filter(is_sent).map(|pending| pending.channel).collect();
        if WINDOW <= busy.len() {
            return None;
        }
        let mut next = None;
        for (at, pending) in self.pending.iter_mut().enumerate() {
            if pending.state != PendingState::Queued || busy.contains(&pending.channel) {
                continue;
            }
            if now.since(pending.queued_at) <= OUTBOX_ASK_AFTER_MS {
                pending.state = PendingState::Sent;
                next = Some(at);
                break;
            }
            pending.state = PendingState::NeedsWord(Why::Old);
            doubtful.push((pending.channel, pending.nonce));
        }
        self.pending.get(next?)
    }

    /// The server has the message, and it is durable.
    pub(crate) fn accepted(&mut self, nonce: Nonce, index: MessageIndex) {
        self.pauses = 0;
        self.set_state(nonce, PendingState::Accepted(index));
    }

    /// The server said no: for now, or for good.
    pub(crate) fn refused(&mut self, nonce: Nonce, refusal: WireRefusal, now: Timestamp) {
        // Without a valid session nothing is judged; the text is as good as before.
        if !refusal.temporary && refusal.status != 401 {
            self.set_state(nonce, PendingState::Failed(refusal));
            return;
        }
        let pause = refusal.retry_after.map_or(PAUSE_MS << self.pauses.min(6), i64::from);
        self.pauses += 1;
        self.paused_until = Some(now.plus(pause));
        self.set_state(nonce, PendingState::Queued);
    }

    /// The message itself is here; says whether it was pending.
    pub(crate) fn confirmed(&mut self, nonce: Nonce) -> bool {
        self.take(nonce).is_some()
    }

    /// Takes a message out.
    pub(crate) fn take(&mut self, nonce: Nonce) -> Option<Pending> {
        let at = self.pending.iter().position(|pending| pending.nonce == nonce)?;
        Some(self.pending.remove(at))
    }

    /// Forgets accepted messages of a channel up to an index: they are among what is loaded, or
    /// before it.
    pub(crate) fn settle(&mut self, channel: ChannelSid, last: Option<MessageIndex>) {
        self.pending.retain(|pending| match pending.state {
            PendingState::Accepted(index) => pending.channel != channel || last < Some(index),
            _ => true,
        });
    }

    /// The connection broke: what was on its way may not have come, and is sent again.
    pub(crate) fn cut(&mut self) {
        for pending in &mut self.pending {
            if pending.state == PendingState::Sent {
                pending.state = PendingState::Queued;
            }
        }
        self.paused_until = None;
    }

    /// By the person's word, a failed or doubtful message is queued again, as if said now. One
    /// whose nonce was taken gets another.
    pub(crate) fn retry(&mut self, nonce: Nonce, fresh: Nonce, now: Timestamp) -> Option<&Pending> {
        let waits_for_a_word = self.get(nonce).is_some_and(|pending| {
            matches!(pending.state, PendingState::Failed(_) | PendingState::NeedsWord(_))
        });
        if !waits_for_a_word {
            return None;
        }
        let mut pending = self.take(nonce)?;
        if let PendingState::Failed(refusal) = &pending.state
            && refusal.code == Refusal::NonceReused.code()
        {
            pending.nonce = fresh;
        }
        pending.state = PendingState::Queued;
        pending.queued_at = now;
        self.pending.push(pending);
        self.pending.last()
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.pending.clear();
    }

    /// The channel is gone: takes out everything that was meant for it.
    pub(crate) fn take_all_of(&mut self, channel: ChannelSid) -> Vec<Pending> {
        let all = std::mem::take(&mut self.pending);
        let (taken, kept) = all.into_iter().partition(|pending| pending.channel == channel);
        self.pending = kept;
        taken
    }

    /// When the outbox goes on by itself.
    pub(crate) fn wakes_at(&self) -> Option<Timestamp> {
        let waits = self.iter().any(|pending| pending.state == PendingState::Queued);
        self.paused_until.filter(|_| waits)
    }

    fn set_state(&mut self, nonce: Nonce, state: PendingState) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.nonce == nonce) {
            pending.state = state;
        }
    }
}
