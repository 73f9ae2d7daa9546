use chat::{
    Attributes, FriendlyName, Identity, Refusal, RoleKind, RoleSid, Timestamp, User, UserSid,
    limits,
};

use crate::commands::edit_member::role_of_kind;
use crate::commands::stamps::{judge_dates, moment_of};
use crate::commands::{Done, Moment, Outcome, admit_identity};
use crate::store::Tx;
use crate::store::nouns::told_user;

/// A user as a backend makes one, who may never have come.
#[derive(Clone, Debug, Default)]
pub struct NewcomerWish {
    /// The SID that they had elsewhere.
    pub sid: Option<UserSid>,
    pub identity: String,
    pub friendly_name: Option<String>,
    /// JSON of any shape, as text.
    pub attributes: String,
    /// A service role.
    pub role: Option<RoleSid>,
    pub created_at: Option<Timestamp>,
}

/// Makes a user for the operator. Whoever merely leased that very name loses it. Who has that SID
/// and that name is there already.
pub fn create_user(tx: &mut dyn Tx, wish: &NewcomerWish, m: &Moment) -> Outcome<UserSid> {
    let identity = Identity::parse(&wish.identity)?;
    if let Some(sid) = wish.sid
        && tx.user(sid)?.is_some_and(|known| known.identity == identity)
    {
        return Ok(Done::unchanged(sid));
    }
    if tx.user_named(&identity)?.is_some_and(|bearer| !bearer.guest) {
        return Err(Refusal::NameTaken.into());
    }
    let named = wish.friendly_name.as_deref().filter(|name| !name.is_empty());
    let friendly_name = named.map(FriendlyName::parse).transpose()?;
    let attributes = Attributes::parse(&wish.attributes, limits::USER_ATTRIBUTES_BYTES_MAX)?;
    let role = wish.role.map(|role| role_of_kind(tx, role, RoleKind::Service)).transpose()?;
    judge_dates(wish.created_at, None, m)?;

    let own = moment_of(wish.sid.map(|sid| *sid.as_bytes()), wish.created_at, m);
    let admitted = admit_identity(tx, &identity, &own)?;
    let user = admitted.reply.clone();
    let role = role.unwrap_or(user.role);
    let user = tx.change_user(User { friendly_name, attributes, role, ..user })?;
    Ok(admitted.replied(user.sid).and(Done::changed((), [told_user(user)])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::Village;

    fn wish(identity: &str) -> NewcomerWish {
        NewcomerWish { identity: identity.to_owned(), ..NewcomerWish::default() }
    }

    #[test]
    fn somebody_is_made_with_all_that_is_said_of_them() {
        let mut village = Village::in_memory();
        let wish = NewcomerWish {
            friendly_name: Some("山田さん".to_owned()),
            attributes: r#"{"cup":"🍵"}"#.to_owned(),
            role: Some(RoleSid::SERVICE_ADMIN),
            ..wish("hana")
        };
        let sid = village.does(|tx, m| create_user(tx, &wish, m));
        let user = village.writes(|tx| tx.user(sid)).expect("made");
        assert_eq!(user.friendly_name.as_ref().map(FriendlyName::as_str), Some("山田さん"));
        assert_eq!(
            (user.attributes.as_str(), user.role),
            (r#"{"cup":"🍵"}"#, RoleSid::SERVICE_ADMIN)
        );
        let again = village.runs(|tx, m| create_user(tx, &wish, m));
        assert_eq!(again, Err(Refusal::NameTaken));
    }

    #[test]
    fn whoever_leased_the_name_loses_it() {
        let mut village = Village::in_memory();
        let guest = village.guest("hana");
        let made = village.runs(|tx, m| create_user(tx, &wish("hana"), m)).expect("a key decides");
        assert_ne!(made.reply, guest.user.sid);
        assert_eq!(made.ended.len(), 1);
    }

    #[test]
    fn what_does_not_do_makes_nobody() {
        let mut village = Village::in_memory();
        let plain = wish("hana");
        for (wish, refusal) in [
            (wish(""), Refusal::IdentityMissing),
            (wish("system"), Refusal::NameTaken),
            (
                NewcomerWish { attributes: "{".to_owned(), ..plain.clone() },
                Refusal::AttributesNotJson,
            ),
            (
                NewcomerWish { friendly_name: Some("a".repeat(257)), ..plain.clone() },
                Refusal::FriendlyNameTooLong,
            ),
            (
                NewcomerWish { role: Some(RoleSid::CHANNEL_USER), ..plain.clone() },
                Refusal::RoleOfOtherKind,
            ),
        ] {
            let refused = village.runs(|tx, m| create_user(tx, &wish, m));
            assert_eq!(refused.map(|done| done.reply), Err(refusal), "{wish:?}");
        }
        let hana = crate::store::village::identity("hana");
        assert_eq!(village.writes(|tx| tx.user_named(&hana)), None);
    }

    #[test]
    fn a_user_who_has_a_sid_of_their_own_comes_once() {
        let mut village = Village::in_memory();
        let sid = UserSid::from_bytes([7; 16]);
        let ada = NewcomerWish { sid: Some(sid), ..wish("Ada") };
        assert_eq!(village.does(|tx, m| create_user(tx, &ada, m)), sid);
        assert_eq!(village.runs(|tx, m| create_user(tx, &ada, m)), Ok(Done::unchanged(sid)));
        let grace = NewcomerWish { sid: Some(sid), ..wish("Grace") };
        assert_eq!(village.runs(|tx, m| create_user(tx, &grace, m)), Err(Refusal::SidTaken));
    }
}
