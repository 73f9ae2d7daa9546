//! Who is told that somebody is reachable: onlookers who share a channel with them, as far as the
//! hub's own listeners show it. Nobody else can tell an unreachable user from none. What somebody is
//! called is no secret: every onlooker is told.

use std::collections::HashSet;

use chat::protocol::{Called, Change, Presence, Row};
use chat::{ChannelSid, Timestamp, UserSid};
use tokio::sync::Notify;

use super::{Hub, Seat, State};
use crate::gateway::audience::ConnectionId;
use crate::gateway::frame::Frame;
use crate::gateway::tidings::Turn;
use crate::store::Settings;

impl Hub {
    /// Follows from now on who is reachable, or does not: then nobody is told of anybody.
    pub(crate) fn heed(&self, settings: Settings) {
        let mut state = self.lock();
        state.follows = settings.reachability;
        if !state.follows {
            state.presence.forget_lingering();
        }
    }

    /// Whether a user is reachable, for the operator; nothing where that is not followed.
    pub(crate) fn is_online(&self, user: UserSid) -> Option<bool> {
        let state = self.lock();
        let lingers = || state.presence.lingering(user).is_some();
        state.follows.then(|| state.listeners.is_welcomed(user) || lingers())
    }

    /// Returns once somebody has lingered for long enough.
    pub(super) async fn until_lapse(&self) {
        loop {
            let due = self.lock().presence.due();
            match due {
                Some(due) => tokio::select! {
                    () = self.0.clock.reach(due) => return,
                    () = self.0.lingers.notified() => {}
                },
                None => self.0.lingers.notified().await,
            }
        }
    }

    /// Tells of everybody who has lingered for long enough.
    pub(super) fn lapse(&self) {
        let mut state = self.lock();
        for (user, channels) in state.presence.lapse(self.0.clock.now()) {
            state.tell_turn(user, false, &channels);
        }
    }
}

impl Seat {
    /// Looks at these users, and at nobody else.
    pub(crate) fn watch(&self, users: &[UserSid]) {
        self.hub.lock().presence.watch(self.id, users);
    }

    /// The answer says who is reachable of those whom this connection looks at, where that is
    /// followed; what turns after that follows it.
    pub(crate) fn answer_watching(&self, answer: impl FnOnce(Option<Vec<UserSid>>) -> Frame) {
        let state = self.hub.lock();
        let watched = state.presence.watched(self.id).iter().copied();
        let seen = || watched.filter(|user| state.sees(self.id, *user)).collect();
        let online = state.follows.then(seen);
        self.outbox.answer(answer(online));
    }

    /// Looks at one more user. What turns follows the answer, which there is none of where
    /// reachability is not followed.
    pub(crate) fn watch_too(&self, user: UserSid, answer: impl FnOnce(bool) -> Frame) {
        let mut state = self.hub.lock();
        if state.follows {
            state.presence.watch_too(self.id, user);
            self.outbox.answer(answer(state.sees(self.id, user)));
        }
    }

    /// Looks at a user no more.
    pub(crate) fn unwatch(&self, user: UserSid) {
        self.hub.lock().presence.unwatch(self.id, user);
    }

    /// Whether this connection's user can see that another is reachable; nothing where that is not
    /// followed.
    pub(crate) fn sees(&self, user: UserSid) -> Option<bool> {
        let state = self.hub.lock();
        state.follows.then(|| state.sees(self.id, user))
    }
}

impl State {
    /// A user's first connection was welcomed, unless they only came back.
    pub(super) fn arrive(&mut self, user: UserSid) {
        if !self.presence.returned(user) && self.follows {
            let channels = self.listeners.channels_of(user).collect();
            self.tell_turn(user, true, &channels);
        }
    }

    /// A connection is about to go. Its user lingers, if it was the last one that was welcomed.
    pub(super) fn depart(&mut self, seat: &Seat, now: Timestamp, lingers: &Notify) {
        self.presence.forget(seat.id);
        if self.follows && self.listeners.is_last(seat.id) {
            let channels = self.listeners.channels_of(seat.user).collect();
            if self.presence.linger(seat.user, channels, now) {
                lingers.notify_one();
            }
        }
    }

    /// Tells whoever looks at them what users are called whose rows changed.
    pub(super) fn name(&self, change: &Change) {
        for row in &change.rows {
            let Row::User(user) = row else { continue };
            let called = Called::of(user.clone());
            for id in self.presence.onlookers(user.sid) {
                if let Some(outbox) = self.listeners.outbox(id)
                    && let Some(frame) = outbox.voice.called(&called)
                {
                    outbox.mention(frame);
                }
            }
        }
    }

    /// Whoever entered a channel is seen there now, and sees the others.
    pub(super) fn introduce(&mut self) {
        for (user, channel) in self.listeners.take_entered() {
            if !self.follows || !self.listeners.is_welcomed(user) {
                continue;
            }
            let there = HashSet::from([channel]);
            self.tell_turn(user, true, &there);
            for id in self.listeners.of(user) {
                for other in self.presence.watched(id).iter().filter(|id| **id != user) {
                    if self.is_seen_in(channel, *other) {
                        self.tell(id, &Turn::of(Presence { user: *other, online: true }));
                    }
                }
            }
        }
    }

    fn is_seen_in(&self, channel: ChannelSid, user: UserSid) -> bool {
        let lingering = self.presence.lingering(user);
        lingering.is_some_and(|channels| channels.contains(&channel))
            || self.listeners.channels_of(user).any(|other| other == channel)
    }

    fn sees(&self, id: ConnectionId, user: UserSid) -> bool {
        let lingering = self.presence.lingering(user);
        lingering.is_some_and(|channels| self.meets(id, user, channels))
            || self.listeners.is_welcomed(user) && self.listeners.is_of(id, user)
            || self.listeners.channels_of(user).any(|channel| self.listeners.hears(id, channel))
    }

    fn meets(&self, id: ConnectionId, user: UserSid, channels: &HashSet<ChannelSid>) -> bool {
        self.listeners.is_of(id, user)
            || channels.iter().any(|channel| self.listeners.hears(id, *channel))
    }

    fn tell_turn(&self, user: UserSid, online: bool, channels: &HashSet<ChannelSid>) {
        let turn = Turn::of(Presence { user, online });
        for id in self.presence.onlookers(user) {
            if self.meets(id, user, channels) {
                self.tell(id, &turn);
            }
        }
    }

    fn tell(&self, id: ConnectionId, turn: &Turn) {
        if let Some(outbox) = self.listeners.outbox(id) {
            outbox.mention(outbox.voice.presence(turn));
        }
    }
}
