use chat::UserSid;

use crate::commands::{Done, Moment, Outcome};
use crate::store::Tx;

/// Remembers that a socket of the user was opened or closed now: a lease counts from there.
pub fn touch_user(tx: &mut dyn Tx, user: UserSid, m: &Moment) -> Outcome<()> {
    if tx.user(user)?.is_some_and(|user| !user.retired) {
        tx.see_user(user, m.now)?;
    }
    Ok(Done::unchanged(()))
}
