//! What lists give: each row with what only a backend is told of it.

use chat::{
    Identity, Invited, Member, MemberSid, Membership, MessageIndex, Timestamp, User, UserSid,
};

/// A user, and what does not travel to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedUser {
    pub user: User,
    pub made_at: Timestamp,
}

/// A present member, and how far they have read, whether the channel shows it or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedMember {
    pub member: Member,
    pub horizon: Option<MessageIndex>,
}

/// A user's membership or invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedMembership {
    pub sid: MemberSid,
    pub membership: Membership,
    /// The channel's last message when they joined.
    pub joined_index: Option<MessageIndex>,
}

impl ListedMembership {
    /// The last message that counts as read.
    pub fn floor(&self) -> Option<MessageIndex> {
        self.membership.horizon.max(self.joined_index)
    }
}

/// An invitation, and whom it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedInvite {
    pub user: UserSid,
    pub identity: Identity,
    pub invited: Invited,
}
