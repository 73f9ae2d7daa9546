//! Who is typing: one signal in the interval for each user and channel, forgotten by itself.

use std::collections::HashMap;

use chat::{ChannelSid, Identity, Timestamp, UserSid};

use crate::limits::{TYPING_INTERVAL_SLACK_MS, TYPING_LATE_MS};

/// When each user of this node last signalled typing, and where.
#[derive(Default)]
pub(crate) struct Typists(HashMap<UserSid, Typist>);

struct Typist {
    identity: Identity,
    signals: HashMap<ChannelSid, Signal>,
}

/// When somebody signalled, and when that lapses.
#[derive(Clone, Copy)]
struct Signal {
    at: Timestamp,
    lapses_at: Timestamp,
}

/// Milliseconds after which a signal lapses where it was heard, if the next one may come after so
/// many.
pub(crate) fn lapse_after(interval_ms: i64) -> i64 {
    interval_ms + TYPING_LATE_MS
}

impl Typists {
    /// Whether others should hear of this signal: not so soon after the one before.
    pub(crate) fn signal(
        &mut self,
        user: UserSid,
        identity: &Identity,
        channel: ChannelSid,
        interval_ms: i64,
        now: Timestamp,
    ) -> bool {
        let typist = self.0.entry(user).or_insert_with(|| Typist::new(identity));
        typist.forget_lapsed(now);
        let last = typist.signals.get(&channel);
        // Signals sent an interval apart may arrive a little closer together than that.
        let closest = interval_ms - TYPING_INTERVAL_SLACK_MS;
        if last.is_some_and(|last| now.since(last.at) < closest) {
            return false;
        }
        let lapses_at = now.plus(lapse_after(interval_ms));
        typist.signals.insert(channel, Signal { at: now, lapses_at });
        true
    }

    /// Forgets a user; gives the channels where they are typing as far as others know.
    pub(crate) fn gone(&mut self, user: UserSid, now: Timestamp) -> Vec<(ChannelSid, Identity)> {
        let Some(mut typist) = self.0.remove(&user) else {
            return Vec::new();
        };
        typist.forget_lapsed(now);
        typist.signals.into_keys().map(|channel| (channel, typist.identity.clone())).collect()
    }
}

impl Typist {
    fn new(identity: &Identity) -> Self {
        Self { identity: identity.clone(), signals: HashMap::new() }
    }

    fn forget_lapsed(&mut self, now: Timestamp) {
        self.signals.retain(|_, signal| now < signal.lapses_at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn one_signal_in_the_interval_for_each_user_and_channel() {
        let mut typists = Typists::default();
        let (ada, grace) = (user(1), user(2));
        let (tea, garden) = (channel(1), channel(2));
        assert!(typists.signal(ada, &name(), tea, 5_000, Timestamp(0)));
        assert!(!typists.signal(ada, &name(), tea, 5_000, Timestamp(4_000)));
        assert!(typists.signal(ada, &name(), garden, 5_000, Timestamp(4_000)));
        assert!(typists.signal(grace, &name(), tea, 5_000, Timestamp(4_000)));
        assert!(
            typists.signal(ada, &name(), tea, 5_000, Timestamp(4_900)),
            "the network may be uneven"
        );
    }

    #[test]
    fn another_interval_is_another_lapse() {
        let mut typists = Typists::default();
        let ada = user(1);
        assert!(typists.signal(ada, &name(), channel(1), 9_000, Timestamp(0)));
        assert!(!typists.signal(ada, &name(), channel(1), 9_000, Timestamp(8_000)));
        assert_eq!(typists.gone(ada, Timestamp(9_500)), [(channel(1), name())]);
    }

    #[test]
    fn who_is_gone_is_typing_only_where_it_has_not_lapsed() {
        let mut typists = Typists::default();
        let ada = user(1);
        typists.signal(ada, &name(), channel(1), 5_000, Timestamp(0));
        typists.signal(ada, &name(), channel(2), 5_000, Timestamp(3_000));
        assert_eq!(typists.gone(ada, Timestamp(6_500)), [(channel(2), name())]);
        assert_eq!(typists.gone(ada, Timestamp(6_500)), []);
    }

    fn name() -> Identity {
        Identity::parse("ada").expect("a name")
    }

    fn user(number: u128) -> UserSid {
        UserSid::new(Uuid::from_u128(number))
    }

    fn channel(number: u128) -> ChannelSid {
        ChannelSid::new(Uuid::from_u128(number))
    }
}
