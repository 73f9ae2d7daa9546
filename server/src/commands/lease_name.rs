use chat::{Refusal, SessionSid, UserSid};

use crate::commands::{CommandError, Done, Moment, Outcome};
use crate::store::nouns::told_user;
use crate::store::{ChosenName, NewSession, NewUser, SignedIn, Tx, skeleton};

/// Gives a guest a name that nobody bears or looks like, until the lease ends.
pub fn lease_name(
    tx: &mut dyn Tx,
    name: &ChosenName,
    session: &NewSession,
    m: &Moment,
) -> Outcome<SignedIn> {
    if skeleton::is_reserved(name) {
        return Err(Refusal::NameReserved.into());
    }
    is_free(tx, name)?;

    let role = tx.default_roles()?.user;
    let guest = NewUser {
        sid: UserSid::new(m.id),
        name,
        role,
        guest: true,
        password_hash: None,
        at: m.now,
    };
    let user = tx.add_user(&guest)?.ok_or(Refusal::NameTaken)?;
    let sid = SessionSid::new(m.id);
    tx.add_session(sid, user.sid, session, m.now)?;
    Ok(Done::changed(SignedIn { user: user.clone(), session: sid }, [told_user(user)]))
}

fn is_free(tx: &mut dyn Tx, name: &ChosenName) -> Result<(), CommandError> {
    if let Some(bearer) = tx.user_named(&name.identity)? {
        let has_account = tx.password_hash(bearer.sid)?.is_some();
        return Err(if has_account { Refusal::NameHasAccount } else { Refusal::NameTaken }.into());
    }
    if tx.user_like(&name.skeleton)?.is_some() {
        return Err(Refusal::NameTaken.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::Scope;

    use crate::commands;
    use crate::store::village::{Village, chosen, identity};

    #[test]
    fn a_guest_gets_a_free_name_and_a_session() {
        let mut village = Village::in_memory();
        let done = village.leases("Ada").expect("the name is free");
        let user = &done.reply.user;
        assert!(user.guest && !user.retired);
        assert_eq!(done.rows[0].0, Scope::User(user.sid));
        let session = village.asks(|tx| Ok(tx.session(done.reply.session)?)).expect("no judging");
        assert_eq!(session.map(|session| session.user), Some(user.clone()));
    }

    #[test]
    fn a_name_that_looks_like_anothers_is_taken() {
        let mut village = Village::in_memory();
        village.people(["Grace Hopper"]);
        village.guest("Ada");
        for name in ["Ada", "ada", "\u{0410}da", "ＡＤＡ", "grace hopper"] {
            assert_eq!(village.leases(name).map(|_| ()), Err(Refusal::NameTaken), "{name}");
        }
        assert!(village.leases("Adam").is_ok());
    }

    #[test]
    fn an_accounts_name_asks_for_its_password() {
        let mut village = Village::in_memory();
        village.admin("Root");
        assert_eq!(village.leases("Root").map(|_| ()), Err(Refusal::NameHasAccount));
        assert_eq!(village.leases("root").map(|_| ()), Err(Refusal::NameTaken));
    }

    #[test]
    fn names_with_authority_are_not_leased() {
        let mut village = Village::in_memory();
        for name in ["system", "Admin", "ＡＤＭＩＮ", "\u{0430}dmin", "everyone", "Yoriai"] {
            assert_eq!(village.leases(name).map(|_| ()), Err(Refusal::NameReserved), "{name}");
        }
        let system = chosen("System");
        let account = village
            .runs(|tx, m| commands::add_user(tx, &system, "hash", chat::RoleSid::SERVICE_USER, m));
        assert_eq!(account, Err(Refusal::NameReserved));
        let system = identity("system");
        let admitted = village.runs(|tx, m| commands::admit_identity(tx, &system, m));
        assert_eq!(admitted, Err(Refusal::NameReserved));
    }

    #[test]
    fn the_next_holder_of_a_name_inherits_nothing() {
        let mut village = Village::in_memory();
        let first = village.guest("Ada");
        let channel = village.channel(first.user.sid, "Harvest");
        village.says(first.user.sid, channel, "Mine");
        village.signs_out(first.session);

        let second = village.guest("Ada");

        assert_ne!(first.user.sid, second.user.sid);
        assert_eq!(
            village.asks(|tx| Ok(tx.bearers(channel, chat::RoleSid::CHANNEL_ADMIN)?)),
            Ok(vec![])
        );
        let refused = village.posts(second.user.sid, channel, "Mine?");
        assert_eq!(refused.map(|_| ()), Err(Refusal::NotAMember));
        assert!(matches!(village.deletes(second.user.sid, channel), Err(Refusal::NotPermitted(_))));
    }
}
