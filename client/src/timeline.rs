//! One channel as seen so far: messages by index, notices among them, members.

use std::fmt;

use chat::{
    ChannelDetails, Identity, Member, MemberSid, Message, MessageIndex, MessageSid, Nonce,
    Sequence, Timestamp, UserSid,
};

use crate::outbox::Pending;

/// One thing in a channel's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    Message(&'a Message),
    Notice(&'a Notice),
    Pending(&'a Pending),
}

/// Names a line for as long as it is shown: a message of mine keeps its key when it is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineKey {
    /// A message of mine, pending or not.
    Mine(Nonce),
    /// A message of another.
    Theirs(MessageSid),
    Notice(MemberSid, Sequence),
}

impl fmt::Display for LineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mine(nonce) => nonce.0.fmt(f),
            Self::Theirs(sid) => sid.fmt(f),
            Self::Notice(sid, sequence) => write!(f, "{sid}-{}", sequence.0),
        }
    }
}

/// "Ada joined", "Ada left": seen happening, or told after a break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub member: MemberSid,
    pub user: UserSid,
    pub identity: Identity,
    pub kind: NoticeKind,
    pub at: Timestamp,
    /// Its place among the messages.
    pub sequence: Sequence,
}

/// What a notice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    Joined,
    Left,
}

/// One channel as seen so far.
#[derive(Debug)]
pub struct Timeline {
    details: Option<ChannelDetails>,
}

impl Timeline {
    /// The channel's names and attributes; nothing once it is deleted.
    pub fn details(&self) -> Option<&ChannelDetails> {
        self.details.as_ref()
    }

    /// Messages and notices, in order; double-ended. What is pending is the outbox's.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = Line<'_>> {
        std::iter::empty()
    }

    /// The message with an index, if it is loaded.
    pub fn message(&self, _index: MessageIndex) -> Option<&Message> {
        None
    }

    /// The latest message's index.
    pub fn last_index(&self) -> Option<MessageIndex> {
        None
    }

    /// Whether there are messages before the earliest loaded one.
    pub fn has_earlier(&self) -> bool {
        false
    }

    /// Whether an earlier page is on its way.
    pub fn is_loading_earlier(&self) -> bool {
        false
    }

    /// Present members that are known, by user SID.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        std::iter::empty()
    }

    /// One present member.
    pub fn member(&self, _user: UserSid) -> Option<&Member> {
        None
    }

    /// How many members there are, known or not.
    pub fn member_count(&self) -> u64 {
        0
    }

    /// Whether there are members beyond [`Timeline::members`].
    pub fn has_more_members(&self) -> bool {
        false
    }
}
