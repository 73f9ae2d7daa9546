//! A user in one channel: as the channel tells it, and as the user's own scope does.

use serde::{Deserialize, Serialize};

use crate::channel::{Attributes, FriendlyName, is_false};
use crate::ids::{
    ChannelSid, Identity, InviteSid, MemberSid, MessageIndex, RoleSid, Sequence, UserSid,
};
use crate::refusal::Refusal;
use crate::role::{Permission, Rights};
use crate::time::Timestamp;

/// A member as its channel tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Member {
    pub sid: MemberSid,
    pub user: UserSid,
    pub identity: Identity,
    /// Whether the name is leased, not owned.
    #[serde(default, skip_serializing_if = "is_false")]
    pub guest: bool,
    /// Nothing once the member has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleSid>,
    /// The last message read, where the channel shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<MessageIndex>,
    /// When the channel was last shown that horizon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Membership {
    pub channel: ChannelSid,
    /// Nothing while I am only invited, once I have left, or the channel is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleSid>,
    /// Who asks me to join, until I do or decline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited: Option<Invited>,
    /// The last message I have read, on any device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<MessageIndex>,
    #[serde(default, skip_serializing_if = "Level::is_default")]
    pub level: Level,
    pub entered: Sequence,
    pub changed: Sequence,
}

impl Membership {
    /// Whether I am no member: the row is an invitation, or only a marker.
    pub fn has_left(&self) -> bool {
        self.role.is_none()
    }
}

/// An invitation, as the invited user's own scope tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Invited {
    pub sid: InviteSid,
    pub by: Identity,
    pub at: Timestamp,
    /// The channel's name, as it was then: an invited user hears nothing of the channel itself.
    pub friendly_name: FriendlyName,
    /// What they will bear who take it up; nothing for the default role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleSid>,
}

/// How much of a channel its member wishes to be told of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    #[default]
    Default,
    Muted,
}

impl Level {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_default(&self) -> bool {
        *self == Self::Default
    }
}

/// Whether somebody may post words, a file, or both; who is no member is told that first.
pub fn may_post(rights: Rights, has_words: bool, has_media: bool) -> Result<(), Refusal> {
    if !rights.of_member() {
        return Err(Refusal::NotAMember);
    }
    if has_media {
        rights.permit(Permission::SendMediaMessage)?;
    }
    if has_words {
        rights.permit(Permission::SendMessage)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::Permissions;

    #[test]
    fn words_and_files_need_a_permission_each() {
        let of = |permissions| Rights::new(Permissions::default(), Some(permissions));
        let member = of(Permissions::CHANNEL_USER);
        let [talker, painter] = [Permission::SendMessage, Permission::SendMediaMessage]
            .map(|permission| of(Permissions::of(&[permission])));
        let refused = |permission| Err(Refusal::NotPermitted(permission));
        for (rights, has_words, has_media, expected) in [
            (member, true, true, Ok(())),
            (talker, true, false, Ok(())),
            (talker, false, true, refused(Permission::SendMediaMessage)),
            (talker, true, true, refused(Permission::SendMediaMessage)),
            (painter, false, true, Ok(())),
            (painter, true, false, refused(Permission::SendMessage)),
            (painter, true, true, refused(Permission::SendMessage)),
            (Rights::new(Permissions::ALL, None), true, true, Err(Refusal::NotAMember)),
        ] {
            assert_eq!(may_post(rights, has_words, has_media), expected, "{rights:?}");
        }
    }
}
