use chat::protocol::HistoryPage;
use chat::{ChannelSid, MessageIndex, UserSid};

use crate::commands::CommandError;
use crate::store::Tx;

pub fn history(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    before: MessageIndex,
    limit: u32,
) -> Result<HistoryPage, CommandError> {
    let _ = (tx, user, channel, before, limit);
    unimplemented!()
}
