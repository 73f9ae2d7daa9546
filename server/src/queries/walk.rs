//! A channel's messages and members in either direction, from any of them on.

use chat::{ChannelSid, MemberSid, MessageIndex, MessageSid, Refusal, Sequence, UserSid};
use chat::{Member, Message};

use crate::commands::CommandError;
use crate::queries::reader::reader;
use crate::store::Tx;
use crate::store::pieces::{Page, Room};

/// Where a walk begins, and which way it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk<K> {
    /// The first that may come; without one it begins at the end.
    pub from: Option<K>,
    pub ascending: bool,
    pub limit: usize,
}

/// Rows in the order of the walk, whether there are more, and how the channel stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walked<T> {
    pub rows: Vec<T>,
    pub more: bool,
    pub head: Sequence,
}

/// Messages, as many as there is room for.
pub fn walk_messages(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    walk: Walk<MessageIndex>,
) -> Result<Walked<Message>, CommandError> {
    let head = reader(tx, user, channel)?.channel.sequence;
    let room = Room::page(walk.limit);
    let Page { rows, more } = if walk.ascending {
        tx.messages_from(channel, walk.from.unwrap_or_default(), room)?
    } else {
        let before = walk.from.map(|from| MessageIndex(from.0.saturating_add(1)));
        tx.messages(channel, before, room)?
    };
    Ok(Walked { rows, more, head })
}

/// One message by its SID.
pub fn message_by_sid(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    message: MessageSid,
) -> Result<Message, CommandError> {
    reader(tx, user, channel)?;
    let index = tx.index_of_message(channel, message)?.ok_or(Refusal::MessageNotFound)?;
    Ok(tx.message(channel, index)?.ok_or(Refusal::MessageNotFound)?)
}

/// Present members from one on, by their own SID.
pub fn walk_members(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    from: Option<MemberSid>,
    limit: usize,
) -> Result<Walked<Member>, CommandError> {
    let head = reader(tx, user, channel)?.channel.sequence;
    let mut rows = tx.members_from(channel, from, limit + 1)?;
    let more = limit < rows.len();
    rows.truncate(limit);
    Ok(Walked { rows, more, head })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::Village;

    #[test]
    fn messages_are_walked_both_ways_from_any_index() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        for number in 0..7 {
            village.says(ada, channel, &number.to_string());
        }
        let mut walked = |from: Option<u64>, ascending| {
            let walk = Walk { from: from.map(MessageIndex), ascending, limit: 3 };
            let walked = village.asks(|tx| walk_messages(tx, ada, channel, walk)).expect("a page");
            let indexes: Vec<u64> = walked.rows.iter().map(|message| message.index.0).collect();
            (indexes, walked.more)
        };
        assert_eq!(walked(None, false), (vec![6, 5, 4], true));
        assert_eq!(walked(Some(3), false), (vec![3, 2, 1], true));
        assert_eq!(walked(Some(2), false), (vec![2, 1, 0], false));
        assert_eq!(walked(None, true), (vec![0, 1, 2], true));
        assert_eq!(walked(Some(4), true), (vec![4, 5, 6], false));
        assert_eq!(walked(Some(7), true), (vec![], false));
        assert_eq!(walked(Some(u64::MAX), false), (vec![6, 5, 4], true));
    }

    #[test]
    fn only_members_walk_and_a_message_is_found_in_its_own_channel() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let [harvest, mill] = ["Harvest", "Mill"].map(|name| village.channel(ada, name));
        village.says(ada, harvest, "Hello");
        let walk = Walk { from: None, ascending: true, limit: 3 };
        let page = village.asks(|tx| walk_messages(tx, ada, harvest, walk)).expect("a page");
        let sid = page.rows[0].sid;
        let found = village.asks(|tx| message_by_sid(tx, ada, harvest, sid));
        assert_eq!(found, Ok(page.rows[0].clone()));
        let elsewhere = village.asks(|tx| message_by_sid(tx, ada, mill, sid));
        assert_eq!(elsewhere, Err(Refusal::MessageNotFound));
        let refused = village.asks(|tx| walk_messages(tx, grace, harvest, walk));
        assert_eq!(refused, Err(Refusal::NotAMember));
        let refused = village.asks(|tx| walk_members(tx, grace, harvest, None, 9));
        assert_eq!(refused, Err(Refusal::NotAMember));
    }
}
