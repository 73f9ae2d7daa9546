use chat::{ChannelSid, UserSid};

use crate::commands::{Moment, Outcome};
use crate::store::Tx;

pub fn leave_channel(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    m: &Moment,
) -> Outcome<()> {
    let _ = (tx, user, channel, m);
    unimplemented!()
}
