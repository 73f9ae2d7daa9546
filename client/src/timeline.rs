//! One channel as seen so far: messages by index, notices among them, members.
//!
//! What is pending is the outbox's; [`Client::lines`](crate::Client::lines) puts both together.

use chat::protocol::{Change, HistoryPage, MembersPage, Opened, Row};
use chat::{Channel, ChannelDetails, Member, Message, MessageIndex, UserSid};

use crate::head::{Applied, Head};

mod line;
mod roster;

use crate::sorted::SortedMap;
use line::{Kept, Place};
pub use line::{Line, LineKey, Notice, NoticeKind};
use roster::Roster;

/// Lines that stay loaded, at most, beside those that somebody went back to read.
const LINES_MAX: usize = 5_000;
/// Lines that go at once, the earliest first, when there are more.
const LINES_GONE: usize = 1_000;

/// One channel as seen so far.
#[derive(Debug)]
pub struct Timeline {
    pub(crate) head: Head,
    me: UserSid,
    channel: Channel,
    lines: SortedMap<Place, Kept>,
    places: SortedMap<LineKey, Place>,
    indexes: SortedMap<MessageIndex, Place>,
    roster: Roster,
    earlier: bool,
    loading_earlier: bool,
    /// Messages that were asked for, page by page.
    read_back: usize,
    /// Edited while the page was on its way that may hold them as they were.
    edited_meanwhile: SortedMap<MessageIndex, Message>,
}

/// What a change made different.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Folded {
    pub(crate) added: Vec<LineKey>,
    pub(crate) changed: Vec<LineKey>,
    pub(crate) gone: Vec<LineKey>,
    pub(crate) members: bool,
    pub(crate) details: bool,
}

/// What is read.
impl Timeline {
    /// The channel's names and attributes; nothing once it is deleted.
    pub fn details(&self) -> Option<&ChannelDetails> {
        self.channel.details.as_ref()
    }

    /// Messages and notices, in order.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = Line<'_>> {
        self.lines.values().map(Kept::as_line)
    }

    /// One message or notice.
    pub fn line(&self, key: LineKey) -> Option<Line<'_>> {
        self.lines.get(*self.places.get(key)?).map(Kept::as_line)
    }

    /// The loaded messages, in order.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.lines.values().filter_map(|kept| match kept {
            Kept::Message(message) => Some(message),
            Kept::Notice(_) => None,
        })
    }

    /// The message with an index, if it is loaded.
    pub fn message(&self, index: MessageIndex) -> Option<&Message> {
        match self.lines.get(*self.indexes.get(index)?)? {
            Kept::Message(message) => Some(message),
            Kept::Notice(_) => None,
        }
    }

    /// The earliest loaded message's index.
    pub fn first_index(&self) -> Option<MessageIndex> {
        self.indexes.keys().next()
    }

    /// The latest message's index.
    pub fn last_index(&self) -> Option<MessageIndex> {
        self.indexes.keys().next_back()
    }

    /// Whether there are messages before the earliest loaded one.
    pub fn has_earlier(&self) -> bool {
        self.earlier
    }

    /// Whether an earlier page is on its way.
    pub fn is_loading_earlier(&self) -> bool {
        self.loading_earlier
    }

    /// Present members that are known, by user SID.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.roster.present()
    }

    /// One present member, if known.
    pub fn member(&self, user: UserSid) -> Option<&Member> {
        self.roster.get(user)
    }

    pub(crate) fn is_mine(&self, message: &Message) -> bool {
        message.author == self.me
    }

    /// How many members there are, known or not.
    pub fn member_count(&self) -> u64 {
        self.roster.count()
    }

    /// Whether there are members beyond [`Timeline::members`].
    pub fn has_more_members(&self) -> bool {
        self.roster.next().is_some()
    }
}

/// What is folded.
impl Timeline {
    pub(crate) fn new(opened: Opened, me: UserSid) -> Self {
        let mut timeline = Self {
            head: Head::at(opened.sequence),
            me,
            channel: opened.channel,
            lines: SortedMap::default(),
            places: SortedMap::default(),
            indexes: SortedMap::default(),
            roster: Roster::new(opened.members),
            earlier: opened.earlier,
            loading_earlier: false,
            read_back: 0,
            edited_meanwhile: SortedMap::default(),
        };
        for message in opened.messages {
            timeline.keep_newer(message, &mut Folded::default());
        }
        timeline
    }

    /// Folds one change into what is seen. Same changes, same timeline.
    pub(crate) fn apply(&mut self, change: Change, folded: &mut Folded) -> Applied {
        let since = self.head.sequence;
        let applied = self.head.take(&change);
        if applied != Applied::Changed {
            return applied;
        }
        for row in change.rows {
            match row {
                Row::Message(message) if self.is_before_the_loaded(message.index) => {
                    if self.loading_earlier {
                        self.edited_meanwhile.insert(message.index, message);
                    }
                }
                Row::Message(message) => self.keep_newer(message, folded),
                Row::Member(member) if since < member.changed => {
                    for notice in Notice::told_by(&member, since) {
                        folded.added.push(notice.key());
                        self.keep(notice.key(), Kept::Notice(notice));
                    }
                    folded.members |= self.roster.fold(member, since);
                }
                Row::Channel(channel) if self.channel.changed < channel.changed => {
                    self.channel = channel;
                    folded.details = true;
                }
                Row::Member(_)
                | Row::Channel(_)
                | Row::Membership(_)
                | Row::User(_)
                | Row::Listing(_)
                | Row::Role(_) => {}
            }
        }
        self.let_go_of_the_earliest(folded);
        applied
    }

    /// Keeps a timeline that is followed for weeks from growing without end.
    fn let_go_of_the_earliest(&mut self, folded: &mut Folded) {
        if self.lines.len() <= LINES_MAX + self.read_back {
            return;
        }
        for kept in self.lines.take_first(LINES_GONE) {
            if let Kept::Message(message) = &kept {
                self.indexes.remove(message.index);
                self.earlier = true;
            }
            let key = kept.as_line().key(self.me);
            self.places.remove(key);
            folded.gone.push(key);
        }
    }

    /// Where the page before the earliest message begins, if there is one to ask for.
    pub(crate) fn wants_earlier(&mut self) -> Option<MessageIndex> {
        let before = self.first_index().filter(|_| self.earlier && !self.loading_earlier)?;
        self.loading_earlier = true;
        Some(before)
    }

    /// Takes in the page before `before`; says whether it belongs in front of what is loaded.
    pub(crate) fn prepend(&mut self, page: HistoryPage, before: MessageIndex) -> bool {
        self.loading_earlier = false;
        if self.first_index() != Some(before) {
            return false;
        }
        self.earlier = page.earlier;
        self.read_back += page.messages.len();
        for message in page.messages {
            self.keep_newer(message, &mut Folded::default());
        }
        for message in std::mem::take(&mut self.edited_meanwhile).into_values() {
            if !self.is_before_the_loaded(message.index) {
                self.keep_newer(message, &mut Folded::default());
            }
        }
        true
    }

    /// Whether a message belongs to a page that is not here: shown now, it would hide that the
    /// messages after it are missing.
    fn is_before_the_loaded(&self, index: MessageIndex) -> bool {
        self.earlier && self.first_index().is_some_and(|first| index < first)
    }

    /// The page that was asked for will not come.
    pub(crate) fn no_earlier_came(&mut self) {
        self.loading_earlier = false;
    }

    /// The channel's names and attributes, when the rest is not needed any more.
    pub(crate) fn into_details(self) -> Option<ChannelDetails> {
        self.channel.details
    }

    /// Whether there is another page of members to ask for now; if so, it counts as asked.
    pub(crate) fn wants_members(&mut self) -> bool {
        let wants = self.has_more_members() && !self.roster.is_loading;
        self.roster.is_loading |= wants;
        wants
    }

    /// Where the next page of members begins.
    pub(crate) fn next_members(&self) -> Option<UserSid> {
        self.roster.next()
    }

    /// Takes in a page of members.
    pub(crate) fn merge_members(&mut self, page: MembersPage) {
        self.roster.is_loading = false;
        self.roster.merge(page);
    }

    /// The page that was asked for will not come.
    pub(crate) fn no_members_came(&mut self) {
        self.roster.is_loading = false;
    }

    fn keep_newer(&mut self, message: Message, folded: &mut Folded) {
        let key = LineKey::of(&message, self.me);
        let known = self.message(message.index);
        if known.is_some_and(|known| message.changed <= known.changed) {
            return;
        }
        let known = known.map(|known| LineKey::of(known, self.me));
        let touched = if known == Some(key) { &mut folded.changed } else { &mut folded.added };
        touched.push(key);
        // It was mine, or is now: a backend has given it to somebody else.
        if let Some(other) = known.filter(|known| *known != key) {
            self.places.remove(other);
            folded.gone.push(other);
        }
        let index = message.index;
        let place = self.keep(key, Kept::Message(message));
        self.indexes.insert(index, place);
    }

    fn keep(&mut self, key: LineKey, kept: Kept) -> Place {
        let place = kept.place();
        self.lines.insert(place, kept);
        self.places.insert(key, place);
        place
    }
}

#[cfg(test)]
mod tests {
    use chat::protocol::{Accepted, Command, Scope};
    use chat::{MessageIndex, Sequence};

    use super::*;
    use crate::event::{Event, TimelineChange};
    use crate::scene::{Scene, gone, member, message, opened, plaza, said, state, told, user};

    fn of(messages: Vec<Message>) -> Timeline {
        Timeline::new(opened(10, messages), user("ada"))
    }

    fn apply(timeline: &mut Timeline, after: u64, sequence: u64, rows: Vec<Row>) -> Folded {
        let mut folded = Folded::default();
        timeline.apply(told(after, sequence, rows), &mut folded);
        folded
    }

    fn bodies(timeline: &Timeline) -> Vec<String> {
        let lines = timeline.lines().map(|line| match line {
            Line::Message(message) => said(message),
            Line::Notice(notice) => format!("{} {:?}", notice.identity, notice.kind),
            Line::Pending(_) => unreachable!("pending lines are the outbox's"),
        });
        lines.collect()
    }

    #[test]
    fn a_message_that_is_anothers_now_stands_there_once() {
        let mut timeline = of(vec![message("ada", 0, 5), message("grace", 1, 6)]);
        let mine = LineKey::of(&message("ada", 0, 5), user("ada"));
        let given = Message { changed: Sequence(11), ..message("grace", 0, 5) };
        let theirs = LineKey::of(&given, user("ada"));
        let folded = apply(&mut timeline, 10, 11, vec![Row::Message(given)]);
        assert_eq!((folded.added, folded.gone), (vec![theirs], vec![mine]));
        assert!(timeline.line(mine).is_none() && timeline.line(theirs).is_some());
        assert_eq!(bodies(&timeline), ["grace says 0", "grace says 1"]);
    }

    #[test]
    fn messages_stand_by_index_and_notices_among_them() {
        let mut timeline = of(vec![message("grace", 0, 5)]);
        let rows = vec![
            Row::Message(message("grace", 2, 13)),
            Row::Member(member("linus", 12, 12)),
            Row::Message(message("ada", 1, 11)),
        ];
        apply(&mut timeline, 10, 13, rows);
        assert_eq!(
            bodies(&timeline),
            ["grace says 0", "ada says 1", "linus Joined", "grace says 2"]
        );
        assert_eq!(timeline.last_index(), Some(MessageIndex(2)));
        assert_eq!(timeline.message(MessageIndex(1)).map(|row| row.entered), Some(Sequence(11)));
    }

    #[test]
    fn a_newer_row_replaces_the_older_one_and_an_older_one_does_not() {
        let mut timeline = of(vec![message("grace", 0, 5)]);
        let mut edited = message("grace", 0, 5);
        edited.changed = Sequence(11);
        edited.posted_at = chat::Timestamp(9);
        let folded = apply(&mut timeline, 10, 11, vec![Row::Message(edited.clone())]);
        assert_eq!(folded.changed, [LineKey::Theirs(edited.sid)]);
        let folded = apply(&mut timeline, 11, 12, vec![Row::Message(message("grace", 0, 5))]);
        assert_eq!(folded, Folded::default());
        assert_eq!(timeline.message(MessageIndex(0)), Some(&edited));
    }

    #[test]
    fn a_message_of_mine_keeps_the_key_it_had_while_pending() {
        let timeline = of(vec![message("ada", 0, 5), message("grace", 1, 6)]);
        let keys: Vec<_> = timeline.lines().map(|line| line.key(user("ada"))).collect();
        let [mine, theirs] = [message("ada", 0, 5), message("grace", 1, 6)];
        assert_eq!(keys, [LineKey::Mine(mine.nonce), LineKey::Theirs(theirs.sid)]);
        assert!(keys.iter().all(|&key| timeline.line(key).is_some()));
    }

    #[test]
    fn whoever_was_there_at_first_is_no_news() {
        let timeline = of(Vec::new());
        assert_eq!(timeline.member_count(), 2);
        assert!(bodies(&timeline).is_empty());
    }

    #[test]
    fn a_moved_horizon_or_a_new_role_is_no_news_either() {
        let mut timeline = of(Vec::new());
        let mut reader = member("grace", 2, 11);
        reader.horizon = Some(MessageIndex(3));
        let folded = apply(&mut timeline, 10, 11, vec![Row::Member(reader)]);
        assert!(bodies(&timeline).is_empty() && folded.members);
        assert_eq!(
            timeline.member(user("grace")).and_then(|row| row.horizon),
            Some(MessageIndex(3))
        );
    }

    #[test]
    fn who_came_and_went_meanwhile_is_told_of_in_order() {
        let mut timeline = of(Vec::new());
        let rows = vec![Row::Message(message("ada", 0, 12)), Row::Member(gone("linus", 11, 13))];
        apply(&mut timeline, 10, 13, rows);
        assert_eq!(bodies(&timeline), ["linus Joined", "ada says 0", "linus Left"]);
        assert_eq!(timeline.member_count(), 2);
    }

    #[test]
    fn the_departed_stay_away_though_an_older_page_names_them() {
        let mut timeline = of(Vec::new());
        apply(&mut timeline, 10, 11, vec![Row::Member(gone("grace", 2, 11))]);
        assert_eq!(timeline.member_count(), 1);
        assert!(timeline.member(user("grace")).is_none());
        let older = chat::protocol::MembersPage {
            members: vec![member("grace", 2, 2)],
            count: 2,
            more: false,
        };
        timeline.merge_members(older);
        assert_eq!(timeline.member_count(), 1);
        apply(&mut timeline, 11, 12, vec![Row::Member(member("grace", 12, 12))]);
        assert_eq!(timeline.member_count(), 2, "she came back by herself");
        assert_eq!(bodies(&timeline), ["grace Left", "grace Joined"]);
    }

    #[test]
    fn members_that_were_never_named_are_counted_all_the_same() {
        let mut many = opened(10, Vec::new());
        many.members.count = 500;
        many.members.more = true;
        let mut timeline = Timeline::new(many, user("ada"));
        let rows = vec![Row::Member(member("linus", 11, 11)), Row::Member(gone("alan", 3, 12))];
        apply(&mut timeline, 10, 12, rows);
        assert_eq!(timeline.member_count(), 500);
        assert!(timeline.has_more_members());
        apply(&mut timeline, 12, 13, vec![Row::Member(gone("linus", 11, 13))]);
        assert_eq!(timeline.member_count(), 499);
        apply(&mut timeline, 13, 15, vec![Row::Member(gone("barbara", 14, 15))]);
        assert_eq!(timeline.member_count(), 499, "came and went");
    }

    #[test]
    fn a_page_of_members_is_asked_for_once_at_a_time() {
        let mut many = opened(10, Vec::new());
        many.members.more = true;
        many.members.count = 3;
        let mut scene = Scene::in_plaza(many);
        scene.act(|client, now| client.more_members(plaza(), now));
        scene.act(|client, now| client.more_members(plaza(), now));
        let after = Some(user("grace"));
        let asked = scene.asked(
            |command| matches!(command, Command::Members { after: named, .. } if *named == after),
        );
        assert!(scene.requests.is_empty());
        let members = vec![member("linus", 3, 3)];
        let page = chat::protocol::MembersPage { members, count: 3, more: false };
        scene.ok(asked, Accepted::Members(page));
        let timeline = scene.client.timeline(plaza()).expect("opened");
        assert_eq!(timeline.members().count(), 3);
        scene.act(|client, now| client.more_members(plaza(), now));
        assert!(scene.requests.is_empty(), "all are known");
    }

    #[test]
    fn who_came_while_i_was_away_is_counted_by_the_server() {
        let mut many = opened(10, Vec::new());
        many.members.more = true;
        many.members.count = 3;
        let mut scene = Scene::in_plaza(many);
        scene.cut();
        scene.welcome.channels = vec![state(plaza(), 14)];
        scene.connect();
        // He was there all along, beyond the first page; he left, and is back.
        let linus = member("linus", 14, 14);
        let rows = vec![Row::Member(linus.clone())];
        scene.resumed(Scope::Channel(plaza()), told(10, 14, rows), false);
        let asked = scene.asked(|command| matches!(command, Command::Members { .. }));
        let page = MembersPage { members: vec![linus], count: 3, more: false };
        scene.ok(asked, Accepted::Members(page));
        assert_eq!(scene.client.timeline(plaza()).expect("opened").member_count(), 3);
    }

    #[test]
    fn earlier_pages_come_in_at_the_front_one_at_a_time() {
        let mut scene = Scene::in_plaza(opened(10, vec![message("grace", 4, 8)]));
        scene.act(|client, now| client.older(plaza(), now));
        scene.act(|client, now| client.older(plaza(), now));
        let asked = scene.asked(|command| {
            matches!(command, Command::History { before, .. } if *before == MessageIndex(4))
        });
        assert!(scene.requests.is_empty());
        let earlier = Event::Timeline { channel: plaza(), change: TimelineChange::Earlier };
        assert_eq!(scene.events, std::slice::from_ref(&earlier), "one that is on its way is shown");
        let page = HistoryPage {
            messages: vec![message("ada", 2, 6), message("grace", 3, 7)],
            earlier: false,
        };
        scene.ok(asked, Accepted::History(page));
        assert_eq!(scene.shown(), ["ada says 2", "grace says 3", "grace says 4"]);
        assert_eq!(scene.events, [earlier.clone(), earlier]);
        scene.act(|client, now| client.older(plaza(), now));
        assert!(scene.requests.is_empty(), "there is nothing before these");
    }

    #[test]
    fn a_page_that_was_asked_for_twice_is_there_once() {
        let mut scene = Scene::in_plaza(opened(10, vec![message("grace", 4, 8)]));
        scene.act(|client, now| client.older(plaza(), now));
        let first = scene.asked(|command| matches!(command, Command::History { .. }));
        scene.act(|client, now| client.ask_anew(plaza(), now));
        let second = scene.asked(|command| matches!(command, Command::History { .. }));
        let page = |index| HistoryPage { messages: vec![message("ada", index, 6)], earlier: true };
        scene.ok(second, Accepted::History(page(3)));
        scene.ok(first, Accepted::History(page(3)));
        assert_eq!(scene.shown(), ["ada says 3", "grace says 4"]);
    }

    fn edited(name: &str, index: u64, entered: u64, changed: u64) -> Message {
        let body = chat::Body::parse(&format!("{name} says {index} anew")).expect("a text");
        Message { body: Some(body), changed: Sequence(changed), ..message(name, index, entered) }
    }

    #[test]
    fn an_edit_of_what_is_not_loaded_leaves_no_hole() {
        let mut scene = Scene::in_plaza(opened(10, vec![message("grace", 4, 8)]));
        scene.hear(told(10, 11, vec![Row::Message(edited("ada", 1, 3, 11))]));
        assert_eq!(scene.shown(), ["grace says 4"]);
        scene.act(|client, now| client.older(plaza(), now));
        let from_four = |command: &Command| matches!(command, Command::History { before, .. } if *before == MessageIndex(4));
        assert!(scene.has_asked(from_four));
    }

    #[test]
    fn a_page_does_not_bring_back_what_was_edited_while_it_was_on_its_way() {
        let mut scene = Scene::in_plaza(opened(10, vec![message("grace", 4, 8)]));
        scene.act(|client, now| client.older(plaza(), now));
        let rows =
            vec![Row::Message(edited("ada", 3, 7, 11)), Row::Message(edited("ada", 1, 3, 12))];
        scene.hear(told(10, 12, rows));
        assert_eq!(scene.shown(), ["grace says 4"]);
        let asked = scene.asked(|command| matches!(command, Command::History { .. }));
        let page = HistoryPage { messages: vec![message("ada", 3, 7)], earlier: true };
        scene.ok(asked, Accepted::History(page));
        assert_eq!(scene.shown(), ["ada says 3 anew", "grace says 4"]);
    }

    #[test]
    fn a_page_that_belongs_elsewhere_is_dropped() {
        let mut timeline = of(vec![message("grace", 4, 8)]);
        let page = HistoryPage { messages: vec![message("ada", 1, 3)], earlier: true };
        assert!(!timeline.prepend(page, MessageIndex(2)));
        assert_eq!(bodies(&timeline), ["grace says 4"]);
    }

    #[test]
    fn a_channel_that_is_followed_for_weeks_does_not_grow_without_end() {
        let mut timeline = of(Vec::new());
        let mut gone = Vec::new();
        for index in 0..12_000 {
            let row = Row::Message(message("grace", index, 11 + index));
            gone.extend(apply(&mut timeline, 10 + index, 11 + index, vec![row]).gone);
        }
        assert!(timeline.lines().count() <= LINES_MAX);
        assert_eq!(timeline.last_index(), Some(MessageIndex(11_999)));
        assert!(timeline.has_earlier(), "what went can be asked for again");
        assert_eq!(gone.len() as u64, timeline.first_index().map_or(0, |first| first.0));
        assert!(gone.iter().all(|&key| timeline.line(key).is_none()));
    }

    #[test]
    fn what_somebody_went_back_to_read_does_not_go_away_before_their_eyes() {
        let start = 10_000;
        let mut timeline = of((start..start + 50).map(|at| message("grace", at, at)).collect());
        for page in 1..=120 {
            let before = start - (page - 1) * 50;
            let messages = (before - 50..before).map(|at| message("ada", at, at)).collect();
            assert!(
                timeline.prepend(HistoryPage { messages, earlier: true }, MessageIndex(before))
            );
        }
        let sequence = timeline.head.sequence.0;
        let row = Row::Message(message("grace", start + 50, start + 50));
        let folded = apply(&mut timeline, sequence, start + 50, vec![row]);
        assert!(folded.gone.is_empty());
        assert_eq!(timeline.lines().count(), 6_051);
    }

    #[test]
    fn a_page_that_was_lost_with_the_connection_can_be_asked_for_again() {
        let mut scene = Scene::in_plaza(opened(10, vec![message("grace", 4, 8)]));
        scene.act(|client, now| client.older(plaza(), now));
        scene.cut();
        assert!(!scene.client.timeline(plaza()).expect("kept").is_loading_earlier());
        scene.act(|client, now| client.older(plaza(), now));
        assert!(scene.requests.is_empty(), "not while offline");
        scene.connect();
        scene.act(|client, now| client.older(plaza(), now));
        assert!(scene.has_asked(|command| matches!(command, Command::History { .. })));
    }
}
