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
