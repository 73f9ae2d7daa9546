use chat::protocol::CloseCode;
use chat::{Identity, Refusal, ServiceRole, User, UserSid};

use crate::commands::retire::retire;
use crate::commands::{Done, Moment, Outcome};
use crate::store::nouns::told_user;
use crate::store::{ChosenName, NewUser, Tx, skeleton};

/// Finds or makes the user whom a key's token names. A guest who leased that very name loses it:
/// whoever holds a key decides who its people are.
pub fn admit_identity(tx: &mut dyn Tx, identity: &Identity, m: &Moment) -> Outcome<User> {
    let bearer = tx.user_named(identity)?;
    if let Some(user) = bearer.as_ref().filter(|bearer| !bearer.guest) {
        return Ok(Done::unchanged(user.clone()));
    }

    if identity.as_str() == skeleton::SYSTEM {
        return Err(Refusal::NameReserved.into());
    }

    let ended = match bearer {
        Some(guest) => retire(tx, &guest, CloseCode::NameTaken, m)?,
        None => Done::unchanged(()),
    };
    let name = ChosenName { identity: identity.clone(), skeleton: skeleton::of(identity.as_str()) };
    let user = NewUser {
        sid: UserSid::new(m.id),
        name: &name,
        role: ServiceRole::User,
        guest: false,
        password_hash: None,
        at: m.now,
    };
    let user = tx.add_user(&user)?.ok_or(Refusal::NameTaken)?;
    Ok(Done::changed(user.clone(), [told_user(user)]).and(ended))
}
