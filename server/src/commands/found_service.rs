use chat::{
    Attributes, ChannelDetails, ChannelSid, FriendlyName, Identity, Refusal, ServiceSid, UniqueName,
};

use crate::commands::{Done, Moment, Outcome};
use crate::store::{Service, Tx, skeleton};

/// Makes the service with its General Channel, once: at every later start it only says which.
pub fn found_service(tx: &mut dyn Tx, m: &Moment) -> Outcome<Service> {
    if let Some(service) = tx.service()? {
        return Ok(Done::unchanged(service));
    }

    let service =
        Service { sid: ServiceSid::new(m.id), epoch: m.id, general: ChannelSid::new(m.id) };
    let details = ChannelDetails {
        unique_name: Some(UniqueName::general()),
        friendly_name: FriendlyName::general(),
        attributes: Attributes::default(),
        created_by: Identity::parse(skeleton::SYSTEM)?,
        created_at: m.now,
        updated_at: m.now,
    };

    tx.found(&service, m.now)?;
    let general = tx.add_channel(service.general, &details)?.ok_or(Refusal::UniqueNameTaken)?;
    Ok(Done::changed(service, general.told()))
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
        assert_eq!(village.rows(Scope::Directory).len(), 1);
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
        assert_eq!(village.asks(|tx| Ok(tx.admins(general)?)), Ok(vec![]));
    }
}
