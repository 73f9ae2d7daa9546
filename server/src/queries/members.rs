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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::Village;

    #[test]
    fn a_large_channel_is_read_page_by_page() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let general = village.general;
        village.all_join([ada], general);
        for number in 0..limits::MEMBERS_PAGE_MAX {
            let [user] = village.people([&format!("user {number}")]);
            village.all_join([user], general);
        }
        let first = village.asks(|tx| members(tx, ada, general, None)).expect("a member");
        assert_eq!((first.members.len(), first.more), (limits::MEMBERS_PAGE_MAX, true));
        assert_eq!(first.count, 101);
        let last = first.members.last().map(|member| member.user);
        let second = village.asks(|tx| members(tx, ada, general, last)).expect("a member");
        assert_eq!((second.members.len(), second.more), (1, false));
        assert!(last < second.members.first().map(|member| member.user));
    }
}
