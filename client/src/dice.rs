//! Seeded dice: the jitter of pauses, and the random part of nonces. Not for secrets.

use chat::{Nonce, Timestamp};

/// SplitMix64: small, and good enough to keep clients apart.
#[derive(Debug)]
pub(crate) struct Dice {
    state: u64,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Any number, each as likely.
    pub(crate) fn roll(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `most`, both included.
    pub(crate) fn up_to(&mut self, most: i64) -> i64 {
        let most = u64::try_from(most).unwrap_or(0);
        i64::try_from(self.roll() % (most + 1)).unwrap_or(0)
    }
}

/// Makes nonces: UUIDv7s of the moment, a counter mixed into their 80 random bits.
#[derive(Debug)]
pub(crate) struct Nonces {
    dice: Dice,
    made: u64,
}

impl Nonces {
    pub(crate) fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed ^ 0x6E6F_6E63_6573), made: 0 }
    }

    pub(crate) fn next(&mut self, now: Timestamp) -> Nonce {
        self.made += 1;
        let [high, low] = [self.dice.roll() ^ self.made.rotate_left(32), self.dice.roll()];
        let mut random = [0; 10];
        random[..8].copy_from_slice(&low.to_be_bytes());
        random[8..].copy_from_slice(&high.to_be_bytes()[..2]);
        let milliseconds = u64::try_from(now.0).unwrap_or(0);
        Nonce(uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nobody_gets_the_same_nonce_twice() {
        let mut nonces = Nonces::new(7);
        let made: BTreeSet<Nonce> = (0..10_000).map(|_| nonces.next(Timestamp(5))).collect();
        assert_eq!(made.len(), 10_000);
        assert_ne!(Nonces::new(8).next(Timestamp(5)), Nonces::new(7).next(Timestamp(5)));
    }

    #[test]
    fn a_nonce_tells_the_moment_of_its_making() {
        let nonce = Nonces::new(1).next(Timestamp(1_700_000_000_123));
        assert_eq!(nonce.0.get_version_num(), 7);
        assert_eq!(nonce.0.as_u128() >> 80, 1_700_000_000_123);
    }

    #[test]
    fn a_throw_stays_within_its_bounds() {
        let mut dice = Dice::new(3);
        let throws: BTreeSet<i64> = (0..1_000).map(|_| dice.up_to(3)).collect();
        assert_eq!(throws, BTreeSet::from([0, 1, 2, 3]));
        assert_eq!(dice.up_to(0), 0);
        assert_eq!(dice.up_to(-5), 0);
    }
}
