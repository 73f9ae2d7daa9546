//! Which scopes are to be resumed, one at a time, what the person looks at first.

use crate::sorted::SortedSet;
use chat::ChannelSid;
use chat::protocol::Scope;

#[derive(Debug, Default)]
pub(crate) struct CatchUp {
    wanted: SortedSet<Scope>,
    asking: Option<Scope>,
    is_told: bool,
}

impl CatchUp {
    /// A new connection: nothing is asked, and it is not yet told that all is known.
    pub(crate) fn restart(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn want(&mut self, scope: Scope) {
        self.wanted.insert(scope, ());
    }

    pub(crate) fn forget(&mut self, scope: Scope) {
        self.wanted.remove(scope);
    }

    /// The next scope to ask for, which then counts as asked.
    pub(crate) fn next(&mut self, open: Option<ChannelSid>) -> Option<Scope> {
        if self.asking.is_some() {
            return None;
        }
        let urgency = |scope: &Scope| match scope {
            Scope::Channel(sid) if Some(*sid) == open => 0,
            Scope::User(_) => 1,
            Scope::Directory => 2,
            Scope::Channel(_) => 3,
        };
        let next = self.wanted.keys().min_by_key(urgency)?;
        self.wanted.remove(next);
        self.asking = Some(next);
        self.asking
    }

    pub(crate) fn answered(&mut self) {
        self.asking = None;
    }

    /// Whether a scope is followed without a known hole, as far as this knows.
    pub(crate) fn has_caught_up_with(&self, scope: Scope) -> bool {
        self.asking != Some(scope) && !self.wanted.contains(scope)
    }

    /// Whether all is known; true once for each connection.
    pub(crate) fn is_done_now(&mut self) -> bool {
        let is_done = self.wanted.is_empty() && self.asking.is_none();
        is_done && !std::mem::replace(&mut self.is_told, true)
    }
}
