use chat::SessionSid;

use crate::commands::{Moment, Outcome};
use crate::store::Tx;

pub fn sign_out(tx: &mut dyn Tx, session: SessionSid, m: &Moment) -> Outcome<()> {
    let _ = (tx, session, m);
    unimplemented!()
}
