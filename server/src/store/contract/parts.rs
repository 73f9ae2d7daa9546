//! What changed, one kind of row alone: the same rows that the whole scope gives.

use chat::protocol::{Row, Scope};
use chat::{MemberSid, Sequence};

use crate::store::pieces::Room;
use crate::store::village::Village;

contract! {
    each_kind_of_row_comes_alone_and_the_same
    a_part_stops_where_there_is_no_room_and_goes_on_from_there
    members_come_by_their_own_sid_from_one_on
}

fn each_kind_of_row_comes_alone_and_the_same(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let channel = village.channel(ada, "Harvest");
    village.all_join([grace], channel);
    village.says(ada, channel, "Hello");
    village.leaves(grace, channel);
    village.says(ada, channel, "Just us now");
    for since in 0..=village.head(Scope::Channel(channel)).0 {
        let (since, room) = (Sequence(since), Room::CHANGE);
        let mut parts: Vec<Row> = Vec::new();
        let messages = village.writes(|tx| tx.changed_messages(channel, since, room));
        parts.extend(messages.rows.into_iter().map(Row::Message));
        let members = village.writes(|tx| tx.changed_members(channel, since, room));
        parts.extend(members.rows.into_iter().map(Row::Member));
        parts.sort_unstable_by_key(Row::changed);
        let mut whole = village.writes(|tx| tx.changed_rows(Scope::Channel(channel), since, room));
        whole.rows.retain(|row| !matches!(row, Row::Channel(_)));
        assert_eq!(parts, whole.rows, "{since:?}");
    }
    let mine = village.writes(|tx| tx.changed_memberships(grace, Sequence(0), Room::CHANGE));
    assert!(mine.rows.iter().all(|membership| membership.has_left()));
    assert_eq!(mine.rows.len(), 1);
}

fn a_part_stops_where_there_is_no_room_and_goes_on_from_there(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    for number in 0..5 {
        village.says(ada, channel, &number.to_string());
    }
    let (mut since, mut said) = (Sequence(0), Vec::new());
    loop {
        let page = village.writes(|tx| tx.changed_messages(channel, since, Room::page(2)));
        assert!(page.rows.len() <= 2);
        since = page.rows.last().map_or(since, |last| last.changed);
        said.extend(page.rows.iter().map(|message| message.index.0));
        if !page.more {
            break;
        }
    }
    assert_eq!(said, [0, 1, 2, 3, 4]);
}

fn members_come_by_their_own_sid_from_one_on(mut village: Village) {
    let [ada, grace, linus] = village.people(["Ada", "Grace", "Linus"]);
    let channel = village.channel(linus, "Harvest");
    village.pass(1);
    village.all_join([grace], channel);
    village.pass(1);
    village.all_join([ada], channel);
    let page = |village: &mut Village, first: Option<MemberSid>, limit| {
        village.writes(|tx| tx.members_from(channel, first, limit))
    };
    let all = page(&mut village, None, 9);
    let names: Vec<&str> = all.iter().map(|member| member.identity.as_str()).collect();
    assert_eq!(names, ["Linus", "Grace", "Ada"]);
    assert_eq!(page(&mut village, Some(all[1].sid), 9), all[1..]);
    assert_eq!(page(&mut village, Some(all[1].sid), 1), all[1..2]);
    village.leaves(grace, channel);
    assert_eq!(page(&mut village, None, 9).len(), 2);
}
