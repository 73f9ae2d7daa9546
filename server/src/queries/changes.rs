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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::Village;

    #[test]
    fn a_hub_that_missed_much_gets_contiguous_changes() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let scope = Scope::Channel(channel);
        let long = "x".repeat(30_000);
        for _ in 0..20 {
            village.says(ada, channel, &long);
        }
        let mut after = Sequence(2);
        let missed = village.asks(|tx| changes(tx, scope, after)).expect("nobody is judged");
        assert_eq!(missed.len(), 3);
        for change in &missed {
            assert_eq!(change.after, after);
            after = change.sequence;
        }
        assert_eq!(after, village.head(scope));
        assert_eq!(village.asks(|tx| changes(tx, scope, after)), Ok(vec![]));
    }
}
