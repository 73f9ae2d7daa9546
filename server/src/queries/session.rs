use chat::Timestamp;

use crate::commands::CommandError;
use crate::store::{Session, Tx};

pub fn session(
    tx: &mut dyn Tx,
    secret_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Session>, CommandError> {
    let _ = (tx, secret_hash, now);
    unimplemented!()
}
