use chat::protocol::UserEditing;
use chat::{Attributes, FriendlyName, Permission, Refusal, RoleKind, User, limits};

use crate::commands::edit_member::role_of_kind;
use crate::commands::{Actor, Asker, Done, Moment, Outcome};
use crate::store::Tx;
use crate::store::nouns::told_user;

/// Gives a user another friendly name, other attributes, another role, or all of them.
pub fn edit_user(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    editing: &UserEditing,
    _m: &Moment,
) -> Outcome<()> {
    let asker = Asker::load(tx, by)?;
    let user = tx.user(editing.user)?.filter(|user| !user.retired);
    let user = user.ok_or(Refusal::UserNotFound)?;

    let mut edited = user.clone();
    if let Some(role) = editing.role {
        if !asker.is_operator() {
            return Err(Refusal::RoleRefused.into());
        }
        edited.role = role_of_kind(tx, role, RoleKind::Service)?;
    }
    if editing.friendly_name.is_some() || editing.attributes.is_some() {
        let (own, any) = (Permission::EditOwnUserInfo, Permission::EditAnyUserInfo);
        asker.rights().permit_either(user.sid == asker.user.sid, own, any)?;
        edited = informed(edited, editing)?;
    }
    if edited == user {
        return Ok(Done::unchanged(()));
    }

    Ok(Done::changed((), [told_user(tx.change_user(edited)?)]))
}

fn informed(user: User, editing: &UserEditing) -> Result<User, Refusal> {
    let friendly_name = match editing.friendly_name.as_deref() {
        Some("") => None,
        Some(name) => Some(FriendlyName::parse(name)?),
        None => user.friendly_name,
    };
    let attributes = match &editing.attributes {
        Some(text) => Attributes::parse(text, limits::USER_ATTRIBUTES_BYTES_MAX)?,
        None => user.attributes,
    };
    Ok(User { friendly_name, attributes, ..user })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{RoleSid, UserSid};

    use crate::store::village::Village;

    fn editing(user: UserSid) -> UserEditing {
        UserEditing { user, friendly_name: None, role: None, attributes: None }
    }

    #[test]
    fn people_name_themselves_and_admins_anybody() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let admin = village.admin("Root");
        let named = |user, name: &str| UserEditing {
            friendly_name: Some(name.to_owned()),
            ..editing(user)
        };
        let any = Refusal::NotPermitted(Permission::EditAnyUserInfo);
        for (by, of, name, expected) in [
            (ada, ada, "Ada Lovelace", Ok(())),
            (grace, ada, "Adder", Err(any)),
            (admin, grace, "Rear Admiral", Ok(())),
            (ada, ada, "", Ok(())),
        ] {
            let wish = named(of, name);
            let judged = village.runs(|tx, m| edit_user(tx, by, &wish, m)).map(|_| ());
            assert_eq!(judged, expected, "{name}");
        }
        let ada_now = village.asks(|tx| Ok(tx.user(ada)?)).expect("no judging").expect("present");
        assert_eq!(ada_now.friendly_name, None);
    }

    #[test]
    fn only_the_operator_gives_service_roles() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let (admin, operator) = (village.admin("Root"), village.operator());
        let wish = UserEditing { role: Some(RoleSid::SERVICE_ADMIN), ..editing(ada) };
        for by in [ada, admin] {
            let refused = village.runs(|tx, m| edit_user(tx, by, &wish, m));
            assert_eq!(refused, Err(Refusal::RoleRefused));
        }
        assert!(village.runs(|tx, m| edit_user(tx, operator, &wish, m)).is_ok());
        let nobody = editing(UserSid::from_bytes([9; 16]));
        let refused = village.runs(|tx, m| edit_user(tx, operator, &nobody, m));
        assert_eq!(refused, Err(Refusal::UserNotFound));
    }
}
