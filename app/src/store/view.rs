//! What components read: plain values, one for each place on the page.

use chat::refusal::WireRefusal;
use chat::{
    ChannelRole, ChannelSid, FriendlyName, Identity, MessageIndex, Nonce, ServiceRole, Timestamp,
    UserSid,
};
use client::{Departure, LineKey};

/// The two lists of channels, each in the order of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChannelLists {
    /// Whether they are all there.
    pub(crate) known: bool,
    pub(crate) joined: Vec<ChannelSid>,
    pub(crate) open_to_join: Vec<ChannelSid>,
}

/// One channel in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChannelEntry {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) unread: u64,
}

/// What the sheet shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Pane {
    #[default]
    Connecting,
    /// A channel of mine.
    Channel(ChannelSid),
    /// A public channel that I have not joined.
    Preview(ChannelSid),
    Gone,
}

/// The head of the open channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) channel: ChannelSid,
    pub(crate) name: String,
    pub(crate) is_general: bool,
    pub(crate) is_own: bool,
    pub(crate) role: Option<ChannelRole>,
    pub(crate) may_rename: bool,
    pub(crate) may_hand_over: bool,
    pub(crate) may_delete: bool,
    pub(crate) may_leave: bool,
    pub(crate) members: u64,
    pub(crate) messages: u64,
    /// Whether its first page is here.
    pub(crate) loaded: bool,
}

/// What is before the earliest row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Earlier {
    /// Not known yet.
    #[default]
    Unknown,
    More,
    Loading,
    /// The channel begins here.
    Nothing,
}

/// One row of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RowView {
    Day { at: Timestamp, days_ago: i64 },
    New,
    Event { identity: Identity, joined: bool, at: Timestamp },
    Message(MessageView),
}

/// One message, accepted or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MessageView {
    pub(crate) key: LineKey,
    pub(crate) author: Identity,
    pub(crate) own: bool,
    /// Whether it has a head of its own.
    pub(crate) opens: bool,
    pub(crate) body: String,
    pub(crate) at: Timestamp,
    pub(crate) index: Option<MessageIndex>,
    pub(crate) state: RowState,
}

/// What has become of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RowState {
    Accepted,
    Sending(Nonce),
    /// Goes out when the connection is back.
    Waiting(Nonce),
    /// Goes out only by the person's word.
    Stale(Nonce),
    Failed(Nonce, WireRefusal),
}

/// The members of the open channel that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MembersView {
    pub(crate) known: Vec<MemberView>,
    pub(crate) count: u64,
    pub(crate) more: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MemberView {
    pub(crate) user: UserSid,
    pub(crate) identity: Identity,
    pub(crate) admin: bool,
    pub(crate) guest: bool,
    pub(crate) you: bool,
}

/// Where in a timeline somebody was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ScrollPlace {
    End,
    /// This row's top, so many pixels below the list's.
    Row(super::layout::ItemKey, f64),
}

/// A dialog that a person opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dialog {
    Create,
    Rename(Head),
    Delete(Head),
    HandOver(Head),
    SignOut { unsent: u64 },
    Blocked,
}

/// Something that happened to a channel of mine while I could not prevent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) name: Option<FriendlyName>,
    pub(crate) departure: Departure,
    pub(crate) unsent: Vec<String>,
    /// Whether it was open, so that the reader is somewhere else now.
    pub(crate) was_open: bool,
}

/// My part in everything.
pub(crate) fn service_role(user: Option<&chat::User>) -> ServiceRole {
    user.map(|user| user.role).unwrap_or_default()
}
