//! How much of each of my channels I have not seen.
//!
//! The server counts up to a sequence; what enters after it is counted here, and a horizon that
//! moves is counted anew from the loaded messages. What cannot be counted here is asked for.

use chat::protocol::{Change, ChannelState, Row, Unread};
use chat::{Message, MessageIndex, Sequence, UserSid, limits};

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
    /// When a message was deleted last: a count from before it may be too high.
    deleted_at: Sequence,
    /// The last change of my membership that the horizon goes by.
    mine_at: Sequence,
    /// A horizon of mine that the server does not know yet.
    wished: Option<MessageIndex>,
    /// The count cannot be known here: ask.
    unsure: bool,
    /// The last answer did not settle it.
    is_asked_again: bool,
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
        // Counted from a horizon that is another one by now.
        if unread.mine_at < self.mine_at {
            self.unsure = true;
            return;
        }
        let mine = self.wished;
        self.mine_at = unread.mine_at;
        self.horizon = unread.horizon;
        self.counted = unread.unread;
        self.at = unread.at;
        self.last = None;
        if self.head.sequence < unread.at {
            self.head.reach(unread.at);
        }
        self.unsure = self.head.is_behind() || unread.at < self.deleted_at;
        self.fresh.retain(|&(entered, index)| unread.at < entered && unread.horizon < Some(index));
        self.read_on(mine, timeline);
        // Two answers that settle nothing are enough until something happens.
        self.unsure &= !self.is_asked_again;
        self.is_asked_again = self.unsure;
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
            if message.is_deleted() {
                self.forget(message, me);
                continue;
            }
            // One that entered earlier was edited since, and may be here for the first time.
            let is_new = since < message.entered
                || self.at < message.entered
                    && self.fresh.iter().all(|&(_, index)| index != message.index);
            if is_new && self.horizon < Some(message.index) && message.author != me {
                self.fresh.push((message.entered, message.index));
            }
        }
        self.count_together();
    }

    /// A deleted message is not unread. Whether the server had counted it, it knows best.
    fn forget(&mut self, marker: &Message, me: UserSid) {
        self.fresh.retain(|&(_, index)| index != marker.index);
        self.deleted_at = self.deleted_at.max(marker.changed);
        let was_counted = marker.entered <= self.at && marker.author != me;
        self.unsure |= was_counted && 0 < self.counted && self.horizon < Some(marker.index);
    }

    /// Beyond the cap nobody counts one by one: what came here joins what the server had counted.
    fn count_together(&mut self) {
        if self.fresh.len() as u64 <= limits::UNREAD_COUNT_MAX {
            return;
        }
        self.counted = self.count().count;
        self.at = self.head.sequence;
        self.last = self.fresh.last().map(|&(_, index)| index);
        self.fresh.clear();
    }

    /// My membership is another one since `at`, with another horizon than before.
    pub(crate) fn set(
        &mut self,
        to: Option<MessageIndex>,
        before: Option<MessageIndex>,
        at: Sequence,
        timeline: Option<&Timeline>,
    ) {
        if at <= self.mine_at {
            return;
        }
        self.mine_at = at;
        if before <= to {
            return self.read_on(to, timeline);
        }
        // What I am telling of meanwhile may have come before or after that.
        if self.wished.is_none() {
            self.horizon = to;
        }
        self.unsure = true;
    }

    /// The horizon moved on to `to`.
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
                .filter(|message| message.entered <= self.at)
                .filter(|message| !message.is_deleted() && !timeline.is_mine(message))
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

    /// Whether the server is still to be told how far I have read.
    pub(crate) fn is_behind(&self) -> bool {
        self.wished.is_some() || self.is_telling
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

#[cfg(test)]
mod tests {
    use chat::Membership;
    use chat::protocol::{Accepted, Command, Scope};

    use super::*;
    use crate::event::Event;
    use crate::scene::{
        Scene, change, channel, membership, message, opened, plaza, state, told, unread, user,
    };

    fn count(scene: &Scene) -> u64 {
        scene.client.unread(plaza()).expect("a channel of mine").count
    }

    fn horizon(scene: &Scene) -> Option<u64> {
        scene.client.unread(plaza()).expect("a channel of mine").horizon.map(|index| index.0)
    }

    fn asks(command: &Command) -> bool {
        matches!(command, Command::Unread { .. })
    }

    fn tells(to: u64) -> impl Fn(&Command) -> bool {
        move |command| matches!(command, Command::AdvanceReadHorizon { index, .. } if *index == MessageIndex(to))
    }

    /// Five unread messages by Grace, 5 to 9, at sequence 10; the plaza is not open.
    fn five_unread() -> Scene {
        let mut scene = Scene::new();
        let mut plaza = state(plaza(), 10);
        plaza.unread = 5;
        plaza.horizon = Some(MessageIndex(4));
        plaza.last_index = Some(MessageIndex(9));
        scene.welcome.channels = vec![plaza];
        scene.connect();
        scene.answer_resumes();
        scene
    }

    fn grace(index: u64, entered: u64) -> Row {
        Row::Message(message("grace", index, entered))
    }

    fn page() -> Vec<Message> {
        (3..10).map(|index| message("grace", index, index + 1)).collect()
    }

    #[test]
    fn what_others_say_is_added_to_what_the_server_counted() {
        let mut scene = five_unread();
        scene.hear(told(10, 12, vec![grace(10, 11), Row::Message(message("ada", 11, 12))]));
        assert_eq!(count(&scene), 6);
        assert!(scene.events.contains(&Event::Unread(plaza())));
        scene.hear(told(10, 12, vec![grace(10, 11)]));
        assert_eq!(count(&scene), 6, "a repeat does no harm");
        let mut edited = message("grace", 9, 10);
        edited.changed = Sequence(13);
        scene.hear(told(12, 13, vec![Row::Message(edited)]));
        assert_eq!(count(&scene), 6, "an edit makes nothing unread");
    }

    #[test]
    fn a_message_that_comes_only_after_it_was_edited_is_counted_once() {
        let mut scene = five_unread();
        let edited = |changed| {
            Row::Message(Message { changed: Sequence(changed), ..message("grace", 10, 11) })
        };
        scene.hear(told(10, 12, Vec::new()));
        assert_eq!(count(&scene), 5);
        scene.hear(told(12, 13, vec![edited(13)]));
        assert_eq!(count(&scene), 6);
        scene.hear(told(13, 14, vec![edited(14)]));
        assert_eq!(count(&scene), 6);
        scene.act(|client, now| client.seen(plaza(), MessageIndex(10), now));
        scene.hear(told(14, 15, vec![edited(15)]));
        assert_eq!(count(&scene), 0);
    }

    #[test]
    fn seeing_the_last_message_clears_the_count_and_tells_the_server() {
        let mut scene = five_unread();
        scene.hear(told(10, 11, vec![grace(10, 11)]));
        scene.act(|client, now| client.seen(plaza(), MessageIndex(10), now));
        assert_eq!((count(&scene), horizon(&scene)), (0, Some(10)));
        let asked = scene.asked(tells(10));
        scene.ok(asked, Accepted::Done {});
        scene.act(|client, now| client.seen(plaza(), MessageIndex(8), now));
        assert_eq!(horizon(&scene), Some(10), "a horizon never moves back");
        assert!(scene.requests.is_empty());
    }

    #[test]
    fn horizons_are_told_one_at_a_time_and_only_the_last_counts() {
        let mut scene = five_unread();
        for index in 5..9 {
            scene.act(|client, now| client.seen(plaza(), MessageIndex(index), now));
        }
        let asked = scene.asked(tells(5));
        assert!(scene.requests.is_empty());
        scene.ok(asked, Accepted::Done {});
        scene.asked(tells(8));
    }

    #[test]
    fn reading_a_part_is_counted_from_the_loaded_messages() {
        let mut scene = five_unread();
        let mut loaded = opened(10, page());
        loaded.unread = unread(Some(4), 5, 10);
        scene.open_plaza(loaded);
        scene.act(|client, now| client.seen(plaza(), MessageIndex(6), now));
        assert_eq!(count(&scene), 3);
        assert!(!scene.has_asked(asks));
    }

    #[test]
    fn reading_a_part_that_is_not_loaded_is_asked_for_after_it_was_told() {
        let mut scene = five_unread();
        scene.act(|client, now| client.seen(plaza(), MessageIndex(6), now));
        assert!(!scene.has_asked(asks), "the server would count from the old horizon");
        let asked = scene.asked(tells(6));
        scene.ok(asked, Accepted::Done {});
        let asked = scene.asked(asks);
        scene.ok(asked, Accepted::Unread(unread(Some(6), 3, 10)));
        assert_eq!(count(&scene), 3);
        assert!(scene.requests.is_empty());
    }

    #[test]
    fn what_was_read_on_another_device_is_read_here() {
        let mut scene = five_unread();
        let read = Membership { horizon: Some(MessageIndex(9)), ..membership(plaza(), 1) };
        let scope = Scope::User(user("ada"));
        scene.hear(change(scope, 0, 1, vec![Row::Membership(read)]));
        assert_eq!((count(&scene), horizon(&scene)), (0, Some(9)));
        assert!(scene.requests.is_empty(), "the server knows");
    }

    #[test]
    fn a_horizon_that_was_set_back_elsewhere_is_counted_anew() {
        let mut scene = five_unread();
        let scope = Scope::User(user("ada"));
        let read = |to, changed| {
            let horizon = Some(MessageIndex(to));
            Row::Membership(Membership { horizon, ..membership(plaza(), changed) })
        };
        scene.hear(change(scope, 0, 1, vec![read(9, 1)]));
        assert_eq!(count(&scene), 0);
        scene.hear(change(scope, 1, 2, vec![read(6, 2)]));
        let asked = scene.asked(asks);
        scene.ok(asked, Accepted::Unread(unread(Some(6), 3, 10)));
        assert_eq!((count(&scene), horizon(&scene)), (3, Some(6)));
        scene.act(|client, now| client.seen(plaza(), MessageIndex(9), now));
        let asked = scene.asked(tells(9));
        scene.ok(asked, Accepted::Done {});
        let asked = scene.asked(asks);
        scene.ok(asked, Accepted::Unread(unread(Some(9), 0, 10)));
        assert_eq!(count(&scene), 0, "and may be read again");
    }

    #[test]
    fn a_deleted_message_is_not_unread() {
        let mut scene = five_unread();
        let deleted = |index, entered, changed| {
            let body = None;
            let changed = Sequence(changed);
            Row::Message(Message { body, changed, ..message("grace", index, entered) })
        };
        scene.hear(told(10, 12, vec![grace(10, 11), grace(11, 12)]));
        assert_eq!(count(&scene), 7);
        scene.hear(told(12, 13, vec![deleted(10, 11, 13)]));
        assert_eq!(count(&scene), 6, "one that came here");
        assert!(!scene.has_asked(asks));
        scene.hear(told(13, 14, vec![deleted(7, 8, 14)]));
        let asked = scene.asked(asks);
        scene.ok(asked, Accepted::Unread(unread(Some(4), 5, 14)));
        assert_eq!(count(&scene), 5, "one that the server had counted");
        scene.hear(told(14, 15, vec![deleted(2, 3, 15)]));
        assert!(scene.requests.is_empty(), "one that was read is not asked about");
    }

    #[test]
    fn a_count_that_is_on_its_way_may_include_what_was_deleted_meanwhile() {
        let mut scene = five_unread();
        scene.hear(told(20, 21, vec![grace(17, 21)]));
        let asked = scene.asked(asks);
        let marker = Message { body: None, changed: Sequence(22), ..message("grace", 9, 10) };
        scene.hear(told(21, 22, vec![Row::Message(marker)]));
        scene.ok(asked, Accepted::Unread(unread(Some(4), 13, 21)));
        let asked = scene.asked(asks);
        scene.ok(asked, Accepted::Unread(unread(Some(4), 12, 22)));
        assert_eq!(count(&scene), 12);
        assert!(scene.requests.is_empty());
    }

    #[test]
    fn what_is_deleted_is_not_counted_among_the_loaded_messages() {
        let mut scene = five_unread();
        let mut loaded = opened(10, page());
        loaded.messages[4].body = None;
        loaded.unread = unread(Some(4), 4, 10);
        scene.open_plaza(loaded);
        scene.act(|client, now| client.seen(plaza(), MessageIndex(6), now));
        assert_eq!(count(&scene), 2);
    }

    #[test]
    fn after_a_gap_the_server_counts_again() {
        let mut scene = five_unread();
        scene.hear(told(20, 21, vec![grace(17, 21)]));
        assert_eq!(count(&scene), 5, "not yet known");
        let asked = scene.asked(asks);
        scene.hear(told(21, 22, vec![grace(18, 22)]));
        scene.ok(asked, Accepted::Unread(unread(Some(4), 13, 21)));
        let asked = scene.asked(asks);
        scene.ok(asked, Accepted::Unread(unread(Some(4), 14, 22)));
        assert_eq!(count(&scene), 14);
        scene.hear(told(22, 23, vec![grace(19, 23)]));
        assert_eq!(count(&scene), 15);
        assert!(scene.requests.is_empty());
    }

    #[test]
    fn a_count_that_comes_late_does_not_forget_what_came_meanwhile() {
        let mut scene = five_unread();
        scene.act(|client, now| client.seen(plaza(), MessageIndex(6), now));
        let asked = scene.asked(tells(6));
        scene.ok(asked, Accepted::Done {});
        let asked = scene.asked(asks);
        scene.hear(told(10, 11, vec![grace(10, 11)]));
        scene.ok(asked, Accepted::Unread(unread(Some(6), 3, 10)));
        assert_eq!(count(&scene), 4);
    }

    #[test]
    fn what_was_read_while_offline_is_told_on_return_and_not_counted_again() {
        let mut scene = five_unread();
        scene.cut();
        scene.act(|client, now| client.seen(plaza(), MessageIndex(9), now));
        assert_eq!(count(&scene), 0);
        scene.connect();
        assert_eq!((count(&scene), horizon(&scene)), (0, Some(9)));
        scene.asked(tells(9));
    }

    #[test]
    fn a_capped_count_says_as_many_or_more() {
        let mut scene = Scene::new();
        let mut busy = state(plaza(), 5_000);
        busy.unread = limits::UNREAD_COUNT_MAX;
        scene.welcome.channels = vec![busy];
        scene.connect();
        let counted = scene.client.unread(plaza()).expect("a channel of mine");
        assert!(counted.is_capped());
        scene.hear(told(5_000, 5_001, vec![grace(4_000, 5_001)]));
        assert_eq!(count(&scene), limits::UNREAD_COUNT_MAX);
    }

    #[test]
    fn a_server_that_will_not_have_a_horizon_is_not_asked_for_ever() {
        let mut scene = five_unread();
        scene.act(|client, now| client.seen(plaza(), MessageIndex(6), now));
        let asked = scene.asked(tells(6));
        scene.refuse(asked, chat::Refusal::HorizonInvalid.to_wire());
        let asked = scene.asked(asks);
        scene.ok(asked, Accepted::Unread(unread(Some(4), 5, 10)));
        assert!(scene.requests.is_empty());
        assert_eq!(count(&scene), 5);
    }

    #[test]
    fn a_channel_that_is_never_read_costs_no_more_and_more() {
        let mut tracker = UnreadTracker::default();
        for index in 0..10_000 {
            tracker.apply(&told(index, index + 1, vec![grace(index, index + 1)]), user("ada"));
        }
        assert!(tracker.fresh.len() as u64 <= limits::UNREAD_COUNT_MAX);
        assert!(tracker.count().is_capped());
        tracker.read_on(Some(MessageIndex(9_999)), None);
        assert_eq!(tracker.count().count, 0);
        assert!(!tracker.must_ask());
    }

    #[test]
    fn a_channel_that_is_not_mine_has_no_count() {
        let mut scene = five_unread();
        assert_eq!(scene.client.unread(channel(5)), None);
        scene.act(|client, now| client.seen(channel(5), MessageIndex(1), now));
        assert!(scene.requests.is_empty());
    }
}
