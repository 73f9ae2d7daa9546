use chat::{ChannelSid, UserSid};

use crate::commands::{Moment, Outcome};
use crate::store::Tx;

pub fn hand_over_channel(
    tx: &mut dyn Tx,
    by: UserSid,
    channel: ChannelSid,
    to: UserSid,
    m: &Moment,
) -> Outcome<()> {
    let _ = (tx, by, channel, to, m);
    unimplemented!()
}
