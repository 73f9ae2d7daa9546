use chat::{ChannelSid, UserSid};

use crate::commands::CommandError;
use crate::store::Tx;

/// The channels a user is in.
pub fn memberships(tx: &mut dyn Tx, user: UserSid) -> Result<Vec<ChannelSid>, CommandError> {
    Ok(tx.memberships(user)?.into_iter().map(|(channel, _)| channel.sid).collect())
}
