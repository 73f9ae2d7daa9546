use chat::Sequence;
use chat::protocol::{Change, Scope};

use crate::commands::CommandError;
use crate::store::Tx;

pub fn changes(
    tx: &mut dyn Tx,
    scope: Scope,
    since: Sequence,
) -> Result<Vec<Change>, CommandError> {
    let _ = (tx, scope, since);
    unimplemented!()
}
