//! The order of rows: day lines, the new-messages line, and which messages share a head.

use chat::{MessageIndex, Timestamp, UserSid};
use client::{Line, LineKey};

/// Consecutive messages of one author within this share a head.
const GROUP_MS: i64 = 5 * 60 * 1_000;

/// Names a row for as long as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKey {
    /// The line of a day, by the reader's calendar.
    Day(i64),
    New,
    Line(LineKey),
}

impl ItemKey {
    /// For `id` attributes.
    pub(crate) fn id(self) -> String {
        match self {
            Self::Day(number) => format!("day-{number}"),
            Self::New => "new".to_owned(),
            Self::Line(key) => format!("row-{key}"),
        }
    }
}

/// Where the new-messages line stands: after this index, or before everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NewAfter(pub(crate) Option<MessageIndex>);

/// What the order of rows depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glance {
    pub(crate) key: LineKey,
    /// Nothing for an event.
    pub(crate) author: Option<UserSid>,
    pub(crate) at: Timestamp,
    pub(crate) day: i64,
    /// Nothing for an event and for what is pending.
    pub(crate) index: Option<MessageIndex>,
    pub(crate) own: bool,
}

impl Glance {
    pub(crate) fn of(line: Line<'_>, me: UserSid, day: impl Fn(Timestamp) -> i64) -> Self {
        let (author, at, index, own) = match line {
            Line::Message(message) => {
                (Some(message.author), message.posted_at, Some(message.index), message.author == me)
            }
            Line::Notice(notice) => (None, notice.at, None, false),
            Line::Pending(pending) => (Some(me), pending.queued_at, None, true),
        };
        Self { key: line.key(me), author, at, day: day(at), index, own }
    }
}

/// One row to come: its key, its line's place, and whether it opens a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) key: ItemKey,
    /// Of the line it shows, or, for a day, of the first line of it.
    pub(crate) line: usize,
    pub(crate) opens: bool,
}

/// Lays lines out as rows.
pub(crate) fn lay_out(glances: &[Glance], new_after: Option<NewAfter>) -> Vec<Item> {
    let mut items = Vec::with_capacity(glances.len() + 8);
    let mut latest_day = None;
    let mut is_new_line_due = new_after;
    let mut above: Option<&Glance> = None;

    for (line, glance) in glances.iter().enumerate() {
        // A clock that went back must not bring a day twice: days only grow.
        if latest_day.is_none_or(|latest| latest < glance.day) {
            latest_day = Some(glance.day);
            items.push(Item { key: ItemKey::Day(glance.day), line, opens: false });
            above = None;
        }
        if is_new_line_due.is_some_and(|after| is_new(glance, after)) {
            is_new_line_due = None;
            items.push(Item { key: ItemKey::New, line, opens: false });
            above = None;
        }
        let opens = !above.is_some_and(|above| shares_head(above, glance));
        items.push(Item { key: ItemKey::Line(glance.key), line, opens });
        above = Some(glance);
    }
    items
}

fn is_new(glance: &Glance, after: NewAfter) -> bool {
    !glance.own && glance.index.is_some_and(|index| after.0.is_none_or(|read| read < index))
}

fn shares_head(above: &Glance, glance: &Glance) -> bool {
    glance.author.is_some()
        && above.author == glance.author
        && glance.at.since(above.at).abs() <= GROUP_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::MessageSid;

    const DAY_MS: i64 = 86_400_000;

    fn user(number: u8) -> UserSid {
        UserSid::from_bytes([number; 16])
    }

    fn message(place: u8, author: u8, minutes: i64) -> Glance {
        let at = Timestamp(minutes * 60_000);
        Glance {
            key: LineKey::Theirs(MessageSid::from_bytes([place; 16])),
            author: Some(user(author)),
            at,
            day: at.0.div_euclid(DAY_MS),
            index: Some(MessageIndex(u64::from(place))),
            own: author == 0,
        }
    }

    fn event(place: u8, minutes: i64) -> Glance {
        Glance { author: None, index: None, ..message(place, 9, minutes) }
    }

    fn shape(glances: &[Glance], new_after: Option<NewAfter>) -> String {
        lay_out(glances, new_after)
            .iter()
            .map(|item| match item.key {
                ItemKey::Day(_) => 'd',
                ItemKey::New => 'n',
                ItemKey::Line(_) if item.opens => 'O',
                ItemKey::Line(_) => '.',
            })
            .collect()
    }

    #[test]
    fn messages_of_one_author_within_five_minutes_share_a_head() {
        let glances = [message(0, 1, 0), message(1, 1, 5), message(2, 1, 11), message(3, 2, 11)];
        assert_eq!(shape(&glances, None), "dO.OO");
    }

    #[test]
    fn an_event_or_a_line_between_opens_a_new_group() {
        let glances = [message(0, 1, 0), event(1, 1), message(2, 1, 2)];
        assert_eq!(shape(&glances, None), "dOOO");
        let glances = [message(0, 1, 0), message(1, 1, 1)];
        assert_eq!(shape(&glances, Some(NewAfter(Some(MessageIndex(0))))), "dOnO");
    }

    #[test]
    fn each_day_has_one_line_even_when_a_clock_goes_back() {
        let night = 24 * 60;
        let glances = [message(0, 1, night - 1), message(1, 1, night), message(2, 1, night - 1)];
        assert_eq!(shape(&glances, None), "dOdO.");
    }

    #[test]
    fn the_new_line_stands_before_the_first_unread_message_of_another() {
        let glances = [message(0, 1, 0), message(1, 0, 1), message(2, 1, 2), message(3, 1, 3)];
        assert_eq!(shape(&glances, Some(NewAfter(Some(MessageIndex(0))))), "dOOnO.");
        assert_eq!(shape(&glances, Some(NewAfter(None))), "dnOOO.");
        assert_eq!(shape(&glances, Some(NewAfter(Some(MessageIndex(3))))), "dOOO.");
    }
}
