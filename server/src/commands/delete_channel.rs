use chat::{ChannelSid, UserSid};

use crate::commands::{Moment, Outcome};
use crate::store::Tx;

pub fn delete_channel(
    tx: &mut dyn Tx,
    by: UserSid,
    channel: ChannelSid,
    m: &Moment,
) -> Outcome<()> {
    let _ = (tx, by, channel, m);
    unimplemented!()
}
