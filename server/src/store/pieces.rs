//! Cutting what changed into pieces that fit a frame: contiguous, each row once, in order.

use chat::protocol::{Change, Row, Scope};
use chat::{Message, Sequence, limits};

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
        self.body.as_str().len() + self.attributes.as_str().len()
    }
}

impl Weight for Row {
    fn bytes(&self) -> usize {
        let details = match self {
            Self::Message(message) => return message.bytes(),
            Self::Member(_) | Self::Membership(_) | Self::User(_) => return 0,
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
