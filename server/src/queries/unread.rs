use chat::protocol::Unread;
use chat::{ChannelSid, UserSid};

use crate::commands::CommandError;
use crate::store::Tx;

pub fn unread(tx: &mut dyn Tx, user: UserSid, channel: ChannelSid) -> Result<Unread, CommandError> {
    let _ = (tx, user, channel);
    unimplemented!()
}
