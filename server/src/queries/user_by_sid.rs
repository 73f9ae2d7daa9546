use chat::protocol::Scope;
use chat::{Refusal, Sequence, User, UserSid};

use crate::commands::CommandError;
use crate::store::Tx;

/// A user who is there, and how their own scope stands.
pub fn user_by_sid(tx: &mut dyn Tx, user: UserSid) -> Result<(User, Sequence), CommandError> {
    let found = tx.user(user)?.filter(|user| !user.retired).ok_or(Refusal::UserNotFound)?;
    let head = tx.head(Scope::User(user))?.unwrap_or_default();
    Ok((found, head))
}
