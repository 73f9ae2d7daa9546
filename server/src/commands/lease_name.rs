use chat::{Refusal, ServiceRole, SessionSid, UserSid};

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

    let guest = NewUser {
        sid: UserSid::new(m.id),
        name,
        role: ServiceRole::User,
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
