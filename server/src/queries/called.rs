use chat::protocol::Called;
use chat::{User, UserSid};

use crate::store::{Ask, Tx};

/// What users are called: those who have a friendly name, or may have had one.
pub fn called(tx: &mut dyn Tx, users: &[UserSid]) -> Ask<Vec<Called>> {
    let mut called = Vec::new();
    for user in users {
        let user = tx.user(*user)?;
        let named = |user: &User| user.friendly_name.is_some() || user.entered < user.changed;
        called.extend(user.filter(named).map(Called::of));
    }
    Ok(called)
}
