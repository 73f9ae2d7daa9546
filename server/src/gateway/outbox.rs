//! What waits for one connection's socket: bounded in bytes, so that nobody waits for a slow reader.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chat::protocol::CloseCode;
use tokio::sync::Notify;

use super::frame::Frame;
use super::tidings::Tidings;
use super::voice::Voice;
use crate::limits::ANSWERS_BYTES_MAX;

/// Frames on their way to one socket, in order, and whether it is to be closed.
pub(crate) struct Outbox {
    pub(crate) voice: Arc<dyn Voice>,
    queue: Mutex<Queue>,
    bytes_max: usize,
    filled: Notify,
    eased: Notify,
    closed: Notify,
}

#[derive(Default)]
struct Queue {
    frames: Vec<(Kind, Frame)>,
    /// Bytes of what was told unasked, until the socket has taken them.
    told: usize,
    /// Bytes of answers, until the socket has taken them.
    answered: usize,
    closing: Option<CloseCode>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Answer,
    Change,
    Ephemeral,
}

/// Everything that waited, taken at once. It counts until [`Outbox::sent`] is told of it.
pub(crate) struct Load {
    pub(crate) frames: VecDeque<Frame>,
    told: usize,
    answered: usize,
}

impl Outbox {
    /// An outbox for so many bytes of unasked frames, in the words of this voice.
    pub(crate) fn new(bytes_max: usize, voice: Arc<dyn Voice>) -> Self {
        Self {
            voice,
            queue: Mutex::default(),
            bytes_max,
            filled: Notify::new(),
            eased: Notify::new(),
            closed: Notify::new(),
        }
    }

    /// Queues a change. A reader too slow for it is closed, and resumes. Where nothing waits, any
    /// change fits: its size is no fault of the reader's.
    pub(crate) fn tell(&self, tidings: &Tidings) {
        let mut queue = self.lock();
        if queue.closing.is_some() {
            return;
        }
        let before = queue.told;
        self.voice.change(tidings, &mut |frame| queue.push(Kind::Change, frame));
        let bytes = queue.told - before;
        if self.bytes_max < queue.told {
            queue.drop_ephemeral();
        }
        if self.bytes_max < queue.told && bytes < queue.told {
            self.shut(&mut queue, CloseCode::Slow);
        }
        drop(queue);
        self.filled.notify_one();
    }

    /// Queues what may be lost; with half of the room taken, it is.
    pub(crate) fn mention(&self, frame: Frame) {
        let mut queue = self.lock();
        if queue.closing.is_some() || self.bytes_max / 2 < queue.told + frame.len() {
            return;
        }
        queue.push(Kind::Ephemeral, frame);
        drop(queue);
        self.filled.notify_one();
    }

    /// Queues what this client asked for, whatever waits already.
    pub(crate) fn answer(&self, frame: Frame) {
        let mut queue = self.lock();
        if queue.closing == Some(CloseCode::Slow) {
            return;
        }
        queue.push(Kind::Answer, frame);
        drop(queue);
        self.filled.notify_one();
    }

    /// Closes the connection, once what waits has been sent; the first reason stays.
    pub(crate) fn close(&self, code: CloseCode) {
        let mut queue = self.lock();
        if queue.closing.is_none() {
            self.shut(&mut queue, code);
        }
    }

    /// Takes all that waits, as soon as something does.
    pub(crate) async fn next(&self) -> Load {
        loop {
            let load = self.take();
            if !load.frames.is_empty() {
                return load;
            }
            self.filled.notified().await;
        }
    }

    /// Takes all that waits now.
    pub(crate) fn take(&self) -> Load {
        let mut queue = self.lock();
        let (mut told, mut answered) = (0, 0);
        let frames = std::mem::take(&mut queue.frames);
        let frames = frames.into_iter().map(|(kind, frame)| {
            match kind {
                Kind::Answer => answered += frame.len(),
                Kind::Change | Kind::Ephemeral => told += frame.len(),
            }
            frame
        });
        let frames = frames.collect();
        Load { frames, told, answered }
    }

    /// The socket has taken this load.
    pub(crate) fn sent(&self, load: &Load) {
        let mut queue = self.lock();
        queue.told = queue.told.saturating_sub(load.told);
        queue.answered = queue.answered.saturating_sub(load.answered);
        drop(queue);
        self.eased.notify_one();
    }

    /// Whether so little waits that this client may ask for more. One that does not keep up with
    /// what others say is not heard itself until it does: so a crowd that talks faster than it
    /// listens finds its own pace.
    pub(crate) fn keeps_up(&self) -> bool {
        let queue = self.lock();
        queue.answered < ANSWERS_BYTES_MAX && queue.told <= self.bytes_max / 4
    }

    /// Returns when the socket has taken something.
    pub(crate) async fn eased(&self) {
        self.eased.notified().await;
    }

    /// Returns when the connection is to be closed. Only one may wait for it.
    pub(crate) async fn closed(&self) -> CloseCode {
        loop {
            if let Some(code) = self.closing() {
                return code;
            }
            self.closed.notified().await;
        }
    }

    /// Why the connection is to be closed, if it is.
    pub(crate) fn closing(&self) -> Option<CloseCode> {
        self.lock().closing
    }

    fn shut(&self, queue: &mut Queue, code: CloseCode) {
        queue.closing = Some(code);
        if code == CloseCode::Slow {
            queue.frames.clear();
        }
        self.closed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn push(&mut self, kind: Kind, frame: Frame) {
        match kind {
            Kind::Answer => self.answered += frame.len(),
            Kind::Change | Kind::Ephemeral => self.told += frame.len(),
        }
        self.frames.push((kind, frame));
    }

    fn drop_ephemeral(&mut self) {
        let mut dropped = 0;
        self.frames.retain(|(kind, frame)| {
            let keep = *kind != Kind::Ephemeral;
            dropped += if keep { 0 } else { frame.len() };
            keep
        });
        self.told -= dropped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::voice::SocketVoice;

    fn outbox(bytes_max: usize) -> Outbox {
        Outbox::new(bytes_max, Arc::new(SocketVoice))
    }

    fn frame(bytes: usize) -> Frame {
        "x".repeat(bytes).into()
    }

    fn told(bytes: usize) -> Tidings {
        Tidings::worded(frame(bytes))
    }

    #[test]
    fn a_reader_too_slow_is_closed_and_hears_no_more() {
        let outbox = outbox(100);
        outbox.tell(&told(60));
        outbox.tell(&told(40));
        assert_eq!(outbox.closing(), None);
        outbox.tell(&told(1));
        assert_eq!(outbox.closing(), Some(CloseCode::Slow));
        outbox.answer(frame(1));
        assert!(outbox.take().frames.is_empty());
    }

    #[test]
    fn a_change_larger_than_the_room_closes_nobody_who_keeps_up() {
        let outbox = outbox(100);
        outbox.tell(&told(150));
        assert_eq!(outbox.closing(), None);
        outbox.tell(&told(1));
        assert_eq!(outbox.closing(), Some(CloseCode::Slow));
    }

    #[test]
    fn what_the_socket_has_not_taken_still_counts() {
        let outbox = outbox(100);
        outbox.tell(&told(80));
        let load = outbox.take();
        outbox.tell(&told(20));
        assert_eq!(outbox.closing(), None);
        outbox.sent(&load);
        outbox.tell(&told(80));
        assert_eq!(outbox.closing(), None);
        outbox.tell(&told(1));
        assert_eq!(outbox.closing(), Some(CloseCode::Slow));
    }

    #[test]
    fn answers_that_were_asked_for_do_not_count() {
        let outbox = outbox(100);
        outbox.answer(frame(1_000));
        outbox.tell(&told(100));
        assert_eq!(outbox.closing(), None);
        assert_eq!(outbox.take().frames.len(), 2);
    }

    #[test]
    fn one_who_does_not_keep_up_may_not_ask_for_more_until_it_does() {
        let outbox = outbox(100);
        outbox.answer(frame(ANSWERS_BYTES_MAX));
        assert!(!outbox.keeps_up());
        outbox.sent(&outbox.take());
        assert!(outbox.keeps_up());
        outbox.tell(&told(26));
        assert!(!outbox.keeps_up());
        let load = outbox.take();
        assert!(!outbox.keeps_up(), "the socket has not taken it yet");
        outbox.sent(&load);
        assert!(outbox.keeps_up());
    }

    #[test]
    fn typing_is_dropped_first() {
        let outbox = outbox(100);
        outbox.mention(frame(40));
        outbox.mention(frame(40));
        assert_eq!(outbox.lock().frames.len(), 1, "half of the room is for what must arrive");
        outbox.tell(&told(90));
        assert_eq!(outbox.closing(), None);
        assert_eq!(outbox.take().frames, [frame(90)]);
    }

    #[test]
    fn the_first_reason_to_close_stays() {
        let outbox = outbox(100);
        outbox.tell(&told(10));
        outbox.close(CloseCode::NameTaken);
        outbox.close(CloseCode::SessionEnded);
        outbox.tell(&told(10));
        assert_eq!(outbox.closing(), Some(CloseCode::NameTaken));
        assert_eq!(outbox.take().frames.len(), 1, "what waited before is still sent");
    }

    #[tokio::test]
    async fn everything_that_waits_is_taken_at_once() {
        let outbox = outbox(100);
        outbox.tell(&told(1));
        outbox.tell(&told(2));
        assert_eq!(outbox.next().await.frames, [frame(1), frame(2)]);
        outbox.close(CloseCode::Restart);
        assert_eq!(outbox.closed().await, CloseCode::Restart);
    }
}
