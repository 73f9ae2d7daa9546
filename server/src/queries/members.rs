use chat::protocol::MembersPage;
use chat::{ChannelSid, UserSid, limits};

use crate::commands::CommandError;
use crate::queries::reader::reader;
use crate::store::{Ask, LiveChannel, Tx};

/// Present members after one, by user SID, and how many there are in all.
pub fn members(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    after: Option<UserSid>,
) -> Result<MembersPage, CommandError> {
    let reader = reader(tx, user, channel)?;
    Ok(page_after(tx, &reader.channel, after)?)
}

pub(super) fn page_after(
    tx: &mut dyn Tx,
    channel: &LiveChannel,
    after: Option<UserSid>,
) -> Ask<MembersPage> {
    let mut members = tx.members(channel.sid, after, limits::MEMBERS_PAGE_MAX + 1)?;
    let more = limits::MEMBERS_PAGE_MAX < members.len();
    members.truncate(limits::MEMBERS_PAGE_MAX);
    Ok(MembersPage { members, count: channel.members, more })
}
