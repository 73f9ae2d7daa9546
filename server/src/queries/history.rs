use chat::protocol::HistoryPage;
use chat::{ChannelSid, MessageIndex, UserSid, limits};

use crate::commands::CommandError;
use crate::queries::reader::reader;
use crate::store::pieces::Room;
use crate::store::{Ask, Tx};

/// Messages before an index, ascending: `limit` of them, or as many as fit a frame.
pub fn history(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    before: MessageIndex,
    limit: u32,
) -> Result<HistoryPage, CommandError> {
    reader(tx, user, channel)?;
    let limit = match usize::try_from(limit) {
        Ok(0) => limits::HISTORY_PAGE,
        Ok(limit) => limit.min(limits::HISTORY_PAGE_MAX),
        Err(_) => limits::HISTORY_PAGE_MAX,
    };
    Ok(page_before(tx, channel, Some(before), limit)?)
}

/// One page, of the latest messages if there is no index.
pub(super) fn page_before(
    tx: &mut dyn Tx,
    channel: ChannelSid,
    before: Option<MessageIndex>,
    limit: usize,
) -> Ask<HistoryPage> {
    let mut page = tx.messages(channel, before, Room::page(limit))?;
    page.rows.reverse();
    Ok(HistoryPage { messages: page.rows, earlier: page.more })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::Refusal;

    use crate::store::village::Village;

    #[test]
    fn pages_go_back_to_the_first_message() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        for number in 0..7 {
            village.says(ada, channel, &number.to_string());
        }
        let mut page = |before, limit| {
            let before = MessageIndex(before);
            let page = village.asks(|tx| history(tx, ada, channel, before, limit));
            let page = page.expect("she is a member");
            let indexes: Vec<u64> = page.messages.iter().map(|message| message.index.0).collect();
            (indexes, page.earlier)
        };
        assert_eq!(page(7, 3), (vec![4, 5, 6], true));
        assert_eq!(page(4, 3), (vec![1, 2, 3], true));
        assert_eq!(page(1, 3), (vec![0], false));
        assert_eq!(page(0, 3), (vec![], false));
        assert_eq!(page(u64::MAX, 0).0.len(), 7);
    }

    #[test]
    fn a_page_is_never_larger_than_it_may_be() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        for _ in 0..limits::HISTORY_PAGE_MAX + 1 {
            village.says(ada, channel, "On and on");
        }
        let all = MessageIndex(u64::MAX);
        let page = village.asks(|tx| history(tx, ada, channel, all, u32::MAX));
        assert_eq!(page.expect("she is a member").messages.len(), limits::HISTORY_PAGE_MAX);

        let long = "x".repeat(30_000);
        for _ in 0..20 {
            village.says(ada, channel, &long);
        }
        let page = village.asks(|tx| history(tx, ada, channel, all, 100)).expect("a member");
        assert_eq!((page.messages.len(), page.earlier), (8, true));
    }

    #[test]
    fn only_members_read() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        let all = MessageIndex(u64::MAX);
        let refused = village.asks(|tx| history(tx, grace, channel, all, 9));
        assert_eq!(refused, Err(Refusal::NotAMember));
        village.deletes(ada, channel).expect("she made it");
        let gone = village.asks(|tx| history(tx, ada, channel, all, 9));
        assert_eq!(gone, Err(Refusal::ChannelNotFound));
    }
}
