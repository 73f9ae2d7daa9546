use chat::protocol::Renaming;
use chat::{ChannelDetails, FriendlyName, Refusal, UniqueName, UserSid};

use crate::commands::{Done, Moment, Outcome, present_user};
use crate::store::Tx;

/// Gives a channel another name, another address, or both.
pub fn rename_channel(
    tx: &mut dyn Tx,
    by: UserSid,
    renaming: &Renaming,
    m: &Moment,
) -> Outcome<()> {
    let by = present_user(tx, by)?;
    let channel = tx.channel(renaming.channel)?.ok_or(Refusal::ChannelNotFound)?;
    let member = tx.member(channel.sid, by.sid)?;

    channel.details.may_rename(by.role, member.map(|member| member.role))?;
    let renamed = renamed(&channel.details, renaming)?;
    if renamed == channel.details {
        return Ok(Done::unchanged(()));
    }

    let details = ChannelDetails { updated_at: m.now, ..renamed };
    let rows = tx.change_channel(channel.sid, &details)?.ok_or(Refusal::UniqueNameTaken)?;
    Ok(Done::changed((), rows.told()))
}

fn renamed(details: &ChannelDetails, renaming: &Renaming) -> Result<ChannelDetails, Refusal> {
    let friendly_name = match &renaming.friendly_name {
        Some(name) => FriendlyName::parse(name)?,
        None => details.friendly_name.clone(),
    };
    let unique_name = match renaming.unique_name.as_deref() {
        Some("") => None,
        Some(name) => Some(UniqueName::parse(name)?),
        None => details.unique_name.clone(),
    };
    if details.is_general() && unique_name != details.unique_name {
        return Err(Refusal::GeneralStays);
    }
    Ok(ChannelDetails { friendly_name, unique_name, ..details.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::ChannelSid;
    use chat::protocol::{Row, Scope};

    use crate::store::village::Village;

    fn renaming(channel: ChannelSid, friendly: Option<&str>, unique: Option<&str>) -> Renaming {
        Renaming {
            channel,
            friendly_name: friendly.map(str::to_owned),
            unique_name: unique.map(str::to_owned),
        }
    }

    #[test]
    fn everyone_who_sees_the_channel_hears_its_new_name() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        village.pass(1_000);
        let wish = renaming(channel, Some("Autumn"), Some("autumn"));
        let done = village.runs(|tx, m| rename_channel(tx, ada, &wish, m)).expect("she made it");

        let [(Scope::Channel(_), Row::Channel(row)), (Scope::Directory, Row::Listing(listing))] =
            &done.rows[..]
        else {
            panic!("the channel and its listing are told: {:?}", done.rows)
        };
        assert_eq!(row.details, listing.details);
        let details = row.details.as_ref().expect("it lives");
        assert_eq!(details.friendly_name.as_str(), "Autumn");
        assert_eq!(details.updated_at, village.now);

        let same = village.runs(|tx, m| rename_channel(tx, ada, &wish, m));
        assert_eq!(same, Ok(Done::unchanged(())));
        let without = renaming(channel, None, Some(""));
        let done = village.runs(|tx, m| rename_channel(tx, ada, &without, m)).expect("she may");
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
        let wish = renaming(channel, Some("Autumn"), None);
        let refused = village.runs(|tx, m| rename_channel(tx, grace, &wish, m));
        assert!(matches!(refused, Err(Refusal::NotPermitted(_))));
        assert!(village.runs(|tx, m| rename_channel(tx, admin, &wish, m)).is_ok());
    }

    #[test]
    fn an_address_is_not_given_twice() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        for (address, refusal) in
            [(UniqueName::GENERAL, Refusal::UniqueNameTaken), (" ", Refusal::UniqueNameInvalid)]
        {
            let wish = renaming(channel, None, Some(address));
            let refused = village.runs(|tx, m| rename_channel(tx, ada, &wish, m));
            assert_eq!(refused, Err(refusal));
        }
    }

    #[test]
    fn general_keeps_its_address() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let (admin, general) = (village.admin("Root"), village.general);
        village.all_join([ada], general);
        for address in ["", "square"] {
            let wish = renaming(general, None, Some(address));
            let refused = village.runs(|tx, m| rename_channel(tx, admin, &wish, m));
            assert_eq!(refused, Err(Refusal::GeneralStays));
        }
        let wish = renaming(general, Some("Square"), None);
        assert!(village.runs(|tx, m| rename_channel(tx, ada, &wish, m)).is_err());
        assert!(village.runs(|tx, m| rename_channel(tx, admin, &wish, m)).is_ok());
    }
}
