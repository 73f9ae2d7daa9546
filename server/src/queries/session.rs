use chat::Timestamp;

use crate::commands::CommandError;
use crate::store::{Session, Tx};

/// The session whose cookie this is, while it lives.
pub fn session(
    tx: &mut dyn Tx,
    secret_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Session>, CommandError> {
    Ok(tx.session_with_secret(secret_hash)?.filter(|session| session.lives(now)))
}
