//! The socket's words, version `yoriai.v1`: JSON text frames over one WebSocket.
//!
//! The client's first frame is [`ClientFrame::Hello`]; the server answers [`ServerFrame::Welcome`],
//! or [`ServerFrame::Refused`] and a close. After that every [`ClientFrame::Request`] gets one
//! [`ServerFrame::Reply`] with the same `ref`. Unknown fields are ignored, unknown commands refused.

use std::fmt;
use std::str::FromStr;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::channel::{Channel, ChannelDetails, FriendlyName, Listing, is_false};
use crate::ids::{
    ChannelSid, Identity, InviteSid, MemberSid, MessageIndex, MessageSid, Nonce, RoleSid, Sequence,
    SessionSid, UserSid,
};
use crate::limits;
use crate::member::{Level, Member, Membership};
use crate::message::{Draft, Message};
use crate::refusal::WireRefusal;
use crate::role::Role;
use crate::time::Timestamp;
use crate::user::User;

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "yoriai.v1";
/// Where the WebSocket lives.
pub const SOCKET_PATH: &str = "/ws";

/// What a client sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClientFrame {
    /// First, and once.
    Hello(Hello),
    Request(Request),
    /// "Are you there?" Answered with [`ServerFrame::Heartbeat`].
    Probe {},
}

/// Who is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hello {
    pub token: String,
}

/// One question or command, and the number that its reply will carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Request {
    #[serde(rename = "ref")]
    pub reference: u32,
    pub command: Command,
}

/// Everything that can be asked over the socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Command {
    PostMessage(Draft),
    /// Fields left out stay as they are.
    EditMessage(Editing),
    /// Leaves a marker without its text; deleting what is deleted changes nothing.
    DeleteMessage {
        channel: ChannelSid,
        index: MessageIndex,
    },
    CreateChannel(NewChannel),
    /// Fields left out stay as they are.
    EditChannel(ChannelEditing),
    DeleteChannel {
        channel: ChannelSid,
    },
    /// Makes another member the channel's admin, in place of the present ones.
    HandOverChannel {
        channel: ChannelSid,
        to: UserSid,
    },
    JoinChannel {
        channel: ChannelSid,
        nonce: Nonce,
    },
    LeaveChannel {
        channel: ChannelSid,
    },
    /// Makes somebody else a member, whether they wish it or not.
    AddMember {
        channel: ChannelSid,
        identity: String,
        nonce: Nonce,
    },
    /// Ends somebody else's membership; removing who is gone changes nothing.
    RemoveMember {
        channel: ChannelSid,
        user: UserSid,
    },
    /// Asks somebody to join; they join, or decline.
    InviteMember {
        channel: ChannelSid,
        identity: String,
        nonce: Nonce,
    },
    /// Says no to an invitation; where there is none, nothing changes.
    DeclineInvite {
        channel: ChannelSid,
    },
    /// Fields left out stay as they are.
    EditMember(MemberEditing),
    /// Fields left out stay as they are.
    EditUser(UserEditing),
    SetNotificationLevel {
        channel: ChannelSid,
        level: Level,
    },
    /// Advances the read horizon; a lower index than before changes nothing.
    AdvanceReadHorizon {
        channel: ChannelSid,
        index: MessageIndex,
    },
    /// Sets the read horizon, also back; without an index nothing is read.
    SetReadHorizon {
        channel: ChannelSid,
        index: Option<MessageIndex>,
    },
    SetTyping {
        channel: ChannelSid,
    },
    /// Looks at these people, at most [`limits::PRESENCE_WATCHED_MAX`], and at nobody else: who of
    /// them is reachable, and what they are called, now and at each turn.
    WatchPresence {
        users: Vec<UserSid>,
    },
    /// What changed since; for the directory also the wish to hear of it from now on.
    Resume {
        scope: Scope,
        since: Sequence,
    },
    /// The channel as it is now, with its latest page of messages.
    OpenChannel {
        channel: ChannelSid,
    },
    /// Messages before an index, newest page first, each page in ascending order.
    History {
        channel: ChannelSid,
        before: MessageIndex,
        limit: u32,
    },
    /// Members after one, ordered by user SID.
    Members {
        channel: ChannelSid,
        after: Option<UserSid>,
    },
    Unread {
        channel: ChannelSid,
    },
    /// Where the file of a message can be fetched from.
    MediaUrl {
        channel: ChannelSid,
        index: MessageIndex,
    },
    /// A new token for the same user and session, before the old one ends.
    RenewToken {
        token: String,
    },
}

/// A channel that is wished for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewChannel {
    pub nonce: Nonce,
    pub friendly_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_name: Option<String>,
    /// JSON of any shape, as text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub attributes: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
    /// Whether its creator stays outside until they join.
    #[serde(default, skip_serializing_if = "is_false")]
    pub without_joining: bool,
}

/// What else a channel is to be like. An empty unique name removes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChannelEditing {
    pub channel: ChannelSid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_name: Option<String>,
    /// JSON of any shape, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<String>,
    /// A public channel may become private, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
}

impl ChannelEditing {
    /// Changes nothing yet.
    pub fn of(channel: ChannelSid) -> Self {
        let (friendly_name, unique_name) = (None, None);
        Self { channel, friendly_name, unique_name, attributes: None, private: None }
    }
}

/// What else a member is to be like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemberEditing {
    pub channel: ChannelSid,
    pub user: UserSid,
    /// A channel role; only the operator gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleSid>,
    /// JSON of any shape, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<String>,
}

/// What else a user is to be like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserEditing {
    pub user: UserSid,
    /// An empty name removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<String>,
    /// A service role; only the operator gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleSid>,
    /// JSON of any shape, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<String>,
}

/// New words for a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Editing {
    pub channel: ChannelSid,
    pub index: MessageIndex,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// JSON of any shape, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<String>,
}

/// What the server sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ServerFrame {
    Welcome(Box<Welcome>),
    /// `hello` was refused; a close follows.
    Refused(WireRefusal),
    Reply(Reply),
    Change(Change),
    Typing(Typing),
    Presence(Presence),
    Called(Called),
    /// The token ends soon: fetch a new one and renew.
    TokenAboutToExpire {
        expires_at: Timestamp,
    },
    Heartbeat {},
    /// The server is going down: reconnect somewhere within the spread, in milliseconds.
    Restart {
        spread: u32,
    },
}

/// The answer to a request: one flat object, `{ref, ok}` or `{ref, refused}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "ReplyOnTheWire")]
pub struct Reply {
    pub reference: u32,
    pub answer: Answer,
}

impl Serialize for Reply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut reply = serializer.serialize_struct("Reply", 2)?;
        reply.serialize_field("ref", &self.reference)?;
        match &self.answer {
            Answer::Ok(accepted) => reply.serialize_field("ok", accepted)?,
            Answer::Refused(refusal) => reply.serialize_field("refused", refusal)?,
        }
        reply.end()
    }
}

// By hand, since serde's flattening brings a second decoder for every type into the page.
#[derive(Deserialize)]
struct ReplyOnTheWire {
    #[serde(rename = "ref")]
    reference: u32,
    ok: Option<Accepted>,
    refused: Option<WireRefusal>,
}

impl From<ReplyOnTheWire> for Reply {
    fn from(ReplyOnTheWire { reference, ok, refused }: ReplyOnTheWire) -> Self {
        let accepted = ok.unwrap_or(Accepted::Done {});
        Self { reference, answer: refused.map_or(Answer::Ok(accepted), Answer::Refused) }
    }
}

/// Yes or no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Ok(Accepted),
    Refused(WireRefusal),
}

/// What a request that was not refused is answered with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Accepted {
    Done {},
    Posted(Posted),
    Created(Created),
    Joined(Joined),
    Invited(Invitation),
    Changes(Changes),
    Opened(Box<Opened>),
    History(HistoryPage),
    Members(MembersPage),
    Unread(Unread),
    Watching(Watching),
    MediaUrl(MediaUrl),
    Renewed { expires_at: Timestamp },
}

/// A message was accepted, and is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Posted {
    pub sid: MessageSid,
    pub index: MessageIndex,
}

/// A channel was made; its maker has joined it, unless that was not wished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Created {
    pub channel: ChannelSid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberSid>,
}

/// Somebody is invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Invitation {
    pub invite: InviteSid,
}

/// The user is a member now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Joined {
    pub member: MemberSid,
}

/// A part of the answer to `resume`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Changes {
    #[cfg_attr(feature = "schema", schemars(with = "String", regex(pattern = crate::schema::UUID)))]
    pub epoch: Uuid,
    pub change: Change,
    /// Whether more has changed: resume again, from this change's sequence.
    pub more: bool,
    /// Whether `since` was beyond what this store knows: start again from nothing.
    #[serde(default)]
    pub gap: bool,
}

/// A channel as it is at `sequence`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Opened {
    pub channel: Channel,
    pub sequence: Sequence,
    /// Ascending; the latest page.
    pub messages: Vec<Message>,
    /// Whether there are messages before these.
    pub earlier: bool,
    pub members: MembersPage,
    pub unread: Unread,
}

/// Messages before an index, ascending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HistoryPage {
    pub messages: Vec<Message>,
    pub earlier: bool,
}

/// Present members, ordered by user SID, and how many there are in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MembersPage {
    pub members: Vec<Member>,
    pub count: u64,
    pub more: bool,
}

/// How much of a channel I have not seen: messages by others beyond my horizon, counted up to
/// [`limits::UNREAD_COUNT_MAX`], as of `at`. My membership was then as its row that changed at
/// `mine_at`, in my own scope, says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unread {
    pub horizon: Option<MessageIndex>,
    pub unread: u64,
    pub at: Sequence,
    pub mine_at: Sequence,
}

/// Where the bytes of a file are, for whoever asked, for a few minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MediaUrl {
    /// Below the server's own address: it begins with a slash.
    pub path: String,
    pub expires_at: Timestamp,
}

/// Somebody is composing; forgotten after `lapse` milliseconds, or when their message comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Typing {
    pub channel: ChannelSid,
    pub user: UserSid,
    pub identity: Identity,
    /// 0 when the typist's last connection is gone.
    pub lapse: u32,
}

/// Who of the people that I look at is reachable: with a connection, or a moment ago. Somebody who
/// shares no channel with me looks like somebody who is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Watching {
    /// Nothing where the service does not follow who is reachable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online: Option<Vec<UserSid>>,
    /// Those who have a friendly name, or once had one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub called: Vec<Called>,
}

/// What somebody whom I look at is called, beside the identity. The newest one counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Called {
    pub user: UserSid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<FriendlyName>,
    /// Of the user's own scope.
    pub changed: Sequence,
}

impl Called {
    /// As a user's row says.
    pub fn of(user: User) -> Self {
        Self { user: user.sid, friendly_name: user.friendly_name, changed: user.changed }
    }
}

/// Somebody whom I look at became reachable, or is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Presence {
    pub user: UserSid,
    pub online: bool,
}

/// The first thing a connection hears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Welcome {
    pub identity: Identity,
    pub user: UserSid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionSid>,
    /// The store's; another one after a restore, and everything known before is void.
    #[cfg_attr(feature = "schema", schemars(with = "String", regex(pattern = crate::schema::UUID)))]
    pub epoch: Uuid,
    pub server_time: Timestamp,
    pub version: String,
    /// The General Channel's SID.
    pub general: ChannelSid,
    pub limits: Limits,
    /// Every channel I am a member of.
    pub channels: Vec<ChannelState>,
}

/// One of my channels, at the moment of `welcome`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChannelState {
    pub sid: ChannelSid,
    pub sequence: Sequence,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_index: Option<MessageIndex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<MessageIndex>,
    pub unread: u64,
    /// What a private one is like; the directory tells that of public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<ChannelDetails>,
}

/// The limits a client wants to know before it meets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Limits {
    pub body_bytes: u32,
    pub name_of_channel_characters: u32,
    /// Milliseconds between typing signals.
    pub typing_interval: u32,
    /// Bytes of one file.
    #[serde(default = "file_bytes")]
    pub file_bytes: u64,
}

fn file_bytes() -> u64 {
    limits::FILE_BYTES_MAX
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: limits::BODY_BYTES_MAX as u32,
            name_of_channel_characters: limits::NAME_OF_CHANNEL_CHARACTERS_MAX as u32,
            typing_interval: limits::TYPING_INTERVAL_MS as u32,
            file_bytes: limits::FILE_BYTES_MAX,
        }
    }
}

/// What has a sequence of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    Channel(ChannelSid),
    User(UserSid),
    Directory,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel(sid) => sid.fmt(f),
            Self::User(sid) => sid.fmt(f),
            Self::Directory => f.write_str("directory"),
        }
    }
}

impl FromStr for Scope {
    type Err = crate::ids::NotASid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "directory" {
            return Ok(Self::Directory);
        }
        text.parse().map(Self::Channel).or_else(|_| text.parse().map(Self::User))
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Every row of a scope that changed in (after, sequence], whole, in the order of its last change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    pub scope: Scope,
    pub after: Sequence,
    pub sequence: Sequence,
    pub rows: Vec<Row>,
}

/// One row of a scope. A channel has messages, members and itself; a user has memberships and
/// itself; the directory has listings and roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Row {
    Message(Message),
    Member(Member),
    Channel(Channel),
    Membership(Membership),
    User(User),
    Listing(Listing),
    Role(Role),
}

impl Row {
    /// The sequence at which the row came in: posted, or joined last.
    pub fn entered(&self) -> Sequence {
        self.stamps().0
    }

    /// The sequence that last changed the row.
    pub fn changed(&self) -> Sequence {
        self.stamps().1
    }

    fn stamps(&self) -> (Sequence, Sequence) {
        match self {
            Self::Message(row) => (row.entered, row.changed),
            Self::Member(row) => (row.entered, row.changed),
            Self::Channel(row) => (row.entered, row.changed),
            Self::Membership(row) => (row.entered, row.changed),
            Self::User(row) => (row.entered, row.changed),
            Self::Listing(row) => (row.entered, row.changed),
            Self::Role(row) => (row.entered, row.changed),
        }
    }
}

/// Why a server closed a socket, and so what its client should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCode {
    /// The server restarts (1012).
    Restart,
    /// The reader was too slow for its outbox.
    Slow,
    /// The token ran out, its grace included.
    TokenExpired,
    /// The token was refused.
    TokenRefused,
    /// The session ended: signed out, lapsed, or the user is gone.
    SessionEnded,
    /// A key's token took over the leased name.
    NameTaken,
    /// A frame that the protocol does not know.
    Malformed,
    /// No `hello` in time.
    HelloMissing,
    /// Too many connections, frames or requests.
    TooMany,
}

/// What a client does after a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterClose {
    /// Reconnect at once, with a little jitter.
    Reconnect,
    /// Reconnect later and later.
    BackOff,
    /// Fetch a new token, then reconnect.
    NewToken,
    /// Stop; only a person can go on from here.
    Stop,
}

impl CloseCode {
    /// Every one of them.
    pub const ALL: [Self; 9] = [
        Self::Restart,
        Self::Slow,
        Self::TokenExpired,
        Self::TokenRefused,
        Self::SessionEnded,
        Self::NameTaken,
        Self::Malformed,
        Self::HelloMissing,
        Self::TooMany,
    ];

    /// The number on the wire.
    pub fn number(self) -> u16 {
        match self {
            Self::Restart => 1012,
            Self::Slow => 4000,
            Self::TokenExpired => 4001,
            Self::TokenRefused => 4002,
            Self::SessionEnded => 4003,
            Self::NameTaken => 4004,
            Self::Malformed => 4005,
            Self::HelloMissing => 4006,
            Self::TooMany => 4007,
        }
    }

    /// The word beside the number.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::Slow => "slow",
            Self::TokenExpired => "expired",
            Self::TokenRefused => "token refused",
            Self::SessionEnded => "session ended",
            Self::NameTaken => "name taken by a token",
            Self::Malformed => "malformed",
            Self::HelloMissing => "hello missing",
            Self::TooMany => "too many",
        }
    }

    /// The close behind a number, or nothing for the transport's own.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.number() == number)
    }

    /// What a client does after this close.
    pub fn after(self) -> AfterClose {
        match self {
            Self::Slow => AfterClose::Reconnect,
            Self::Restart | Self::HelloMissing | Self::TooMany => AfterClose::BackOff,
            Self::TokenExpired | Self::TokenRefused => AfterClose::NewToken,
            Self::SessionEnded | Self::NameTaken | Self::Malformed => AfterClose::Stop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_read_as_they_are_documented() {
        let typing = r#"{"request":{"ref":7,"command":{"set_typing":{"channel":"CH0190000000007000800000000000002a"}}}}"#;
        let frame: ClientFrame = serde_json::from_str(typing).expect("a documented frame");
        assert_eq!(serde_json::to_string(&frame).expect("plain data"), typing);

        let done =
            ServerFrame::Reply(Reply { reference: 7, answer: Answer::Ok(Accepted::Done {}) });
        let text = serde_json::to_string(&done).expect("plain data");
        assert_eq!(text, r#"{"reply":{"ref":7,"ok":{"done":{}}}}"#);
        assert_eq!(serde_json::from_str::<ServerFrame>(&text).expect("its own text"), done);
    }

    #[test]
    fn unknown_fields_are_ignored_and_unknown_commands_are_not_understood() {
        let newer = r#"{"hello":{"token":"t","colour":"red"}}"#;
        assert!(serde_json::from_str::<ClientFrame>(newer).is_ok());
        let unknown = r#"{"request":{"ref":1,"command":{"fly":{}}}}"#;
        assert!(serde_json::from_str::<ClientFrame>(unknown).is_err());
    }

    #[test]
    fn a_scope_reads_back_what_it_prints() {
        let channel = ChannelSid::new(Uuid::from_u128(1));
        let user = UserSid::new(Uuid::from_u128(2));
        for scope in [Scope::Channel(channel), Scope::User(user), Scope::Directory] {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
    }

    #[test]
    fn every_close_has_its_own_number() {
        for code in CloseCode::ALL {
            assert_eq!(CloseCode::from_number(code.number()), Some(code));
        }
        assert_eq!(CloseCode::from_number(1006), None);
    }
}
