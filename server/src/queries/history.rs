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
