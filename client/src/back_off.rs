//! How long to wait before the next attempt: full jitter, longer and longer.

use chat::limits::{BACK_OFF_FIRST_MS, BACK_OFF_MAX_MS};

use crate::dice::Dice;

/// The longest pause before an attempt, in milliseconds; attempts count from 1.
pub(crate) fn ceiling(attempt: u32) -> i64 {
    let doublings = attempt.saturating_sub(1).min(16);
    (BACK_OFF_FIRST_MS << doublings).min(BACK_OFF_MAX_MS)
}

/// A pause before an attempt, in milliseconds: anything up to its ceiling is as likely.
pub(crate) fn pause(attempt: u32, dice: &mut Dice) -> i64 {
    dice.up_to(ceiling(attempt))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn people_wait_half_a_second_at_first_and_half_a_minute_at_last() {
        assert_eq!(ceiling(1), 500);
        assert_eq!(ceiling(2), 1_000);
        assert_eq!(ceiling(7), 30_000);
        assert_eq!(ceiling(u32::MAX), 30_000);
    }

    proptest! {
        #[test]
        fn nobody_waits_longer_than_the_ceiling(seed: u64, attempt in 1_u32..100) {
            let waited = pause(attempt, &mut Dice::new(seed));
            prop_assert!((0..=ceiling(attempt)).contains(&waited));
        }
    }

    #[test]
    fn a_crowd_does_not_come_back_at_once() {
        let pauses: Vec<i64> = (0..1_000).map(|seed| pause(7, &mut Dice::new(seed))).collect();
        let early = pauses.iter().filter(|&&waited| waited < 10_000).count();
        assert!((250..420).contains(&early), "{early} of 1,000 in the first third");
    }
}
