//! How far a scope has been followed. Channels, the user's own scope and the directory share it.

use chat::Sequence;
use chat::protocol::Change;

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    AlreadySeen,
    /// Something before it is missing: resume from here.
    Gap {
        since: Sequence,
    },
    Changed,
}

/// The sequence up to which everything is known, and the highest one heard of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) sequence: Sequence,
    highest: Sequence,
}

impl Head {
    pub(crate) fn at(sequence: Sequence) -> Self {
        Self { sequence, highest: sequence }
    }

    /// Judges a change, and moves on when its rows are to be kept.
    pub(crate) fn take(&mut self, change: &Change) -> Applied {
        self.heard_of(change.sequence);
        if change.sequence <= self.sequence {
            return Applied::AlreadySeen;
        }
        if self.sequence < change.after {
            return Applied::Gap { since: self.sequence };
        }
        self.sequence = change.sequence;
        Applied::Changed
    }

    /// Remembers that the scope has come at least this far.
    pub(crate) fn heard_of(&mut self, sequence: Sequence) {
        self.highest = self.highest.max(sequence);
    }

    /// Everything up to here is known by other means.
    pub(crate) fn reach(&mut self, sequence: Sequence) {
        self.sequence = sequence;
        self.heard_of(sequence);
    }

    /// Whether something is known to be missing.
    pub(crate) fn is_behind(&self) -> bool {
        self.sequence < self.highest
    }

    /// How many changes are known to be missing.
    pub(crate) fn behind(&self) -> u64 {
        self.highest.0 - self.sequence.0
    }

    /// Gives up on what was only heard of: the store does not know it either.
    pub(crate) fn settle(&mut self) {
        self.highest = self.sequence;
    }
}

#[cfg(test)]
mod tests {
    use chat::protocol::Scope;

    use super::*;

    fn change(after: u64, sequence: u64) -> Change {
        Change {
            scope: Scope::Directory,
            after: Sequence(after),
            sequence: Sequence(sequence),
            rows: Vec::new(),
        }
    }

    #[test]
    fn a_repeat_does_no_harm_and_a_skip_is_noticed() {
        let mut head = Head::at(Sequence(5));
        assert_eq!(head.take(&change(4, 5)), Applied::AlreadySeen);
        assert_eq!(head.take(&change(6, 7)), Applied::Gap { since: Sequence(5) });
        assert!(head.is_behind());
        assert_eq!(head.take(&change(3, 6)), Applied::Changed);
        assert_eq!((head.sequence, head.behind()), (Sequence(6), 1));
        assert_eq!(head.take(&change(6, 7)), Applied::Changed);
        assert!(!head.is_behind());
    }
}
