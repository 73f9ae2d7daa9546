//! Who is typing: one signal in the interval for each user and channel, forgotten by itself.

use std::collections::HashMap;

use chat::limits::{TYPING_INTERVAL_MS, TYPING_LAPSE_MS};
use chat::{ChannelSid, Identity, Timestamp, UserSid};

use crate::limits::TYPING_INTERVAL_SLACK_MS;

/// When each user of this node last signalled typing, and where.
#[derive(Default)]
pub(crate) struct Typists(HashMap<UserSid, Typist>);

struct Typist {
    identity: Identity,
    signals: HashMap<ChannelSid, Timestamp>,
}

impl Typists {
    /// Whether others should hear of this signal: not so soon after the one before.
    pub(crate) fn signal(
        &mut self,
        user: UserSid,
        identity: &Identity,
        channel: ChannelSid,
        now: Timestamp,
    ) -> bool {
        let typist = self.0.entry(user).or_insert_with(|| Typist::new(identity));
        typist.forget_lapsed(now);
        let last = typist.signals.get(&channel);
        // Signals sent an interval apart may arrive a little closer together than that.
        let closest = TYPING_INTERVAL_MS - TYPING_INTERVAL_SLACK_MS;
        if last.is_some_and(|at| now.since(*at) < closest) {
            return false;
        }
        typist.signals.insert(channel, now);
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
        self.signals.retain(|_, at| now.since(*at) < TYPING_LAPSE_MS);
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
        assert!(typists.signal(ada, &name(), tea, Timestamp(0)));
        assert!(!typists.signal(ada, &name(), tea, Timestamp(4_000)));
        assert!(typists.signal(ada, &name(), garden, Timestamp(4_000)));
        assert!(typists.signal(grace, &name(), tea, Timestamp(4_000)));
        assert!(typists.signal(ada, &name(), tea, Timestamp(4_900)), "the network may be uneven");
    }

    #[test]
    fn who_is_gone_is_typing_only_where_it_has_not_lapsed() {
        let mut typists = Typists::default();
        let ada = user(1);
        typists.signal(ada, &name(), channel(1), Timestamp(0));
        typists.signal(ada, &name(), channel(2), Timestamp(3_000));
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
