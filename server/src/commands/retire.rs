//! The end of a user: what every command that ends a lease does.

use chat::User;
use chat::protocol::CloseCode;

use crate::commands::{Done, Moment};
use crate::store::nouns::{told_membership, told_user};
use crate::store::{Ask, Tx};

/// Ends every membership, invitation and session of a user, and frees the name. The messages stay.
pub(super) fn retire(tx: &mut dyn Tx, user: &User, why: CloseCode, m: &Moment) -> Ask<Done<()>> {
    let mut done = Done::unchanged(());
    for (channel, _) in tx.memberships(user.sid)? {
        done.rows.extend(tx.remove_member(channel.sid, user.sid, m.now)?.told());
    }
    for channel in tx.invitations_of(user.sid)? {
        done.rows.push(told_membership(user.sid, tx.end_invitation(channel, user.sid)?));
    }
    for session in tx.sessions_of(user.sid)? {
        tx.end_session(session, m.now)?;
        done.ended.push((session, why));
    }
    done.rows.push(told_user(tx.retire_user(user.sid, m.now)?));
    Ok(done)
}
