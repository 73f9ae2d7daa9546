//! What a channel's list is made of, and what each part is called while it is shown.

use std::fmt;

use chat::{
    Identity, Member, MemberSid, Message, MessageIndex, MessageSid, Nonce, Sequence, Timestamp,
    UserSid,
};

use crate::outbox::Pending;

/// One thing in a channel's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    Message(&'a Message),
    Notice(&'a Notice),
    Pending(&'a Pending),
}

impl Line<'_> {
    /// What the line is called for as long as it is shown to this user.
    pub fn key(&self, me: UserSid) -> LineKey {
        match self {
            Self::Message(message) => LineKey::of(message, me),
            Self::Notice(notice) => notice.key(),
            Self::Pending(pending) => LineKey::Mine(pending.nonce),
        }
    }
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

impl LineKey {
    pub(crate) fn of(message: &Message, me: UserSid) -> Self {
        if message.author == me {
            return Self::Mine(message.nonce);
        }
        Self::Theirs(message.sid)
    }
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

impl Notice {
    /// What a member's newer row says to somebody who has followed the channel up to `since`.
    pub(crate) fn told_by(member: &Member, since: Sequence) -> impl Iterator<Item = Self> {
        let joined = (since < member.entered).then_some((NoticeKind::Joined, member.entered));
        let left = member.has_left().then_some((NoticeKind::Left, member.changed));
        joined.into_iter().chain(left).map(|(kind, sequence)| Self {
            member: member.sid,
            user: member.user,
            identity: member.identity.clone(),
            kind,
            at: member.at,
            sequence,
        })
    }

    pub(crate) fn key(&self) -> LineKey {
        LineKey::Notice(self.member, self.sequence)
    }
}

/// Where a line stands: by the sequence at which it came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    entered: Sequence,
    index: Option<MessageIndex>,
    member: Option<MemberSid>,
}

/// A line as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    Message(Message),
    Notice(Notice),
}

impl Kept {
    pub(crate) fn place(&self) -> Place {
        match self {
            Self::Message(message) => {
                Place { entered: message.entered, index: Some(message.index), member: None }
            }
            Self::Notice(notice) => {
                Place { entered: notice.sequence, index: None, member: Some(notice.member) }
            }
        }
    }

    pub(crate) fn as_line(&self) -> Line<'_> {
        match self {
            Self::Message(message) => Line::Message(message),
            Self::Notice(notice) => Line::Notice(notice),
        }
    }
}
