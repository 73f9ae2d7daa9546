//! Which connections of this node listen to what. The hub takes what was committed from the bus
//! and hands it to them, outside the writer, so that no commit ever waits for a reader.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chat::protocol::{Change, ChannelState, CloseCode, Scope, Typing};
use chat::{ChannelSid, Identity, Refusal, Sequence, SessionSid, UserSid};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Notify, watch};

use super::audience::ConnectionId;
use super::frame::Frame;
use super::listeners::{Listeners, Skip};
use super::outbox::Outbox;
use super::tidings::Signal;
use super::voice::Voice;
use crate::bus::{Bus, Item, News};
use crate::clock::Clock;
use crate::commands::CommandError;
use crate::limits::{CONNECTIONS_OF_USER_MAX, OUTBOX_BYTES_MAX};
use crate::presence::Presence;
use crate::queries::changes::changes;
use crate::store::{Store, Told};
use crate::typing::{Typists, lapse_after};

mod reachability;

/// The listeners of this node; clones share them.
#[derive(Clone)]
pub struct Hub(Arc<Shared>);

struct Shared {
    store: Store,
    bus: Bus,
    clock: Clock,
    state: Mutex<State>,
    connections: watch::Sender<usize>,
    /// Rings when somebody lingers while nobody else does.
    lingers: Notify,
}

#[derive(Default)]
struct State {
    listeners: Listeners,
    typists: Typists,
    presence: Presence,
    /// Whether anybody is told who is reachable.
    follows: bool,
    draining: bool,
}

impl Hub {
    /// A hub without listeners.
    pub fn new(store: Store, bus: Bus, clock: Clock) -> Self {
        let connections = watch::Sender::new(0);
        let (state, lingers) = (Mutex::default(), Notify::new());
        Self(Arc::new(Shared { store, bus, clock, state, connections, lingers }))
    }

    /// Hands on what the bus brings, in order, until the store ends.
    pub async fn run(self, mut news: News) {
        let mut repairs = FuturesUnordered::new();
        let mut lapse = pin!(self.until_lapse());
        loop {
            tokio::select! {
                item = news.next() => match item {
                    Some(Item::Told(told)) => {
                        let skips = self.tell(told);
                        repairs.extend(skips.into_iter().map(|skip| self.fetch(skip)));
                        // The sockets come first: commits that come in faster than all of them
                        // can be written to would make slow readers of everyone.
                        tokio::task::yield_now().await;
                    }
                    Some(Item::Typing(typing)) => self.mention(typing),
                    None => break,
                },
                Some((skip, missing)) = repairs.next() => {
                    repairs.extend(self.repair(skip, missing).map(|skip| self.fetch(skip)));
                }
                () = &mut lapse => {
                    self.lapse();
                    lapse.set(self.until_lapse());
                }
            }
        }
    }

    /// The users with a connection here.
    pub fn connected_users(&self) -> HashSet<UserSid> {
        self.lock().listeners.users()
    }

    /// Tells every connection that the server goes down, lets each finish what it was asked, and
    /// returns when all are closed. Clients come back within the spread, in milliseconds.
    pub async fn drain(&self, spread: u32) {
        {
            let mut state = self.lock();
            state.draining = true;
            for outbox in state.listeners.outboxes() {
                outbox.answer(outbox.voice.restart(spread));
                outbox.close(CloseCode::Restart);
            }
        }
        self.until_connections(0).await;
    }

    /// Returns when there are so many connections here.
    pub async fn until_connections(&self, count: usize) {
        let mut connections = self.0.connections.subscribe();
        // The sender lives as long as this hub, so waiting cannot fail.
        let _ = connections.wait_for(|now| *now == count).await;
    }

    /// Seats a connection that waits for its welcome.
    pub(crate) fn register(
        &self,
        user: UserSid,
        session: Option<SessionSid>,
        voice: Arc<dyn Voice>,
    ) -> Result<Seat, CloseCode> {
        let mut state = self.lock();
        if state.draining {
            return Err(CloseCode::Restart);
        }
        if CONNECTIONS_OF_USER_MAX <= state.listeners.connections_of(user) {
            return Err(CloseCode::TooMany);
        }
        let outbox = Arc::new(Outbox::new(OUTBOX_BYTES_MAX, voice));
        let id = state.listeners.register(user, session, Arc::clone(&outbox));
        self.count(&state);
        Ok(Seat { hub: self.clone(), id, user, outbox })
    }

    fn tell(&self, told: Told) -> Vec<Skip> {
        let mut state = self.lock();
        for (session, code) in told.ended {
            state.listeners.end_session(session, code);
        }
        told.changes.iter().for_each(|change| state.name(change));
        let changes = told.changes.into_iter();
        let skips = changes.filter_map(|change| state.listeners.take(change)).collect();
        state.introduce();
        skips
    }

    async fn fetch(&self, skip: Skip) -> (Skip, Result<Vec<Change>, CommandError>) {
        let missing = self.0.store.read(move |tx| changes(tx, skip.scope, skip.since)).await;
        (skip, missing)
    }

    fn repair(&self, skip: Skip, missing: Result<Vec<Change>, CommandError>) -> Option<Skip> {
        let mut state = self.lock();
        let next = match missing {
            Ok(missing) => state.listeners.fill(skip, missing),
            Err(error) => {
                tracing::error!(scope = %skip.scope, %error, "a skip could not be filled");
                state.listeners.give_up(skip.scope);
                None
            }
        };
        state.introduce();
        next
    }

    fn publish(&self, user: UserSid, identity: Identity, channel: ChannelSid, lapse: u32) {
        self.0.bus.publish_typing(Typing { channel, user, identity, lapse });
    }

    fn mention(&self, typing: Typing) {
        self.lock().listeners.mention(&Signal::of(typing));
    }

    fn count(&self, state: &State) {
        self.0.connections.send_replace(state.listeners.count());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection's place in the hub; dropped, it is free.
pub(crate) struct Seat {
    hub: Hub,
    id: ConnectionId,
    user: UserSid,
    pub(crate) outbox: Arc<Outbox>,
}

impl Seat {
    /// Keeps what comes in a scope until an answer about it is queued.
    pub(crate) fn hold(&self, scope: Scope) {
        self.hub.lock().listeners.hold(self.id, scope);
    }

    /// Queues an answer about a scope, and behind it what is newer than its head.
    pub(crate) fn settle(&self, scope: Scope, head: Option<Sequence>, answer: Frame) {
        self.hub.lock().listeners.settle(self.id, scope, head, answer);
    }

    /// Hands over what was kept in a scope, all of it, if the user may hear it.
    pub(crate) fn release(&self, scope: Scope, may_hear: bool) {
        let head = may_hear.then_some(Sequence(0));
        self.hub.lock().listeners.release(self.id, scope, head);
    }

    /// Hears no more of a scope that was only looked at.
    pub(crate) fn ignore(&self, scope: Scope) {
        self.hub.lock().listeners.ignore(self.id, scope);
    }

    /// Queues the welcome, and behind it what is newer.
    pub(crate) fn welcome(&self, channels: &[ChannelState], welcome: Frame) {
        let mut state = self.hub.lock();
        let was_here = state.listeners.is_welcomed(self.user);
        state.listeners.welcome(self.id, channels, welcome);
        if !was_here {
            state.arrive(self.user);
        }
    }

    /// Says that this user is typing, if they hear the channel themselves.
    pub(crate) fn signal_typing(
        &self,
        identity: &Identity,
        channel: ChannelSid,
        interval_ms: i64,
    ) -> Result<(), Refusal> {
        let now = self.hub.0.clock.now();
        let mut state = self.hub.lock();
        if !state.listeners.hears(self.id, channel) {
            return Err(Refusal::ChannelNotFound);
        }
        if state.typists.signal(self.user, identity, channel, interval_ms, now) {
            drop(state);
            let lapse = u32::try_from(lapse_after(interval_ms)).unwrap_or(u32::MAX);
            self.hub.publish(self.user, identity.clone(), channel, lapse);
        }
        Ok(())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let hub = &self.hub;
        let now = hub.0.clock.now();
        let mut state = hub.lock();
        state.depart(self, now, &hub.0.lingers);
        let typing = if state.listeners.unregister(self.id) {
            state.typists.gone(self.user, now)
        } else {
            Vec::new()
        };
        hub.count(&state);
        drop(state);
        for (channel, identity) in typing {
            hub.publish(self.user, identity, channel, 0);
        }
    }
}

#[cfg(test)]
mod tests;
