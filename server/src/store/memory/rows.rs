//! What the maps hold: each row with the columns that do not travel.

use chat::{
    Channel, ChannelDetails, ChannelRole, ChannelSid, Identity, Listing, Member, MemberSid,
    Membership, MessageIndex, Sequence, Timestamp, User, UserSid,
};

use crate::store::{ChannelRows, LiveChannel, LiveMember, MemberRows, NewSession};

#[derive(Clone)]
pub(super) struct KeptUser {
    pub(super) user: User,
    pub(super) skeleton: String,
    pub(super) password_hash: Option<String>,
    pub(super) sequence: Sequence,
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
    pub(super) listing_entered: Sequence,
    pub(super) listing_changed: Sequence,
    pub(super) last_index: Option<MessageIndex>,
    pub(super) last_message_at: Option<Timestamp>,
    pub(super) members: u64,
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
            members: self.members,
        })
    }

    pub(super) fn row(&self) -> Channel {
        let details = self.details.clone();
        Channel { sid: self.sid, details, entered: self.entered, changed: self.changed }
    }

    pub(super) fn listing(&self) -> Listing {
        Listing {
            sid: self.sid,
            details: self.details.clone(),
            entered: self.listing_entered,
            changed: self.listing_changed,
        }
    }

    pub(super) fn rows(&self) -> ChannelRows {
        ChannelRows { channel: self.row(), listing: self.listing() }
    }
}

#[derive(Clone)]
pub(super) struct KeptMember {
    pub(super) sid: MemberSid,
    pub(super) channel: ChannelSid,
    pub(super) user: UserSid,
    pub(super) identity: Identity,
    pub(super) guest: bool,
    pub(super) role: Option<ChannelRole>,
    pub(super) joined_index: Option<MessageIndex>,
    pub(super) horizon: Option<MessageIndex>,
    pub(super) shown_horizon: Option<MessageIndex>,
    pub(super) shown_at: Option<Timestamp>,
    pub(super) at: Timestamp,
    pub(super) entered: Sequence,
    pub(super) changed: Sequence,
    pub(super) my_entered: Sequence,
    pub(super) my_changed: Sequence,
}

impl KeptMember {
    pub(super) fn live(&self) -> Option<LiveMember> {
        Some(LiveMember {
            sid: self.sid,
            role: self.role?,
            horizon: self.horizon,
            shown_at: self.shown_at,
            joined_index: self.joined_index,
        })
    }

    /// Leaves only a marker.
    pub(super) fn empty(&mut self) {
        self.role = None;
        self.joined_index = None;
        self.horizon = None;
        self.shown_horizon = None;
        self.shown_at = None;
    }

    pub(super) fn row(&self) -> Member {
        Member {
            sid: self.sid,
            user: self.user,
            identity: self.identity.clone(),
            guest: self.guest,
            role: self.role,
            horizon: self.shown_horizon,
            at: self.at,
            entered: self.entered,
            changed: self.changed,
        }
    }

    pub(super) fn membership(&self) -> Membership {
        Membership {
            channel: self.channel,
            role: self.role,
            horizon: self.horizon,
            entered: self.my_entered,
            changed: self.my_changed,
        }
    }

    pub(super) fn rows(&self) -> MemberRows {
        MemberRows { member: self.row(), membership: self.membership() }
    }
}
