//! Lists and look-ups: whole, in order, a page at a time, and nothing of what is gone.

use chat::protocol::{NewChannel, Scope};
use chat::{
    ChannelSid, MemberSid, Message, MessageIndex, MessageSid, Timestamp, UniqueName, UserSid,
};

use crate::commands::{delete_message, invite_member};
use crate::store::pieces::Room;
use crate::store::village::{Village, identity, self_named};

contract! {
    channels_come_oldest_first_a_page_at_a_time
    a_channel_is_found_by_its_address_while_it_lives
    users_come_oldest_first_until_they_are_retired
    listed_members_bring_their_own_horizon
    a_membership_is_found_by_its_sid_until_it_ends
    memberships_come_by_channel_a_page_at_a_time
    a_member_may_have_joined_long_ago
    a_message_may_change_its_author_and_its_date
    messages_come_oldest_first_from_an_index_on
    a_message_is_found_by_its_sid_in_its_channel_only
    a_message_that_is_deleted_is_not_listed
    a_messages_place_is_known_in_every_channel_and_for_ever
    invitations_come_by_user_until_they_are_over
    private_channels_are_listed_with_the_others_or_alone
}

fn channels_come_oldest_first_a_page_at_a_time(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let mut made = vec![village.general];
    for number in 0..5 {
        village.pass(1);
        made.push(village.channel(ada, &number.to_string()));
    }
    village.deletes(ada, made[2]).expect("she made it");
    let gone = made.remove(2);

    let page = |village: &mut Village, after, limit| -> Vec<ChannelSid> {
        let channels = village.writes(|tx| tx.channels_after(after, None, limit));
        channels.into_iter().map(|channel| channel.sid).collect()
    };
    assert_eq!(page(&mut village, None, 9), made);
    assert_eq!(page(&mut village, None, 2), made[..2]);
    assert_eq!(page(&mut village, Some(gone), 9), made[2..]);
    assert_eq!(page(&mut village, made.last().copied(), 9), []);
}

fn a_channel_is_found_by_its_address_while_it_lives(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let mut wish = self_named("Harvest");
    wish.unique_name = Some("秋祭り🎃".to_owned());
    let channel = village.creates(ada, &wish).expect("it is free").reply.channel;
    let name = UniqueName::parse("秋祭り🎃").expect("an address");
    let found = |village: &mut Village| {
        village.writes(|tx| tx.channel_named(&name)).map(|channel| channel.sid)
    };
    assert_eq!(found(&mut village), Some(channel));
    village.deletes(ada, channel).expect("she made it");
    assert_eq!(found(&mut village), None);
}

fn users_come_oldest_first_until_they_are_retired(mut village: Village) {
    let system = village.writes(|tx| tx.service()).expect("founded").system();
    village.pass(1);
    let made_at = village.now;
    let [ada] = village.people(["Ada"]);
    village.pass(1);
    let guest = village.guest("Linus");
    village.pass(1);
    let [grace] = village.people(["Grace"]);

    let page = |village: &mut Village, after, limit| -> Vec<UserSid> {
        let users = village.writes(|tx| tx.users_after(after, limit));
        users.into_iter().map(|listed| listed.user.sid).collect()
    };
    assert_eq!(page(&mut village, Some(system), 9), [ada, guest.user.sid, grace]);
    assert_eq!(page(&mut village, None, 2), [system, ada]);
    let listed = village.writes(|tx| tx.listed_user(ada)).expect("she is present");
    assert_eq!((listed.user.identity.as_str(), listed.made_at), ("Ada", made_at));

    village.signs_out(guest.session);
    assert_eq!(page(&mut village, Some(ada), 9), [grace]);
    assert_eq!(village.writes(|tx| tx.listed_user(guest.user.sid)), None);
}

fn listed_members_bring_their_own_horizon(mut village: Village) {
    let [ada, grace, linus] = ["Ada", "Grace", "Linus"].map(|name| {
        village.pass(1);
        village.people([name])[0]
    });
    let channel = village.channel(ada, "Harvest");
    village.all_join([grace, linus], channel);
    for text in ["One", "Two"] {
        village.says(ada, channel, text);
        village.reads(grace, channel, if text == "One" { 0 } else { 1 }).expect("a member");
    }
    let all = village.writes(|tx| tx.members_after(channel, None, 9));
    let who: Vec<UserSid> = all.iter().map(|listed| listed.member.user).collect();
    assert_eq!(who, [ada, grace, linus]);
    assert_eq!(all[1].horizon, Some(MessageIndex(1)));
    assert_eq!(village.writes(|tx| tx.listed_member(channel, grace)), Some(all[1].clone()));

    village.leaves(grace, channel);
    let rest = village.writes(|tx| tx.members_after(channel, Some(ada), 9));
    assert_eq!(rest, all[2..]);
    assert_eq!(village.writes(|tx| tx.listed_member(channel, grace)), None);
}

fn a_membership_is_found_by_its_sid_until_it_ends(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let channel = village.channel(ada, "Harvest");
    let other = village.channel(ada, "Spring");
    let member = village.joins(grace, channel).expect("it is public").reply.member;
    let found = |village: &mut Village, channel, sid: MemberSid| {
        village.writes(|tx| tx.user_of_member(channel, sid))
    };
    assert_eq!(found(&mut village, channel, member), Some(grace));
    assert_eq!(found(&mut village, other, member), None);
    village.leaves(grace, channel);
    assert_eq!(found(&mut village, channel, member), None);
    let again = village.joins(grace, channel).expect("it is public").reply.member;
    assert_eq!(again, member, "a member keeps the SID");
    assert_eq!(found(&mut village, channel, member), Some(grace));
}

fn memberships_come_by_channel_a_page_at_a_time(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let made: Vec<ChannelSid> = (0..4)
        .map(|number| {
            village.pass(1);
            village.channel(ada, &number.to_string())
        })
        .collect();
    let page = |village: &mut Village, after, limit| -> Vec<ChannelSid> {
        let memberships = village.writes(|tx| tx.memberships_after(ada, after, limit));
        memberships.into_iter().map(|listed| listed.membership.channel).collect()
    };
    assert_eq!(page(&mut village, None, 9), made);
    assert_eq!(page(&mut village, Some(made[0]), 2), made[1..3]);
    village.leaves(ada, made[1]);
    village.deletes(ada, made[2]).expect("she made it");
    assert_eq!(page(&mut village, None, 9), [made[0], made[3]]);
}

fn a_member_may_have_joined_long_ago(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    let (head, then) = (village.head(Scope::Channel(channel)), Timestamp(1_400_000_000_000));
    let member = village.writes(|tx| tx.date_member(channel, ada, then));
    assert_eq!((member.at, member.changed), (then, head.next()));
    let listed = village.writes(|tx| tx.listed_member(channel, ada)).expect("she is a member");
    assert_eq!(listed.member, member);
}

fn a_message_may_change_its_author_and_its_date(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let channel = village.channel(ada, "Harvest");
    let index = village.says(ada, channel, "Hello");
    let posted = village.writes(|tx| tx.message(channel, index)).expect("posted");
    let wish = Message {
        author: grace,
        identity: identity("Grace"),
        posted_at: Timestamp(1_400_000_000_000),
        ..posted
    };
    let changed = village.writes(|tx| tx.change_message(channel, wish.clone()));
    assert_eq!((changed.author, changed.posted_at), (grace, wish.posted_at));
    assert_eq!(village.writes(|tx| tx.message(channel, index)), Some(changed));
}

fn messages_come_oldest_first_from_an_index_on(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    for number in 0..5 {
        village.says(ada, channel, &number.to_string());
    }
    let page = |village: &mut Village, first, rows| {
        let page =
            village.writes(|tx| tx.messages_from(channel, MessageIndex(first), Room::page(rows)));
        let indexes: Vec<u64> = page.rows.iter().map(|message| message.index.0).collect();
        (indexes, page.more)
    };
    assert_eq!(page(&mut village, 0, 3), (vec![0, 1, 2], true));
    assert_eq!(page(&mut village, 3, 3), (vec![3, 4], false));
    assert_eq!(page(&mut village, 5, 3), (vec![], false));
    assert_eq!(page(&mut village, u64::MAX, 3), (vec![], false));
}

fn invitations_come_by_user_until_they_are_over(mut village: Village) {
    let [ada, grace, linus] = ["Ada", "Grace", "Linus"].map(|name| {
        village.pass(1);
        village.people([name])[0]
    });
    let channel = village.channel(ada, "Harvest");
    let invites = ["Grace", "Linus"].map(|name| {
        let (name, nonce) = (identity(name), village.nonce());
        village
            .does(|tx, m| {
                invite_member(tx, ada, channel, crate::commands::Invitee::of(&name), nonce, m)
            })
            .invite
    });
    let page = |village: &mut Village, after, limit| -> Vec<UserSid> {
        let invites = village.writes(|tx| tx.invites_after(channel, after, limit));
        invites.into_iter().map(|listed| listed.user).collect()
    };
    assert_eq!(page(&mut village, None, 9), [grace, linus]);
    assert_eq!(page(&mut village, None, 1), [grace]);
    assert_eq!(page(&mut village, Some(grace), 9), [linus]);
    let listed = village.writes(|tx| tx.listed_invite(channel, invites[1])).expect("invited");
    assert_eq!((listed.user, listed.identity.as_str()), (linus, "Linus"));
    let mine = village.writes(|tx| tx.listed_membership(linus, channel)).expect("invited");
    assert_eq!(mine.membership.invited.map(|invited| invited.sid), Some(invites[1]));
    assert_eq!(village.writes(|tx| tx.memberships_after(linus, None, 9)).len(), 1);

    village.joins(linus, channel).expect("invited");
    assert_eq!(village.writes(|tx| tx.listed_invite(channel, invites[1])), None);
    assert_eq!(page(&mut village, None, 9), [grace]);
    village.deletes(ada, channel).expect("she made it");
    assert_eq!(village.writes(|tx| tx.memberships_after(grace, None, 9)), []);
}

fn a_message_that_is_deleted_is_not_listed(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    let sids: Vec<MessageSid> = ["One", "Two", "Three"]
        .map(|text| village.posts(ada, channel, text).expect("she is a member").reply.sid)
        .to_vec();
    village.does(|tx, m| delete_message(tx, ada, channel, MessageIndex(1), m));
    let page = village.writes(|tx| tx.messages_from(channel, MessageIndex(0), Room::page(2)));
    let indexes: Vec<u64> = page.rows.iter().map(|message| message.index.0).collect();
    assert_eq!((indexes, page.more), (vec![0, 2], false));
    assert_eq!(village.writes(|tx| tx.index_of_message(channel, sids[1])), None);
    assert_eq!(village.writes(|tx| tx.index_of_message(channel, sids[2])), Some(MessageIndex(2)));
}

fn private_channels_are_listed_with_the_others_or_alone(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    village.pass(1);
    let wish = NewChannel { private: true, ..self_named("Secret") };
    let secret = village.creates(ada, &wish).expect("anybody may").reply.channel;
    let page = |village: &mut Village, private| -> Vec<ChannelSid> {
        let channels = village.writes(|tx| tx.channels_after(None, private, 9));
        channels.into_iter().map(|channel| channel.sid).collect()
    };
    let general = village.general;
    assert_eq!(page(&mut village, None), [general, secret]);
    assert_eq!(page(&mut village, Some(true)), [secret]);
    assert_eq!(page(&mut village, Some(false)), [general]);
}

fn a_message_is_found_by_its_sid_in_its_channel_only(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    let other = village.channel(ada, "Spring");
    village.says(ada, channel, "One");
    let sid = village.posts(ada, channel, "Two").expect("she is a member").reply.sid;
    let index = |village: &mut Village, channel, sid| {
        village.writes(|tx| tx.index_of_message(channel, sid))
    };
    assert_eq!(index(&mut village, channel, sid), Some(MessageIndex(1)));
    assert_eq!(index(&mut village, other, sid), None);
    assert_eq!(index(&mut village, channel, MessageSid::from_bytes([9; 16])), None);
}

fn a_messages_place_is_known_in_every_channel_and_for_ever(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    village.says(ada, channel, "Before");
    let posted = village.posts(ada, channel, "Here").expect("she is a member").reply;
    let place = |village: &mut Village, sid| village.writes(move |tx| tx.place_of_message(sid));
    assert_eq!(place(&mut village, posted.sid), Some((channel, posted.index)));
    village.does(|tx, m| delete_message(tx, ada, channel, posted.index, m));
    assert_eq!(place(&mut village, posted.sid), Some((channel, posted.index)));
    assert_eq!(place(&mut village, MessageSid::from_bytes([9; 16])), None);
}
