//! Where ids come from: the time, and randomness that a test may seed.

use chat::Timestamp;
use uuid::{Builder, Uuid};

use crate::commands::Moment;
use crate::store::{Ask, Broken};

/// Random bytes in one id.
const BYTES: usize = 10;
/// Ids made of what the system is asked for at a time.
const DRAWN: usize = 64;

/// A source of UUIDv7s.
pub struct Ids {
    source: Source,
}

enum Source {
    System { drawn: Vec<u8> },
    Seeded(u64),
}

impl Ids {
    /// From the system's randomness.
    pub fn random() -> Self {
        Self { source: Source::System { drawn: Vec::new() } }
    }

    /// The same ids for the same seed and times.
    pub fn seeded(seed: u64) -> Self {
        Self { source: Source::Seeded(seed) }
    }

    /// From a seed, where there is one.
    pub fn of(seed: Option<u64>) -> Self {
        seed.map_or_else(Self::random, Self::seeded)
    }

    /// This moment, with an id of its own.
    pub fn moment(&mut self, now: Timestamp) -> Ask<Moment> {
        Ok(Moment { now, id: self.id(now)? })
    }

    fn id(&mut self, now: Timestamp) -> Ask<Uuid> {
        let milliseconds = u64::try_from(now.0).unwrap_or(0);
        let id = Builder::from_unix_timestamp_millis(milliseconds, &self.bytes()?);
        Ok(id.into_uuid())
    }

    fn bytes(&mut self) -> Ask<[u8; BYTES]> {
        let mut bytes = [0; BYTES];
        match &mut self.source {
            Source::System { drawn } => {
                if drawn.is_empty() {
                    drawn.resize(DRAWN * BYTES, 0);
                    getrandom::fill(drawn).map_err(Broken::new)?;
                }
                bytes.copy_from_slice(&drawn.split_off(drawn.len() - BYTES));
            }
            Source::Seeded(state) => {
                for half in bytes.chunks_mut(BYTES / 2) {
                    half.copy_from_slice(&next(state).to_be_bytes()[..BYTES / 2]);
                }
            }
        }
        Ok(bytes)
    }
}

/// SplitMix64: good enough for tests, and short.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_follow_the_time() {
        for mut ids in [Ids::random(), Ids::seeded(7)] {
            let mut last = Uuid::nil();
            for millisecond in 0..1_000 {
                let moment = ids.moment(Timestamp(1_000 + millisecond)).expect("randomness");
                assert_eq!(moment.id.get_version_num(), 7);
                assert!(last < moment.id);
                last = moment.id;
            }
        }
    }
}
