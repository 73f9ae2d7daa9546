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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::Village;

    #[test]
    fn whoever_is_connected_or_was_seen_stays() {
        let mut village = Village::in_memory();
        let connected = village.guest("Connected").user.sid;
        let away = village.guest("Away");
        village.people(["Not a guest"]);
        village.pass(1_000);
        let lately = village.guest("Lately").user.sid;
        let (now, here) = (village.now, HashSet::from([connected]));

        let done = village.runs(|tx, m| end_leases(tx, now, &here, m)).expect("nobody is asked");

        assert_eq!(
            (done.reply, &done.ended[..]),
            (1, &[(away.session, CloseCode::SessionEnded)][..])
        );
        let mut is_retired = |user| {
            village
                .asks(|tx| Ok(tx.user(user)?))
                .expect("no judging")
                .is_some_and(|user| user.retired)
        };
        assert!(is_retired(away.user.sid));
        assert!(!is_retired(connected) && !is_retired(lately));
    }

    #[test]
    fn many_leases_end_in_several_commits() {
        let mut village = Village::in_memory();
        for number in 0..=LEASES_ENDED_MAX {
            village.guest(&format!("guest {number}"));
        }
        village.pass(1);
        let (now, nobody) = (village.now, HashSet::new());
        for ended in [LEASES_ENDED_MAX, 1, 0] {
            assert_eq!(village.does(|tx, m| end_leases(tx, now, &nobody, m)), ended);
        }
    }
}
