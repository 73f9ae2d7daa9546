use chat::{SessionSid, UserSid};

use crate::commands::{Done, Moment, Outcome, present_user};
use crate::store::{NewSession, SignedIn, Tx};

/// Begins a session of an account whose password the caller has checked.
pub fn sign_in(
    tx: &mut dyn Tx,
    user: UserSid,
    session: &NewSession,
    m: &Moment,
) -> Outcome<SignedIn> {
    let user = present_user(tx, user)?;

    let sid = SessionSid::new(m.id);
    tx.add_session(sid, user.sid, session, m.now)?;
    Ok(Done::unchanged(SignedIn { user, session: sid }))
}
