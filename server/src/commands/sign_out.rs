use chat::SessionSid;
use chat::protocol::CloseCode;

use crate::commands::retire::retire;
use crate::commands::{Done, Moment, Outcome};
use crate::store::Tx;

/// Ends a session on every socket. A guest's name is free from then on; an account stays.
pub fn sign_out(tx: &mut dyn Tx, session: SessionSid, m: &Moment) -> Outcome<()> {
    let Some(session) = tx.session(session)? else { return Ok(Done::unchanged(())) };

    if session.user.guest && !session.user.retired {
        return Ok(retire(tx, &session.user, CloseCode::SessionEnded, m)?);
    }

    tx.end_session(session.sid, m.now)?;
    Ok(Done { reply: (), rows: Vec::new(), ended: vec![(session.sid, CloseCode::SessionEnded)] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::{Row, Scope};

    use crate::commands;
    use crate::queries;
    use crate::store::village::Village;

    #[test]
    fn a_guest_is_retired_and_the_messages_stay() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let (guest, general) = (village.guest("Grace"), village.general);
        village.all_join([ada, guest.user.sid], general);
        village.says(guest.user.sid, general, "Hello");

        let done = village.signs_out(guest.session);

        assert_eq!(done.ended, [(guest.session, CloseCode::SessionEnded)]);
        let [
            (Scope::Channel(_), Row::Member(member)),
            (Scope::User(_), Row::Membership(mine)),
            (Scope::User(_), Row::User(user)),
        ] = &done.rows[..]
        else {
            panic!("the departure and the retirement are told: {:?}", done.rows)
        };
        assert!(member.has_left() && mine.has_left() && user.retired);
        let opened = village.asks(|tx| queries::open_channel(tx, ada, general)).expect("a member");
        assert_eq!(opened.messages[0].identity.as_str(), "Grace");
        assert_eq!(opened.members.count, 1);
        assert_eq!(village.signs_out(guest.session), Done::unchanged(()));
    }

    #[test]
    fn an_account_loses_only_this_session() {
        let mut village = Village::in_memory();
        let (admin, general, now) = (village.admin("Root"), village.general, village.now);
        village.all_join([admin], general);
        let sessions = [village.session(), village.session()];
        let [here, there] =
            sessions.map(|session| village.does(|tx, m| commands::sign_in(tx, admin, &session, m)));

        let done = village.signs_out(here.session);

        assert_eq!(done.ended, [(here.session, CloseCode::SessionEnded)]);
        assert_eq!(done.rows, []);
        let lives = |village: &mut Village, sid| {
            village.asks(|tx| queries::session_by_sid(tx, sid, now)).expect("no judging").is_some()
        };
        assert!(!lives(&mut village, here.session));
        assert!(lives(&mut village, there.session));
        assert!(village.posts(admin, general, "Still here").is_ok());
    }
}
