use chat::{Refusal, RoleSid, User, UserSid};

use crate::commands::{Done, Moment, Outcome};
use crate::store::nouns::told_user;
use crate::store::{ChosenName, NewUser, Tx, skeleton};

/// Makes an account with a password, as the operator wishes.
pub fn add_user(
    tx: &mut dyn Tx,
    name: &ChosenName,
    password_hash: &str,
    role: RoleSid,
    m: &Moment,
) -> Outcome<User> {
    if skeleton::is_system(name) {
        return Err(Refusal::NameReserved.into());
    }
    if tx.user_like(&name.skeleton)?.is_some() {
        return Err(Refusal::NameTaken.into());
    }

    let account = NewUser {
        sid: UserSid::new(m.id),
        name,
        role,
        guest: false,
        password_hash: Some(password_hash),
        at: m.now,
    };
    let user = tx.add_user(&account)?.ok_or(Refusal::NameTaken)?;
    Ok(Done::changed(user.clone(), [told_user(user)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queries;
    use crate::store::village::{Village, chosen, identity};

    #[test]
    fn an_account_has_a_password_and_its_name_for_itself() {
        let mut village = Village::in_memory();
        let ada = chosen("Ada");
        let user = village.does(|tx, m| add_user(tx, &ada, "hash", RoleSid::SERVICE_USER, m));
        assert!(!user.guest);

        let found = village.asks(|tx| queries::credentials(tx, &identity("Ada")));
        assert_eq!(found, Ok(Some((user, "hash".to_owned()))));
        assert_eq!(village.asks(|tx| queries::credentials(tx, &identity("ada"))), Ok(None));
        let look_alike = chosen("ada");
        let again =
            village.runs(|tx, m| add_user(tx, &look_alike, "hash", RoleSid::SERVICE_USER, m));
        assert_eq!(again, Err(Refusal::NameTaken));
    }

    #[test]
    fn a_guest_has_no_credentials() {
        let mut village = Village::in_memory();
        village.guest("Grace");
        assert_eq!(village.asks(|tx| queries::credentials(tx, &identity("Grace"))), Ok(None));
    }
}
