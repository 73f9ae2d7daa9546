use chat::protocol::Unread;
use chat::{ChannelSid, UserSid};

use crate::commands::CommandError;
use crate::queries::reader::reader;
use crate::store::Tx;

/// How much of a channel a member has not seen.
pub fn unread(tx: &mut dyn Tx, user: UserSid, channel: ChannelSid) -> Result<Unread, CommandError> {
    let reader = reader(tx, user, channel)?;
    Ok(Unread {
        horizon: reader.member.horizon,
        unread: tx.unread(channel, reader.user.sid, reader.member.floor())?,
        at: reader.channel.sequence,
    })
}
