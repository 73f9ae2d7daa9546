//! A channel's members: those whose rows came, and how many there are in all.

use crate::sorted::SortedMap;
use chat::protocol::MembersPage;
use chat::{Member, Sequence, UserSid};

/// Members by user. Who has left stays as a mark, so that an older page resurrects nobody.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    rows: SortedMap<UserSid, Member>,
    count: u64,
    /// Where the next page begins; nothing when all are known.
    next: Option<UserSid>,
    pub(crate) is_loading: bool,
}

impl Roster {
    pub(crate) fn new(page: MembersPage) -> Self {
        let mut roster = Self::default();
        roster.merge(page);
        roster
    }

    /// Takes in a page, and what it says of the whole.
    pub(crate) fn merge(&mut self, page: MembersPage) {
        self.next = page.members.last().map(|last| last.user).filter(|_| page.more);
        for member in page.members {
            self.keep_newer(member);
        }
        self.count = page.count;
        self.count_exactly();
    }

    /// Takes in a row that came after `since`; says whether it was news.
    pub(crate) fn fold(&mut self, member: Member, since: Sequence) -> bool {
        let was_present = match self.rows.get(member.user) {
            Some(known) => !known.has_left(),
            None => member.entered <= since,
        };
        let is_present = !member.has_left();
        if !self.keep_newer(member) {
            return false;
        }
        self.count += u64::from(is_present && !was_present);
        self.count -= u64::from(was_present && !is_present).min(self.count);
        self.count_exactly();
        true
    }

    fn keep_newer(&mut self, member: Member) -> bool {
        let known = self.rows.get(member.user);
        let is_news = known.is_none_or(|known| known.changed < member.changed);
        if is_news {
            self.rows.insert(member.user, member);
        }
        is_news
    }

    fn count_exactly(&mut self) {
        if self.next.is_none() {
            self.count = self.present().count() as u64;
        }
    }

    pub(crate) fn present(&self) -> impl Iterator<Item = &Member> {
        self.rows.values().filter(|member| !member.has_left())
    }

    pub(crate) fn get(&self, user: UserSid) -> Option<&Member> {
        self.rows.get(user).filter(|member| !member.has_left())
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn next(&self) -> Option<UserSid> {
        self.next
    }
}
