use chat::{
    Attributes, ChannelDetails, ChannelSid, FriendlyName, Identity, Permissions, Refusal,
    RoleDetails, RoleKind, RoleSid, ServiceSid, UniqueName,
};

use crate::commands::{CommandError, Done, Moment, Outcome};
use crate::store::nouns::{told_role, told_user};
use crate::store::{ChosenName, NewUser, Service, Tx, skeleton};

/// The roles that every service begins with.
const ROLES: [(RoleSid, &str, RoleKind, Permissions); 4] = [
    (RoleSid::SERVICE_ADMIN, "service admin", RoleKind::Service, Permissions::SERVICE_ADMIN),
    (RoleSid::SERVICE_USER, "service user", RoleKind::Service, Permissions::SERVICE_USER),
    (RoleSid::CHANNEL_ADMIN, "channel admin", RoleKind::Channel, Permissions::CHANNEL_ADMIN),
    (RoleSid::CHANNEL_USER, "channel user", RoleKind::Channel, Permissions::CHANNEL_USER),
];

/// Makes the service with its roles, its system user and its General Channel, once. At every later
/// start it says which, and makes only what an earlier version did not know.
pub fn found_service(tx: &mut dyn Tx, m: &Moment) -> Outcome<Service> {
    if let Some(service) = tx.service()? {
        return Ok(furnished(tx, &service, m)?.replied(service));
    }

    let service =
        Service { sid: ServiceSid::new(m.id), epoch: m.id, general: ChannelSid::new(m.id) };
    let details = ChannelDetails {
        unique_name: Some(UniqueName::general()),
        friendly_name: FriendlyName::general(),
        attributes: Attributes::default(),
        private: false,
        created_by: Identity::parse(skeleton::SYSTEM)?,
        created_at: m.now,
        updated_at: m.now,
    };

    tx.found(&service, m.now)?;
    let furnished = furnished(tx, &service, m)?;
    let general = tx.add_channel(service.general, service.system(), &details)?;
    let general = general.ok_or(Refusal::UniqueNameTaken)?;
    Ok(Done::changed(service, general.told()).and(furnished))
}

/// Makes the roles and the system user where they are missing.
fn furnished(tx: &mut dyn Tx, service: &Service, m: &Moment) -> Result<Done<()>, CommandError> {
    let mut done = Done::unchanged(());
    for (sid, name, kind, permissions) in ROLES {
        if tx.role(sid)?.is_none() {
            let friendly_name = FriendlyName::parse(name)?;
            let (created_at, updated_at) = (m.now, m.now);
            let details = RoleDetails { friendly_name, kind, permissions, created_at, updated_at };
            done.rows.push(told_role(tx.put_role(sid, &details)?));
        }
    }
    if tx.user(service.system())?.is_none() {
        let system = NewUser {
            sid: service.system(),
            name: &ChosenName::of(Identity::parse(skeleton::SYSTEM)?),
            role: RoleSid::SERVICE_ADMIN,
            guest: false,
            password_hash: None,
            at: m.now,
        };
        done.rows.extend(tx.add_user(&system)?.map(told_user));
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::Scope;

    use crate::queries;
    use crate::store::village::Village;

    #[test]
    fn general_is_made_exactly_once() {
        let mut village = Village::in_memory();
        let first = village.asks(queries::service).expect("it is founded");
        let again = village.runs(found_service).expect("every start asks");
        assert_eq!(again, Done::unchanged(first));
        let rows = village.rows(Scope::Directory);
        let general =
            rows.iter().filter(|row| matches!(row, chat::protocol::Row::Listing(_))).count();
        assert_eq!((general, rows.len()), (1, 1 + ROLES.len()));
    }

    #[test]
    fn general_is_made_by_the_system_and_has_no_admin() {
        let mut village = Village::in_memory();
        let general = village.general;
        let details = village
            .asks(|tx| Ok(tx.channel(general)?))
            .expect("anybody may ask")
            .expect("it exists")
            .details;
        assert!(details.is_general());
        assert_eq!(details.created_by.as_str(), "system");
        assert_eq!(village.asks(|tx| Ok(tx.bearers(general, RoleSid::CHANNEL_ADMIN)?)), Ok(vec![]));
    }
}
