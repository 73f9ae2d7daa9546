//! Who may read a channel: its members.

use chat::{ChannelSid, Refusal, User, UserSid};

use crate::commands::{CommandError, present_user};
use crate::store::{LiveChannel, LiveMember, Tx};

/// A member, and the channel to be read.
pub(super) struct Reader {
    pub(super) user: User,
    pub(super) channel: LiveChannel,
    pub(super) member: LiveMember,
}

/// The reader whom the rules let in.
pub(super) fn reader(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
) -> Result<Reader, CommandError> {
    let user = present_user(tx, user)?;
    let channel = tx.channel(channel)?.ok_or(Refusal::ChannelNotFound)?;
    let member = tx.member(channel.sid, user.sid)?.ok_or(Refusal::NotAMember)?;
    Ok(Reader { user, channel, member })
}
