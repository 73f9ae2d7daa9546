use chat::protocol::{Row, Scope};

use crate::commands::{Done, Moment, Outcome};
use crate::limits::PURGE_ROWS_MAX;
use crate::store::Tx;

/// Forgets a piece of what deleted channels held, and sessions that are long over; says whether
/// there is more. A piece is small, so that nobody waits for it.
pub fn purge(tx: &mut dyn Tx, m: &Moment) -> Outcome<bool> {
    let Some(channel) = tx.channel_to_forget()? else {
        let forgotten = tx.forget_sessions(m.now, PURGE_ROWS_MAX)?;
        return Ok(Done::unchanged(forgotten == PURGE_ROWS_MAX));
    };

    let ended = tx.forget_members(channel, PURGE_ROWS_MAX)?;
    let room = PURGE_ROWS_MAX - ended.len();
    if 0 < room && tx.forget_messages(channel, room)? < room {
        tx.forgot_channel(channel)?;
    }
    let rows = ended
        .into_iter()
        .map(|(user, membership)| (Scope::User(user), Row::Membership(membership)));
    Ok(Done::changed(true, rows))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::store::village::Village;

    #[test]
    fn each_member_of_a_deleted_channel_is_told_in_the_end() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        village.says(ada, channel, "Hello");
        assert!(!village.does(purge));
        village.deletes(ada, channel).expect("she made it");

        let done = village.runs(purge).expect("nobody is asked");

        assert!(done.reply);
        let told: HashSet<Scope> = done.rows.iter().map(|(scope, _)| *scope).collect();
        assert_eq!(told, HashSet::from([Scope::User(ada), Scope::User(grace)]));
        assert!(
            done.rows.iter().all(
                |(_, row)| matches!(row, Row::Membership(membership) if membership.has_left())
            )
        );
        assert!(!village.does(purge));
        assert!(matches!(village.rows(Scope::Channel(channel))[..], [.., Row::Channel(_)]));
        assert!(
            !village.rows(Scope::Channel(channel)).iter().any(|row| matches!(row, Row::Message(_)))
        );
    }

    #[test]
    fn a_long_history_goes_in_pieces() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        for _ in 0..PURGE_ROWS_MAX + 1 {
            village.says(ada, channel, "On and on");
        }
        village.deletes(ada, channel).expect("she made it");
        let mut pieces = 0;
        while village.does(purge) {
            pieces += 1;
        }
        assert_eq!(pieces, 2);
    }
}
