//! Roles and what they permit, by the names and defaults of Programmable Chat.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::channel::FriendlyName;
use crate::ids::{RoleSid, Sequence};
use crate::refusal::Refusal;
use crate::time::Timestamp;

macro_rules! permissions {
    ($($permission:ident $name:literal,)*) => {
        /// One thing a role may permit. The order is kept for ever: databases count by it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Permission {
            $($permission,)*
        }

        impl Permission {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$permission,)*];

            /// The name that role lists and refusals use.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$permission => $name,)*
                }
            }
        }
    };
}

permissions! {
    CreateChannel "createChannel",
    JoinChannel "joinChannel",
    LeaveChannel "leaveChannel",
    DestroyChannel "destroyChannel",
    EditChannelName "editChannelName",
    EditChannelAttributes "editChannelAttributes",
    AddMember "addMember",
    InviteMember "inviteMember",
    RemoveMember "removeMember",
    EditOwnMemberAttributes "editOwnMemberAttributes",
    EditAnyMemberAttributes "editAnyMemberAttributes",
    SendMessage "sendMessage",
    SendMediaMessage "sendMediaMessage",
    EditOwnMessage "editOwnMessage",
    EditOwnMessageAttributes "editOwnMessageAttributes",
    EditAnyMessage "editAnyMessage",
    EditAnyMessageAttributes "editAnyMessageAttributes",
    DeleteOwnMessage "deleteOwnMessage",
    DeleteAnyMessage "deleteAnyMessage",
    EditNotificationLevel "editNotificationLevel",
    EditOwnUserInfo "editOwnUserInfo",
    EditAnyUserInfo "editAnyUserInfo",
}

impl Permission {
    /// The permission of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.name() == name)
    }
}

/// A set of permissions; travels as a list of names.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Permissions(u32);

impl Permissions {
    /// Every one.
    pub const ALL: Self = Self::of(Permission::ALL);
    /// What a service admin may do anywhere.
    pub const SERVICE_ADMIN: Self = Self::of(&[
        Permission::CreateChannel,
        Permission::JoinChannel,
        Permission::DestroyChannel,
        Permission::EditChannelName,
        Permission::EditChannelAttributes,
        Permission::AddMember,
        Permission::InviteMember,
        Permission::RemoveMember,
        Permission::EditAnyMemberAttributes,
        Permission::EditAnyMessage,
        Permission::EditAnyMessageAttributes,
        Permission::DeleteAnyMessage,
        Permission::EditAnyUserInfo,
    ]);
    /// What every user may do anywhere.
    pub const SERVICE_USER: Self = Self::of(&[
        Permission::CreateChannel,
        Permission::JoinChannel,
        Permission::EditOwnUserInfo,
    ]);
    /// What a channel's creator may do in it.
    pub const CHANNEL_ADMIN: Self = Self::of(&[
        Permission::SendMessage,
        Permission::SendMediaMessage,
        Permission::LeaveChannel,
        Permission::EditNotificationLevel,
        Permission::DestroyChannel,
        Permission::InviteMember,
        Permission::RemoveMember,
        Permission::AddMember,
        Permission::EditChannelName,
        Permission::EditChannelAttributes,
        Permission::EditAnyMemberAttributes,
        Permission::EditAnyMessage,
        Permission::EditAnyMessageAttributes,
        Permission::DeleteAnyMessage,
    ]);
    /// What every member may do in a channel.
    pub const CHANNEL_USER: Self = Self::of(&[
        Permission::SendMessage,
        Permission::SendMediaMessage,
        Permission::LeaveChannel,
        Permission::EditNotificationLevel,
        Permission::EditOwnMemberAttributes,
        Permission::EditOwnMessage,
        Permission::EditOwnMessageAttributes,
        Permission::DeleteOwnMessage,
    ]);

    /// These permissions.
    pub const fn of(list: &[Permission]) -> Self {
        let (mut bits, mut next) = (0, 0);
        while next < list.len() {
            bits |= 1 << list[next] as u32;
            next += 1;
        }
        Self(bits)
    }

    /// Whether this one is among them.
    pub fn permits(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u32) != 0
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them once.
    pub fn list(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.permits(*permission))
    }

    /// As a database keeps them: the bit of each is its place in [`Permission::ALL`].
    pub fn bits(self) -> u32 {
        self.0
    }

    /// As a database kept them.
    pub fn from_bits(bits: u32) -> Self {
        Self(bits)
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.list()).finish()
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names = serializer.serialize_seq(None)?;
        for permission in self.list() {
            names.serialize_element(permission.name())?;
        }
        names.end()
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Permissions;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names of permissions")
    }

    // A newer server may know permissions that this build does not.
    fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<Permissions, A::Error> {
        let mut known = Vec::new();
        while let Some(name) = names.next_element::<String>()? {
            known.extend(Permission::named(&name));
        }
        Ok(Permissions::of(&known))
    }
}

/// Where a role counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoleKind {
    /// Everywhere, for the user who bears it.
    Service,
    /// In one channel, for the member who bears it.
    Channel,
}

/// A role as the directory tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Role {
    pub sid: RoleSid,
    /// Nothing once it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<RoleDetails>,
    pub entered: Sequence,
    pub changed: Sequence,
}

/// What a role is like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RoleDetails {
    pub friendly_name: FriendlyName,
    pub kind: RoleKind,
    pub permissions: Permissions,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What somebody may do: the union of what a user's service role permits and, for a member of the
/// channel that it is about, the channel role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    service: Permissions,
    channel: Option<Permissions>,
}

impl Rights {
    /// The operator's.
    pub const ALL: Self = Self { service: Permissions::ALL, channel: Some(Permissions::ALL) };

    /// Without a channel role they are no member.
    pub fn new(service: Permissions, channel: Option<Permissions>) -> Self {
        Self { service, channel }
    }

    /// Whether they are a member of the channel.
    pub fn of_member(self) -> bool {
        self.channel.is_some()
    }

    /// Whether either role permits it.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotPermitted`], which names the permission that is missing.
    pub fn permit(self, permission: Permission) -> Result<(), Refusal> {
        let in_channel = self.channel.unwrap_or_default();
        if self.service.permits(permission) || in_channel.permits(permission) {
            return Ok(());
        }
        Err(Refusal::NotPermitted(permission))
    }

    /// Whether they may do to a thing what is one permission for one's own and another one for
    /// anybody's.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotPermitted`], which names the permission that would be enough.
    pub fn permit_either(
        self,
        is_own: bool,
        own: Permission,
        any: Permission,
    ) -> Result<(), Refusal> {
        match self.permit(any) {
            Err(_) if is_own => self.permit(own),
            judged => judged,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_union_of_both_roles_is_enforced() {
        let destroy = Permission::DestroyChannel;
        let [admin, user] = [Permissions::SERVICE_ADMIN, Permissions::SERVICE_USER];
        let [of_admin, of_user] = [Permissions::CHANNEL_ADMIN, Permissions::CHANNEL_USER];
        assert_eq!(Rights::new(user, Some(of_admin)).permit(destroy), Ok(()));
        assert_eq!(Rights::new(admin, None).permit(destroy), Ok(()));
        assert_eq!(
            Rights::new(user, Some(of_user)).permit(destroy),
            Err(Refusal::NotPermitted(destroy))
        );
    }

    #[test]
    fn a_service_admin_who_is_no_member_may_not_post() {
        assert_eq!(
            Rights::new(Permissions::SERVICE_ADMIN, None).permit(Permission::SendMessage),
            Err(Refusal::NotPermitted(Permission::SendMessage))
        );
    }

    #[test]
    fn ones_own_needs_one_permission_and_anybodys_another() {
        let (own, any) = (Permission::DeleteOwnMessage, Permission::DeleteAnyMessage);
        let user = Rights::new(Permissions::default(), Some(Permissions::CHANNEL_USER));
        let admin = Rights::new(Permissions::default(), Some(Permissions::CHANNEL_ADMIN));
        let observer = Rights::new(Permissions::default(), Some(Permissions::default()));
        for (rights, is_own, expected) in [
            (user, true, Ok(())),
            (user, false, Err(any)),
            (admin, true, Ok(())),
            (admin, false, Ok(())),
            (observer, true, Err(own)),
        ] {
            let judged = rights.permit_either(is_own, own, any);
            assert_eq!(judged, expected.map_err(Refusal::NotPermitted), "{rights:?} {is_own}");
        }
    }

    #[test]
    fn permissions_travel_by_name_and_unknown_ones_are_passed_over() {
        let few = Permissions::of(&[Permission::SendMessage, Permission::JoinChannel]);
        let text = serde_json::to_string(&few).expect("plain data");
        assert_eq!(text, r#"["joinChannel","sendMessage"]"#);
        assert_eq!(serde_json::from_str::<Permissions>(&text).expect("its own text"), few);
        let newer = r#"["sendMessage","flyToTheMoon","joinChannel"]"#;
        assert_eq!(serde_json::from_str::<Permissions>(newer).expect("a list of names"), few);
        assert_eq!(Permissions::from_bits(Permissions::ALL.bits()), Permissions::ALL);
    }
}
