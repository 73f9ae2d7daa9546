//! What the maps hold: each row with the columns that do not travel.

use chat::{
    Attributes, Channel, ChannelDetails, ChannelSid, Identity, Invited, Level, Listing, Member,
    MemberSid, Membership, MessageIndex, Permissions, RoleSid, Sequence, Timestamp, User, UserSid,
};

use crate::store::{LiveChannel, LiveMember, MemberRows, NewSession};

#[derive(Clone)]
pub(super) struct KeptUser {
    pub(super) user: User,
    pub(super) skeleton: String,
    pub(super) password_hash: Option<String>,
    pub(super) sequence: Sequence,
    pub(super) made_at: Timestamp,
    pub(super) seen_at: Timestamp,
}

impl KeptUser {
    pub(super) fn next(&mut self) -> Sequence {
        self.sequence = self.sequence.next();
        self.sequence
    }
}

#[derive(Clone)]
pub(super) struct KeptSession {
    pub(super) user: UserSid,
    pub(super) session: NewSession,
    pub(super) ended: bool,
}

#[derive(Clone)]
pub(super) struct KeptChannel {
    pub(super) sid: ChannelSid,
    pub(super) details: Option<ChannelDetails>,
    pub(super) deleted_at: Option<Timestamp>,
    pub(super) forgotten: bool,
    pub(super) sequence: Sequence,
    pub(super) entered: Sequence,
    pub(super) changed: Sequence,
    /// When the directory first and last told it, if it ever did.
    pub(super) listed: Option<(Sequence, Sequence)>,
    pub(super) last_index: Option<MessageIndex>,
    pub(super) last_message_at: Option<Timestamp>,
    pub(super) messages: u64,
    pub(super) members: u64,
    pub(super) creator: UserSid,
}

impl KeptChannel {
    pub(super) fn next(&mut self) -> Sequence {
        self.sequence = self.sequence.next();
        self.sequence
    }

    pub(super) fn live(&self) -> Option<LiveChannel> {
        Some(LiveChannel {
            sid: self.sid,
            details: self.details.clone()?,
            entered: self.entered,
            changed: self.changed,
            sequence: self.sequence,
            last_index: self.last_index,
            last_message_at: self.last_message_at,
            messages: self.messages,
            members: self.members,
            creator: Some(self.creator),
        })
    }

    pub(super) fn row(&self) -> Channel {
        let details = self.details.clone();
        Channel { sid: self.sid, details, entered: self.entered, changed: self.changed }
    }

    pub(super) fn is_public(&self) -> bool {
        self.details.as_ref().is_some_and(|details| !details.private)
    }

    pub(super) fn listing(&self) -> Option<Listing> {
        let (entered, changed) = self.listed?;
        let details = self.details.clone().filter(|details| !details.private);
        Some(Listing { sid: self.sid, details, entered, changed })
    }
}

#[derive(Clone)]
pub(super) struct KeptMember {
    pub(super) sid: MemberSid,
    pub(super) channel: ChannelSid,
    pub(super) user: UserSid,
    pub(super) identity: Identity,
    pub(super) guest: bool,
    pub(super) role: Option<RoleSid>,
    pub(super) joined_index: Option<MessageIndex>,
    pub(super) horizon: Option<MessageIndex>,
    pub(super) shown_horizon: Option<MessageIndex>,
    pub(super) shown_at: Option<Timestamp>,
    pub(super) attributes: Attributes,
    pub(super) level: Level,
    pub(super) invited: Option<Invited>,
    pub(super) at: Timestamp,
    pub(super) entered: Sequence,
    pub(super) changed: Sequence,
    pub(super) my_entered: Sequence,
    pub(super) my_changed: Sequence,
}

impl KeptMember {
    /// Somebody whom the channel does not know, and who is only invited.
    pub(super) fn never_was(channel: ChannelSid, user: &User, invited: &Invited) -> Self {
        Self {
            sid: MemberSid::from_bytes(*invited.sid.as_bytes()),
            channel,
            user: user.sid,
            identity: user.identity.clone(),
            guest: user.guest,
            role: None,
            joined_index: None,
            horizon: None,
            shown_horizon: None,
            shown_at: None,
            attributes: Attributes::default(),
            level: Level::Default,
            invited: None,
            at: invited.at,
            entered: Sequence(0),
            changed: Sequence(0),
            my_entered: Sequence(0),
            my_changed: Sequence(0),
        }
    }

    pub(super) fn live(&self, permissions: impl Fn(RoleSid) -> Permissions) -> Option<LiveMember> {
        let role = self.role?;
        Some(LiveMember {
            sid: self.sid,
            role,
            permissions: permissions(role),
            horizon: self.horizon,
            shown_at: self.shown_at,
            joined_index: self.joined_index,
            attributes: self.attributes.clone(),
            level: self.level,
            changed: self.my_changed,
        })
    }

    /// Leaves only a marker.
    pub(super) fn empty(&mut self) {
        self.role = None;
        self.joined_index = None;
        self.horizon = None;
        self.shown_horizon = None;
        self.shown_at = None;
        self.attributes = Attributes::default();
        self.level = Level::Default;
        self.invited = None;
    }

    pub(super) fn row(&self) -> Member {
        Member {
            sid: self.sid,
            user: self.user,
            identity: self.identity.clone(),
            guest: self.guest,
            role: self.role,
            horizon: self.shown_horizon,
            read_at: self.shown_at,
            attributes: self.attributes.clone(),
            at: self.at,
            entered: self.entered,
            changed: self.changed,
        }
    }

    pub(super) fn membership(&self) -> Membership {
        Membership {
            channel: self.channel,
            role: self.role,
            invited: self.invited.clone(),
            horizon: self.horizon,
            level: self.level,
            entered: self.my_entered,
            changed: self.my_changed,
        }
    }

    pub(super) fn rows(&self) -> MemberRows {
        MemberRows { member: self.row(), membership: self.membership() }
    }
}
