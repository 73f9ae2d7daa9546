//! Who may read a channel: its members.

use chat::{ChannelSid, Refusal, User, UserSid};

use crate::commands::{Actor, Asker, CommandError};
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
    let asker = Asker::load(tx, Actor::User(user))?;
    let standing = asker.known_channel(tx, channel)?;
    let member = standing.member.ok_or(Refusal::NotAMember)?;
    Ok(Reader { user: asker.user, channel: standing.channel, member })
}
