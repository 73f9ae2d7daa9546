//! What commands, queries and the store hand each other. What also travels is in `chat`.

use chat::protocol::{ChannelState, Row, Scope};
use chat::{
    Attributes, Body, Channel, ChannelDetails, ChannelSid, Identity, Level, Listing, Media, Member,
    MemberSid, Membership, Message, MessageIndex, MessageSid, Nonce, Permissions, Role, RoleSid,
    Sequence, ServiceSid, SessionSid, Timestamp, User, UserSid, limits,
};
use uuid::Uuid;

/// The world that every row belongs to, made at the first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    pub sid: ServiceSid,
    /// New after a restore: whatever a client knew of another epoch is void.
    pub epoch: Uuid,
    pub general: ChannelSid,
}

impl Service {
    /// The user in whose name the operator acts; made with the service, and shares its digits.
    pub fn system(&self) -> UserSid {
        UserSid::from_bytes(*self.sid.as_bytes())
    }
}

/// What the operator sets for the service; the defaults are Programmable Chat's, except that it
/// follows who is reachable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Members of one channel, at most. General has no such limit.
    pub members_of_channel: u64,
    /// Channels that one user may be in. General counts, but everybody may join it.
    pub channels_of_user: u64,
    /// Milliseconds between two typing signals of one member in one channel, at least.
    pub typing_interval_ms: i64,
    /// Whether anybody is told who is reachable.
    pub reachability: bool,
    /// Whether members see how far others have read; how far they have read themselves, they always
    /// see.
    pub read_status: bool,
    /// Milliseconds between two shown read horizons of one member, at least.
    pub horizon_interval_ms: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            members_of_channel: 100,
            channels_of_user: 250,
            typing_interval_ms: limits::TYPING_INTERVAL_MS,
            reachability: true,
            read_status: true,
            horizon_interval_ms: limits::SHOWN_HORIZON_INTERVAL_MS,
        }
    }
}

/// The roles of whoever was given nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultRoles {
    pub user: RoleSid,
    /// A channel's creator's, on joining it.
    pub creator: RoleSid,
    pub member: RoleSid,
}

impl Default for DefaultRoles {
    fn default() -> Self {
        Self {
            user: RoleSid::SERVICE_USER,
            creator: RoleSid::CHANNEL_ADMIN,
            member: RoleSid::CHANNEL_USER,
        }
    }
}

/// A name that somebody wishes to bear, and what it looks like: names with the same skeleton are
/// taken for each other by people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenName {
    pub identity: Identity,
    pub skeleton: String,
}

/// A user to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    pub sid: UserSid,
    pub name: &'a ChosenName,
    pub role: RoleSid,
    pub guest: bool,
    pub password_hash: Option<&'a str>,
    pub at: Timestamp,
}

/// A session to be made; the secret itself is only in the browser's cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSession {
    pub secret_hash: [u8; 32],
    pub expires_at: Timestamp,
}

/// A session that has not been ended; whether it has expired is for the asker to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub sid: SessionSid,
    pub user: User,
    pub expires_at: Timestamp,
}

impl Session {
    /// Whether it still holds: sessions end with their user, too.
    pub fn lives(&self, now: Timestamp) -> bool {
        now < self.expires_at && !self.user.retired
    }
}

/// Who signed in, and the session that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub user: User,
    pub session: SessionSid,
}

/// What a connection is told first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcomed {
    pub user: User,
    pub service: Service,
    pub settings: Settings,
    pub channels: Vec<ChannelState>,
}

/// A channel that is not deleted, with the counters that do not stamp its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveChannel {
    pub sid: ChannelSid,
    pub details: ChannelDetails,
    pub entered: Sequence,
    pub changed: Sequence,
    /// The head of its scope.
    pub sequence: Sequence,
    pub last_index: Option<MessageIndex>,
    pub last_message_at: Option<Timestamp>,
    /// Those that are not deleted.
    pub messages: u64,
    pub members: u64,
    /// Who bears the creator's role on joining.
    pub creator: Option<UserSid>,
}

impl LiveChannel {
    /// As its own scope tells it.
    pub fn row(&self) -> Channel {
        Channel {
            sid: self.sid,
            details: Some(self.details.clone()),
            entered: self.entered,
            changed: self.changed,
        }
    }
}

/// A present member, as the rules need to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveMember {
    pub sid: MemberSid,
    pub role: RoleSid,
    /// What that role permits.
    pub permissions: Permissions,
    /// The last message read, as the user's own scope has it.
    pub horizon: Option<MessageIndex>,
    /// When the channel was last shown that horizon.
    pub shown_at: Option<Timestamp>,
    /// The channel's last message when they joined: what was there before is never unread.
    pub joined_index: Option<MessageIndex>,
    pub attributes: Attributes,
    pub level: Level,
    /// The sequence of the user's own scope that last changed the membership.
    pub changed: Sequence,
}

impl LiveMember {
    /// The last message that counts as read.
    pub fn floor(&self) -> Option<MessageIndex> {
        self.horizon.max(self.joined_index)
    }
}

/// A membership to be made, or made anew.
#[derive(Clone, Copy, Debug)]
pub struct NewMember<'a> {
    pub sid: MemberSid,
    pub channel: ChannelSid,
    pub user: &'a User,
    pub role: RoleSid,
    pub at: Timestamp,
}

/// A message that was judged and only lacks its place.
#[derive(Clone, Copy, Debug)]
pub struct NewMessage<'a> {
    pub sid: MessageSid,
    pub channel: ChannelSid,
    pub author: &'a User,
    pub body: Option<&'a Body>,
    pub media: Option<&'a Media>,
    pub attributes: &'a Attributes,
    pub nonce: Nonce,
    pub at: Timestamp,
}

impl NewMessage<'_> {
    /// The message in its place.
    pub fn placed(&self, index: MessageIndex, entered: Sequence) -> Message {
        Message {
            sid: self.sid,
            index,
            author: self.author.sid,
            identity: self.author.identity.clone(),
            body: self.body.cloned(),
            attributes: self.attributes.clone(),
            nonce: self.nonce,
            posted_at: self.at,
            media: self.media.cloned(),
            edited: None,
            entered,
            changed: entered,
        }
    }
}

/// A file that came in, or comes in. Its bytes are in the file store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    pub media: Media,
    /// Who brought it.
    pub user: UserSid,
    pub state: UploadState,
    /// When its first bytes came.
    pub at: Timestamp,
}

/// How far a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// Not all of it is here; its size is what was announced.
    Arriving,
    /// For a message that takes it.
    Waiting,
    /// By a message.
    Kept,
    /// Nobody will have it any more; it goes.
    Left,
}

/// What a nonce was used for, and the reply that it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstReply {
    /// Of the request: the first half of its SHA-256.
    pub digest: [u8; 16],
    /// JSON.
    pub reply: String,
}

/// A channel's two faces after a change: its own scope's, and the directory's if it knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelRows {
    pub channel: Channel,
    pub listing: Option<Listing>,
}

impl ChannelRows {
    /// Each row with the scope that tells it.
    pub fn told(self) -> impl Iterator<Item = (Scope, Row)> {
        let scope = Scope::Channel(self.channel.sid);
        let listing = self.listing.map(|listing| (Scope::Directory, Row::Listing(listing)));
        [(scope, Row::Channel(self.channel))].into_iter().chain(listing)
    }
}

/// A member's two faces after a change: the channel's and the user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRows {
    pub member: Member,
    pub membership: Membership,
}

impl MemberRows {
    /// Each row with the scope that tells it.
    pub fn told(self) -> [(Scope, Row); 2] {
        let channel = Scope::Channel(self.membership.channel);
        let user = Scope::User(self.member.user);
        [(channel, Row::Member(self.member)), (user, Row::Membership(self.membership))]
    }
}

/// A message's row with the scope that tells it.
pub fn told_message(channel: ChannelSid, message: Message) -> (Scope, Row) {
    (Scope::Channel(channel), Row::Message(message))
}

/// A membership's row with the scope that tells it, where the channel's does not change.
pub fn told_membership(user: UserSid, membership: Membership) -> (Scope, Row) {
    (Scope::User(user), Row::Membership(membership))
}

/// A role's row with the scope that tells it.
pub fn told_role(role: Role) -> (Scope, Row) {
    (Scope::Directory, Row::Role(role))
}

/// A user's row with the scope that tells it.
pub fn told_user(user: User) -> (Scope, Row) {
    (Scope::User(user.sid), Row::User(user))
}
