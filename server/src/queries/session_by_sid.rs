use chat::{SessionSid, Timestamp};

use crate::commands::CommandError;
use crate::store::{Session, Tx};

pub fn session_by_sid(
    tx: &mut dyn Tx,
    session: SessionSid,
    now: Timestamp,
) -> Result<Option<Session>, CommandError> {
    let _ = (tx, session, now);
    unimplemented!()
}
