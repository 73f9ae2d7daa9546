use chat::protocol::Joined;
use chat::{ChannelSid, Nonce, UserSid};

use crate::commands::{Moment, Outcome};
use crate::store::Tx;

pub fn join_channel(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    nonce: Nonce,
    m: &Moment,
) -> Outcome<Joined> {
    let _ = (tx, user, channel, nonce, m);
    unimplemented!()
}
