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

#[cfg(test)]
mod tests {
    use super::*;
    use chat::Refusal;

    use crate::queries;
    use crate::store::village::Village;

    #[test]
    fn each_browser_has_a_session_of_its_own() {
        let mut village = Village::in_memory();
        let admin = village.admin("Root");
        let (laptop, phone) = (village.session(), village.session());
        let first = village.does(|tx, m| sign_in(tx, admin, &laptop, m));
        let second = village.does(|tx, m| sign_in(tx, admin, &phone, m));
        assert_ne!(first.session, second.session);

        let now = village.now;
        let found = village.asks(|tx| queries::session(tx, &phone.secret_hash, now));
        assert_eq!(found.map(|found| found.map(|found| found.sid)), Ok(Some(second.session)));
        let later = phone.expires_at;
        assert_eq!(village.asks(|tx| queries::session(tx, &phone.secret_hash, later)), Ok(None));
        let nobody = village.asks(|tx| queries::session(tx, &[7; 32], now));
        assert_eq!(nobody, Ok(None));
    }

    #[test]
    fn whoever_is_gone_does_not_sign_in() {
        let mut village = Village::in_memory();
        let guest = village.guest("Ada");
        village.signs_out(guest.session);
        let session = village.session();
        let refused = village.runs(|tx, m| sign_in(tx, guest.user.sid, &session, m));
        assert_eq!(refused, Err(Refusal::SessionEnded));
    }
}
