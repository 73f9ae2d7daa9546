use chat::UserSid;
use chat::protocol::ChannelState;

use crate::commands::{CommandError, present_user};
use crate::queries;
use crate::store::{Tx, Welcomed};

/// Who connects, and every channel they are in. A channel that is not named is gone.
pub fn welcome(tx: &mut dyn Tx, user: UserSid) -> Result<Welcomed, CommandError> {
    let user = present_user(tx, user)?;
    let service = queries::service(tx)?;
    let mut channels = Vec::new();
    for (channel, member) in tx.memberships(user.sid)? {
        channels.push(ChannelState {
            sid: channel.sid,
            sequence: channel.sequence,
            last_index: channel.last_index,
            last_message_at: channel.last_message_at,
            horizon: member.horizon,
            unread: tx.unread(channel.sid, user.sid, member.floor())?,
        });
    }
    Ok(Welcomed { user, service, channels })
}
