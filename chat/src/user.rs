//! A user: the account, known to others by its identity.

use serde::{Deserialize, Serialize};

use crate::channel::{Attributes, FriendlyName};
use crate::ids::{Identity, RoleSid, Sequence, UserSid};

/// A user as its own scope tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct User {
    pub sid: UserSid,
    pub identity: Identity,
    pub role: RoleSid,
    /// What others call them, where it is not the identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<FriendlyName>,
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// Whether the name is leased, not owned.
    pub guest: bool,
    /// Whether the user is gone: a lease that ended. Its memberships and roles ended with it.
    pub retired: bool,
    pub entered: Sequence,
    pub changed: Sequence,
}
