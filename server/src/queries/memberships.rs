use chat::{ChannelSid, UserSid};

use crate::commands::CommandError;
use crate::store::Tx;

pub fn memberships(tx: &mut dyn Tx, user: UserSid) -> Result<Vec<ChannelSid>, CommandError> {
    let _ = (tx, user);
    unimplemented!()
}
