//! The questions that commands and queries ask a database inside one transaction, by noun.
//!
//! A question that writes gives the row its next sequence and returns it whole. Where two callers
//! may wish for the same name, the answer is a value: nothing, and nothing was written.

use chat::protocol::{Row, Scope};
use chat::{
    Attributes, ChannelDetails, ChannelSid, FriendlyName, Identity, InviteSid, Invited, Level,
    MediaSid, Member, MemberSid, Membership, Message, MessageIndex, MessageSid, Nonce, Permissions,
    Role, RoleDetails, RoleSid, Sequence, SessionSid, Timestamp, UniqueName, User, UserSid,
    WebhookSid,
};

use crate::store::Ask;
use crate::store::listed::{ListedInvite, ListedMember, ListedMembership, ListedUser};
use crate::store::nouns::{
    ChannelRows, DefaultRoles, FirstReply, LiveChannel, LiveMember, MemberRows, NewMember,
    NewMessage, NewSession, NewUser, Service, Session, Settings, Upload,
};
use crate::store::pieces::{Page, Room};
use crate::webhooks::{ChannelWebhook, Delivery, ServiceWebhooks};

/// All questions of one transaction. What it reads is one snapshot, and its own writes.
pub trait Tx:
    Services
    + Roles
    + Users
    + Sessions
    + Nonces
    + Channels
    + Members
    + Messages
    + Uploads
    + Lists
    + Parts
    + Webhooks
    + Deliveries
{
}

impl<T> Tx for T where
    T: Services
        + Roles
        + Users
        + Sessions
        + Nonces
        + Channels
        + Members
        + Messages
        + Uploads
        + Lists
        + Parts
        + Webhooks
        + Deliveries
{
}

/// The service itself, and what changed in its scopes.
pub trait Services {
    /// Nothing before the first start.
    fn service(&mut self) -> Ask<Option<Service>>;

    /// Makes the service that everything from now on belongs to.
    fn found(&mut self, service: &Service, at: Timestamp) -> Ask<()>;

    /// What developers call it; nothing until it is named.
    fn service_name(&mut self) -> Ask<Option<FriendlyName>>;

    fn name_service(&mut self, name: &FriendlyName) -> Ask<()>;

    fn settings(&mut self) -> Ask<Settings>;

    fn set_settings(&mut self, settings: Settings) -> Ask<()>;

    /// The last sequence that was given in a scope, also in a deleted channel's.
    fn head(&mut self, scope: Scope) -> Ask<Option<Sequence>>;

    /// The rows of a scope that changed after `since`, in the order of their last change, as many
    /// as there is room for.
    fn changed_rows(&mut self, scope: Scope, since: Sequence, room: Room) -> Ask<Page<Row>>;
}

/// Roles, told in the directory.
pub trait Roles {
    /// What users, creators and members bear who were given nothing else.
    fn default_roles(&mut self) -> Ask<DefaultRoles>;

    fn set_default_roles(&mut self, roles: DefaultRoles) -> Ask<()>;

    /// Nothing if it is deleted.
    fn role(&mut self, sid: RoleSid) -> Ask<Option<Role>>;

    /// What a role permits; nothing if it is deleted.
    fn permissions(&mut self, role: RoleSid) -> Ask<Permissions>;

    /// All of them, by SID.
    fn roles(&mut self) -> Ask<Vec<Role>>;

    /// Makes a role, or gives it another name and other permissions.
    fn put_role(&mut self, sid: RoleSid, details: &RoleDetails) -> Ask<Role>;

    /// Leaves a marker.
    fn delete_role(&mut self, sid: RoleSid, at: Timestamp) -> Ask<Role>;

    /// Whether any user or member bears it, or will who takes up an invitation.
    fn is_borne(&mut self, role: RoleSid) -> Ask<bool>;
}

/// Users: who bears which name.
pub trait Users {
    /// Also one that is retired.
    fn user(&mut self, sid: UserSid) -> Ask<Option<User>>;

    /// Who bears this very name now.
    fn user_named(&mut self, identity: &Identity) -> Ask<Option<User>>;

    /// Somebody who bears a name that looks like this now.
    fn user_like(&mut self, skeleton: &str) -> Ask<Option<User>>;

    /// Nothing for guests and for users who come with a key's token.
    fn password_hash(&mut self, user: UserSid) -> Ask<Option<String>>;

    /// Nothing if somebody bears this very name.
    fn add_user(&mut self, user: &NewUser<'_>) -> Ask<Option<User>>;

    /// Stores a user's role, friendly name and attributes.
    fn change_user(&mut self, user: User) -> Ask<User>;

    /// Ends a user: from now on the name is free.
    fn retire_user(&mut self, user: UserSid, at: Timestamp) -> Ask<User>;

    /// Remembers that a socket of theirs was opened or closed. Tells nobody.
    fn see_user(&mut self, user: UserSid, at: Timestamp) -> Ask<()>;

    /// Guests last seen before a moment, the longest unseen first.
    fn guests_not_seen(&mut self, since: Timestamp, limit: usize) -> Ask<Vec<UserSid>>;
}

/// Sessions: one sign-in of one browser. An ended one is not found again.
pub trait Sessions {
    fn session(&mut self, sid: SessionSid) -> Ask<Option<Session>>;

    fn session_with_secret(&mut self, secret_hash: &[u8; 32]) -> Ask<Option<Session>>;

    fn sessions_of(&mut self, user: UserSid) -> Ask<Vec<SessionSid>>;

    /// Secrets are drawn at random, so no two are alike.
    fn add_session(
        &mut self,
        sid: SessionSid,
        user: UserSid,
        session: &NewSession,
        at: Timestamp,
    ) -> Ask<()>;

    fn end_session(&mut self, sid: SessionSid, at: Timestamp) -> Ask<()>;

    /// Forgets sessions, ended or not, that expired before a moment; says how many.
    fn forget_sessions(&mut self, expired_before: Timestamp, limit: usize) -> Ask<usize>;
}

/// Nonces outlive whatever they made.
pub trait Nonces {
    fn first_reply(&mut self, user: UserSid, nonce: Nonce) -> Ask<Option<FirstReply>>;

    fn keep_reply(&mut self, user: UserSid, nonce: Nonce, first: &FirstReply) -> Ask<()>;
}

/// Channels, and their listings in the directory.
pub trait Channels {
    /// Nothing if it is deleted.
    fn channel(&mut self, sid: ChannelSid) -> Ask<Option<LiveChannel>>;

    /// Nothing if another channel has its unique name. A private one is never listed.
    fn add_channel(
        &mut self,
        sid: ChannelSid,
        creator: UserSid,
        details: &ChannelDetails,
    ) -> Ask<Option<ChannelRows>>;

    /// Gives a live channel other details. Nothing if another channel has its unique name.
    fn change_channel(
        &mut self,
        sid: ChannelSid,
        details: &ChannelDetails,
    ) -> Ask<Option<ChannelRows>>;

    /// Who bears the creator's role on joining. Tells nobody.
    fn set_creator(&mut self, channel: ChannelSid, creator: UserSid) -> Ask<()>;

    /// Leaves a marker, and frees the unique name. What it held is forgotten later, in pieces.
    fn delete_channel(&mut self, sid: ChannelSid, at: Timestamp) -> Ask<ChannelRows>;

    /// A deleted channel that still holds something.
    fn channel_to_forget(&mut self) -> Ask<Option<ChannelSid>>;

    /// Ends memberships of, and invitations to, a deleted channel; only their users' own scopes tell it.
    fn forget_members(
        &mut self,
        channel: ChannelSid,
        limit: usize,
    ) -> Ask<Vec<(UserSid, Membership)>>;

    /// Removes messages of a deleted channel, and leaves their files; says how many messages.
    fn forget_messages(&mut self, channel: ChannelSid, limit: usize) -> Ask<usize>;

    /// A deleted channel holds nothing any more.
    fn forgot_channel(&mut self, channel: ChannelSid) -> Ask<()>;
}

/// Members: one row, told in the channel's scope and in the user's own.
pub trait Members {
    /// Nothing if they have left. Ask whether the channel lives first.
    fn member(&mut self, channel: ChannelSid, user: UserSid) -> Ask<Option<LiveMember>>;

    /// Present members after one, by user SID.
    fn members(
        &mut self,
        channel: ChannelSid,
        after: Option<UserSid>,
        limit: usize,
    ) -> Ask<Vec<Member>>;

    /// Members with a role, by user SID.
    fn bearers(&mut self, channel: ChannelSid, role: RoleSid) -> Ask<Vec<UserSid>>;

    /// A user's memberships in channels that live, by channel SID.
    fn memberships(&mut self, user: UserSid) -> Ask<Vec<(LiveChannel, LiveMember)>>;

    /// How many channels a user is in.
    fn channels_of(&mut self, user: UserSid) -> Ask<u64>;

    /// Makes a membership, also where one has ended: it enters anew, with nothing read. An
    /// invitation ends with it.
    fn add_member(&mut self, member: &NewMember<'_>) -> Ask<MemberRows>;

    /// Gives a present member another role and other attributes.
    fn change_member(
        &mut self,
        channel: ChannelSid,
        user: UserSid,
        role: RoleSid,
        attributes: &Attributes,
    ) -> Ask<MemberRows>;

    /// Leaves a marker of a present member.
    fn remove_member(
        &mut self,
        channel: ChannelSid,
        user: UserSid,
        at: Timestamp,
    ) -> Ask<MemberRows>;

    /// Sets a present member's horizon in the user's own scope.
    fn set_horizon(
        &mut self,
        channel: ChannelSid,
        user: UserSid,
        index: Option<MessageIndex>,
    ) -> Ask<Membership>;

    /// Sets a present member's notification level, which is only the user's own.
    fn set_level(&mut self, channel: ChannelSid, user: UserSid, level: Level) -> Ask<Membership>;

    /// Nothing if they are not invited, or have joined or declined.
    fn invited(&mut self, channel: ChannelSid, user: UserSid) -> Ask<Option<Invited>>;

    /// Everybody who is invited to a channel, by user SID.
    fn invitations(&mut self, channel: ChannelSid) -> Ask<Vec<(UserSid, Invited)>>;

    /// The channels that somebody is invited to.
    fn invitations_of(&mut self, user: UserSid) -> Ask<Vec<ChannelSid>>;

    /// Invites somebody who is no member; only their own scope tells it.
    fn invite(&mut self, channel: ChannelSid, user: &User, invited: &Invited) -> Ask<Membership>;

    /// The invitation is over.
    fn end_invitation(&mut self, channel: ChannelSid, user: UserSid) -> Ask<Membership>;

    /// Gives a present member another date of joining, which only the channel tells.
    fn date_member(&mut self, channel: ChannelSid, user: UserSid, at: Timestamp) -> Ask<Member>;

    /// Shows the channel the horizon that the user's own scope has.
    fn show_horizon(&mut self, channel: ChannelSid, user: UserSid, at: Timestamp) -> Ask<Member>;

    /// Forgets in every channel what it was shown; no row counts as changed.
    fn hide_horizons(&mut self) -> Ask<()>;
}

/// Messages of one channel.
pub trait Messages {
    /// Gives a message its index and stores it.
    fn append_message(&mut self, message: &NewMessage<'_>) -> Ask<Message>;

    /// Nothing where none has this index. Also one that is deleted.
    fn message(&mut self, channel: ChannelSid, index: MessageIndex) -> Ask<Option<Message>>;

    /// Stores a message's new content in its place; without words and a file it is a marker from now
    /// on, and no longer counted.
    fn change_message(&mut self, channel: ChannelSid, message: Message) -> Ask<Message>;

    /// Messages that are not deleted, before an index (or the latest), the newest first, as many as there is room for.
    fn messages(
        &mut self,
        channel: ChannelSid,
        before: Option<MessageIndex>,
        room: Room,
    ) -> Ask<Page<Message>>;

    /// How many messages by others lie beyond `floor`, counted up to `chat::limits`'
    /// `UNREAD_COUNT_MAX` in a scan that stops.
    fn unread(
        &mut self,
        channel: ChannelSid,
        reader: UserSid,
        floor: Option<MessageIndex>,
    ) -> Ask<u64>;
}

/// Files that came in. What becomes of a file is told by the message that has it.
pub trait Uploads {
    /// Nothing once it is forgotten.
    fn upload(&mut self, sid: MediaSid) -> Ask<Option<Upload>>;

    /// Writes down a file that comes in, or what became of it.
    fn put_upload(&mut self, upload: &Upload) -> Ask<()>;

    /// Bytes of all files that came in, also of those that are left: of one user, or of everybody.
    fn uploaded_bytes(&mut self, by: Option<UserSid>) -> Ask<u64>;

    /// Where the message is that has this file.
    fn place_of_media(&mut self, sid: MediaSid) -> Ask<Option<(ChannelSid, MessageIndex)>>;

    /// Files that are left, or began to come before a moment and were never kept.
    fn uploads_to_remove(&mut self, before: Timestamp, limit: usize) -> Ask<Vec<MediaSid>>;

    /// Its bytes are gone.
    fn forget_upload(&mut self, sid: MediaSid) -> Ask<()>;
}

/// What a backend lists and looks up. A page begins after the last row of the one before it, so the
/// last page costs no more than the first.
pub trait Lists {
    /// The channel that has this address now.
    fn channel_named(&mut self, name: &UniqueName) -> Ask<Option<LiveChannel>>;

    /// Channels after one, by SID: the oldest first. All, or only the private ones, or the others.
    fn channels_after(
        &mut self,
        after: Option<ChannelSid>,
        private: Option<bool>,
        limit: usize,
    ) -> Ask<Vec<LiveChannel>>;

    /// Nothing for a user who is retired.
    fn listed_user(&mut self, user: UserSid) -> Ask<Option<ListedUser>>;

    /// Users who are not retired, after one, by SID: the oldest first.
    fn users_after(&mut self, after: Option<UserSid>, limit: usize) -> Ask<Vec<ListedUser>>;

    /// Nothing if they have left.
    fn listed_member(&mut self, channel: ChannelSid, user: UserSid) -> Ask<Option<ListedMember>>;

    /// Present members after one, by user SID.
    fn members_after(
        &mut self,
        channel: ChannelSid,
        after: Option<UserSid>,
        limit: usize,
    ) -> Ask<Vec<ListedMember>>;

    /// Who has this membership now.
    fn user_of_member(&mut self, channel: ChannelSid, member: MemberSid) -> Ask<Option<UserSid>>;

    /// A user's membership in, or invitation to, a channel that lives.
    fn listed_membership(
        &mut self,
        user: UserSid,
        channel: ChannelSid,
    ) -> Ask<Option<ListedMembership>>;

    /// A user's memberships in, and invitations to, channels that live, after one, by channel SID.
    fn memberships_after(
        &mut self,
        user: UserSid,
        after: Option<ChannelSid>,
        limit: usize,
    ) -> Ask<Vec<ListedMembership>>;

    /// Nothing if it was taken up, declined or taken back.
    fn listed_invite(
        &mut self,
        channel: ChannelSid,
        invite: InviteSid,
    ) -> Ask<Option<ListedInvite>>;

    /// Invitations to a channel after one, by user SID.
    fn invites_after(
        &mut self,
        channel: ChannelSid,
        after: Option<UserSid>,
        limit: usize,
    ) -> Ask<Vec<ListedInvite>>;

    /// Messages that are not deleted, from an index on, the oldest first, as many as there is room
    /// for.
    fn messages_from(
        &mut self,
        channel: ChannelSid,
        first: MessageIndex,
        room: Room,
    ) -> Ask<Page<Message>>;

    /// Where a message is, also one that is deleted.
    fn place_of_message(&mut self, message: MessageSid) -> Ask<Option<(ChannelSid, MessageIndex)>>;

    /// The place in its channel of a message that is not deleted.
    fn index_of_message(
        &mut self,
        channel: ChannelSid,
        message: MessageSid,
    ) -> Ask<Option<MessageIndex>>;
}

/// What somebody follows part by part: what changed in a scope, one kind of row alone, in the order
/// of the last change, as much as there is room for. Whoever follows the members of a channel need
/// not wade through its messages.
pub trait Parts {
    fn changed_messages(
        &mut self,
        channel: ChannelSid,
        since: Sequence,
        room: Room,
    ) -> Ask<Page<Message>>;

    fn changed_members(
        &mut self,
        channel: ChannelSid,
        since: Sequence,
        room: Room,
    ) -> Ask<Page<Member>>;

    fn changed_memberships(
        &mut self,
        user: UserSid,
        since: Sequence,
        room: Room,
    ) -> Ask<Page<Membership>>;

    /// Present members from one on, or all of them, by their own SID.
    fn members_from(
        &mut self,
        channel: ChannelSid,
        first: Option<MemberSid>,
        limit: usize,
    ) -> Ask<Vec<Member>>;
}

/// Whom the service and its channels call. Tells nobody.
pub trait Webhooks {
    fn service_webhooks(&mut self) -> Ask<ServiceWebhooks>;

    fn set_service_webhooks(&mut self, webhooks: &ServiceWebhooks) -> Ask<()>;

    /// The channels that have one of their own, by SID.
    fn channels_with_webhooks(&mut self) -> Ask<Vec<ChannelSid>>;

    /// A channel's, by SID: the oldest first.
    fn channel_webhooks(&mut self, channel: ChannelSid) -> Ask<Vec<ChannelWebhook>>;

    /// Makes one, or gives it another shape.
    fn put_channel_webhook(&mut self, webhook: &ChannelWebhook) -> Ask<()>;

    /// What waits for it goes along.
    fn remove_channel_webhook(&mut self, channel: ChannelSid, webhook: WebhookSid) -> Ask<()>;
}

/// What waits to be told to webhooks, and what was told lately. Those that were made first come first.
pub trait Deliveries {
    /// The store gives it its number.
    fn add_delivery(&mut self, delivery: &Delivery) -> Ask<()>;

    /// The first one of each target that has not ended, and may be tried now.
    fn due_deliveries(&mut self, now: Timestamp) -> Ask<Vec<Delivery>>;

    /// Stores how a delivery stands; one that has ended stays as it is.
    fn change_delivery(&mut self, delivery: &Delivery) -> Ask<()>;

    /// The latest ones, ended or not, the newest first.
    fn latest_deliveries(&mut self, limit: usize) -> Ask<Vec<Delivery>>;

    /// Ends those that were made before a moment, and all but the latest `keep` of those that wait;
    /// says how many.
    fn give_up_deliveries(
        &mut self,
        made_before: Timestamp,
        keep: usize,
        now: Timestamp,
        limit: usize,
    ) -> Ask<usize>;

    /// Removes those that ended before a moment, and all but the latest `keep` of those that ended;
    /// says how many.
    fn forget_deliveries(
        &mut self,
        ended_before: Timestamp,
        keep: usize,
        limit: usize,
    ) -> Ask<usize>;
}
