//! What became of each row: a line for each that was skipped or came otherwise than it was, and a
//! table of all at the end.

use std::collections::BTreeMap;
use std::io::{self, Write};

/// How many rows of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub imported: u64,
    pub already_here: u64,
    pub skipped: u64,
}

/// Written as it comes, so that it takes no room.
pub struct Report<'a> {
    output: &'a mut (dyn Write + Send),
    tallies: BTreeMap<&'static str, Tally>,
}

impl<'a> Report<'a> {
    /// One that is written there.
    pub fn to(output: &'a mut (dyn Write + Send)) -> Self {
        Self { output, tallies: BTreeMap::new() }
    }

    /// A row was brought in, or was here before.
    pub(super) fn came(&mut self, kind: &'static str, is_new: bool) {
        let tally = self.tallies.entry(kind).or_default();
        if is_new {
            tally.imported += 1;
        } else {
            tally.already_here += 1;
        }
    }

    /// A row, or a file of them, was not brought in.
    pub(super) fn skipped(&mut self, kind: &'static str, place: &str, why: &str) -> io::Result<()> {
        self.tallies.entry(kind).or_default().skipped += 1;
        writeln!(self.output, "{place}: {why}")
    }

    /// A row is here, but not in all as it was.
    pub(super) fn noted(&mut self, place: &str, what: &str) -> io::Result<()> {
        writeln!(self.output, "Note: {place}: {what}")
    }

    /// How many rows of a kind came, were here, or were skipped.
    pub fn tally(&self, kind: &str) -> Tally {
        self.tallies.get(kind).copied().unwrap_or_default()
    }

    /// Whether anything was skipped.
    pub fn has_skipped(&self) -> bool {
        self.tallies.values().any(|tally| 0 < tally.skipped)
    }

    /// The table.
    pub fn finish(&mut self) -> io::Result<()> {
        writeln!(
            self.output,
            "{:10}{:>12}{:>14}{:>10}",
            "", "imported", "already here", "skipped"
        )?;
        for (kind, Tally { imported, already_here, skipped }) in &self.tallies {
            writeln!(self.output, "{kind:10}{imported:>12}{already_here:>14}{skipped:>10}")?;
        }
        self.output.flush()
    }
}
