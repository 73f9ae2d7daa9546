//! A user: the account, known to others by its identity.

use serde::{Deserialize, Serialize};

use crate::ids::{Identity, Sequence, UserSid};
use crate::role::ServiceRole;

/// A user as its own scope tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub sid: UserSid,
    pub identity: Identity,
    pub role: ServiceRole,
    /// Whether the name is leased, not owned.
    pub guest: bool,
    /// Whether the user is gone: a lease that ended. Its memberships and roles ended with it.
    pub retired: bool,
    pub entered: Sequence,
    pub changed: Sequence,
}
