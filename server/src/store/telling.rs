//! Making of a batch's rows what the hub is told: one scope's rows together, each once, as it was
//! at the commit.

use std::collections::HashMap;

use chat::protocol::{CloseCode, Row, Scope};
use chat::{ChannelSid, MessageIndex, RoleSid, Sequence, SessionSid, UserSid};

use crate::store::Told;
use crate::store::pieces::pieces;

/// What a batch will tell when it is committed.
#[derive(Default)]
pub(super) struct Telling {
    scopes: Vec<ScopeRows>,
    places: HashMap<Scope, usize>,
    ended: Vec<(SessionSid, CloseCode)>,
}

struct ScopeRows {
    scope: Scope,
    first: Sequence,
    last: Sequence,
    rows: HashMap<Key, Row>,
}

/// What makes a row one row of its scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Key {
    Itself,
    Message(MessageIndex),
    Member(UserSid),
    Channel(ChannelSid),
    Role(RoleSid),
}

impl Key {
    pub(crate) fn of(row: &Row) -> Self {
        match row {
            Row::Channel(_) | Row::User(_) => Self::Itself,
            Row::Message(message) => Self::Message(message.index),
            Row::Member(member) => Self::Member(member.user),
            Row::Membership(membership) => Self::Channel(membership.channel),
            Row::Listing(listing) => Self::Channel(listing.sid),
            Row::Role(role) => Self::Role(role.sid),
        }
    }
}

impl Telling {
    /// Adds what one command changed.
    pub(super) fn add(&mut self, rows: Vec<(Scope, Row)>, ended: Vec<(SessionSid, CloseCode)>) {
        for (scope, row) in rows {
            let place = *self.places.entry(scope).or_insert_with(|| {
                self.scopes.push(ScopeRows::starting(scope, row.changed()));
                self.scopes.len() - 1
            });
            self.scopes[place].add(row);
        }
        self.ended.extend(ended);
    }

    /// What the hub is told, or nothing if nothing changed.
    pub(super) fn told(self) -> Option<Told> {
        let changes = self.scopes.into_iter().flat_map(ScopeRows::changes).collect::<Vec<_>>();
        if changes.is_empty() && self.ended.is_empty() {
            return None;
        }
        Some(Told { changes, ended: self.ended })
    }
}

impl ScopeRows {
    fn starting(scope: Scope, first: Sequence) -> Self {
        Self { scope, first, last: first, rows: HashMap::new() }
    }

    fn add(&mut self, row: Row) {
        self.first = self.first.min(row.changed());
        self.last = self.last.max(row.changed());
        let newer = self.rows.get(&Key::of(&row)).is_none_or(|kept| kept.changed() < row.changed());
        if newer {
            self.rows.insert(Key::of(&row), row);
        }
    }

    fn changes(self) -> Vec<chat::protocol::Change> {
        let mut rows: Vec<Row> = self.rows.into_values().collect();
        rows.sort_unstable_by_key(Row::changed);
        pieces(self.scope, Sequence(self.first.0 - 1), self.last, rows)
    }
}
