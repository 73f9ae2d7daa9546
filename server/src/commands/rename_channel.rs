use chat::UserSid;
use chat::protocol::Renaming;

use crate::commands::{Moment, Outcome};
use crate::store::Tx;

pub fn rename_channel(
    tx: &mut dyn Tx,
    by: UserSid,
    renaming: &Renaming,
    m: &Moment,
) -> Outcome<()> {
    let _ = (tx, by, renaming, m);
    unimplemented!()
}
