//! What was said but is not accepted yet: in order, once, and never lost.

use chat::refusal::WireRefusal;
use chat::{Body, ChannelSid, Nonce, Refusal, Timestamp};

/// A message of mine that is not accepted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    pub channel: ChannelSid,
    pub nonce: Nonce,
    pub body: Body,
    pub queued_at: Timestamp,
    pub state: PendingState,
}

/// How a pending message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PendingState {
    /// Waits for its turn, or for a connection.
    Queued,
    /// On its way.
    Sent,
    /// Accepted and durable; the message itself is about to come.
    Accepted,
    /// Refused for good; the text is kept, to be tried again or discarded.
    Failed(WireRefusal),
    /// Goes out only by the person's word: [`Client::retry`](crate::Client::retry).
    NeedsWord(Why),
}

/// Why a person is asked before a message goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

impl Outbox {
    /// Everything pending, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Pending> {
        self.pending.iter()
    }

    /// What is pending in one channel, in order.
    pub fn of(&self, channel: ChannelSid) -> impl Iterator<Item = &Pending> {
        self.pending.iter().filter(move |pending| pending.channel == channel)
    }

    /// Messages whose text would be lost with the outbox: all but the accepted ones.
    pub fn unsent(&self) -> usize {
        self.iter().filter(|pending| pending.state != PendingState::Accepted).count()
    }
}
