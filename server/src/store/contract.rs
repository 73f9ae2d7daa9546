//! What every database must do, whatever its kind: one suite, run against each of them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chat::protocol::{ChannelEditing, NewChannel, Row, Scope};
use chat::{
    Attributes, Body, ChannelSid, Draft, Edited, FriendlyName, Level, Member, Message,
    MessageIndex, Nonce, Permissions, Refusal, RoleSid, Sequence, Timestamp, UniqueName, User,
    UserSid, limits,
};
use uuid::Uuid;

use crate::commands;
use crate::store::contract::invitations::*;
use crate::store::contract::roles::*;
use crate::store::contract::webhooks::*;
use crate::store::pieces::Room;
use crate::store::village::{Village, chosen, identity, self_named};
use crate::store::{Broken, FirstReply, NewUser};

mod invitations;
mod roles;
mod webhooks;

macro_rules! contract {
    ($($case:ident)*) => {
        mod memory {
            use super::*;
            $(#[test] fn $case() { super::$case(Village::in_memory()); })*
        }

        mod sqlite {
            use super::*;
            $(#[test] fn $case() { super::$case(Village::in_sqlite()); })*
        }
    };
}

mod lists;
mod parts;
mod uploads;

contract! {
    a_private_channel_is_never_listed_and_leaves_the_directory_once
    an_invitation_is_a_row_of_the_invited_alone
    an_invitation_ends_with_joining_declining_and_the_channel
    a_role_is_told_in_the_directory_and_permits_what_it_says
    default_roles_are_kept
    settings_are_kept
    a_services_webhooks_are_kept
    a_channels_webhooks_come_by_sid_and_go_with_it
    deliveries_are_due_in_order_for_each_target
    deliveries_that_are_old_or_too_many_are_given_up_and_forgotten
    what_is_said_of_a_user_is_kept
    a_deleted_message_is_a_marker_that_no_page_shows
    a_muted_channel_stays_so_until_its_member_leaves
    a_row_takes_the_next_sequence_of_its_scope
    a_name_has_one_bearer_at_a_time
    a_look_alike_is_found_while_it_lives
    an_address_belongs_to_one_channel_at_a_time
    a_membership_is_one_row_in_two_scopes
    a_horizon_is_mine_until_it_is_shown
    shown_horizons_are_hidden_and_nothing_else
    admins_are_found_by_role
    present_members_come_by_user
    messages_come_newest_first_and_fill_the_room
    a_message_that_changes_keeps_its_place_and_is_told_anew
    unread_is_what_others_said_since_i_came
    unread_stops_counting
    only_what_changed_since_comes_back
    a_change_that_is_cut_loses_nothing
    a_first_reply_is_kept_for_its_author
    a_session_is_found_until_it_is_ended
    sessions_that_are_over_are_forgotten
    guests_unseen_longest_come_first
    a_deleted_channel_is_forgotten_piece_by_piece
    what_breaks_has_written_nothing
    what_panics_has_written_nothing
    what_is_refused_has_written_nothing
    the_welcome_names_what_lives
}

fn a_row_takes_the_next_sequence_of_its_scope(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let channel = village.channel(ada, "Harvest");
    let scope = Scope::Channel(channel);
    let mut expected = village.head(scope);
    village.all_join([grace], channel);
    village.says(grace, channel, "Hello");
    village.reads(ada, channel, 0).expect("she is a member");
    village.leaves(grace, channel);
    for _ in 0..4 {
        expected = expected.next();
    }
    assert_eq!(village.head(scope), expected);
    assert_eq!(village.rows(scope).last().map(Row::changed), Some(expected));
    let nowhere = Scope::Channel(ChannelSid::from_bytes([9; 16]));
    assert_eq!(village.asks(|tx| Ok(tx.head(nowhere)?)), Ok(None));
}

fn a_name_has_one_bearer_at_a_time(mut village: Village) {
    let (first, second) = (village.moment(), village.moment());
    let ada = chosen("Ada");
    let new = |sid, at| NewUser {
        sid: UserSid::new(sid),
        name: &ada,
        role: RoleSid::SERVICE_ADMIN,
        guest: false,
        password_hash: Some("hash"),
        at,
    };
    let user = village.writes(|tx| tx.add_user(&new(first.id, first.now))).expect("it is free");
    assert_eq!((user.role, user.guest, user.retired), (RoleSid::SERVICE_ADMIN, false, false));
    assert_eq!((user.entered, user.changed), (Sequence(1), Sequence(1)));
    assert_eq!(village.writes(|tx| tx.add_user(&new(second.id, second.now))), None);
    assert_eq!(village.writes(|tx| tx.user(UserSid::new(second.id))), None);
    assert_eq!(village.writes(|tx| tx.user_named(&ada.identity)), Some(user.clone()));
    assert_eq!(village.writes(|tx| tx.password_hash(user.sid)), Some("hash".to_owned()));

    let retired = village.writes(|tx| tx.retire_user(user.sid, second.now));
    assert_eq!((retired.retired, retired.changed), (true, Sequence(2)));
    assert_eq!(village.writes(|tx| tx.user_named(&ada.identity)), None);
    assert_eq!(village.writes(|tx| tx.user(user.sid)), Some(retired));
    assert!(village.writes(|tx| tx.add_user(&new(second.id, second.now))).is_some());
}

fn a_look_alike_is_found_while_it_lives(mut village: Village) {
    let guest = village.guest("Ada");
    let skeleton = chosen("ADA").skeleton;
    let found = village.writes(|tx| tx.user_like(&skeleton));
    assert_eq!(found.map(|user| user.sid), Some(guest.user.sid));
    village.signs_out(guest.session);
    assert_eq!(village.writes(|tx| tx.user_like(&skeleton)), None);
}

fn an_address_belongs_to_one_channel_at_a_time(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let wish = NewChannel { unique_name: Some("harvest".to_owned()), ..self_named("Harvest") };
    let first = village.creates(ada, &wish).expect("it is free").reply.channel;
    let second = village.channel(ada, "Spring");
    let details = |village: &mut Village, sid| {
        let channel = village.asks(|tx| Ok(tx.channel(sid)?)).expect("no judging");
        channel.expect("it lives").details
    };
    let mut taken = details(&mut village, second);
    taken.unique_name = Some(UniqueName::parse("harvest").expect("a plain address"));

    let before = village.rows(Scope::Directory);
    let third = ChannelSid::new(village.moment().id);
    assert_eq!(village.writes(|tx| tx.add_channel(third, ada, &taken)), None);
    assert_eq!(village.writes(|tx| tx.change_channel(second, &taken)), None);
    assert_eq!(village.rows(Scope::Directory), before);

    let own = details(&mut village, first);
    assert!(village.writes(|tx| tx.change_channel(first, &own)).is_some());
    let now = village.now;
    let rows = village.writes(|tx| tx.delete_channel(first, now));
    let listing = rows.listing.expect("it was listed");
    assert_eq!((rows.channel.details, listing.details), (None, None));
    assert_eq!(village.asks(|tx| Ok(tx.channel(first)?)), Ok(None));
    assert!(village.writes(|tx| tx.change_channel(second, &taken)).is_some());
}

fn a_membership_is_one_row_in_two_scopes(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let channel = village.channel(ada, "Harvest");
    village.says(ada, channel, "Before");
    village.all_join([grace], channel);
    let member = |village: &mut Village| village.writes(|tx| tx.member(channel, grace));
    let first = member(&mut village).expect("she joined");
    assert_eq!((first.role, first.horizon), (RoleSid::CHANNEL_USER, None));
    assert_eq!(first.joined_index, Some(MessageIndex(0)));
    assert_eq!(village.writes(|tx| tx.channels_of(grace)), 1);

    village.pass(10);
    let now = village.now;
    let left = village.writes(|tx| tx.remove_member(channel, grace, now));
    assert_eq!(left.member.changed, village.head(Scope::Channel(channel)));
    assert_eq!(left.membership.changed, village.head(Scope::User(grace)));
    assert_eq!((left.member.role, left.member.at), (None, now));
    assert_eq!(member(&mut village), None);
    assert_eq!(village.writes(|tx| tx.channels_of(grace)), 0);

    village.all_join([grace], channel);
    assert_eq!(member(&mut village).expect("again").sid, first.sid);
    let mine = village.rows(Scope::User(grace));
    let Some(Row::Membership(membership)) = mine.last() else { panic!("one membership: {mine:?}") };
    assert_eq!(membership.entered, membership.changed);
    let count = village.asks(|tx| Ok(tx.channel(channel)?)).expect("no judging");
    assert_eq!(count.map(|channel| channel.members), Some(2));
}

fn a_horizon_is_mine_until_it_is_shown(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    village.says(ada, channel, "Hello");
    let before = village.head(Scope::Channel(channel));
    let mine = village.writes(|tx| tx.set_horizon(channel, ada, Some(MessageIndex(0))));
    assert_eq!(mine.horizon, Some(MessageIndex(0)));
    assert_eq!(mine.changed, village.head(Scope::User(ada)));
    assert_eq!(village.head(Scope::Channel(channel)), before);

    let head = village.head(Scope::User(ada));
    let now = village.now;
    let shown = village.writes(|tx| tx.show_horizon(channel, ada, now));
    assert_eq!((shown.horizon, shown.changed), (Some(MessageIndex(0)), before.next()));
    assert_eq!(village.head(Scope::User(ada)), head);
    let member = village.writes(|tx| tx.member(channel, ada)).expect("she is one");
    assert_eq!((member.shown_at, member.floor()), (Some(now), Some(MessageIndex(0))));
}

fn shown_horizons_are_hidden_and_nothing_else(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    village.says(ada, channel, "Hello");
    village.writes(|tx| tx.set_horizon(channel, ada, Some(MessageIndex(0))));
    let now = village.now;
    village.writes(|tx| tx.show_horizon(channel, ada, now));
    let head = village.head(Scope::Channel(channel));
    village.writes(|tx| tx.hide_horizons());
    assert_eq!(village.head(Scope::Channel(channel)), head);
    let shown = village.writes(|tx| tx.members(channel, None, 9));
    assert_eq!((shown[0].horizon, shown[0].read_at, shown[0].changed), (None, None, head));
    let mine = village.writes(|tx| tx.member(channel, ada)).expect("she is one");
    assert_eq!((mine.horizon, mine.shown_at), (Some(MessageIndex(0)), None));
}

fn admins_are_found_by_role(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let channel = village.channel(ada, "Harvest");
    village.all_join([grace], channel);
    let (admin, plain) = (RoleSid::CHANNEL_ADMIN, RoleSid::CHANNEL_USER);
    assert_eq!(village.writes(|tx| tx.bearers(channel, admin)), [ada]);
    let seat = Attributes::parse("{\"seat\":7}", 100).expect("JSON");
    let rows = village.writes(|tx| tx.change_member(channel, grace, admin, &seat));
    assert_eq!((rows.member.role, &rows.member.attributes), (Some(admin), &seat));
    assert_eq!(rows.membership.role, Some(admin));
    let none = Attributes::default();
    village.writes(|tx| tx.change_member(channel, ada, plain, &none));
    assert_eq!(village.writes(|tx| tx.bearers(channel, admin)), [grace]);
    let member = village.writes(|tx| tx.member(channel, grace)).expect("she is one");
    assert_eq!((member.permissions, member.attributes), (Permissions::CHANNEL_ADMIN, seat));
    village.leaves(grace, channel);
    village.all_join([grace], channel);
    let member = village.writes(|tx| tx.member(channel, grace)).expect("she is one again");
    assert_eq!((member.role, member.attributes), (plain, none));
}

fn present_members_come_by_user(mut village: Village) {
    let [ada, grace, linus] = village.people(["Ada", "Grace", "Linus"]);
    let channel = village.channel(ada, "Harvest");
    village.all_join([grace, linus], channel);
    village.leaves(linus, channel);
    let mut present = [ada, grace];
    present.sort_unstable();
    let mut members = |after, limit| {
        let members: Vec<Member> = village.writes(|tx| tx.members(channel, after, limit));
        members.iter().map(|member| member.user).collect::<Vec<_>>()
    };
    assert_eq!(members(None, 10), present);
    assert_eq!(members(None, 1), present[..1]);
    assert_eq!(members(Some(present[0]), 10), present[1..]);
    assert_eq!(members(Some(present[1]), 10), []);
}

fn a_message_that_changes_keeps_its_place_and_is_told_anew(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    let index = village.says(ada, channel, "Helo");
    village.says(ada, channel, "Is anybody there?");
    let posted = village.writes(|tx| tx.message(channel, index)).expect("it is there");
    assert_eq!(posted.edited, None);
    let since = village.head(Scope::Channel(channel));

    let body = Body::parse("Hello").expect("a text");
    let attributes = Attributes::parse("{\"mood\":1}", 99).expect("JSON");
    let edited = Edited { at: village.now, by: posted.identity.clone() };
    let wish = Message { body: Some(body), attributes, edited: Some(edited), ..posted };
    let changed = village.writes(|tx| tx.change_message(channel, wish.clone()));
    let changed_at = since.next();
    assert_eq!(changed, Message { changed: changed_at, ..wish });
    assert_eq!(village.writes(|tx| tx.message(channel, index)), Some(changed.clone()));
    assert_eq!(village.writes(|tx| tx.message(channel, MessageIndex(9))), None);
    assert_eq!(village.head(Scope::Channel(channel)), changed_at);
    assert_eq!(village.rows(Scope::Channel(channel)).last(), Some(&Row::Message(changed)));
}

fn messages_come_newest_first_and_fill_the_room(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let (channel, other) = (village.channel(ada, "Harvest"), village.channel(ada, "Spring"));
    for text in ["zero", "one", "two"] {
        village.says(ada, channel, text);
        village.says(ada, other, "elsewhere");
    }
    let page = |village: &mut Village, before: Option<u64>, rows, bytes| {
        let before = before.map(MessageIndex);
        let page = village.writes(|tx| tx.messages(channel, before, Room { rows, bytes }));
        let texts: Vec<String> = page.rows.iter().map(said).collect();
        (texts.join(" "), page.more)
    };
    assert_eq!(page(&mut village, None, 9, 99), ("two one zero".to_owned(), false));
    assert_eq!(page(&mut village, None, 2, 99), ("two one".to_owned(), true));
    assert_eq!(page(&mut village, Some(2), 2, 99), ("one zero".to_owned(), false));
    assert_eq!(page(&mut village, None, 9, 6), ("two one".to_owned(), true));
    assert_eq!(page(&mut village, None, 9, 1), ("two".to_owned(), true));
    assert_eq!(page(&mut village, Some(0), 9, 99), (String::new(), false));
    assert_eq!(page(&mut village, Some(u64::MAX), 1, 99), ("two".to_owned(), true));
}

fn a_deleted_message_is_a_marker_that_no_page_shows(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let channel = village.channel(ada, "Harvest");
    village.all_join([grace], channel);
    for text in ["One", "Two", "Three"] {
        village.says(ada, channel, text);
    }
    let second = village.writes(|tx| tx.message(channel, MessageIndex(1))).expect("it is there");
    let marker = Message { body: None, attributes: Attributes::default(), ..second };
    let marker = village.writes(|tx| tx.change_message(channel, marker.clone()));
    assert_eq!(village.writes(|tx| tx.message(channel, MessageIndex(1))), Some(marker.clone()));
    assert_eq!(village.rows(Scope::Channel(channel)).last(), Some(&Row::Message(marker)));
    let page = village.writes(|tx| tx.messages(channel, None, Room::page(2)));
    let texts: Vec<String> = page.rows.iter().map(said).collect();
    assert_eq!((texts, page.more), (vec!["Three".to_owned(), "One".to_owned()], false));
    assert_eq!(village.writes(|tx| tx.unread(channel, grace, None)), 2);
    let mut count = || village.writes(|tx| tx.channel(channel)).expect("it lives").messages;
    assert_eq!(count(), 2);
    assert_eq!(village.says(ada, channel, "Four"), MessageIndex(3), "no index is used again");
}

fn a_muted_channel_stays_so_until_its_member_leaves(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let channel = village.channel(ada, "Harvest");
    village.all_join([grace], channel);
    let head = village.head(Scope::Channel(channel));
    let mine = village.writes(|tx| tx.set_level(channel, grace, Level::Muted));
    assert_eq!(mine.level, Level::Muted);
    assert_eq!(village.head(Scope::Channel(channel)), head, "nobody else hears of it");
    let member = village.writes(|tx| tx.member(channel, grace)).expect("she is one");
    assert_eq!(member.level, Level::Muted);
    village.leaves(grace, channel);
    village.all_join([grace], channel);
    let member = village.writes(|tx| tx.member(channel, grace)).expect("she is one again");
    assert_eq!(member.level, Level::Default);
}

fn what_is_said_of_a_user_is_kept(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let user = village.writes(|tx| tx.user(ada)).expect("she is here");
    let since = village.head(Scope::User(ada));
    let wish = User {
        role: RoleSid::SERVICE_ADMIN,
        friendly_name: FriendlyName::parse("Ada Lovelace").ok(),
        attributes: Attributes::parse("[1]", 9).expect("JSON"),
        ..user
    };
    let changed = village.writes(|tx| tx.change_user(wish.clone()));
    assert_eq!(changed, User { changed: since.next(), ..wish });
    assert_eq!(village.writes(|tx| tx.user(ada)), Some(changed.clone()));
    assert_eq!(village.rows(Scope::User(ada)).last(), Some(&Row::User(changed)));
}

fn unread_is_what_others_said_since_i_came(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let channel = village.channel(ada, "Harvest");
    village.says(ada, channel, "Before she came");
    village.all_join([grace], channel);
    let unread = |village: &mut Village| {
        let member = village.writes(|tx| tx.member(channel, grace)).expect("she joined");
        village.writes(|tx| tx.unread(channel, grace, member.floor()))
    };
    assert_eq!(unread(&mut village), 0);
    village.says(grace, channel, "My own");
    assert_eq!(unread(&mut village), 0);
    let seen = village.says(ada, channel, "Welcome");
    village.says(ada, channel, "Sit down");
    assert_eq!(unread(&mut village), 2);
    village.reads(grace, channel, seen.0).expect("she is a member");
    assert_eq!(unread(&mut village), 1);
}

fn unread_stops_counting(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let channel = village.channel(ada, "Harvest");
    village.all_join([grace], channel);
    let drafts: Vec<Draft> =
        (0..=limits::UNREAD_COUNT_MAX).map(|_| village.draft(channel, "On and on")).collect();
    let now = village.now;
    village.writes(|tx| {
        for draft in &drafts {
            let m = commands::Moment { now, id: draft.nonce.0 };
            commands::post_message(tx, ada, draft, &m)
                .map_err(|error| Broken::new(error.to_string()))?;
        }
        Ok(())
    });
    let unread = village.writes(|tx| tx.unread(channel, grace, None));
    assert_eq!(unread, limits::UNREAD_COUNT_MAX);
}

fn only_what_changed_since_comes_back(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let channel = village.channel(ada, "Harvest");
    let scope = Scope::Channel(channel);
    village.all_join([grace], channel);
    let since = village.head(scope);
    village.says(grace, channel, "Hello");
    village.leaves(grace, channel);

    let page = village.writes(|tx| tx.changed_rows(scope, since, Room::CHANGE));

    assert!(!page.more);
    let [Row::Message(message), Row::Member(member)] = &page.rows[..] else {
        panic!("one message, and her departure: {:?}", page.rows)
    };
    assert_eq!(message.changed, since.next());
    assert!(member.has_left() && member.changed == since.next().next());
    let head = village.head(scope);
    let nothing = village.writes(|tx| tx.changed_rows(scope, head, Room::CHANGE));
    assert_eq!((nothing.rows, nothing.more), (vec![], false));
    let beyond = Sequence(u64::MAX);
    let nothing = village.writes(|tx| tx.changed_rows(scope, beyond, Room::CHANGE));
    assert_eq!((nothing.rows, nothing.more), (vec![], false));
}

fn a_change_that_is_cut_loses_nothing(mut village: Village) {
    let [ada, grace, linus] = village.people(["Ada", "Grace", "Linus"]);
    let channel = village.channel(ada, "Harvest");
    let scope = Scope::Channel(channel);
    village.says(ada, channel, "A long tale of many words");
    village.all_join([grace], channel);
    village.says(grace, channel, "Short");
    village.says(grace, channel, "Another long tale of many words");
    village.all_join([linus], channel);
    let whole = village.rows(scope);
    assert!(5 < whole.len());
    for room in [(1, 9_999), (2, 9_999), (9_999, 1), (9_999, 20), (9_999, 30), (3, 40)] {
        let (rows, bytes) = room;
        let (mut collected, mut since) = (Vec::new(), Sequence(0));
        loop {
            let page = village.writes(|tx| tx.changed_rows(scope, since, Room { rows, bytes }));
            assert!(page.rows.len() <= rows);
            since = page.rows.last().map_or(since, Row::changed);
            collected.extend(page.rows);
            if !page.more {
                break;
            }
        }
        assert_eq!(collected, whole, "{room:?}");
    }
}

fn a_first_reply_is_kept_for_its_author(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let nonce = village.nonce();
    let first = FirstReply { digest: [7; 16], reply: "{}".to_owned() };
    assert_eq!(village.writes(|tx| tx.first_reply(ada, nonce)), None);
    village.writes(|tx| tx.keep_reply(ada, nonce, &first));
    assert_eq!(village.writes(|tx| tx.first_reply(ada, nonce)), Some(first));
    assert_eq!(village.writes(|tx| tx.first_reply(grace, nonce)), None);
    assert_eq!(village.writes(|tx| tx.first_reply(ada, Nonce(Uuid::nil()))), None);
}

fn a_session_is_found_until_it_is_ended(mut village: Village) {
    let session = village.session();
    let ada = chosen("Ada");
    let signed_in = village.does(|tx, m| commands::lease_name(tx, &ada, &session, m));
    let by_sid = village.writes(|tx| tx.session(signed_in.session)).expect("it lasts");
    let by_secret = village.writes(|tx| tx.session_with_secret(&session.secret_hash));
    assert_eq!(by_secret, Some(by_sid.clone()));
    assert_eq!((by_sid.user, by_sid.expires_at), (signed_in.user.clone(), session.expires_at));
    assert_eq!(village.writes(|tx| tx.sessions_of(signed_in.user.sid)), [signed_in.session]);

    let now = village.now;
    village.writes(|tx| tx.end_session(signed_in.session, now));
    assert_eq!(village.writes(|tx| tx.session(signed_in.session)), None);
    assert_eq!(village.writes(|tx| tx.session_with_secret(&session.secret_hash)), None);
    assert_eq!(village.writes(|tx| tx.sessions_of(signed_in.user.sid)), []);
}

fn sessions_that_are_over_are_forgotten(mut village: Village) {
    let [first, second] = [village.guest("Ada"), village.guest("Grace")];
    village.pass(1);
    let third = village.guest("Linus");
    let over = village.now.plus(3_600_000);
    assert_eq!(village.writes(|tx| tx.forget_sessions(over, 1)), 1);
    assert_eq!(village.writes(|tx| tx.forget_sessions(over, 9)), 1);
    for (session, is_there) in [(first, false), (second, false), (third, true)] {
        let found = village.writes(|tx| tx.session(session.session));
        assert_eq!(found.is_some(), is_there);
    }
}

fn guests_unseen_longest_come_first(mut village: Village) {
    village.people(["Not a guest"]);
    let mut guests = Vec::new();
    for name in ["Ada", "Grace", "Linus"] {
        guests.push(village.guest(name).user.sid);
        village.pass(10);
    }
    let now = village.now;
    village.writes(|tx| tx.see_user(guests[0], now));
    let unseen = village.writes(|tx| tx.guests_not_seen(now, 9));
    assert_eq!(unseen, guests[1..]);
    assert_eq!(village.writes(|tx| tx.guests_not_seen(now.plus(1), 1)), guests[1..2]);
    assert_eq!(village.writes(|tx| tx.guests_not_seen(Timestamp(0), 9)), []);
    village.writes(|tx| tx.retire_user(guests[1], now));
    assert_eq!(village.writes(|tx| tx.guests_not_seen(now, 9)), guests[2..]);
}

fn a_deleted_channel_is_forgotten_piece_by_piece(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let channel = village.channel(ada, "Harvest");
    village.all_join([grace], channel);
    for text in ["one", "two", "three"] {
        village.says(ada, channel, text);
    }
    assert_eq!(village.writes(|tx| tx.channel_to_forget()), None);
    village.deletes(ada, channel).expect("she made it");
    assert_eq!(village.writes(|tx| tx.channel_to_forget()), Some(channel));
    assert_eq!(village.writes(|tx| tx.memberships(ada)), []);

    for _ in 0..2 {
        let ended = village.writes(|tx| tx.forget_members(channel, 1));
        let [(user, membership)] = &ended[..] else { panic!("one at a time: {ended:?}") };
        assert!(membership.has_left());
        assert_eq!(
            village.rows(Scope::User(*user)).last(),
            Some(&Row::Membership(membership.clone()))
        );
    }
    assert_eq!(village.writes(|tx| tx.forget_members(channel, 9)), []);
    assert_eq!(village.writes(|tx| tx.forget_messages(channel, 2)), 2);
    assert_eq!(village.writes(|tx| tx.forget_messages(channel, 2)), 1);
    village.writes(|tx| tx.forgot_channel(channel));
    assert_eq!(village.writes(|tx| tx.channel_to_forget()), None);
}

fn what_breaks_has_written_nothing(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    let before = everything(&mut village);
    let (draft, m) = (village.draft(channel, "Hello"), village.moment());
    let broken = village.backend.write(&mut |tx| {
        commands::post_message(tx, ada, &draft, &m).expect("she is a member");
        Err(Broken::new("the disk is full"))
    });
    assert!(broken.is_err());
    assert_eq!(everything(&mut village), before);
    assert!(village.posts(ada, channel, "Hello").is_ok());
}

fn what_panics_has_written_nothing(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    let before = everything(&mut village);
    let (draft, m) = (village.draft(channel, "Hello"), village.moment());
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        village.backend.write(&mut |tx| {
            commands::post_message(tx, ada, &draft, &m).expect("she is a member");
            panic!("on purpose")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(everything(&mut village), before);
    assert!(village.posts(ada, channel, "Hello").is_ok());
}

fn what_is_refused_has_written_nothing(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let (channel, general) = (village.channel(ada, "Harvest"), village.general);
    let wish = NewChannel { unique_name: Some("general".to_owned()), ..self_named("Mine") };
    let spoiled = NewChannel { attributes: "{".to_owned(), ..self_named("Mine") };
    let address = Some("general".to_owned());
    let renaming = ChannelEditing { unique_name: address, ..ChannelEditing::of(channel) };
    village.guest("Linus");
    village.says(ada, channel, "Hello");
    let before = everything(&mut village);

    let refusals = [
        village.posts(grace, channel, "Hello").err(),
        village.posts(ada, channel, " ").err(),
        village.creates(ada, &wish).err(),
        village.creates(ada, &spoiled).err(),
        village.runs(|tx, m| commands::edit_channel(tx, ada, &renaming, m)).err(),
        village.runs(|tx, m| commands::edit_channel(tx, grace, &renaming, m)).err(),
        village.deletes(grace, channel).err(),
        village.deletes(ada, general).err(),
        village.runs(|tx, m| commands::hand_over_channel(tx, ada, channel, grace, m)).err(),
        village.joins(ada, channel).err(),
        village.reads(ada, channel, 7).err(),
        village.reads(grace, channel, 0).err(),
        village.leases("linus").err(),
        village.leases("admin").err(),
        village.runs(|tx, m| commands::admit_identity(tx, &identity("system"), m)).err(),
        village
            .runs(|tx, m| commands::add_user(tx, &chosen("ada"), "hash", RoleSid::SERVICE_USER, m))
            .err(),
    ];

    assert!(refusals.iter().all(Option::is_some), "{refusals:?}");
    assert_eq!(everything(&mut village), before);
    let draft = village.draft(channel, " ");
    let refused = village.runs(|tx, m| commands::post_message(tx, ada, &draft, m));
    assert_eq!(refused, Err(Refusal::BlankBody));
    assert_eq!(village.writes(|tx| tx.first_reply(ada, draft.nonce)), None);
}

fn the_welcome_names_what_lives(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let (kept, left) = (village.channel(ada, "Kept"), village.channel(ada, "Left"));
    let deleted = village.channel(ada, "Deleted");
    village.leaves(ada, left);
    village.deletes(ada, deleted).expect("she made it");
    village.pass(5);
    village.says(ada, kept, "Hello");

    let welcomed = village.asks(|tx| crate::queries::welcome(tx, ada)).expect("she is present");

    let [channel] = &welcomed.channels[..] else { panic!("one lives: {:?}", welcomed.channels) };
    assert_eq!((channel.sid, channel.last_index), (kept, Some(MessageIndex(0))));
    assert_eq!(channel.last_message_at, Some(village.now));
    assert_eq!(channel.sequence, village.head(Scope::Channel(kept)));
    assert_eq!(welcomed.service.general, village.general);
}

/// All rows of all scopes.
fn said(message: &Message) -> String {
    message.body.as_ref().map_or_else(String::new, |body| body.as_str().to_owned())
}

fn everything(village: &mut Village) -> Vec<(Scope, Sequence, Vec<Row>)> {
    let mut scopes = vec![Scope::Directory];
    for row in village.rows(Scope::Directory) {
        if let Row::Listing(listing) = row {
            scopes.push(Scope::Channel(listing.sid));
        }
    }
    for name in ["Ada", "Grace", "Linus"] {
        if let Some(user) = village.writes(|tx| tx.user_named(&identity(name))) {
            scopes.push(Scope::User(user.sid));
        }
    }
    let all = scopes.into_iter().map(|scope| (scope, village.head(scope), village.rows(scope)));
    all.collect()
}

#[test]
fn a_restart_keeps_everything() {
    let mut village = Village::in_sqlite();
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    let draft = village.draft(channel, "Hello");
    let posted = village.does(|tx, m| commands::post_message(tx, ada, &draft, m));
    let before = everything(&mut village);
    let service = village.asks(crate::queries::service);

    let mut village = village.restarted();

    assert_eq!(everything(&mut village), before);
    assert_eq!(village.asks(crate::queries::service), service);
    let repeat = village.runs(|tx, m| commands::post_message(tx, ada, &draft, m));
    assert_eq!(repeat, Ok(commands::Done::unchanged(posted)));
    assert_eq!(village.says(ada, channel, "Again"), MessageIndex(1));
}
