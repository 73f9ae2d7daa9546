//! The time: the system's, one that tests move by hand, or test mode's; and randomness. Nothing else
//! reads a clock or makes ids.

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
    /// Test mode's.
    Adjustable(AdjustableClock),
}

/// A clock that tests move.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<watch::Sender<Timestamp>>);

/// A clock that runs or stands, and can be moved forward.
#[derive(Clone, Debug)]
pub struct AdjustableClock(Arc<watch::Sender<Course>>);

#[derive(Clone, Copy, Debug)]
enum Course {
    /// Ahead of the machine's own by so many milliseconds.
    Runs {
        ahead: i64,
    },
    Stands(Timestamp),
}

impl Clock {
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => system_now(),
            Self::Manual(manual) => *manual.0.borrow(),
            Self::Adjustable(clock) => clock.now(),
        }
    }

    /// Returns once `moment` has come; at once if it is past.
    pub async fn reach(&self, moment: Timestamp) {
        match self {
            Self::System => pause(moment.since(self.now())).await,
            Self::Manual(manual) => {
                let mut time = manual.0.subscribe();
                if time.wait_for(|now| moment <= *now).await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
            Self::Adjustable(clock) => clock.reach(moment).await,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads a clock")]
fn system_now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Waits so many milliseconds of the machine's own time; not at all if that is past.
pub(crate) async fn pause(milliseconds: i64) {
    tokio::time::sleep(Duration::from_millis(milliseconds.max(0).unsigned_abs())).await;
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

impl AdjustableClock {
    /// A clock that runs from this moment on.
    pub fn running(from: Timestamp) -> Self {
        Self::on(Course::Runs { ahead: from.since(system_now()) })
    }

    /// A clock that stands at this moment.
    pub fn standing(at: Timestamp) -> Self {
        Self::on(Course::Stands(at))
    }

    fn on(course: Course) -> Self {
        Self(Arc::new(watch::Sender::new(course)))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.0.borrow().now()
    }

    /// Whether it goes on by itself.
    pub fn runs(&self) -> bool {
        matches!(*self.0.borrow(), Course::Runs { .. })
    }

    /// Lets it run on from where it is, or stand there.
    pub fn let_run(&self, runs: bool) {
        self.0.send_modify(|course| {
            let now = course.now();
            *course = match runs {
                true => Course::Runs { ahead: now.since(system_now()) },
                false => Course::Stands(now),
            };
        });
    }

    /// Moves it forward by so many milliseconds, and wakes whoever waits for it.
    pub fn advance(&self, milliseconds: i64) {
        self.0.send_modify(|course| match course {
            Course::Runs { ahead } => *ahead = ahead.saturating_add(milliseconds),
            Course::Stands(at) => *at = at.plus(milliseconds),
        });
    }

    async fn reach(&self, moment: Timestamp) {
        let mut course = self.0.subscribe();
        loop {
            let now = course.borrow_and_update().now();
            if moment <= now {
                return;
            }
            // The sender is ours and lives on, so waiting for it cannot fail.
            tokio::select! {
                () = pause(moment.since(now)), if self.runs() => {}
                _ = course.changed() => {}
            }
        }
    }
}

impl Course {
    fn now(self) -> Timestamp {
        match self {
            Self::Runs { ahead } => system_now().plus(ahead),
            Self::Stands(at) => at,
        }
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

    #[tokio::test]
    async fn an_adjustable_clock_stands_runs_and_is_moved() {
        let hour = 3_600_000;
        let own = AdjustableClock::standing(Timestamp(1_000));
        let clock = Clock::Adjustable(own.clone());
        let reached = |moment| {
            let clock = clock.clone();
            tokio::spawn(async move { clock.reach(Timestamp(moment)).await })
        };
        let waiting = reached(1_500);
        own.advance(499);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        own.advance(1);
        waiting.await.expect("the waiter ends");
        assert_eq!((clock.now(), own.runs()), (Timestamp(1_500), false));

        let (soon, later) = (reached(1_501), reached(1_500 + 2 * hour));
        own.let_run(true);
        soon.await.expect("it runs");
        assert!(Timestamp(1_500) < clock.now() && !later.is_finished());
        own.advance(2 * hour);
        later.await.expect("the waiter ends");
        own.let_run(false);
        let stands = clock.now();
        assert!(Timestamp(2 * hour) < stands);
        assert_eq!(clock.now(), stands);
    }
}
