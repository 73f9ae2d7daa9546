use chat::{ChannelSid, MessageIndex, UserSid};

use crate::commands::{Moment, Outcome};
use crate::store::Tx;

pub fn set_read_horizon(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    index: MessageIndex,
    m: &Moment,
) -> Outcome<()> {
    let _ = (tx, user, channel, index, m);
    unimplemented!()
}
