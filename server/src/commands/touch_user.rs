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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    use crate::commands;
    use crate::store::village::Village;

    #[test]
    fn a_lease_counts_from_the_last_socket() {
        let mut village = Village::in_memory();
        let guest = village.guest("Ada");
        village.pass(1_000);
        let seen = village.now;
        village.does(|tx, m| touch_user(tx, guest.user.sid, m));
        let nobody = HashSet::new();
        let ended = village.does(|tx, m| commands::end_leases(tx, seen, &nobody, m));
        assert_eq!(ended, 0);
        let ended = village.does(|tx, m| commands::end_leases(tx, seen.plus(1), &nobody, m));
        assert_eq!(ended, 1);
    }

    #[test]
    fn whoever_does_not_exist_is_not_touched() {
        let mut village = Village::in_memory();
        let nobody = UserSid::from_bytes([9; 16]);
        let touched = village.runs(|tx, m| touch_user(tx, nobody, m));
        assert_eq!(touched, Ok(Done::unchanged(())));
    }
}
