//! Who listens to one scope on this node, and how far the scope has been told.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use chat::Sequence;
use chat::protocol::{Change, CloseCode};

use super::held::{Held, Standing};
use super::outbox::Outbox;
use super::tidings::{Signal, Tidings};

/// One socket of this node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// The listeners of one scope.
#[derive(Default)]
pub(crate) struct Audience {
    listeners: HashMap<ConnectionId, Listener>,
    /// The last change that was delivered.
    told: Option<Sequence>,
    /// Until the first is delivered: the lowest head that any listener began with.
    begun: Option<Sequence>,
    /// Changes that came early, while the skip before them is being filled.
    early: Option<Vec<Change>>,
}

struct Listener {
    outbox: Arc<Outbox>,
    attention: Attention,
}

enum Attention {
    /// Hears everything at once.
    Live,
    /// Hears it when an answer that is being made has been queued, as far as it is newer.
    Held(Held),
}

/// How a change fits behind what was told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    Next,
    Seen,
    /// Something is missing in between, from here on.
    Skip(Sequence),
    /// What is missing is being fetched.
    Waits,
}

impl Audience {
    /// Whether nobody listens and nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.listeners.is_empty() && self.early.is_none()
    }

    /// Whether this connection is among the listeners, in its own right.
    pub(crate) fn hears(&self, id: ConnectionId) -> bool {
        self.listeners.get(&id).is_some_and(|listener| match &listener.attention {
            Attention::Live => true,
            Attention::Held(held) => held.standing == Standing::Listens,
        })
    }

    /// Judges a change against what was told; an early one is kept.
    pub(crate) fn fit(&mut self, change: &Change) -> Fit {
        if let Some(early) = &mut self.early {
            early.push(change.clone());
            return Fit::Waits;
        }
        if self.told.is_some_and(|told| change.sequence <= told) {
            return Fit::Seen;
        }
        match self.told.or(self.begun) {
            Some(since) if since < change.after => {
                self.early = Some(vec![change.clone()]);
                Fit::Skip(since)
            }
            _ => Fit::Next,
        }
    }

    /// The skip is filled up to here; gives the changes that had come early.
    pub(crate) fn filled(&mut self, up_to: Sequence) -> Vec<Change> {
        self.told = self.told.max(Some(up_to));
        self.early.take().unwrap_or_default()
    }

    /// The skip cannot be filled: everyone reconnects, and resumes.
    pub(crate) fn give_up(&mut self) {
        self.early = None;
        for listener in self.listeners.values() {
            listener.outbox.close(CloseCode::Slow);
        }
    }

    /// A member entered: this connection of theirs listens from now on.
    pub(crate) fn enter(&mut self, id: ConnectionId, outbox: &Arc<Outbox>, welcomed: bool) {
        match self.listeners.entry(id) {
            Entry::Vacant(vacant) => {
                let attention = if welcomed {
                    Attention::Live
                } else {
                    Attention::Held(Held::new(Standing::Listens))
                };
                vacant.insert(Listener { outbox: Arc::clone(outbox), attention });
            }
            Entry::Occupied(mut occupied) => {
                if let Attention::Held(held) = &mut occupied.get_mut().attention {
                    held.enter();
                }
            }
        }
    }

    /// A member left: their connection hears of that, and nothing after. Whether it is gone from
    /// the listeners; a held one goes when its answer is ready.
    pub(crate) fn leave(
        &mut self,
        id: ConnectionId,
        sequence: Sequence,
        farewell: &Arc<Tidings>,
    ) -> bool {
        let Entry::Occupied(mut occupied) = self.listeners.entry(id) else {
            return false;
        };
        let listener = occupied.get_mut();
        listener.tell(sequence, farewell);
        match &mut listener.attention {
            Attention::Held(held) => {
                held.standing = Standing::Left;
                false
            }
            Attention::Live => {
                occupied.remove();
                true
            }
        }
    }

    /// Everyone leaves: the scope has ended. Gives those who are gone at once.
    pub(crate) fn end(&mut self) -> Vec<ConnectionId> {
        let gone = self.listeners.extract_if(|_, listener| match &mut listener.attention {
            Attention::Live => true,
            Attention::Held(held) => {
                held.standing = Standing::Left;
                false
            }
        });
        gone.map(|(id, _)| id).collect()
    }

    /// Hands a change to everyone who listens.
    pub(crate) fn tell(&mut self, sequence: Sequence, tidings: &Arc<Tidings>) {
        self.told = self.told.max(Some(sequence));
        for listener in self.listeners.values_mut() {
            listener.tell(sequence, tidings);
        }
    }

    /// Hands something ephemeral to everyone but these.
    pub(crate) fn mention(&self, signal: &Signal, except: &[ConnectionId]) {
        for (id, listener) in &self.listeners {
            if matches!(listener.attention, Attention::Live)
                && !except.contains(id)
                && let Some(frame) = listener.outbox.voice.typing(signal)
            {
                listener.outbox.mention(frame);
            }
        }
    }

    /// Keeps what comes for this connection until [`Audience::settle`].
    pub(crate) fn hold(&mut self, id: ConnectionId, outbox: &Arc<Outbox>) {
        match self.listeners.entry(id) {
            Entry::Vacant(vacant) => {
                let attention = Attention::Held(Held::new(Standing::Unknown));
                vacant.insert(Listener { outbox: Arc::clone(outbox), attention });
            }
            Entry::Occupied(mut occupied) => {
                let listener = occupied.get_mut();
                if matches!(listener.attention, Attention::Live) {
                    listener.attention = Attention::Held(Held::new(Standing::Listens));
                }
            }
        }
    }

    /// An answer said how the scope stands at `head`: what was held and is newer follows, and the
    /// connection listens. Without a head the answer was a refusal: it listens only in its own
    /// right. Whether it still does.
    pub(crate) fn settle(&mut self, id: ConnectionId, head: Option<Sequence>) -> bool {
        let Entry::Occupied(mut occupied) = self.listeners.entry(id) else {
            return false;
        };
        let listener = occupied.get_mut();
        let attention = std::mem::replace(&mut listener.attention, Attention::Live);
        if let Attention::Held(held) = attention
            && !held.settle(head, &listener.outbox)
        {
            occupied.remove();
            return false;
        }
        true
    }

    /// A listener knows the scope as it stands at `head`: what comes first follows that, or is
    /// early.
    pub(crate) fn begin(&mut self, head: Sequence) {
        self.begun = Some(self.begun.map_or(head, |begun| begun.min(head)));
    }

    /// Forgets a connection.
    pub(crate) fn forget(&mut self, id: ConnectionId) {
        self.listeners.remove(&id);
    }
}

impl Listener {
    fn tell(&mut self, sequence: Sequence, tidings: &Arc<Tidings>) {
        match &mut self.attention {
            Attention::Live => self.outbox.tell(tidings),
            Attention::Held(held) => {
                if !held.keep(sequence, tidings, self.outbox.voice.weight(tidings)) {
                    self.outbox.close(CloseCode::Slow);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::frame::Frame;
    use crate::gateway::voice::SocketVoice;
    use crate::limits::OUTBOX_BYTES_MAX;
    use chat::protocol::Scope;

    fn change(after: u64, sequence: u64) -> Change {
        Change {
            scope: Scope::Directory,
            after: Sequence(after),
            sequence: Sequence(sequence),
            rows: Vec::new(),
        }
    }

    fn outbox() -> Arc<Outbox> {
        Arc::new(Outbox::new(OUTBOX_BYTES_MAX, Arc::new(SocketVoice)))
    }

    fn frame(text: &str) -> Frame {
        text.to_owned().into()
    }

    fn told(text: &str) -> Arc<Tidings> {
        Arc::new(Tidings::worded(text))
    }

    const ADA: ConnectionId = ConnectionId(1);

    #[test]
    fn what_comes_early_waits_for_what_is_missing() {
        let mut audience = Audience::default();
        audience.begin(Sequence(4));
        assert_eq!(audience.fit(&change(4, 5)), Fit::Next);
        audience.tell(Sequence(5), &told("five"));
        assert_eq!(audience.fit(&change(4, 5)), Fit::Seen);
        assert_eq!(audience.fit(&change(6, 7)), Fit::Skip(Sequence(5)));
        assert_eq!(audience.fit(&change(7, 8)), Fit::Waits);
        assert_eq!(audience.filled(Sequence(7)), [change(6, 7), change(7, 8)]);
        assert_eq!(audience.fit(&change(6, 7)), Fit::Seen);
        assert_eq!(audience.fit(&change(7, 8)), Fit::Next);
    }

    #[test]
    fn the_first_change_is_early_if_it_does_not_follow_what_a_listener_began_with() {
        let mut audience = Audience::default();
        audience.begin(Sequence(8));
        audience.begin(Sequence(6));
        assert_eq!(audience.fit(&change(7, 8)), Fit::Skip(Sequence(6)));
    }

    #[test]
    fn what_was_held_and_is_newer_follows_the_answer() {
        let (mut audience, outbox) = (Audience::default(), outbox());
        audience.hold(ADA, &outbox);
        audience.tell(Sequence(5), &told("five"));
        audience.tell(Sequence(6), &told("six"));
        assert!(outbox.take().frames.is_empty());
        assert!(audience.settle(ADA, Some(Sequence(5))));
        audience.tell(Sequence(7), &told("seven"));
        assert_eq!(outbox.take().frames, [frame("six"), frame("seven")]);
    }

    #[test]
    fn who_was_refused_hears_nothing_of_what_was_held() {
        let (mut audience, outbox) = (Audience::default(), outbox());
        audience.hold(ADA, &outbox);
        audience.tell(Sequence(5), &told("five"));
        assert!(!audience.hears(ADA));
        assert!(!audience.settle(ADA, None));
        audience.tell(Sequence(6), &told("six"));
        assert!(outbox.take().frames.is_empty());
        assert!(audience.is_empty());
    }

    #[test]
    fn a_refusal_takes_nothing_from_one_who_listens_already() {
        let (mut audience, outbox) = (Audience::default(), outbox());
        audience.enter(ADA, &outbox, true);
        audience.hold(ADA, &outbox);
        assert!(audience.hears(ADA));
        audience.tell(Sequence(5), &told("five"));
        assert!(audience.settle(ADA, None));
        assert_eq!(outbox.take().frames, [frame("five")]);
    }

    #[test]
    fn who_leaves_while_held_hears_of_it_after_the_answer_and_nothing_more() {
        let (mut audience, outbox) = (Audience::default(), outbox());
        audience.hold(ADA, &outbox);
        assert!(!audience.leave(ADA, Sequence(6), &told("left")));
        audience.tell(Sequence(7), &told("seven"));
        assert!(!audience.settle(ADA, Some(Sequence(5))));
        assert_eq!(outbox.take().frames, [frame("left")]);
    }

    #[test]
    fn who_enters_while_held_hears_only_what_came_since() {
        let (mut audience, outbox) = (Audience::default(), outbox());
        audience.hold(ADA, &outbox);
        audience.tell(Sequence(4), &told("before"));
        audience.enter(ADA, &outbox, false);
        audience.tell(Sequence(5), &told("entered"));
        assert!(audience.settle(ADA, None));
        assert_eq!(outbox.take().frames, [frame("entered")]);
    }

    #[test]
    fn who_holds_too_much_is_closed() {
        let (mut audience, outbox) = (Audience::default(), outbox());
        audience.hold(ADA, &outbox);
        audience.tell(Sequence(1), &told(&"x".repeat(OUTBOX_BYTES_MAX)));
        assert_eq!(outbox.closing(), None);
        audience.tell(Sequence(2), &told("x"));
        assert_eq!(outbox.closing(), Some(CloseCode::Slow));
    }
}
