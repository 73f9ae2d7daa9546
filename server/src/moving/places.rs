//! Where messages stand now that stood elsewhere before. Indexes had gaps, which close; so it is
//! enough to remember where a run without gaps begins.

use chat::MessageIndex;

/// Old indexes and new ones, in the order of both.
#[derive(Debug, Default)]
pub(super) struct Places {
    runs: Vec<Run>,
}

#[derive(Debug)]
struct Run {
    old: u64,
    new: u64,
    length: u64,
}

impl Places {
    /// The next message of the channel.
    pub(super) fn add(&mut self, old: u64, new: MessageIndex) {
        if let Some(last) = self.runs.last_mut()
            && last.old + last.length == old
            && last.new + last.length == new.0
        {
            last.length += 1;
            return;
        }
        self.runs.push(Run { old, new: new.0, length: 1 });
    }

    /// The last message that is here of those up to an old index.
    pub(super) fn up_to(&self, old: u64) -> Option<MessageIndex> {
        let later = self.runs.partition_point(|run| run.old <= old);
        let run = self.runs.get(later.checked_sub(1)?)?;
        Some(MessageIndex(run.new + (old - run.old).min(run.length - 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_had_read_up_to_a_gap_has_read_what_was_before_it() {
        let mut places = Places::default();
        for (old, new) in [(2, 0), (3, 1), (7, 2), (8, 3), (9, 5)] {
            places.add(old, MessageIndex(new));
        }
        let cases = [(0, None), (1, None), (2, Some(0)), (3, Some(1)), (5, Some(1)), (7, Some(2))];
        let later = [(8, Some(3)), (9, Some(5)), (99, Some(5))];
        for (old, new) in cases.into_iter().chain(later) {
            assert_eq!(places.up_to(old), new.map(MessageIndex), "{old}");
        }
    }
}
