//! How much of each of my channels I have not seen.
//!
//! The server counts up to a sequence; what enters after it is counted here, and a horizon that
//! moves is counted anew from the loaded messages. What cannot be counted here is asked for.

use chat::protocol::{Change, ChannelState, Row, Unread};
use chat::{MessageIndex, Sequence, UserSid, limits};

use crate::head::{Applied, Head};
use crate::timeline::Timeline;

/// What I have not seen of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadCount {
    /// The last message I have read, as far as known here.
    pub horizon: Option<MessageIndex>,
    /// Messages by others beyond it.
    pub count: u64,
}

impl UnreadCount {
    /// Whether the count means "as many, or more".
    pub fn is_capped(self) -> bool {
        limits::UNREAD_COUNT_MAX <= self.count
    }
}

/// The count of one channel.
#[derive(Debug, Default)]
pub(crate) struct UnreadTracker {
    horizon: Option<MessageIndex>,
    /// What the server counted, up to `at`.
    counted: u64,
    at: Sequence,
    /// The last message at `at`, where known.
    last: Option<MessageIndex>,
    /// Others' messages that entered after `at`.
    fresh: Vec<(Sequence, MessageIndex)>,
    head: Head,
    /// A horizon of mine that the server does not know yet.
    wished: Option<MessageIndex>,
    /// The count cannot be known here: ask.
    unsure: bool,
    /// A wish, or a question, is on its way.
    pub(crate) is_telling: bool,
    pub(crate) is_asking: bool,
}

impl UnreadTracker {
    pub(crate) fn count(&self) -> UnreadCount {
        let count = self.counted.saturating_add(self.fresh.len() as u64);
        UnreadCount { horizon: self.horizon, count: count.min(limits::UNREAD_COUNT_MAX) }
    }

    /// A channel that became mine just now: nothing is known of it yet.
    pub(crate) fn unknown() -> Self {
        Self { unsure: true, ..Self::default() }
    }

    /// Begins anew from `welcome`. What I have read here meanwhile still counts as read.
    pub(crate) fn welcomed(&mut self, state: &ChannelState, timeline: Option<&Timeline>) {
        let mine = self.wished;
        *self = Self {
            horizon: state.horizon,
            counted: state.unread,
            at: state.sequence,
            last: state.last_index,
            head: Head::at(state.sequence),
            wished: mine.filter(|_| state.horizon < mine),
            ..Self::default()
        };
        self.read_on(mine, timeline);
    }

    /// Takes in what the server counted.
    pub(crate) fn answered(&mut self, unread: Unread, timeline: Option<&Timeline>) {
        self.is_asking = false;
        if unread.at < self.at {
            return;
        }
        let mine = self.horizon;
        self.horizon = unread.horizon;
        self.counted = unread.unread;
        self.at = unread.at;
        self.last = None;
        if self.head.sequence < unread.at {
            self.head.reach(unread.at);
        }
        self.unsure = self.head.is_behind();
        self.fresh.retain(|&(entered, index)| unread.at < entered && unread.horizon < Some(index));
        self.read_on(mine, timeline);
    }

    /// Counts what a change brought.
    pub(crate) fn apply(&mut self, change: &Change, me: UserSid) {
        let since = self.head.sequence;
        match self.head.take(change) {
            Applied::AlreadySeen => return,
            Applied::Gap { .. } => {
                self.unsure = true;
                return;
            }
            Applied::Changed => {}
        }
        for row in &change.rows {
            let Row::Message(message) = row else { continue };
            let is_news = since < message.entered && self.horizon < Some(message.index);
            if is_news && message.author != me {
                self.fresh.push((message.entered, message.index));
            }
        }
    }

    /// The horizon moved to `to`, here or on another device; it never moves back.
    pub(crate) fn read_on(&mut self, to: Option<MessageIndex>, timeline: Option<&Timeline>) {
        let Some(to) = to.filter(|&to| self.horizon < Some(to)) else { return };
        self.horizon = Some(to);
        let reads_fresh = self.fresh.iter().any(|&(_, index)| index <= to);
        self.fresh.retain(|&(_, index)| to < index);
        if self.counted == 0 {
            return;
        }
        if reads_fresh || self.last.is_some_and(|last| last <= to) {
            self.counted = 0;
            return;
        }
        match timeline.and_then(|timeline| self.count_in(timeline, to)) {
            Some(counted) => self.counted = counted,
            None => self.unsure = true,
        }
    }

    /// Others' messages beyond `to` that the server had counted, if all of them are loaded.
    fn count_in(&self, timeline: &Timeline, to: MessageIndex) -> Option<u64> {
        let is_followed = self.at <= timeline.head.sequence;
        let is_loaded = timeline.first_index().is_some_and(|first| first.0 <= to.0 + 1)
            || !timeline.has_earlier();
        (is_followed && is_loaded).then(|| {
            timeline
                .messages()
                .rev()
                .take_while(|message| to < message.index)
                .filter(|message| message.entered <= self.at && !timeline.is_mine(message))
                .count() as u64
        })
    }

    /// I have read up to here: tell the server. Says whether that is news.
    pub(crate) fn wish(&mut self, to: MessageIndex) -> bool {
        let is_news = self.horizon.max(self.wished) < Some(to);
        if is_news {
            self.wished = Some(to);
        }
        is_news
    }

    /// The server will not count for us.
    pub(crate) fn no_answer_came(&mut self) {
        self.is_asking = false;
        self.unsure = false;
    }

    /// Whether the count is to be asked for now. A horizon that is still to be told goes first.
    pub(crate) fn must_ask(&self) -> bool {
        self.unsure && !self.is_asking && self.wished.is_none()
    }

    /// The horizon to tell the server now, if any.
    pub(crate) fn next_wish(&self) -> Option<MessageIndex> {
        self.wished.filter(|_| !self.is_telling)
    }

    /// The server knows this horizon, or will not have it.
    pub(crate) fn told(&mut self, to: MessageIndex) {
        self.is_telling = false;
        if self.wished <= Some(to) {
            self.wished = None;
        }
    }
}
