use chat::Sequence;
use chat::protocol::{Change, Scope};

use crate::commands::CommandError;
use crate::store::Tx;
use crate::store::pieces::{Room, change};

/// Everything that changed in a scope since, for a hub that missed some of it. Nobody is judged.
pub fn changes(
    tx: &mut dyn Tx,
    scope: Scope,
    since: Sequence,
) -> Result<Vec<Change>, CommandError> {
    let Some(head) = tx.head(scope)? else { return Ok(Vec::new()) };
    let mut changes = Vec::new();
    let mut after = since;
    while after < head {
        let page = tx.changed_rows(scope, after, Room::CHANGE)?;
        let piece = change(scope, after, head, page);
        after = piece.sequence;
        changes.push(piece);
    }
    Ok(changes)
}
