//! The time: the system's, or one that tests move by hand; and randomness. Nothing else reads a
//! clock or makes ids.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chat::Timestamp;
use tokio::sync::watch;
use uuid::{Builder, Uuid};

/// Where the time comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's own.
    #[default]
    System,
    /// One that stands still until it is moved.
    Manual(ManualClock),
}

/// A clock that tests move.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<watch::Sender<Timestamp>>);

impl Clock {
    /// The present moment.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads a clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Self::Manual(manual) => *manual.0.borrow(),
        }
    }

    /// Returns once `moment` has come; at once if it is past.
    pub async fn reach(&self, moment: Timestamp) {
        match self {
            Self::System => {
                let wait = moment.since(self.now()).max(0);
                tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
            }
            Self::Manual(manual) => {
                let mut time = manual.0.subscribe();
                if time.wait_for(|now| moment <= *now).await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(Arc::new(watch::Sender::new(start)))
    }

    /// Moves the time forward by so many milliseconds, and wakes whoever waits for it.
    pub fn advance(&self, milliseconds: i64) {
        self.0.send_modify(|now| *now = now.plus(milliseconds));
    }
}

/// Bytes that nobody can guess.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}

/// A UUIDv7 made at this moment.
pub fn fresh_id(now: Timestamp) -> Uuid {
    let milliseconds = u64::try_from(now.0).unwrap_or(0);
    Builder::from_unix_timestamp_millis(milliseconds, &random_bytes()).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_wakes_who_waits_for_it() {
        let manual = ManualClock::new(Timestamp(1_000));
        let clock = Clock::Manual(manual.clone());
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.reach(Timestamp(1_500)).await }
        });
        manual.advance(499);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        manual.advance(1);
        waiting.await.expect("the waiter ends");
    }
}
