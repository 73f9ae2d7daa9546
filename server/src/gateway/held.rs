//! What comes in a scope while an answer about it is being made, kept until the answer is queued.

use chat::Sequence;

use super::frame::Frame;
use super::outbox::Outbox;
use crate::limits::OUTBOX_BYTES_MAX;

/// One listener's share of it.
pub(crate) struct Held {
    frames: Vec<(Sequence, Frame)>,
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
        Self { frames: Vec::new(), bytes: 0, standing }
    }

    /// Whether there is room for it.
    pub(crate) fn keep(&mut self, sequence: Sequence, frame: &Frame) -> bool {
        if self.standing == Standing::Left {
            return true;
        }
        self.bytes += frame.len();
        self.frames.push((sequence, frame.clone()));
        self.bytes <= OUTBOX_BYTES_MAX || self.frames.len() == 1
    }

    pub(crate) fn enter(&mut self) {
        // What was kept before anything was known of this listener is from before it entered.
        if self.standing == Standing::Unknown {
            self.frames.clear();
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
        for (sequence, frame) in self.frames {
            if head.is_none_or(|head| head < sequence) {
                outbox.tell(frame);
            }
        }
        self.standing != Standing::Left
    }
}
