use std::collections::HashSet;

use chat::protocol::CloseCode;
use chat::{Timestamp, UserSid};

use crate::commands::retire::retire;
use crate::commands::{Done, Moment, Outcome};
use crate::limits::{LEASES_ENDED_MAX, PURGE_ROWS_MAX};
use crate::store::Tx;

/// Retires guests who have not been seen since a moment and are not connected; says how many. Ask
/// again until there are none: one commit ends only so many.
pub fn end_leases(
    tx: &mut dyn Tx,
    not_seen_since: Timestamp,
    connected: &HashSet<UserSid>,
    m: &Moment,
) -> Outcome<usize> {
    // Whoever stays connected for days was last seen days ago, so these may all come first.
    let candidates = tx.guests_not_seen(not_seen_since, LEASES_ENDED_MAX + connected.len())?;

    let mut done = Done::unchanged(0);
    for guest in candidates.into_iter().filter(|guest| !connected.contains(guest)) {
        if done.reply == LEASES_ENDED_MAX || PURGE_ROWS_MAX <= done.rows.len() {
            break;
        }
        if let Some(guest) = tx.user(guest)? {
            let ended = retire(tx, &guest, CloseCode::SessionEnded, m)?;
            done.reply += 1;
            done = done.and(ended);
        }
    }
    Ok(done)
}
