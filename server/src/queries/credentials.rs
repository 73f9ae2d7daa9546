use chat::{Identity, User};

use crate::commands::CommandError;
use crate::store::Tx;

/// The account with this name and the hash of its password. Guests have none.
pub fn credentials(
    tx: &mut dyn Tx,
    identity: &Identity,
) -> Result<Option<(User, String)>, CommandError> {
    let Some(user) = tx.user_named(identity)? else { return Ok(None) };
    let password_hash = tx.password_hash(user.sid)?;
    Ok(password_hash.map(|password_hash| (user, password_hash)))
}
