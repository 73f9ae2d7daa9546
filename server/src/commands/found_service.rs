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
