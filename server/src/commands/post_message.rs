use chat::protocol::Posted;
use chat::{Draft, UserSid};

use crate::commands::{Moment, Outcome};
use crate::store::Tx;

pub fn post_message(
    tx: &mut dyn Tx,
    author: UserSid,
    draft: &Draft,
    m: &Moment,
) -> Outcome<Posted> {
    let _ = (tx, author, draft, m);
    unimplemented!()
}
