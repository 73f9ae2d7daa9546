use chat::protocol::CloseCode;
use chat::{Identity, Refusal, User, UserSid};

use crate::commands::retire::retire;
use crate::commands::{Done, Moment, Outcome};
use crate::store::nouns::told_user;
use crate::store::{ChosenName, NewUser, Tx, skeleton};

/// Finds or makes the user whom a key's token names. A guest who leased that very name loses it:
/// whoever holds a key decides who its people are.
pub fn admit_identity(tx: &mut dyn Tx, identity: &Identity, m: &Moment) -> Outcome<User> {
    if identity.as_str() == skeleton::SYSTEM {
        return Err(Refusal::NameReserved.into());
    }
    let bearer = tx.user_named(identity)?;
    if let Some(user) = bearer.as_ref().filter(|bearer| !bearer.guest) {
        return Ok(Done::unchanged(user.clone()));
    }

    if tx.user(UserSid::new(m.id))?.is_some() {
        return Err(Refusal::SidTaken.into());
    }
    let ended = match bearer {
        Some(guest) => retire(tx, &guest, CloseCode::NameTaken, m)?,
        None => Done::unchanged(()),
    };
    let name = ChosenName::of(identity.clone());
    let role = tx.default_roles()?.user;
    let user = NewUser {
        sid: UserSid::new(m.id),
        name: &name,
        role,
        guest: false,
        password_hash: None,
        at: m.now,
    };
    let user = tx.add_user(&user)?.ok_or(Refusal::NameTaken)?;
    Ok(Done::changed(user.clone(), [told_user(user)]).and(ended))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queries;
    use crate::store::village::{Village, identity};

    #[test]
    fn a_token_finds_the_user_that_it_made() {
        let mut village = Village::in_memory();
        let ada = identity("Ada");
        let first = village.runs(|tx, m| admit_identity(tx, &ada, m)).expect("a key decides");
        assert_eq!(first.rows, [told_user(first.reply.clone())]);
        let again = village.runs(|tx, m| admit_identity(tx, &ada, m));
        assert_eq!(again, Ok(Done::unchanged(first.reply.clone())));
        let other_case = identity("ada");
        let other = village.does(|tx, m| admit_identity(tx, &other_case, m));
        assert_ne!(other.sid, first.reply.sid);
    }

    #[test]
    fn a_token_ends_the_lease_of_its_very_name() {
        let mut village = Village::in_memory();
        let (guest, general) = (village.guest("Ada"), village.general);
        village.all_join([guest.user.sid], general);
        let ada = identity("Ada");

        let done = village.runs(|tx, m| admit_identity(tx, &ada, m)).expect("a key decides");

        assert_eq!(done.ended, [(guest.session, CloseCode::NameTaken)]);
        assert_ne!(done.reply.sid, guest.user.sid);
        assert!(!done.reply.guest);
        let named = village.asks(|tx| queries::user_named(tx, &ada));
        assert_eq!(named, Ok(Some(done.reply.clone())));
        let nowhere = village.asks(|tx| queries::memberships(tx, done.reply.sid));
        assert_eq!(nowhere, Ok(vec![]));
    }

    #[test]
    fn a_look_alike_keeps_its_lease() {
        let mut village = Village::in_memory();
        village.guest("Ada");
        let look_alike = identity("ada");
        let done = village.runs(|tx, m| admit_identity(tx, &look_alike, m)).expect("a key decides");
        assert_eq!(done.ended, []);
    }
}
