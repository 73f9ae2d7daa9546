//! One channel as seen so far: messages by index, notices among them, members.
//!
//! What is pending is the outbox's; [`Client::lines`](crate::Client::lines) puts both together.

use std::collections::BTreeMap;

use chat::protocol::{Change, HistoryPage, MembersPage, Opened, Row};
use chat::{Channel, ChannelDetails, Member, Message, MessageIndex, UserSid};

use crate::head::{Applied, Head};

mod line;
mod roster;

use line::{Kept, Place};
pub use line::{Line, LineKey, Notice, NoticeKind};
use roster::Roster;

/// One channel as seen so far.
#[derive(Debug)]
pub struct Timeline {
    pub(crate) head: Head,
    me: UserSid,
    channel: Channel,
    lines: BTreeMap<Place, Kept>,
    places: BTreeMap<LineKey, Place>,
    indexes: BTreeMap<MessageIndex, Place>,
    roster: Roster,
    earlier: bool,
    loading_earlier: bool,
}

/// What a change made different.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Folded {
    pub(crate) added: Vec<LineKey>,
    pub(crate) changed: Vec<LineKey>,
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
        self.lines.get(self.places.get(&key)?).map(Kept::as_line)
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
        match self.lines.get(self.indexes.get(&index)?)? {
            Kept::Message(message) => Some(message),
            Kept::Notice(_) => None,
        }
    }

    /// The earliest loaded message's index.
    pub fn first_index(&self) -> Option<MessageIndex> {
        self.indexes.keys().next().copied()
    }

    /// The latest message's index.
    pub fn last_index(&self) -> Option<MessageIndex> {
        self.indexes.keys().next_back().copied()
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
            lines: BTreeMap::new(),
            places: BTreeMap::new(),
            indexes: BTreeMap::new(),
            roster: Roster::new(opened.members),
            earlier: opened.earlier,
            loading_earlier: false,
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
                | Row::Listing(_) => {}
            }
        }
        applied
    }

    /// Where the page before the earliest message begins, if there is one to ask for.
    pub(crate) fn wants_earlier(&mut self) -> Option<MessageIndex> {
        let before = self.first_index().filter(|_| self.earlier && !self.loading_earlier)?;
        self.loading_earlier = true;
        Some(before)
    }

    /// Takes in the page before `before`; says whether it belongs in front of what is loaded.
    pub(crate) fn prepend(&mut self, page: HistoryPage, before: MessageIndex) -> bool {
        if self.first_index() != Some(before) {
            return false;
        }
        self.loading_earlier = false;
        self.earlier = page.earlier;
        for message in page.messages {
            self.keep_newer(message, &mut Folded::default());
        }
        true
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
        let touched = if known.is_some() { &mut folded.changed } else { &mut folded.added };
        touched.push(key);
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
