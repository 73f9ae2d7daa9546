//! Cutting what changed into pieces that fit a frame: contiguous, each row once, in order.

use chat::protocol::{Change, Row, Scope};
use chat::{Member, Membership, Message, Sequence, limits};

/// How much one answer may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub rows: usize,
    /// Of bodies and attributes.
    pub bytes: usize,
}

/// What there was room for, and whether there is more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub more: bool,
}

/// What takes room.
pub trait Weight {
    fn bytes(&self) -> usize;
}

impl Room {
    /// One change's.
    pub const CHANGE: Self =
        Self { rows: limits::CHANGE_ROWS_MAX, bytes: limits::CHANGE_BYTES_MAX };

    /// A page of so many rows.
    pub fn page(rows: usize) -> Self {
        Self { rows, ..Self::CHANGE }
    }

    /// Takes rows while they fit; the first one always does.
    pub fn fill<T: Weight, E>(
        self,
        rows: impl IntoIterator<Item = Result<T, E>>,
    ) -> Result<Page<T>, E> {
        let mut page = Page { rows: Vec::new(), more: false };
        let mut bytes = 0;
        for row in rows {
            let row = row?;
            bytes += row.bytes();
            let full = self.rows <= page.rows.len() || self.bytes < bytes;
            if full && !page.rows.is_empty() {
                page.more = true;
                break;
            }
            page.rows.push(row);
        }
        Ok(page)
    }
}

impl Weight for Message {
    fn bytes(&self) -> usize {
        let body = self.body.as_ref().map_or(0, |body| body.as_str().len());
        let filename = self.media.as_ref().map_or(0, |media| media.filename.len());
        body + filename + self.attributes.as_str().len()
    }
}

impl Weight for Member {
    fn bytes(&self) -> usize {
        self.attributes.as_str().len()
    }
}

impl Weight for Membership {
    fn bytes(&self) -> usize {
        0
    }
}

impl Weight for Row {
    fn bytes(&self) -> usize {
        let details = match self {
            Self::Message(message) => return message.bytes(),
            Self::Member(member) => return member.attributes.as_str().len(),
            Self::User(user) => return user.attributes.as_str().len(),
            Self::Membership(_) | Self::Role(_) => return 0,
            Self::Channel(channel) => channel.details.as_ref(),
            Self::Listing(listing) => listing.details.as_ref(),
        };
        details.map_or(0, |details| details.attributes.as_str().len())
    }
}

/// Joins pages of one scope's rows into one, by the order of their last change. Where a page was
/// cut, nothing after the cut is taken from the others either.
pub fn merge(pages: Vec<Page<Row>>, room: Room) -> Page<Row> {
    let cut = pages
        .iter()
        .filter(|page| page.more)
        .filter_map(|page| page.rows.last().map(Row::changed))
        .min();
    let mut rows: Vec<Row> = pages.into_iter().flat_map(|page| page.rows).collect();
    rows.sort_by_key(Row::changed);
    if let Some(cut) = cut {
        rows.retain(|row| row.changed() <= cut);
    }
    let page = filled(rows, room);
    Page { more: page.more || cut.is_some(), ..page }
}

/// One page as the change that follows `after` in a scope whose last sequence is `head`.
pub fn change(scope: Scope, after: Sequence, head: Sequence, page: Page<Row>) -> Change {
    let sequence = match page.rows.last() {
        Some(last) if page.more => last.changed(),
        _ => head,
    };
    Change { scope, after, sequence, rows: page.rows }
}

/// All of a scope's changed rows, in order, as contiguous changes.
pub fn pieces(scope: Scope, after: Sequence, head: Sequence, rows: Vec<Row>) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut rows = rows.into_iter().peekable();
    let mut after = after;
    while rows.peek().is_some() {
        let mut taken = Vec::new();
        let mut bytes = 0;
        while let Some(row) = rows.next_if(|row| {
            let fits = taken.len() < Room::CHANGE.rows && bytes + row.bytes() <= Room::CHANGE.bytes;
            taken.is_empty() || (fits && !departs_before(taken.last(), row))
        }) {
            bytes += row.bytes();
            taken.push(row);
        }
        let page = Page { rows: taken, more: rows.peek().is_some() };
        let piece = change(scope, after, head, page);
        after = piece.sequence;
        changes.push(piece);
    }
    changes
}

/// Whoever left hears of their own departure and of nothing after it, so a change ends there.
fn departs_before(last: Option<&Row>, next: &Row) -> bool {
    let departs = |row: &Row| matches!(row, Row::Member(member) if member.has_left());
    last.is_some_and(departs) && !departs(next)
}

fn filled(rows: Vec<Row>, room: Room) -> Page<Row> {
    let filled: Result<Page<Row>, std::convert::Infallible> = room.fill(rows.into_iter().map(Ok));
    let Ok(page) = filled;
    page
}

#[cfg(test)]
mod tests {
    use chat::{
        Attributes, Body, ChannelSid, Identity, Member, MemberSid, MessageIndex, MessageSid, Nonce,
        RoleSid, Timestamp, UserSid,
    };
    use uuid::Uuid;

    use super::*;

    fn message(number: u64, bytes: usize) -> Row {
        Row::Message(Message {
            sid: MessageSid::from_bytes([1; 16]),
            index: MessageIndex(number),
            author: UserSid::from_bytes([2; 16]),
            identity: Identity::parse("Ada").expect("a plain name"),
            body: Some(Body::parse(&"x".repeat(bytes)).expect("a plain text")),
            attributes: Attributes::default(),
            nonce: Nonce(Uuid::nil()),
            posted_at: Timestamp(0),
            media: None,
            edited: None,
            entered: Sequence(number),
            changed: Sequence(number),
        })
    }

    fn member(number: u64, role: Option<RoleSid>) -> Row {
        Row::Member(Member {
            sid: MemberSid::from_bytes([3; 16]),
            user: UserSid::from_bytes([2; 16]),
            identity: Identity::parse("Ada").expect("a plain name"),
            guest: false,
            role,
            horizon: None,
            read_at: None,
            attributes: Attributes::default(),
            at: Timestamp(0),
            entered: Sequence(1),
            changed: Sequence(number),
        })
    }

    fn cut(rows: Vec<Row>) -> Vec<Change> {
        let scope = Scope::Channel(ChannelSid::from_bytes([4; 16]));
        let head = rows.last().map_or(Sequence(0), Row::changed);
        let changes = pieces(scope, Sequence(0), head, rows.clone());
        let mut after = Sequence(0);
        for change in &changes {
            assert_eq!(change.after, after);
            after = change.sequence;
        }
        assert_eq!(after, head);
        assert_eq!(changes.iter().flat_map(|change| change.rows.clone()).collect::<Vec<_>>(), rows);
        changes
    }

    fn sizes(changes: &[Change]) -> Vec<usize> {
        changes.iter().map(|change| change.rows.len()).collect()
    }

    #[test]
    fn no_change_holds_more_rows_than_it_may() {
        let changes = cut((1..=1_001).map(|number| message(number, 1)).collect());
        assert_eq!(sizes(&changes), [500, 500, 1]);
    }

    #[test]
    fn no_change_holds_more_bytes_than_it_may_unless_one_row_does() {
        let changes = cut((1..=20).map(|number| message(number, 32_768)).collect());
        assert_eq!(sizes(&changes), [8, 8, 4]);
        let narrow = Room { rows: 9, bytes: 3 };
        let page = narrow.fill([message(1, 5), message(2, 1)].map(Ok::<_, ()>));
        assert_eq!(page.map(|page| (page.rows.len(), page.more)), Ok((1, true)));
    }

    #[test]
    fn whoever_leaves_hears_nothing_after_the_departure() {
        let rows = vec![
            message(1, 1),
            member(2, Some(RoleSid::CHANNEL_USER)),
            member(3, None),
            member(4, None),
            message(5, 1),
        ];
        assert_eq!(sizes(&cut(rows)), [4, 1]);
    }

    #[test]
    fn nothing_is_taken_beyond_a_page_that_was_cut() {
        let cut = Page { rows: vec![message(1, 1), message(4, 1)], more: true };
        let whole = Page { rows: vec![member(2, None), member(9, None)], more: false };
        let merged = merge(vec![cut, whole], Room::CHANGE);
        let changed: Vec<u64> = merged.rows.iter().map(|row| row.changed().0).collect();
        assert_eq!((changed, merged.more), (vec![1, 2, 4], true));
    }
}
