use chat::{SessionSid, Timestamp};

use crate::commands::CommandError;
use crate::store::{Session, Tx};

/// The session that a token names, while it lives.
pub fn session_by_sid(
    tx: &mut dyn Tx,
    session: SessionSid,
    now: Timestamp,
) -> Result<Option<Session>, CommandError> {
    Ok(tx.session(session)?.filter(|session| session.lives(now)))
}
