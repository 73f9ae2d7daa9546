//! What the client tells the page. An event says where to look; what it is now is read.

use chat::protocol::Accepted;
use chat::refusal::WireRefusal;
use chat::{ChannelSid, FriendlyName};

use crate::timeline::LineKey;

/// What has become different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Read [`Client::state`](crate::Client::state).
    State,
    /// The server knows us: [`me`](crate::Client::me), [`general`](crate::Client::general) and
    /// [`limits`](crate::Client::limits) are set, and saved outboxes may be adopted. `anew` when
    /// everything known before is void: the first time, and for another store or another user.
    Welcomed {
        anew: bool,
    },
    /// Everything missed since the last connection has been folded in.
    CaughtUp,
    /// These channels' listings came, changed or went, or a role did: what
    /// [`rights`](crate::Client::rights) gives may be another.
    Directory(Vec<ChannelSid>),
    /// These memberships of mine, or my own user row, came, changed or went.
    Memberships(Vec<ChannelSid>),
    Timeline {
        channel: ChannelSid,
        change: TimelineChange,
    },
    /// Read [`Client::unread`](crate::Client::unread).
    Unread(ChannelSid),
    /// Read [`Client::typing`](crate::Client::typing).
    Typing(ChannelSid),
    /// Read [`Client::people`](crate::Client::people).
    People,
    /// A question of the page was answered.
    Answered {
        ticket: Ticket,
        outcome: Outcome,
    },
    /// A channel of mine is mine no more; its timeline is dropped. What was still queued for it
    /// comes along, oldest first, and is in the outbox no more.
    ChannelGone {
        channel: ChannelSid,
        friendly_name: Option<FriendlyName>,
        departure: Departure,
        unsent: Vec<String>,
    },
    /// The server is not the build this page came from; said once. Offer a reload.
    NewerServer {
        version: String,
    },
}

/// What became different in one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimelineChange {
    /// All of it: read everything again.
    Reset,
    /// Lines came, changed or went; pending ones too. A pending line that was accepted is
    /// `changed`, under the same key.
    Lines { added: Vec<LineKey>, changed: Vec<LineKey>, gone: Vec<LineKey> },
    /// The earlier page that was asked for came in at the front, or will not come now.
    Earlier,
    /// Members or their count.
    Members,
    /// Names or attributes of the channel.
    Details,
}

/// Why a channel is mine no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// It was deleted.
    Deleted,
    /// I left, here or on another device.
    Left,
}

/// Pairs a question of the page with [`Event::Answered`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u32);

/// How a question of the page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Ok(Accepted),
    Refused(WireRefusal),
    /// The connection ended, and asking again would not be the same question, or cannot be.
    Lost,
}
