use chat::protocol::MembersPage;
use chat::{ChannelSid, UserSid};

use crate::commands::CommandError;
use crate::store::Tx;

pub fn members(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    after: Option<UserSid>,
) -> Result<MembersPage, CommandError> {
    let _ = (tx, user, channel, after);
    unimplemented!()
}
