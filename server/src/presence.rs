//! Who is reachable a moment longer than connected, and who looks at whom. Nothing of it is stored.

use std::collections::{HashMap, HashSet};

use chat::limits::PRESENCE_WATCHED_MAX;
use chat::{ChannelSid, Timestamp, UserSid};

use crate::gateway::audience::ConnectionId;
use crate::limits::PRESENCE_LINGER_MS;

/// The onlookers of one node, and who lingers there.
#[derive(Default)]
pub(crate) struct Presence {
    lingering: HashMap<UserSid, Lingering>,
    watched: HashMap<ConnectionId, Vec<UserSid>>,
    onlookers: HashMap<UserSid, HashSet<ConnectionId>>,
}

/// Somebody whose last connection is gone, and who still counts as reachable.
struct Lingering {
    until: Timestamp,
    /// Where they were a member then: who shares one of these with them may know.
    channels: HashSet<ChannelSid>,
}

impl Presence {
    /// Somebody's last connection is gone. Whether nobody else lingers.
    pub(crate) fn linger(
        &mut self,
        user: UserSid,
        channels: HashSet<ChannelSid>,
        now: Timestamp,
    ) -> bool {
        let until = now.plus(PRESENCE_LINGER_MS);
        let is_first = self.lingering.is_empty();
        self.lingering.insert(user, Lingering { until, channels });
        is_first
    }

    /// Somebody has a connection again; whether they had lingered.
    pub(crate) fn returned(&mut self, user: UserSid) -> bool {
        self.lingering.remove(&user).is_some()
    }

    /// Where somebody who lingers was a member.
    pub(crate) fn lingering(&self, user: UserSid) -> Option<&HashSet<ChannelSid>> {
        self.lingering.get(&user).map(|lingering| &lingering.channels)
    }

    /// When the next one has lingered for long enough.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.lingering.values().map(|lingering| lingering.until).min()
    }

    /// Forgets who has lingered for long enough; gives them, and where they were members.
    pub(crate) fn lapse(&mut self, now: Timestamp) -> Vec<(UserSid, HashSet<ChannelSid>)> {
        let gone = self.lingering.extract_if(|_, lingering| lingering.until <= now);
        gone.map(|(user, lingering)| (user, lingering.channels)).collect()
    }

    /// Nobody lingers.
    pub(crate) fn forget_lingering(&mut self) {
        self.lingering.clear();
    }

    /// A connection looks at these users, and at nobody else.
    pub(crate) fn watch(&mut self, id: ConnectionId, users: &[UserSid]) {
        self.forget(id);
        for user in users {
            self.watch_too(id, *user);
        }
    }

    /// A connection looks at one more user; at the one it began with no more, if there are too many.
    pub(crate) fn watch_too(&mut self, id: ConnectionId, user: UserSid) {
        let watched = self.watched.entry(id).or_default();
        if watched.contains(&user) {
            return;
        }
        watched.push(user);
        let oldest = (PRESENCE_WATCHED_MAX < watched.len()).then(|| watched[0]);
        self.onlookers.entry(user).or_default().insert(id);
        if let Some(oldest) = oldest {
            self.unwatch(id, oldest);
        }
    }

    /// A connection looks at a user no more.
    pub(crate) fn unwatch(&mut self, id: ConnectionId, user: UserSid) {
        if let Some(watched) = self.watched.get_mut(&id) {
            watched.retain(|other| *other != user);
        }
        self.strike(id, user);
    }

    /// A connection looks at nobody.
    pub(crate) fn forget(&mut self, id: ConnectionId) {
        for user in self.watched.remove(&id).unwrap_or_default() {
            self.strike(id, user);
        }
    }

    /// Whom a connection looks at.
    pub(crate) fn watched(&self, id: ConnectionId) -> &[UserSid] {
        self.watched.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Who looks at a user.
    pub(crate) fn onlookers(&self, user: UserSid) -> impl Iterator<Item = ConnectionId> {
        self.onlookers.get(&user).into_iter().flatten().copied()
    }

    fn strike(&mut self, id: ConnectionId, user: UserSid) {
        if let Some(onlookers) = self.onlookers.get_mut(&user) {
            onlookers.remove(&id);
            if onlookers.is_empty() {
                self.onlookers.remove(&user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const ADA: ConnectionId = ConnectionId(1);
    const GRACE: ConnectionId = ConnectionId(2);

    fn user(number: usize) -> UserSid {
        UserSid::new(Uuid::from_u128(number as u128))
    }

    fn onlookers(presence: &Presence, number: usize) -> Vec<ConnectionId> {
        let mut onlookers: Vec<_> = presence.onlookers(user(number)).collect();
        onlookers.sort_unstable();
        onlookers
    }

    #[test]
    fn who_comes_back_in_time_was_never_gone() {
        let mut presence = Presence::default();
        assert!(presence.linger(user(1), HashSet::new(), Timestamp(0)));
        assert!(!presence.linger(user(2), HashSet::new(), Timestamp(1_000)));
        assert_eq!(presence.due(), Some(Timestamp(PRESENCE_LINGER_MS)));
        assert!(presence.returned(user(1)));
        assert!(!presence.returned(user(1)));
        let lapse = |presence: &mut Presence, now| {
            let gone = presence.lapse(Timestamp(now));
            gone.into_iter().map(|(user, _)| user).collect::<Vec<_>>()
        };
        assert_eq!(lapse(&mut presence, PRESENCE_LINGER_MS), []);
        assert_eq!(lapse(&mut presence, PRESENCE_LINGER_MS + 1_000), [user(2)]);
        assert_eq!(presence.due(), None);
    }

    #[test]
    fn one_list_takes_the_place_of_the_other_and_goes_with_its_connection() {
        let mut presence = Presence::default();
        presence.watch(ADA, &[user(1), user(2)]);
        presence.watch(GRACE, &[user(2)]);
        assert_eq!(onlookers(&presence, 2), [ADA, GRACE]);
        presence.watch(ADA, &[user(1), user(3)]);
        assert_eq!((onlookers(&presence, 1), onlookers(&presence, 2)), (vec![ADA], vec![GRACE]));
        presence.unwatch(ADA, user(3));
        assert_eq!(onlookers(&presence, 3), []);
        presence.forget(ADA);
        presence.forget(GRACE);
        assert!(presence.onlookers.is_empty() && presence.watched.is_empty());
    }

    #[test]
    fn whoever_looks_at_too_many_looks_at_the_oldest_no_more() {
        let mut presence = Presence::default();
        for number in 0..=PRESENCE_WATCHED_MAX {
            presence.watch_too(ADA, user(number));
            presence.watch_too(ADA, user(number));
        }
        assert_eq!(onlookers(&presence, 0), []);
        assert_eq!(onlookers(&presence, 1), [ADA]);
        assert_eq!(presence.watched[&ADA].len(), PRESENCE_WATCHED_MAX);
    }
}
