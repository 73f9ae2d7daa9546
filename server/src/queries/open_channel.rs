use chat::protocol::Opened;
use chat::{ChannelSid, UserSid};

use crate::commands::CommandError;
use crate::store::Tx;

pub fn open_channel(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
) -> Result<Opened, CommandError> {
    let _ = (tx, user, channel);
    unimplemented!()
}
