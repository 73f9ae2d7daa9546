//! Who is composing, and when that lapses; and how often we say so ourselves.

use crate::sorted::{SortedMap, SortedSet};
use chat::limits::TYPING_LAPSE_MS;
use chat::protocol::Typing;
use chat::{ChannelSid, Identity, Timestamp, UserSid};

/// Everyone who is composing, in the order they began.
#[derive(Debug, Default)]
pub(crate) struct Typists {
    typists: Vec<Typist>,
}

#[derive(Debug)]
struct Typist {
    channel: ChannelSid,
    user: UserSid,
    identity: Identity,
    until: Timestamp,
}

impl Typists {
    /// Takes in a signal; says whether the channel's line has changed.
    pub(crate) fn hear(&mut self, typing: Typing, now: Timestamp) -> bool {
        if typing.lapse == 0 {
            return self.stopped(typing.channel, typing.user);
        }
        let until = now.plus(i64::from(typing.lapse));
        let known = self
            .typists
            .iter_mut()
            .find(|typist| typist.channel == typing.channel && typist.user == typing.user);
        if let Some(typist) = known {
            let had_lapsed = typist.until <= now;
            typist.until = until;
            return had_lapsed;
        }
        let Typing { channel, user, identity, .. } = typing;
        self.typists.push(Typist { channel, user, identity, until });
        true
    }

    /// Somebody's message came, or they are gone; says whether they were composing.
    pub(crate) fn stopped(&mut self, channel: ChannelSid, user: UserSid) -> bool {
        let before = self.typists.len();
        self.typists.retain(|typist| typist.channel != channel || typist.user != user);
        self.typists.len() < before
    }

    /// Forgets who has lapsed; says in which channels.
    pub(crate) fn lapse(&mut self, now: Timestamp) -> SortedSet<ChannelSid> {
        if self.next_lapse().is_none_or(|next| now < next) {
            return SortedSet::default();
        }
        let (lapsed, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.typists).into_iter().partition(|typist| typist.until <= now);
        self.typists = kept;
        let mut channels = SortedSet::default();
        for typist in lapsed {
            channels.insert(typist.channel, ());
        }
        channels
    }

    /// The clock was set back: nobody has lapsed by it, and nobody shall stay.
    pub(crate) fn wait_no_longer(&mut self, now: Timestamp) {
        self.typists.iter_mut().for_each(|typist| typist.until = now.plus(TYPING_LAPSE_MS));
    }

    /// When the next one lapses.
    pub(crate) fn next_lapse(&self) -> Option<Timestamp> {
        self.typists.iter().map(|typist| typist.until).min()
    }

    /// Who is composing in a channel now, in the order they began.
    pub(crate) fn names(&self, channel: ChannelSid, now: Timestamp) -> Vec<&Identity> {
        self.typists
            .iter()
            .filter(|typist| typist.channel == channel && now < typist.until)
            .map(|typist| &typist.identity)
            .collect()
    }
}

/// When we last said that we are composing.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    last: SortedMap<ChannelSid, Timestamp>,
}

impl Signals {
    /// Whether it may be said now; if so, it counts as said.
    pub(crate) fn may_say(&mut self, channel: ChannelSid, interval: i64, now: Timestamp) -> bool {
        // A clock that was set back must not silence anybody.
        let too_soon = |last: &Timestamp| (0..interval).contains(&now.since(*last));
        if self.last.get(channel).is_some_and(too_soon) {
            return false;
        }
        self.last.insert(channel, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn channel() -> ChannelSid {
        ChannelSid::new(Uuid::from_u128(1))
    }

    fn user(name: &str) -> UserSid {
        UserSid::new(Uuid::from_u128(u128::from(name.as_bytes()[0])))
    }

    fn signal(name: &str, lapse: u32) -> Typing {
        let identity = Identity::parse(name).expect("a name");
        Typing { channel: channel(), user: user(name), identity, lapse }
    }

    fn names(typists: &Typists, now: i64) -> Vec<&str> {
        typists.names(channel(), Timestamp(now)).into_iter().map(Identity::as_str).collect()
    }

    #[test]
    fn each_typist_lapses_alone_and_keeps_the_place_of_the_start() {
        let mut typists = Typists::default();
        assert!(typists.hear(signal("ada", 6_000), Timestamp(0)));
        assert!(typists.hear(signal("grace", 6_000), Timestamp(1_000)));
        assert!(!typists.hear(signal("ada", 6_000), Timestamp(5_000)), "she is shown already");
        assert_eq!(names(&typists, 5_500), ["ada", "grace"]);
        assert_eq!(typists.next_lapse(), Some(Timestamp(7_000)));
        assert!(typists.lapse(Timestamp(6_999)).is_empty());
        assert!(typists.lapse(Timestamp(7_000)).keys().eq([channel()]));
        assert_eq!(names(&typists, 7_000), ["ada"]);
    }

    #[test]
    fn a_late_timer_shows_nobody_who_has_lapsed() {
        let mut typists = Typists::default();
        typists.hear(signal("ada", 6_000), Timestamp(0));
        assert!(names(&typists, 66_000).is_empty());
        assert!(typists.hear(signal("ada", 6_000), Timestamp(66_000)), "she is shown anew");
    }

    #[test]
    fn a_typist_whose_message_came_or_who_is_gone_is_removed_at_once() {
        let mut typists = Typists::default();
        typists.hear(signal("ada", 6_000), Timestamp(0));
        typists.hear(signal("grace", 6_000), Timestamp(0));
        assert!(typists.stopped(channel(), user("ada")));
        assert!(!typists.stopped(channel(), user("ada")), "gone already");
        assert_eq!(names(&typists, 1), ["grace"]);
        assert!(typists.hear(signal("grace", 0), Timestamp(1)));
        assert!(names(&typists, 1).is_empty());
    }

    #[test]
    fn somebody_who_types_on_signals_once_an_interval_in_each_channel() {
        let mut signals = Signals::default();
        let other = ChannelSid::new(Uuid::from_u128(2));
        assert!(signals.may_say(channel(), 5_000, Timestamp(10_000)));
        assert!(!signals.may_say(channel(), 5_000, Timestamp(14_999)));
        assert!(signals.may_say(other, 5_000, Timestamp(14_999)));
        assert!(signals.may_say(channel(), 5_000, Timestamp(15_000)));
        assert!(signals.may_say(channel(), 5_000, Timestamp(9_000)), "the clock was set back");
    }
}
