//! A user in one channel: as the channel tells it, and as the user's own scope does.

use serde::{Deserialize, Serialize};

use crate::ids::{ChannelSid, Identity, MemberSid, MessageIndex, Sequence, UserSid};
use crate::refusal::Refusal;
use crate::role::{ChannelRole, Permission, ServiceRole, permit};
use crate::time::Timestamp;

/// A member as its channel tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub sid: MemberSid,
    pub user: UserSid,
    pub identity: Identity,
    /// Whether the name is leased, not owned.
    #[serde(default, skip_serializing_if = "is_false")]
    pub guest: bool,
    /// Nothing once the member has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<ChannelRole>,
    /// The last message read, where the channel shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<MessageIndex>,
    /// When they joined last, or left.
    pub at: Timestamp,
    pub entered: Sequence,
    pub changed: Sequence,
}

impl Member {
    /// Whether they have left: the row is only a marker.
    pub fn has_left(&self) -> bool {
        self.role.is_none()
    }
}

/// A channel of mine, as my own scope tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub channel: ChannelSid,
    /// Nothing once I have left, or the channel is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<ChannelRole>,
    /// The last message I have read, on any device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<MessageIndex>,
    pub entered: Sequence,
    pub changed: Sequence,
}

impl Membership {
    /// Whether I have left: the row is only a marker.
    pub fn has_left(&self) -> bool {
        self.role.is_none()
    }
}

/// Whether a user with these roles may post; without a channel role they are no member.
pub fn may_post(service: ServiceRole, channel: Option<ChannelRole>) -> Result<(), Refusal> {
    let role = channel.ok_or(Refusal::NotAMember)?;
    permit(Permission::SendMessage, service, Some(role))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
