use chat::{Identity, User};

use crate::commands::CommandError;
use crate::store::Tx;

/// Who bears this very name now.
pub fn user_named(tx: &mut dyn Tx, identity: &Identity) -> Result<Option<User>, CommandError> {
    Ok(tx.user_named(identity)?)
}
