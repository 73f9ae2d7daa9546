use chat::{FriendlyName, Refusal, Role, RoleDetails, RoleKind, RoleSid, Timestamp, limits};

use crate::commands::roles::known;
use crate::commands::stamps::judge_dates;
use crate::commands::{CommandError, Done, Moment, Outcome};
use crate::store::Tx;
use crate::store::nouns::told_role;

/// The roles that are there from the start.
const DEFAULTS: [RoleSid; 4] =
    [RoleSid::SERVICE_ADMIN, RoleSid::SERVICE_USER, RoleSid::CHANNEL_ADMIN, RoleSid::CHANNEL_USER];

/// A role as it was elsewhere.
#[derive(Clone, Debug)]
pub struct RoleWish {
    pub sid: RoleSid,
    pub friendly_name: String,
    pub kind: RoleKind,
    pub permissions: Vec<String>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
}

/// Makes a role for the operator as it was elsewhere, and says which it is here. A default role is
/// known by its name and permits the same as there, unless it was changed here before.
pub fn record_role(tx: &mut dyn Tx, wish: &RoleWish, m: &Moment) -> Outcome<RoleSid> {
    judge_dates(wish.created_at, wish.updated_at, m)?;
    let created_at = wish.created_at.unwrap_or(m.now);
    let details = RoleDetails {
        friendly_name: FriendlyName::parse(&wish.friendly_name)?,
        kind: wish.kind,
        permissions: known(&wish.permissions)?,
        created_at,
        updated_at: wish.updated_at.unwrap_or(created_at),
    };

    if let Some(role) = default_like(tx, &details)? {
        let permissions = role.details.as_ref().map(|details| details.permissions);
        if role.entered != role.changed || permissions == Some(details.permissions) {
            return Ok(Done::unchanged(role.sid));
        }
        return put(tx, role.sid, &details);
    }
    match tx.role(wish.sid)?.and_then(|role| role.details) {
        Some(here) if is_alike(&here, &details) => Ok(Done::unchanged(wish.sid)),
        Some(_) => Err(Refusal::SidTaken.into()),
        None if limits::ROLES_MAX <= tx.roles()?.len() => Err(Refusal::TooManyRoles.into()),
        None => put(tx, wish.sid, &details),
    }
}

fn default_like(tx: &mut dyn Tx, details: &RoleDetails) -> Result<Option<Role>, CommandError> {
    for sid in DEFAULTS {
        let role = tx.role(sid)?;
        let here = role.as_ref().and_then(|role| role.details.as_ref());
        if here.is_some_and(|here| is_alike(here, details)) {
            return Ok(role);
        }
    }
    Ok(None)
}

fn is_alike(one: &RoleDetails, other: &RoleDetails) -> bool {
    (&one.friendly_name, one.kind) == (&other.friendly_name, other.kind)
}

fn put(tx: &mut dyn Tx, sid: RoleSid, details: &RoleDetails) -> Outcome<RoleSid> {
    Ok(Done::changed(sid, [told_role(tx.put_role(sid, details)?)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::edit_role;
    use crate::store::village::Village;

    fn wish(name: &str, permissions: &[&str]) -> RoleWish {
        RoleWish {
            sid: RoleSid::from_bytes([7; 16]),
            friendly_name: name.to_owned(),
            kind: RoleKind::Channel,
            permissions: permissions.iter().map(|&name| name.to_owned()).collect(),
            created_at: Some(Timestamp(1_500_000_000_000)),
            updated_at: None,
        }
    }

    #[test]
    fn a_default_role_is_known_by_its_name_and_permits_what_it_did() {
        let mut village = Village::in_memory();
        let brought = wish("channel user", &["leaveChannel"]);
        let done = village.runs(|tx, m| record_role(tx, &brought, m)).expect("it may");
        assert_eq!((done.reply, done.rows.len()), (RoleSid::CHANNEL_USER, 1));
        let again = village.runs(|tx, m| record_role(tx, &brought, m));
        assert_eq!(again, Ok(Done::unchanged(RoleSid::CHANNEL_USER)));
    }

    #[test]
    fn a_default_role_that_was_changed_here_stays_as_it_is() {
        let mut village = Village::in_memory();
        let ours = ["sendMessage".to_owned()];
        village.does(|tx, m| edit_role(tx, RoleSid::CHANNEL_USER, &ours, m));
        let brought = wish("channel user", &["leaveChannel"]);
        let done = village.runs(|tx, m| record_role(tx, &brought, m));
        assert_eq!(done, Ok(Done::unchanged(RoleSid::CHANNEL_USER)));
    }

    #[test]
    fn another_role_keeps_its_sid_unless_that_is_taken() {
        let mut village = Village::in_memory();
        let speaker = wish("speaker", &["sendMessage"]);
        let done = village.runs(|tx, m| record_role(tx, &speaker, m)).expect("it may");
        assert_eq!((done.reply, done.rows.len()), (speaker.sid, 1));
        let again = village.runs(|tx, m| record_role(tx, &speaker, m));
        assert_eq!(again, Ok(Done::unchanged(speaker.sid)));
        let other = wish("listener", &["leaveChannel"]);
        assert_eq!(village.runs(|tx, m| record_role(tx, &other, m)), Err(Refusal::SidTaken));
        let odd = RoleWish { sid: RoleSid::from_bytes([8; 16]), ..wish("odd", &["fly"]) };
        assert_eq!(village.runs(|tx, m| record_role(tx, &odd, m)), Err(Refusal::PermissionUnknown));
    }
}
