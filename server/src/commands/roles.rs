//! The operator's own roles.

use chat::{
    FriendlyName, Permission, Permissions, Refusal, RoleDetails, RoleKind, RoleSid, limits,
};

use crate::commands::{Done, Moment, Outcome};
use crate::store::nouns::told_role;
use crate::store::{DefaultRoles, Tx};

/// Makes a role.
pub fn create_role(
    tx: &mut dyn Tx,
    friendly_name: &str,
    kind: RoleKind,
    permissions: &[String],
    m: &Moment,
) -> Outcome<RoleSid> {
    let details = RoleDetails {
        friendly_name: FriendlyName::parse(friendly_name)?,
        kind,
        permissions: known(permissions)?,
        created_at: m.now,
        updated_at: m.now,
    };
    if limits::ROLES_MAX <= tx.roles()?.len() {
        return Err(Refusal::TooManyRoles.into());
    }

    let role = tx.put_role(RoleSid::new(m.id), &details)?;
    Ok(Done::changed(role.sid, [told_role(role)]))
}

/// Replaces all that a role permits.
pub fn edit_role(
    tx: &mut dyn Tx,
    role: RoleSid,
    permissions: &[String],
    m: &Moment,
) -> Outcome<()> {
    let details = tx.role(role)?.and_then(|role| role.details).ok_or(Refusal::RoleNotFound)?;
    let permissions = known(permissions)?;
    if permissions == details.permissions {
        return Ok(Done::unchanged(()));
    }

    let details = RoleDetails { permissions, updated_at: m.now, ..details };
    Ok(Done::changed((), [told_role(tx.put_role(role, &details)?)]))
}

/// Deletes a role that nobody bears, now or by default.
pub fn delete_role(tx: &mut dyn Tx, role: RoleSid, m: &Moment) -> Outcome<()> {
    if tx.role(role)?.is_none() {
        return Ok(Done::unchanged(()));
    }
    let DefaultRoles { user, creator, member } = tx.default_roles()?;
    let stays = [user, creator, member, RoleSid::SERVICE_ADMIN].contains(&role);
    if stays || tx.is_borne(role)? {
        return Err(Refusal::RoleInUse.into());
    }

    Ok(Done::changed((), [told_role(tx.delete_role(role, m.now)?)]))
}

pub(super) fn known(names: &[String]) -> Result<Permissions, Refusal> {
    let known: Option<Vec<Permission>> = names.iter().map(|name| Permission::named(name)).collect();
    let permissions = Permissions::of(&known.ok_or(Refusal::PermissionUnknown)?);
    if permissions.is_empty() {
        return Err(Refusal::RoleEmpty);
    }
    Ok(permissions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::MemberEditing;

    use crate::commands::{change_settings, edit_member};
    use crate::store::Settings;
    use crate::store::village::Village;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_role_permits_at_least_one_thing_that_there_is() {
        let mut village = Village::in_memory();
        for (permissions, refusal) in [
            (names(&[]), Refusal::RoleEmpty),
            (names(&["sendMessage", "fly"]), Refusal::PermissionUnknown),
        ] {
            let made =
                village.runs(|tx, m| create_role(tx, "odd", RoleKind::Channel, &permissions, m));
            assert_eq!(made, Err(refusal));
        }
    }

    #[test]
    fn what_a_role_permits_is_replaced_for_everyone_who_bears_it() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        village.says(grace, channel, "Before");
        let quiet = names(&["leaveChannel"]);
        village.does(|tx, m| edit_role(tx, RoleSid::CHANNEL_USER, &quiet, m));
        let missing = Refusal::NotPermitted(Permission::SendMessage);
        assert_eq!(village.posts(grace, channel, "After"), Err(missing));
        assert!(village.posts(ada, channel, "After").is_ok());
        let none = RoleSid::from_bytes([9; 16]);
        let refused = village.runs(|tx, m| edit_role(tx, none, &quiet, m));
        assert_eq!(refused, Err(Refusal::RoleNotFound));
    }

    #[test]
    fn a_role_that_somebody_bears_stays() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let own = village.role("speaker", RoleKind::Channel, &["sendMessage"]);
        let operator = village.operator();
        let wish = MemberEditing { channel, user: ada, role: Some(own), attributes: None };
        village.does(|tx, m| edit_member(tx, operator, &wish, m));
        for role in [own, RoleSid::CHANNEL_USER, RoleSid::SERVICE_ADMIN] {
            let refused = village.runs(|tx, m| delete_role(tx, role, m));
            assert_eq!(refused, Err(Refusal::RoleInUse), "{role}");
        }
        let back = MemberEditing { role: Some(RoleSid::CHANNEL_ADMIN), ..wish };
        village.does(|tx, m| edit_member(tx, operator, &back, m));
        assert_eq!(village.runs(|tx, m| delete_role(tx, own, m)).expect("free").rows.len(), 1);
        assert_eq!(village.runs(|tx, m| delete_role(tx, own, m)), Ok(Done::unchanged(())));
    }

    #[test]
    fn newcomers_bear_the_roles_that_the_operator_chose() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        let reader = village.role("reader", RoleKind::Channel, &["leaveChannel"]);
        let settings = Settings::default();
        let wrong = DefaultRoles { member: RoleSid::SERVICE_USER, ..DefaultRoles::default() };
        let refused = village.runs(|tx, m| change_settings(tx, settings, wrong, m));
        assert_eq!(refused, Err(Refusal::RoleOfOtherKind));
        let chosen = DefaultRoles { member: reader, ..DefaultRoles::default() };
        village.does(|tx, m| change_settings(tx, settings, chosen, m));
        village.all_join([grace], channel);
        let missing = Refusal::NotPermitted(Permission::SendMessage);
        assert_eq!(village.posts(grace, channel, "Hello"), Err(missing));
        assert_eq!(village.runs(|tx, m| delete_role(tx, reader, m)), Err(Refusal::RoleInUse));
    }

    #[test]
    fn there_are_only_so_many_roles() {
        let mut village = Village::in_memory();
        for number in 4..limits::ROLES_MAX {
            village.role(&format!("role {number}"), RoleKind::Channel, &["sendMessage"]);
        }
        let permissions = names(&["sendMessage"]);
        let more =
            village.runs(|tx, m| create_role(tx, "more", RoleKind::Channel, &permissions, m));
        assert_eq!(more, Err(Refusal::TooManyRoles));
    }
}
