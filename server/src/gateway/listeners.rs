//! Every connection of this node and the scopes it listens to, changed only by the stream of
//! changes. That a connection is listed here is its permission to hear.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chat::protocol::{Change, ChannelState, CloseCode, Row, Scope};
use chat::{ChannelSid, Sequence, SessionSid, UserSid};

use super::audience::{Audience, ConnectionId, Fit};
use super::frame::Frame;
use super::outbox::Outbox;
use super::tidings::{Signal, Tidings};

/// A scope that lacks changes from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Skip {
    pub(crate) scope: Scope,
    pub(crate) since: Sequence,
}

/// Who is connected, and who listens to what.
#[derive(Default)]
pub(crate) struct Listeners {
    connections: HashMap<ConnectionId, Connected>,
    users: HashMap<UserSid, Vec<ConnectionId>>,
    sessions: HashMap<SessionSid, Vec<ConnectionId>>,
    audiences: HashMap<Scope, Audience>,
    /// Who is connected and entered a channel, since it was last asked.
    entered: Vec<(UserSid, ChannelSid)>,
    last_id: u64,
}

struct Connected {
    user: UserSid,
    session: Option<SessionSid>,
    outbox: Arc<Outbox>,
    scopes: HashSet<Scope>,
    welcomed: bool,
}

impl Listeners {
    /// Lists a connection that waits for its welcome; until then what it hears is held.
    pub(crate) fn register(
        &mut self,
        user: UserSid,
        session: Option<SessionSid>,
        outbox: Arc<Outbox>,
    ) -> ConnectionId {
        self.last_id += 1;
        let id = ConnectionId(self.last_id);
        let scopes = HashSet::from([Scope::User(user)]);
        self.audience(Scope::User(user)).enter(id, &outbox, false);
        self.users.entry(user).or_default().push(id);
        if let Some(session) = session {
            self.sessions.entry(session).or_default().push(id);
        }
        let welcomed = false;
        self.connections.insert(id, Connected { user, session, outbox, scopes, welcomed });
        id
    }

    /// Forgets a connection; whether it was the user's last.
    pub(crate) fn unregister(&mut self, id: ConnectionId) -> bool {
        let Some(connected) = self.connections.remove(&id) else {
            return false;
        };
        for scope in &connected.scopes {
            if let Some(audience) = self.audiences.get_mut(scope) {
                audience.forget(id);
                if audience.is_empty() {
                    self.audiences.remove(scope);
                }
            }
        }
        if let Some(session) = connected.session {
            strike(&mut self.sessions, session, id);
        }
        strike(&mut self.users, connected.user, id)
    }

    /// How many connections a user has here.
    pub(crate) fn connections_of(&self, user: UserSid) -> usize {
        self.users.get(&user).map_or(0, Vec::len)
    }

    /// Whether a user has a connection that was welcomed.
    pub(crate) fn is_welcomed(&self, user: UserSid) -> bool {
        self.welcomed(user).next().is_some()
    }

    /// Whether a connection was welcomed, and no other of its user is.
    pub(crate) fn is_last(&self, id: ConnectionId) -> bool {
        let user = self.connections.get(&id).map(|connected| connected.user);
        user.is_some_and(|user| self.welcomed(user).eq([id]))
    }

    /// Whether a connection is this user's.
    pub(crate) fn is_of(&self, id: ConnectionId, user: UserSid) -> bool {
        self.connections.get(&id).is_some_and(|connected| connected.user == user)
    }

    /// Every channel that a connection of the user hears, once for each that does.
    pub(crate) fn channels_of(&self, user: UserSid) -> impl Iterator<Item = ChannelSid> {
        let scopes = self.welcomed(user).flat_map(|id| {
            let scopes = &self.connections[&id].scopes;
            scopes.iter().map(move |scope| (id, *scope))
        });
        scopes.filter_map(|(id, scope)| match scope {
            Scope::Channel(channel) => self.hears(id, channel).then_some(channel),
            Scope::User(_) | Scope::Directory => None,
        })
    }

    fn welcomed(&self, user: UserSid) -> impl Iterator<Item = ConnectionId> {
        let is_welcomed =
            |id: &ConnectionId| self.connections.get(id).is_some_and(|it| it.welcomed);
        self.of(user).filter(is_welcomed)
    }

    /// A user's connections.
    pub(crate) fn of(&self, user: UserSid) -> impl Iterator<Item = ConnectionId> {
        self.users.get(&user).into_iter().flatten().copied()
    }

    /// Who is connected and entered a channel, since this was last asked.
    pub(crate) fn take_entered(&mut self) -> Vec<(UserSid, ChannelSid)> {
        std::mem::take(&mut self.entered)
    }

    /// A connection's outbox.
    pub(crate) fn outbox(&self, id: ConnectionId) -> Option<&Arc<Outbox>> {
        self.connections.get(&id).map(|connected| &connected.outbox)
    }

    /// How many connections there are.
    pub(crate) fn count(&self) -> usize {
        self.connections.len()
    }

    /// Every user with a connection.
    pub(crate) fn users(&self) -> HashSet<UserSid> {
        self.users.keys().copied().collect()
    }

    /// Every connection's outbox.
    pub(crate) fn outboxes(&self) -> impl Iterator<Item = &Arc<Outbox>> {
        self.connections.values().map(|connected| &connected.outbox)
    }

    /// Whether a connection hears a channel now.
    pub(crate) fn hears(&self, id: ConnectionId, channel: ChannelSid) -> bool {
        let audience = self.audiences.get(&Scope::Channel(channel));
        audience.is_some_and(|audience| audience.hears(id))
    }

    /// Keeps what comes for a connection in a scope until [`Listeners::settle`].
    pub(crate) fn hold(&mut self, id: ConnectionId, scope: Scope) {
        let Some(connected) = self.connections.get_mut(&id) else {
            return;
        };
        connected.scopes.insert(scope);
        self.audiences.entry(scope).or_default().hold(id, &connected.outbox);
    }

    /// Queues an answer about a scope, and behind it what was held and is newer than the `head`
    /// that the answer stands at. Without a head the answer is a refusal.
    pub(crate) fn settle(
        &mut self,
        id: ConnectionId,
        scope: Scope,
        head: Option<Sequence>,
        answer: Frame,
    ) {
        if let Some(connected) = self.connections.get(&id) {
            connected.outbox.answer(answer);
            self.release(id, scope, head);
        }
    }

    /// Queues the welcome, and behind it what was held and is newer. From here on the connection
    /// listens to the channels that the welcome names, and to those entered since.
    pub(crate) fn welcome(&mut self, id: ConnectionId, channels: &[ChannelState], welcome: Frame) {
        let Some(connected) = self.connections.get_mut(&id) else {
            return;
        };
        connected.welcomed = true;
        connected.outbox.answer(welcome);
        let named = channels.iter().map(|state| (Scope::Channel(state.sid), state.sequence));
        let named: HashMap<Scope, Sequence> = named.collect();
        for (scope, head) in &named {
            let audience = self.audiences.entry(*scope).or_default();
            audience.begin(*head);
            if connected.scopes.insert(*scope) {
                audience.enter(id, &connected.outbox, true);
            }
        }
        for scope in connected.scopes.clone() {
            self.release(id, scope, named.get(&scope).copied());
        }
    }

    /// Takes a change that comes from the bus. Gives a skip that is to be filled before it.
    pub(crate) fn take(&mut self, change: Change) -> Option<Skip> {
        let scope = change.scope;
        match self.audiences.get_mut(&scope).map_or(Fit::Next, |audience| audience.fit(&change)) {
            Fit::Next => {
                self.deliver(change);
                None
            }
            Fit::Skip(since) => Some(Skip { scope, since }),
            Fit::Seen | Fit::Waits => None,
        }
    }

    /// Takes the changes that a scope lacked, then those that had come early.
    pub(crate) fn fill(&mut self, skip: Skip, missing: Vec<Change>) -> Option<Skip> {
        let up_to = missing.last().map_or(skip.since, |change| change.sequence);
        for change in missing {
            self.deliver(change);
        }
        let early = self.audiences.get_mut(&skip.scope).map(|audience| audience.filled(up_to));
        let mut next = None;
        for change in early.unwrap_or_default() {
            next = self.take(change).or(next);
        }
        self.tidy(skip.scope);
        next
    }

    /// Closes everyone who listens to a scope whose skip cannot be filled; they resume.
    pub(crate) fn give_up(&mut self, scope: Scope) {
        if let Some(audience) = self.audiences.get_mut(&scope) {
            audience.give_up();
        }
    }

    /// Closes every connection of a session.
    pub(crate) fn end_session(&mut self, session: SessionSid, code: CloseCode) {
        self.close(self.sessions.get(&session), code);
    }

    /// Hands a typing signal to everyone in the channel but the typist.
    pub(crate) fn mention(&self, signal: &Signal) {
        if let Some(audience) = self.audiences.get(&Scope::Channel(signal.typing.channel)) {
            let own = self.users.get(&signal.typing.user).map_or(&[][..], Vec::as_slice);
            audience.mention(signal, own);
        }
    }

    fn deliver(&mut self, change: Change) {
        let scope = change.scope;
        let movements = Movements::of(&change);
        for user in &movements.entered {
            self.enter(*user, scope);
        }
        if self.audiences.contains_key(&scope) {
            let (sequence, tidings, farewells) = share(change, &movements.left);
            for (user, sequence, farewell) in farewells {
                self.leave(user, scope, sequence, farewell.as_ref().unwrap_or(&tidings));
            }
            self.audience(scope).tell(sequence, &tidings);
        }
        if movements.ended {
            self.end(scope);
        }
        if let Some(user) = movements.retired {
            self.close(self.users.get(&user), CloseCode::SessionEnded);
        }
        self.tidy(scope);
    }

    fn enter(&mut self, user: UserSid, scope: Scope) {
        if let Scope::Channel(channel) = scope
            && self.users.contains_key(&user)
        {
            self.entered.push((user, channel));
        }
        for id in self.users.get(&user).into_iter().flatten() {
            if let Some(connected) = self.connections.get_mut(id) {
                connected.scopes.insert(scope);
                let audience = self.audiences.entry(scope).or_default();
                audience.enter(*id, &connected.outbox, connected.welcomed);
            }
        }
    }

    fn leave(&mut self, user: UserSid, scope: Scope, sequence: Sequence, farewell: &Arc<Tidings>) {
        let Some(audience) = self.audiences.get_mut(&scope) else {
            return;
        };
        for id in self.users.get(&user).into_iter().flatten() {
            if audience.leave(*id, sequence, farewell)
                && let Some(connected) = self.connections.get_mut(id)
            {
                connected.scopes.remove(&scope);
            }
        }
    }

    fn end(&mut self, scope: Scope) {
        let gone = self.audiences.get_mut(&scope).map(Audience::end).unwrap_or_default();
        for id in gone {
            if let Some(connected) = self.connections.get_mut(&id) {
                connected.scopes.remove(&scope);
            }
        }
    }

    fn close(&self, connections: Option<&Vec<ConnectionId>>, code: CloseCode) {
        for id in connections.into_iter().flatten() {
            if let Some(connected) = self.connections.get(id) {
                connected.outbox.close(code);
            }
        }
    }

    /// The connection does not hear a scope any more.
    pub(crate) fn ignore(&mut self, id: ConnectionId, scope: Scope) {
        if let Some(connected) = self.connections.get_mut(&id) {
            connected.scopes.remove(&scope);
        }
        if let Some(audience) = self.audiences.get_mut(&scope) {
            audience.forget(id);
        }
        self.tidy(scope);
    }

    /// Hands over what was held in a scope and is newer than the `head`; without one the connection
    /// hears it only in its own right.
    pub(crate) fn release(&mut self, id: ConnectionId, scope: Scope, head: Option<Sequence>) {
        let Some(audience) = self.audiences.get_mut(&scope) else {
            return;
        };
        if !audience.settle(id, head)
            && let Some(connected) = self.connections.get_mut(&id)
        {
            connected.scopes.remove(&scope);
        }
        self.tidy(scope);
    }

    fn audience(&mut self, scope: Scope) -> &mut Audience {
        self.audiences.entry(scope).or_default()
    }

    fn tidy(&mut self, scope: Scope) {
        if self.audiences.get(&scope).is_some_and(Audience::is_empty) {
            self.audiences.remove(&scope);
        }
    }
}

/// Removes a connection from a list; whether the list is empty now.
fn strike<K: Eq + std::hash::Hash>(
    lists: &mut HashMap<K, Vec<ConnectionId>>,
    key: K,
    id: ConnectionId,
) -> bool {
    let Some(list) = lists.get_mut(&key) else {
        return false;
    };
    list.retain(|other| *other != id);
    let empty = list.is_empty();
    if empty {
        lists.remove(&key);
    }
    empty
}

/// What a change says about who may listen.
#[derive(Default)]
struct Movements {
    entered: Vec<UserSid>,
    left: Vec<(UserSid, Sequence)>,
    ended: bool,
    retired: Option<UserSid>,
}

impl Movements {
    fn of(change: &Change) -> Self {
        let mut movements = Self::default();
        for row in &change.rows {
            match row {
                Row::Member(member) if member.has_left() => {
                    movements.left.push((member.user, member.changed));
                }
                Row::Member(member) if change.after < member.entered => {
                    movements.entered.push(member.user);
                }
                Row::Channel(channel) => movements.ended |= channel.details.is_none(),
                Row::User(user) if user.retired => movements.retired = Some(user.sid),
                Row::Message(_)
                | Row::Member(_)
                | Row::Membership(_)
                | Row::User(_)
                | Row::Listing(_)
                | Row::Role(_) => {}
            }
        }
        movements
    }
}

type Farewell = (UserSid, Sequence, Option<Arc<Tidings>>);

/// Words a change once for everyone who stays. Who left before its end gets only what came
/// up to then; who left at its end gets the whole.
fn share(change: Change, left: &[(UserSid, Sequence)]) -> (Sequence, Arc<Tidings>, Vec<Farewell>) {
    let sequence = change.sequence;
    let farewells = left.iter().map(|&(user, at)| {
        let cut = (at < sequence).then(|| Arc::new(Tidings::of(up_to(&change, at))));
        (user, at, cut)
    });
    let farewells = farewells.collect();
    (sequence, Arc::new(Tidings::of(change)), farewells)
}

fn up_to(change: &Change, sequence: Sequence) -> Change {
    let rows = change.rows.iter().filter(|row| row.changed() <= sequence).cloned().collect();
    Change { scope: change.scope, after: change.after, sequence, rows }
}

#[cfg(test)]
mod tests;
