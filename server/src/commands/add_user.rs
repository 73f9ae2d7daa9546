use chat::{Refusal, ServiceRole, User, UserSid};

use crate::commands::{Done, Moment, Outcome};
use crate::store::nouns::told_user;
use crate::store::{ChosenName, NewUser, Tx, skeleton};

/// Makes an account with a password, as the operator wishes.
pub fn add_user(
    tx: &mut dyn Tx,
    name: &ChosenName,
    password_hash: &str,
    role: ServiceRole,
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
