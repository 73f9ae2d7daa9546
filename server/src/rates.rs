//! How much a person, a socket and a channel may do: token buckets that say when to come back.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use chat::{ChannelSid, Refusal, Timestamp, UserSid};

use crate::config::{Rate, Rates};

/// What is left of a rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    left: f64,
    at: Timestamp,
}

impl Bucket {
    /// A full one.
    pub(crate) fn full(rate: Rate, now: Timestamp) -> Self {
        Self { left: rate.burst.into(), at: now }
    }

    /// Takes one, or says in how many milliseconds there is one.
    pub(crate) fn take(&mut self, rate: Rate, now: Timestamp) -> Result<(), u32> {
        self.has_one(rate, now)?;
        self.left -= 1.0;
        Ok(())
    }

    fn has_one(&mut self, rate: Rate, now: Timestamp) -> Result<(), u32> {
        self.fill(rate, now);
        if self.left < 1.0 {
            let milliseconds = (1.0 - self.left) / rate.per_second * 1_000.0;
            return Err(milliseconds.ceil().max(1.0) as u32);
        }
        Ok(())
    }

    fn fill(&mut self, rate: Rate, now: Timestamp) {
        let seconds = now.since(self.at).max(0) as f64 / 1_000.0;
        self.left = (self.left + seconds * rate.per_second).min(rate.burst.into());
        self.at = now;
    }
}

/// The buckets that connections share.
pub(crate) struct Allowance {
    rates: Rates,
    messages: Buckets<UserSid>,
    channels: Buckets<ChannelSid>,
    service: Buckets<()>,
}

impl Allowance {
    /// Full buckets for everyone.
    pub(crate) fn new(rates: Rates) -> Self {
        Self {
            rates,
            messages: Buckets::default(),
            channels: Buckets::default(),
            service: Buckets::default(),
        }
    }

    /// What is allowed.
    pub(crate) fn rates(&self) -> Rates {
        self.rates
    }

    /// Whether this person, if anybody is counted, may post to this channel now.
    pub(crate) fn message(
        &self,
        person: Option<UserSid>,
        channel: ChannelSid,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if let Some(person) = person {
            self.messages.take(person, self.rates.messages, now)?;
        }
        self.channel(channel, now)
    }

    /// Whether this user may bring a file now; each will be a message.
    pub(crate) fn upload(&self, user: UserSid, now: Timestamp) -> Result<(), Refusal> {
        self.messages.take(user, self.rates.messages, now)
    }

    /// Whether this channel may be changed now.
    pub(crate) fn channel(&self, channel: ChannelSid, now: Timestamp) -> Result<(), Refusal> {
        self.channels.take(channel, self.rates.channel, now)
    }

    /// Whether the list of channels may be changed now.
    pub(crate) fn service(&self, now: Timestamp) -> Result<(), Refusal> {
        self.service.take((), self.rates.channels, now)
    }
}

/// Buckets by their owner. A full bucket is as good as none, so idle ones go.
pub(crate) struct Buckets<K>(Mutex<Kept<K>>);

struct Kept<K> {
    buckets: HashMap<K, Bucket>,
    sweep_at: usize,
}

const SWEEP_FROM: usize = 1_024;

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self(Mutex::new(Kept { buckets: HashMap::new(), sweep_at: SWEEP_FROM }))
    }
}

impl<K: Eq + Hash> Buckets<K> {
    /// Takes one from this owner's.
    pub(crate) fn take(&self, key: K, rate: Rate, now: Timestamp) -> Result<(), Refusal> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.sweep_at <= kept.buckets.len() {
            kept.sweep(rate, now);
        }
        let bucket = kept.buckets.entry(key).or_insert_with(|| Bucket::full(rate, now));
        let taken = bucket.take(rate, now);
        taken.map_err(|retry_after_ms| Refusal::TooManyRequests { retry_after_ms })
    }
}

impl<K: Eq + Hash> Kept<K> {
    fn sweep(&mut self, rate: Rate, now: Timestamp) {
        self.buckets.retain(|_, bucket| {
            bucket.fill(rate, now);
            bucket.left < rate.burst.into()
        });
        self.sweep_at = (self.buckets.len() * 2).max(SWEEP_FROM);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const FEW: Rate = Rate::per_second(5, 2);

    #[test]
    fn a_bucket_says_when_to_come_back_and_keeps_its_word() {
        let mut bucket = Bucket::full(FEW, Timestamp(0));
        assert_eq!(bucket.take(FEW, Timestamp(0)), Ok(()));
        assert_eq!(bucket.take(FEW, Timestamp(0)), Ok(()));
        assert_eq!(bucket.take(FEW, Timestamp(0)), Err(200));
        assert_eq!(bucket.take(FEW, Timestamp(199)), Err(1));
        assert_eq!(bucket.take(FEW, Timestamp(200)), Ok(()));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let mut bucket = Bucket::full(FEW, Timestamp(10_000));
        assert_eq!(bucket.take(FEW, Timestamp(0)), Ok(()));
        assert_eq!(bucket.take(FEW, Timestamp(0)), Ok(()));
        assert_eq!(bucket.take(FEW, Timestamp(0)), Err(200));
    }

    #[test]
    fn one_who_posts_too_much_does_not_slow_others() {
        let allowance = Allowance::new(Rates { messages: FEW, ..Rates::default() });
        let (ada, grace) = (Some(user(1)), Some(user(2)));
        let tea = ChannelSid::new(Uuid::from_u128(9));
        assert_eq!(allowance.message(ada, tea, Timestamp(0)), Ok(()));
        assert_eq!(allowance.message(ada, tea, Timestamp(0)), Ok(()));
        let refused = Err(Refusal::TooManyRequests { retry_after_ms: 200 });
        assert_eq!(allowance.message(ada, tea, Timestamp(0)), refused);
        assert_eq!(allowance.message(grace, tea, Timestamp(0)), Ok(()));
        for _ in 0..9 {
            assert_eq!(
                allowance.message(None, tea, Timestamp(0)),
                Ok(()),
                "a site answers for them"
            );
        }
    }

    #[test]
    fn idle_buckets_are_dropped() {
        let buckets = Buckets::default();
        for number in 0..SWEEP_FROM as u128 {
            assert_eq!(buckets.take(user(number), FEW, Timestamp(0)), Ok(()));
        }
        assert_eq!(buckets.take(user(0), FEW, Timestamp(1_000)), Ok(()));
        assert_eq!(buckets.0.lock().expect("nobody panicked").buckets.len(), 1);
    }

    fn user(number: u128) -> UserSid {
        UserSid::new(Uuid::from_u128(number))
    }
}
