//! What comes in a scope while an answer about it is being made, kept until the answer is queued.

use std::sync::Arc;

use chat::Sequence;

use super::outbox::Outbox;
use super::tidings::Tidings;
use crate::limits::OUTBOX_BYTES_MAX;

/// One listener's share of it.
pub(crate) struct Held {
    tidings: Vec<(Sequence, Arc<Tidings>)>,
    bytes: usize,
    pub(crate) standing: Standing,
}

/// What the stream of changes says of a held listener.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing yet: the answer that is being made decides.
    Unknown,
    Listens,
    Left,
}

impl Held {
    pub(crate) fn new(standing: Standing) -> Self {
        Self { tidings: Vec::new(), bytes: 0, standing }
    }

    /// Whether there is room for it.
    pub(crate) fn keep(
        &mut self,
        sequence: Sequence,
        tidings: &Arc<Tidings>,
        bytes: usize,
    ) -> bool {
        if self.standing == Standing::Left {
            return true;
        }
        self.bytes += bytes;
        self.tidings.push((sequence, Arc::clone(tidings)));
        self.bytes <= OUTBOX_BYTES_MAX || self.tidings.len() == 1
    }

    pub(crate) fn enter(&mut self) {
        // What was kept before anything was known of this listener is from before it entered.
        if self.standing == Standing::Unknown {
            self.tidings.clear();
            self.bytes = 0;
        }
        self.standing = Standing::Listens;
    }

    /// Hands over what is newer than the head; whether the listener stays.
    pub(crate) fn settle(self, head: Option<Sequence>, outbox: &Outbox) -> bool {
        let refused = head.is_none();
        if refused && self.standing == Standing::Unknown {
            return false;
        }
        for (sequence, tidings) in &self.tidings {
            if head.is_none_or(|head| head < *sequence) {
                outbox.tell(tidings);
            }
        }
        self.standing != Standing::Left
    }
}
