//! However the changes of a channel are cut, repeated, skipped and resumed: the same timeline.

use std::collections::BTreeMap;

use chat::protocol::{Change, Row};
use chat::{Member, MessageIndex, Sequence, UserSid};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::head::Applied;
use crate::scene::{gone, member, message, opened, told, user};
use crate::timeline::{Folded, Line, NoticeKind, Timeline};

const PEOPLE: [&str; 4] = ["ada", "grace", "linus", "barbara"];
/// The sequence at which the channel was opened; Ada and Grace were there.
const START: u64 = 10;

#[derive(Clone, Debug)]
enum Deed {
    Post(usize),
    Edit(Index),
    ComeOrGo(usize),
    Read(usize),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        (0..PEOPLE.len()).prop_map(Deed::Post),
        any::<Index>().prop_map(Deed::Edit),
        (0..PEOPLE.len()).prop_map(Deed::ComeOrGo),
        (0..PEOPLE.len()).prop_map(Deed::Read),
    ];
    prop::collection::vec(deed, 1..60)
}

/// The channel's truth: one row for each sequence after the start.
struct History {
    log: Vec<Row>,
}

impl History {
    fn of(deeds: &[Deed]) -> Self {
        let mut history = Self { log: Vec::new() };
        let mut members: BTreeMap<UserSid, Member> =
            [member("ada", 1, 1), member("grace", 2, 2)].map(|row| (row.user, row)).into();
        for deed in deeds {
            let sequence = history.head() + 1;
            let row = match deed {
                Deed::Post(who) => Some(history.post(PEOPLE[*who], sequence)),
                Deed::Edit(which) => history.edit(*which, sequence),
                Deed::ComeOrGo(who) => Some(come_or_go(&mut members, PEOPLE[*who], sequence)),
                Deed::Read(who) => read(&mut members, PEOPLE[*who], sequence),
            };
            history.log.extend(row);
        }
        history
    }

    fn head(&self) -> u64 {
        START + self.log.len() as u64
    }

    fn post(&self, name: &str, sequence: u64) -> Row {
        let posted = |row: &&Row| matches!(row, Row::Message(row) if row.entered == row.changed);
        let index = self.log.iter().filter(posted).count() as u64;
        Row::Message(message(name, index, sequence))
    }

    fn edit(&self, which: Index, sequence: u64) -> Option<Row> {
        let messages: Vec<_> =
            self.log.iter().filter(|row| matches!(row, Row::Message(_))).collect();
        match messages.get(which.index(messages.len().max(1))) {
            Some(Row::Message(row)) => {
                let mut edited = row.clone();
                edited.changed = Sequence(sequence);
                edited.posted_at = chat::Timestamp(i64::try_from(sequence).unwrap_or(0));
                Some(Row::Message(edited))
            }
            _ => None,
        }
    }

    /// Every row changed in (after, sequence], whole, as it was at `sequence`.
    fn change(&self, after: u64, sequence: u64) -> Change {
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for row in &self.log[..(sequence - START) as usize] {
            let name = match row {
                Row::Message(row) => row.sid.to_string(),
                Row::Member(row) => row.user.to_string(),
                other => unreachable!("{other:?}"),
            };
            rows.insert(name, row.clone());
        }
        let mut rows: Vec<_> =
            rows.into_values().filter(|row| Sequence(after) < row.changed()).collect();
        rows.sort_by_key(Row::changed);
        told(after, sequence, rows)
    }
}

fn come_or_go(members: &mut BTreeMap<UserSid, Member>, name: &str, sequence: u64) -> Row {
    let row = match members.get(&user(name)) {
        Some(there) if !there.has_left() => gone(name, there.entered.0, sequence),
        _ => member(name, sequence, sequence),
    };
    members.insert(row.user, row.clone());
    Row::Member(row)
}

fn read(members: &mut BTreeMap<UserSid, Member>, name: &str, sequence: u64) -> Option<Row> {
    let row = members.get_mut(&user(name)).filter(|row| !row.has_left())?;
    row.horizon = Some(MessageIndex(sequence));
    row.changed = Sequence(sequence);
    Some(Row::Member(row.clone()))
}

/// What the network does: a stretch of the history, from somewhere to somewhere.
#[derive(Clone, Debug)]
struct Delivery {
    after: Index,
    upto: Index,
}

fn deliveries() -> impl Strategy<Value = Vec<Delivery>> {
    let delivery =
        (any::<Index>(), any::<Index>()).prop_map(|(after, upto)| Delivery { after, upto });
    prop::collection::vec(delivery, 0..40)
}

/// Hears the deliveries in their order; each gap is resumed in parts of `part` sequences.
fn follow(history: &History, deliveries: &[Delivery], part: u64) -> Timeline {
    let mut timeline = Timeline::new(opened(START, Vec::new()), user("ada"));
    for delivery in deliveries {
        let [a, b] = [&delivery.after, &delivery.upto]
            .map(|index| START + index.index(history.log.len() + 1) as u64);
        let change = history.change(a.min(b), a.max(b));
        if let Applied::Gap { since } = timeline.apply(change, &mut Folded::default()) {
            resume(history, &mut timeline, since.0, a.max(b), part);
        }
    }
    let since = timeline.head.sequence.0;
    resume(history, &mut timeline, since, history.head(), part);
    timeline
}

fn resume(history: &History, timeline: &mut Timeline, since: u64, upto: u64, part: u64) {
    let mut after = since;
    while after < upto {
        let next = (after + part).min(upto);
        timeline.apply(history.change(after, next), &mut Folded::default());
        after = next;
    }
}

/// The last word on each person that was seen coming or going.
fn last_notices(timeline: &Timeline) -> BTreeMap<UserSid, (NoticeKind, Sequence)> {
    let notices = timeline.lines().filter_map(|line| match line {
        Line::Notice(notice) => Some((notice.user, (notice.kind, notice.sequence))),
        _ => None,
    });
    notices.collect()
}

proptest! {
    #[test]
    fn everybody_sees_the_same_channel_however_the_changes_came(
        deeds in deeds(),
        deliveries in deliveries(),
        part in 1_u64..20,
    ) {
        let history = History::of(&deeds);
        let whole = follow(&history, &[], u64::MAX / 2);
        let pieces = follow(&history, &deliveries, part);
        prop_assert_eq!(pieces.head, whole.head);
        prop_assert!(pieces.messages().eq(whole.messages()));
        prop_assert!(pieces.members().eq(whole.members()));
        prop_assert_eq!(pieces.member_count(), whole.member_count());
        prop_assert_eq!(last_notices(&pieces), last_notices(&whole));
    }

    #[test]
    fn everybody_sees_messages_in_the_order_of_their_indexes(
        deeds in deeds(),
        deliveries in deliveries(),
        part in 1_u64..20,
    ) {
        let history = History::of(&deeds);
        let timeline = follow(&history, &deliveries, part);
        let indexes: Vec<_> = timeline.messages().map(|message| message.index.0).collect();
        prop_assert_eq!(&indexes, &(0..indexes.len() as u64).collect::<Vec<_>>());
        let places: Vec<_> = timeline
            .lines()
            .map(|line| match line {
                Line::Message(message) => message.entered,
                Line::Notice(notice) => notice.sequence,
                Line::Pending(_) => unreachable!("nothing is pending"),
            })
            .collect();
        prop_assert!(places.is_sorted());
    }
}
