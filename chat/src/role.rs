//! Roles and what they permit, by the names and defaults of Programmable Chat.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// One thing a role may permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    CreateChannel,
    JoinChannel,
    LeaveChannel,
    SendMessage,
    EditOwnMessage,
    EditOwnMessageAttributes,
    EditAnyMessage,
    EditAnyMessageAttributes,
    EditChannelName,
    EditChannelAttributes,
    DestroyChannel,
    AddMember,
    RemoveMember,
}

impl Permission {
    /// Every one of them.
    pub const ALL: [Self; 13] = [
        Self::CreateChannel,
        Self::JoinChannel,
        Self::LeaveChannel,
        Self::SendMessage,
        Self::EditOwnMessage,
        Self::EditOwnMessageAttributes,
        Self::EditAnyMessage,
        Self::EditAnyMessageAttributes,
        Self::EditChannelName,
        Self::EditChannelAttributes,
        Self::DestroyChannel,
        Self::AddMember,
        Self::RemoveMember,
    ];

    /// The name that role lists and refusals use.
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateChannel => "createChannel",
            Self::JoinChannel => "joinChannel",
            Self::LeaveChannel => "leaveChannel",
            Self::SendMessage => "sendMessage",
            Self::EditOwnMessage => "editOwnMessage",
            Self::EditOwnMessageAttributes => "editOwnMessageAttributes",
            Self::EditAnyMessage => "editAnyMessage",
            Self::EditAnyMessageAttributes => "editAnyMessageAttributes",
            Self::EditChannelName => "editChannelName",
            Self::EditChannelAttributes => "editChannelAttributes",
            Self::DestroyChannel => "destroyChannel",
            Self::AddMember => "addMember",
            Self::RemoveMember => "removeMember",
        }
    }
}

/// What a user may do anywhere in the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceRole {
    Admin,
    #[default]
    User,
}

/// What a member may do in one channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelRole {
    Admin,
    #[default]
    User,
}

impl ServiceRole {
    /// Whether this role alone permits it.
    pub fn permits(self, permission: Permission) -> bool {
        use Permission::*;
        match self {
            Self::Admin => matches!(
                permission,
                CreateChannel
                    | JoinChannel
                    | DestroyChannel
                    | EditChannelName
                    | EditChannelAttributes
                    | AddMember
                    | RemoveMember
                    | EditAnyMessage
                    | EditAnyMessageAttributes
            ),
            Self::User => matches!(permission, CreateChannel | JoinChannel),
        }
    }
}

impl ChannelRole {
    /// Whether this role alone permits it.
    pub fn permits(self, permission: Permission) -> bool {
        use Permission::*;
        match self {
            Self::Admin => matches!(
                permission,
                SendMessage
                    | LeaveChannel
                    | DestroyChannel
                    | AddMember
                    | RemoveMember
                    | EditChannelName
                    | EditChannelAttributes
                    | EditAnyMessage
                    | EditAnyMessageAttributes
            ),
            Self::User => matches!(
                permission,
                SendMessage | LeaveChannel | EditOwnMessage | EditOwnMessageAttributes
            ),
        }
    }
}

/// Enforces the union of a user's service role and, for a member, the channel role.
pub fn permit(
    permission: Permission,
    service: ServiceRole,
    channel: Option<ChannelRole>,
) -> Result<(), Refusal> {
    if service.permits(permission) || channel.is_some_and(|role| role.permits(permission)) {
        return Ok(());
    }
    Err(Refusal::NotPermitted(permission))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_union_of_both_roles_is_enforced() {
        let destroy = Permission::DestroyChannel;
        assert_eq!(permit(destroy, ServiceRole::User, Some(ChannelRole::Admin)), Ok(()));
        assert_eq!(permit(destroy, ServiceRole::Admin, None), Ok(()));
        assert_eq!(
            permit(destroy, ServiceRole::User, Some(ChannelRole::User)),
            Err(Refusal::NotPermitted(destroy))
        );
    }

    #[test]
    fn a_service_admin_who_is_no_member_may_not_post() {
        assert_eq!(
            permit(Permission::SendMessage, ServiceRole::Admin, None),
            Err(Refusal::NotPermitted(Permission::SendMessage))
        );
    }
}
