//! What components read: plain values, one for each place on the page.

use chat::refusal::WireRefusal;
use chat::{ChannelSid, FriendlyName, Identity, MessageIndex, Nonce, Timestamp, UserSid};
use client::{Attachment, Departure, LineKey};

use super::layout::ItemKey;
use crate::wording::Language;

/// The two lists of channels, each in the order of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelLists {
    /// Whether they are all there.
    pub known: bool,
    pub invitations: Vec<InvitationView>,
    pub joined: Vec<ChannelSid>,
    pub open_to_join: Vec<ChannelSid>,
    pub may_create: bool,
    pub may_join: bool,
}

/// What a list on the page holds, by what tells it apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Language(Language),
    Pane(Pane),
    Channel(ChannelSid),
    Invitation(InvitationView),
    Item(ItemKey),
    Member(MemberView),
    Told(u32),
    Chosen(u32),
}

/// A channel that somebody asks me to join.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InvitationView {
    pub channel: ChannelSid,
    pub name: String,
    pub by: Identity,
}

/// One channel in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelEntry {
    pub name: String,
    pub private: bool,
    pub path: String,
    pub unread: u64,
    pub muted: bool,
}

/// What the sheet shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pane {
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
pub struct Head {
    pub channel: ChannelSid,
    pub name: String,
    pub address: String,
    pub is_general: bool,
    pub private: bool,
    pub is_own: bool,
    pub may_write: bool,
    pub may_attach: bool,
    pub may_invite: bool,
    pub may_add: bool,
    pub may_remove: bool,
    pub may_rename: bool,
    pub may_hand_over: bool,
    pub may_delete: bool,
    pub may_leave: bool,
    pub may_mute: bool,
    pub muted: bool,
    pub members: u64,
    pub messages: u64,
    /// Whether its first page is here.
    pub loaded: bool,
}

/// What is before the earliest row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Earlier {
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
pub enum RowView {
    Day { at: Timestamp, days_ago: i64 },
    New,
    Event { identity: Identity, joined: bool, at: Timestamp },
    Message(MessageView),
}

/// One message, accepted or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageView {
    pub key: LineKey,
    pub author: Identity,
    pub own: bool,
    /// Whether it has a head of its own.
    pub opens: bool,
    /// Nothing where the file says it all.
    pub body: String,
    pub file: Option<Box<Attachment>>,
    pub at: Timestamp,
    /// When it was edited last.
    pub edited: Option<Timestamp>,
    pub index: Option<MessageIndex>,
    pub state: RowState,
}

/// Whose messages I may edit, and whose delete, in the open channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Editable {
    pub text: Whose,
    pub deletes: Whose,
}

/// My own, anybody's, or nobody's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Whose {
    pub own: bool,
    pub any: bool,
}

impl Whose {
    /// Whether this message is one of them: an accepted one, and mine where only mine are.
    pub fn has(self, message: &MessageView) -> bool {
        message.state == RowState::Accepted
            && message.index.is_some()
            && if message.own { self.own } else { self.any }
    }
}

/// What has become of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowState {
    Accepted,
    /// Only a marker is left.
    Deleted,
    Sending(Nonce),
    /// Goes out when the connection is back.
    Waiting(Nonce),
    /// Goes out only by the person's word.
    Stale(Nonce),
    Failed(Nonce, WireRefusal),
    /// Its file is on its way, or waits for its turn.
    Uploading(Nonce),
    /// The same without a connection.
    UploadWaiting(Nonce),
    /// Its file was not uploaded when its page closed.
    FileGone(Nonce),
}

/// A file that is to go with the next message of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub number: u32,
    pub channel: ChannelSid,
    pub attachment: Attachment,
    /// Where the page can show it.
    pub url: String,
}

/// The upload that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uploading {
    pub nonce: Nonce,
    /// How much of it is through.
    pub percent: u8,
}

/// The members of the open channel that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MembersView {
    pub known: Vec<MemberView>,
    pub count: u64,
    pub more: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MemberView {
    pub user: UserSid,
    pub identity: Identity,
    pub admin: bool,
    pub guest: bool,
    pub you: bool,
}

/// What I am called beside my identity, if anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Myself {
    pub name: String,
    pub may_rename: bool,
}

/// Where in a timeline somebody was.
#[derive(Clone, Debug, PartialEq)]
pub enum ScrollPlace {
    End,
    /// The row with this id, its top so many pixels below the list's.
    Row(String, f64),
}

/// A dialog that a person opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    Create,
    Rename(Head),
    Delete(Head),
    DeleteMessage(ChannelSid, MessageView),
    Invite(Head),
    Remove(ChannelSid, MemberView),
    HandOver(Head),
    RenameMyself,
    SignOut { unsent: u64 },
    Stale { count: u64 },
    Blocked,
    Picture(ChannelSid, MessageView),
}

impl Dialog {
    /// The channel that it is about, if it is about one: it goes when another one is open.
    pub fn channel(&self) -> Option<ChannelSid> {
        match self {
            Self::Rename(head) | Self::Delete(head) | Self::Invite(head) | Self::HandOver(head) => {
                Some(head.channel)
            }
            Self::DeleteMessage(channel, _)
            | Self::Remove(channel, _)
            | Self::Picture(channel, _) => Some(*channel),
            Self::Create
            | Self::RenameMyself
            | Self::SignOut { .. }
            | Self::Stale { .. }
            | Self::Blocked => None,
        }
    }
}

/// Something that happened to a channel of mine while I could not prevent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub number: u32,
    pub name: Option<FriendlyName>,
    pub departure: Departure,
    pub unsent: Vec<String>,
    /// Whether it was open, so that the reader is somewhere else now.
    pub was_open: bool,
    /// Whether that is the General Channel.
    pub to_general: bool,
}
