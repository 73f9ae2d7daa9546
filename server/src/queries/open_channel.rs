use chat::protocol::{Opened, Unread};
use chat::{ChannelSid, UserSid, limits};

use crate::commands::CommandError;
use crate::queries::history::page_before;
use crate::queries::members::page_after;
use crate::queries::reader::reader;
use crate::store::Tx;

/// A channel as it is now: itself, its latest messages and its first members.
pub fn open_channel(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
) -> Result<Opened, CommandError> {
    let reader = reader(tx, user, channel)?;
    let latest = page_before(tx, channel, None, limits::HISTORY_PAGE)?;
    Ok(Opened {
        channel: reader.channel.row(),
        sequence: reader.channel.sequence,
        messages: latest.messages,
        earlier: latest.earlier,
        members: page_after(tx, &reader.channel, None)?,
        unread: Unread {
            horizon: reader.member.horizon,
            unread: tx.unread(channel, reader.user.sid, reader.member.floor())?,
            at: reader.channel.sequence,
        },
    })
}
