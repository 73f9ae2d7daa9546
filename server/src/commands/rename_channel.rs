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
