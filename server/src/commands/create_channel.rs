use chat::UserSid;
use chat::protocol::{Created, NewChannel};

use crate::commands::{Moment, Outcome};
use crate::store::Tx;

pub fn create_channel(
    tx: &mut dyn Tx,
    creator: UserSid,
    wish: &NewChannel,
    m: &Moment,
) -> Outcome<Created> {
    let _ = (tx, creator, wish, m);
    unimplemented!()
}
