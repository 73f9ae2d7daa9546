use chat::protocol::ChannelEditing;
use chat::{Attributes, ChannelDetails, FriendlyName, Refusal, UniqueName, limits};

use crate::commands::{Actor, Asker, Done, Moment, Outcome};
use crate::store::Tx;

/// Gives a channel another name, another address or other attributes, or makes it private.
pub fn edit_channel(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    editing: &ChannelEditing,
    m: &Moment,
) -> Outcome<()> {
    let asker = Asker::load(tx, by)?;
    let standing = asker.known_channel(tx, editing.channel)?;
    let details = standing.channel.details;

    if editing.attributes.is_some() {
        details.may_change_attributes(standing.rights)?;
    }
    let names_stay = editing.friendly_name.is_none() && editing.unique_name.is_none();
    if editing.attributes.is_none() || !names_stay || editing.private.is_some() {
        details.may_rename(standing.rights)?;
    }
    let edited = edited(&details, editing)?;
    if edited == details {
        return Ok(Done::unchanged(()));
    }

    let details = ChannelDetails { updated_at: m.now, ..edited };
    let rows = tx.change_channel(editing.channel, &details)?.ok_or(Refusal::UniqueNameTaken)?;
    Ok(Done::changed((), rows.told()))
}

fn edited(details: &ChannelDetails, editing: &ChannelEditing) -> Result<ChannelDetails, Refusal> {
    let mut edited = details.clone();
    if let Some(name) = &editing.friendly_name {
        edited.friendly_name = FriendlyName::parse(name)?;
    }
    match editing.unique_name.as_deref() {
        Some("") => edited.unique_name = None,
        Some(name) => edited.unique_name = Some(UniqueName::parse(name)?),
        None => {}
    }
    if let Some(text) = &editing.attributes {
        edited.attributes = Attributes::parse(text, limits::CHANNEL_ATTRIBUTES_BYTES_MAX)?;
    }
    if let Some(private) = editing.private {
        details.may_become(private)?;
        edited.private = private;
    }
    if details.is_general() && edited.unique_name != details.unique_name {
        return Err(Refusal::GeneralStays);
    }
    Ok(edited)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::ChannelSid;
    use chat::protocol::{Row, Scope};

    use crate::store::village::Village;

    fn editing(
        channel: ChannelSid,
        friendly: Option<&str>,
        unique: Option<&str>,
    ) -> ChannelEditing {
        ChannelEditing {
            friendly_name: friendly.map(str::to_owned),
            unique_name: unique.map(str::to_owned),
            ..ChannelEditing::of(channel)
        }
    }

    #[test]
    fn everyone_who_sees_the_channel_hears_its_new_name() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        village.pass(1_000);
        let wish = editing(channel, Some("Autumn"), Some("autumn"));
        let done = village.runs(|tx, m| edit_channel(tx, ada, &wish, m)).expect("she made it");

        let [(Scope::Channel(_), Row::Channel(row)), (Scope::Directory, Row::Listing(listing))] =
            &done.rows[..]
        else {
            panic!("the channel and its listing are told: {:?}", done.rows)
        };
        assert_eq!(row.details, listing.details);
        let details = row.details.as_ref().expect("it lives");
        assert_eq!(details.friendly_name.as_str(), "Autumn");
        assert_eq!(details.updated_at, village.now);

        let same = village.runs(|tx, m| edit_channel(tx, ada, &wish, m));
        assert_eq!(same, Ok(Done::unchanged(())));
        let without = editing(channel, None, Some(""));
        let done = village.runs(|tx, m| edit_channel(tx, ada, &without, m)).expect("she may");
        let Row::Channel(row) = &done.rows[0].1 else { panic!("the channel is told") };
        assert_eq!(row.details.as_ref().and_then(|details| details.unique_name.clone()), None);
    }

    #[test]
    fn only_admins_rename() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let admin = village.admin("Root");
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        let wish = editing(channel, Some("Autumn"), None);
        let refused = village.runs(|tx, m| edit_channel(tx, grace, &wish, m));
        assert!(matches!(refused, Err(Refusal::NotPermitted(_))));
        assert!(village.runs(|tx, m| edit_channel(tx, admin, &wish, m)).is_ok());
    }

    #[test]
    fn an_address_is_not_given_twice() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        for (address, refusal) in
            [(UniqueName::GENERAL, Refusal::UniqueNameTaken), (" ", Refusal::UniqueNameInvalid)]
        {
            let wish = editing(channel, None, Some(address));
            let refused = village.runs(|tx, m| edit_channel(tx, ada, &wish, m));
            assert_eq!(refused, Err(refusal));
        }
    }

    #[test]
    fn a_channel_that_becomes_private_is_gone_from_the_directory_for_good() {
        let mut village = Village::in_memory();
        let [ada, grace, linus] = village.people(["Ada", "Grace", "Linus"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        let becomes =
            |private| ChannelEditing { private: Some(private), ..ChannelEditing::of(channel) };
        let done = village.runs(|tx, m| edit_channel(tx, ada, &becomes(true), m));
        let done = done.expect("she made it");
        let [(_, Row::Channel(row)), (Scope::Directory, Row::Listing(listing))] = &done.rows[..]
        else {
            panic!("the channel and its listing are told: {:?}", done.rows)
        };
        assert!(row.details.as_ref().is_some_and(|details| details.private));
        assert_eq!(listing.details, None);
        assert_eq!(village.joins(linus, channel), Err(Refusal::ChannelNotFound));
        assert!(village.posts(grace, channel, "Still here").is_ok());

        let before = village.head(Scope::Directory);
        village.does(|tx, m| edit_channel(tx, ada, &editing(channel, Some("Autumn"), None), m));
        let back = village.runs(|tx, m| edit_channel(tx, ada, &becomes(false), m));
        assert_eq!(back, Err(Refusal::StaysPrivate));
        assert_eq!(village.head(Scope::Directory), before, "nobody else hears of it");
    }

    #[test]
    fn attributes_are_changed_by_their_own_permission() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        let wish = |text: &str| ChannelEditing {
            attributes: Some(text.to_owned()),
            ..ChannelEditing::of(channel)
        };
        let missing = Refusal::NotPermitted(chat::Permission::EditChannelAttributes);
        for (by, text, expected) in [
            (ada, "{\"topic\":\"rice\"}", Ok(())),
            (grace, "{}", Err(missing)),
            (ada, "{", Err(Refusal::AttributesNotJson)),
        ] {
            let wish = wish(text);
            let judged = village.runs(|tx, m| edit_channel(tx, by, &wish, m)).map(|_| ());
            assert_eq!(judged, expected, "{text}");
        }
    }

    #[test]
    fn general_keeps_its_address() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let (admin, general) = (village.admin("Root"), village.general);
        village.all_join([ada], general);
        for address in ["", "square"] {
            let wish = editing(general, None, Some(address));
            let refused = village.runs(|tx, m| edit_channel(tx, admin, &wish, m));
            assert_eq!(refused, Err(Refusal::GeneralStays));
        }
        let wish = editing(general, Some("Square"), None);
        assert!(village.runs(|tx, m| edit_channel(tx, ada, &wish, m)).is_err());
        assert!(village.runs(|tx, m| edit_channel(tx, admin, &wish, m)).is_ok());
    }
}
