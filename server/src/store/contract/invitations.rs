//! Private channels, and who is asked into them.

use chat::protocol::{Row, Scope};
use chat::{ChannelDetails, InviteSid, Invited, Membership};

use crate::store::village::{Village, identity};

pub(super) fn a_private_channel_is_never_listed_and_leaves_the_directory_once(
    mut village: Village,
) {
    let [ada] = village.people(["Ada"]);
    let before = village.rows(Scope::Directory);
    let secret = village.private_channel(ada, "Surprise");
    assert_eq!(village.rows(Scope::Directory), before);
    let now = village.now;
    assert_eq!(village.writes(|tx| tx.delete_channel(secret, now)).listing, None);

    let channel = village.channel(ada, "Harvest");
    let details = village.writes(|tx| tx.channel(channel)).expect("it lives").details;
    let private = ChannelDetails { private: true, ..details };
    let rows = village.writes(|tx| tx.change_channel(channel, &private)).expect("it may");
    let listing = rows.listing.expect("it was listed");
    assert_eq!(rows.channel.details.as_ref(), Some(&private));
    assert_eq!((listing.details.clone(), listing.entered < listing.changed), (None, true));
    assert_eq!(village.rows(Scope::Directory).last(), Some(&Row::Listing(listing)));
    let again = village.writes(|tx| tx.change_channel(channel, &private)).expect("it may");
    assert_eq!(again.listing, None);
    assert_eq!(village.writes(|tx| tx.delete_channel(channel, now)).listing, None);
}

pub(super) fn an_invitation_is_a_row_of_the_invited_alone(mut village: Village) {
    let [ada, grace] = village.people(["Ada", "Grace"]);
    let channel = village.private_channel(ada, "Surprise");
    let of_channel = village.rows(Scope::Channel(channel));
    let user = village.writes(|tx| tx.user(grace)).expect("she is here");
    let invited = Invited {
        sid: InviteSid::new(village.moment().id),
        by: identity("Ada"),
        at: village.now,
        friendly_name: chat::FriendlyName::parse("Surprise").expect("a name"),
        role: Some(chat::RoleSid::from_bytes([9; 16])),
    };

    let row = village.writes(|tx| tx.invite(channel, &user, &invited));

    assert_eq!((row.role, row.invited.as_ref()), (None, Some(&invited)));
    assert_eq!(village.rows(Scope::User(grace)).last(), Some(&Row::Membership(row)));
    assert_eq!(village.rows(Scope::Channel(channel)), of_channel);
    assert_eq!(village.writes(|tx| tx.member(channel, grace)), None);
    assert_eq!(village.writes(|tx| tx.invited(channel, grace)), Some(invited.clone()));
    assert_eq!(village.writes(|tx| tx.invitations(channel)), [(grace, invited)]);
    assert_eq!(village.writes(|tx| tx.invitations_of(grace)), [channel]);
    let role = chat::RoleSid::from_bytes([9; 16]);
    assert!(village.writes(|tx| tx.is_borne(role)), "somebody may take it up");
    assert_eq!(village.writes(|tx| tx.members(channel, None, 9)).len(), 1);
}

pub(super) fn an_invitation_ends_with_joining_declining_and_the_channel(mut village: Village) {
    let [ada, grace, linus, margaret] = village.people(["Ada", "Grace", "Linus", "Margaret"]);
    let channel = village.private_channel(ada, "Surprise");
    for name in ["Grace", "Linus", "Margaret"] {
        village.invites(ada, channel, name).expect("she made it");
    }
    village.joins(grace, channel).expect("she is invited");
    village.declines(linus, channel);
    assert_eq!(village.writes(|tx| tx.invited(channel, grace)), None);
    assert_eq!(village.writes(|tx| tx.invited(channel, linus)), None);
    assert_eq!(village.writes(|tx| tx.invitations(channel)).len(), 1);

    village.deletes(ada, channel).expect("she made it");
    let mut forgotten = village.writes(|tx| tx.forget_members(channel, 9));
    forgotten.sort_by_key(|(user, _)| *user);
    let users: Vec<_> = forgotten.iter().map(|(user, _)| *user).collect();
    let mut held = [ada, grace, margaret];
    held.sort();
    assert_eq!(users, held);
    let is_empty = |row: &Membership| row.role.is_none() && row.invited.is_none();
    assert!(forgotten.iter().all(|(_, row)| is_empty(row)));
    assert_eq!(village.writes(|tx| tx.forget_members(channel, 9)), []);
}
