use chat::ChannelSid;

use crate::commands::{Actor, Asker, Done, Moment, Outcome};
use crate::store::Tx;

/// Deletes a channel for everyone. Its members and messages are forgotten later, in pieces.
pub fn delete_channel(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    channel: ChannelSid,
    m: &Moment,
) -> Outcome<()> {
    let asker = Asker::load(tx, by)?;
    let Some(standing) = asker.standing_in(tx, channel)? else { return Ok(Done::unchanged(())) };

    standing.channel.details.may_delete(standing.rights)?;

    Ok(Done::changed((), tx.delete_channel(channel, m.now)?.told()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::Refusal;
    use chat::protocol::{NewChannel, Row, Scope};

    use crate::queries;
    use crate::store::village::{Village, self_named};

    #[test]
    fn a_deleted_channel_is_gone_for_everyone_at_once() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        village.says(grace, channel, "Hello");

        let done = village.deletes(ada, channel).expect("she made it");

        let [(Scope::Channel(_), Row::Channel(row)), (Scope::Directory, Row::Listing(listing))] =
            &done.rows[..]
        else {
            panic!("the channel and its listing are told: {:?}", done.rows)
        };
        assert_eq!((&row.details, &listing.details), (&None, &None));
        assert_eq!(village.posts(grace, channel, "Hello?"), Err(Refusal::ChannelNotFound));
        assert_eq!(village.joins(grace, channel), Err(Refusal::ChannelNotFound));
        assert_eq!(village.reads(grace, channel, 0), Err(Refusal::ChannelNotFound));
        let opened = village.asks(|tx| queries::open_channel(tx, grace, channel));
        assert_eq!(opened, Err(Refusal::ChannelNotFound));
        let welcomed = village.asks(|tx| queries::welcome(tx, grace)).expect("Grace is present");
        assert_eq!(welcomed.channels, []);
        assert_eq!(village.leaves(grace, channel), Done::unchanged(()));
        assert_eq!(village.deletes(ada, channel), Ok(Done::unchanged(())));
    }

    #[test]
    fn only_admins_delete_and_nobody_deletes_general() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let (admin, general) = (village.admin("Root"), village.general);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        assert!(matches!(village.deletes(grace, channel), Err(Refusal::NotPermitted(_))));
        assert_eq!(village.deletes(admin, general), Err(Refusal::GeneralStays));
        assert!(village.deletes(admin, channel).is_ok());
    }

    #[test]
    fn its_address_is_free_for_another_channel() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let wish = NewChannel { unique_name: Some("harvest".to_owned()), ..self_named("Harvest") };
        let first = village.creates(ada, &wish).expect("the address is free").reply.channel;
        assert_eq!(village.creates(ada, &wish), Err(Refusal::UniqueNameTaken));
        village.deletes(ada, first).expect("she made it");
        assert!(village.creates(ada, &wish).is_ok());
    }
}
