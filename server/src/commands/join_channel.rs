use chat::protocol::Joined;
use chat::{ChannelSid, MemberSid, Nonce, Permission, Refusal, UserSid};

use crate::commands::asked::Asked;
use crate::commands::{Actor, Asker, CommandError, Done, Moment, Outcome};
use crate::store::{LiveChannel, NewMember, Tx};

/// Makes the user a member; whoever was one before enters anew. Into a private channel one is
/// invited, unless one made it.
pub fn join_channel(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    nonce: Nonce,
    m: &Moment,
) -> Outcome<Joined> {
    let asker = Asker::load(tx, Actor::User(user))?;
    let asked = Asked::of("join_channel", user, nonce, &channel)?;
    if let Some(joined) = asked.first_reply(tx)? {
        return Ok(Done::unchanged(joined));
    }
    let standing = asker.known_channel(tx, channel)?;

    if standing.member.is_some() {
        return Err(Refusal::AlreadyAMember.into());
    }
    let is_creator = standing.channel.creator == Some(user);
    let invited = tx.invited(channel, user)?;
    if !is_creator && invited.is_none() {
        standing.rights.permit(Permission::JoinChannel)?;
    }
    room_in(tx, &standing.channel, Some(user))?;

    let roles = tx.default_roles()?;
    let rows = tx.add_member(&NewMember {
        sid: MemberSid::new(m.id),
        channel,
        user: &asker.user,
        role: match invited.and_then(|invited| invited.role) {
            _ if is_creator => roles.creator,
            Some(role) => role,
            None => roles.member,
        },
        at: m.now,
    })?;
    let joined = Joined { member: rows.member.sid };
    asked.keep(tx, &joined)?;
    Ok(Done::changed(joined, rows.told()))
}

/// Whether a channel takes another member, and the user, if there is one already, may be in another
/// channel. Everybody may be in General.
pub(super) fn room_in(
    tx: &mut dyn Tx,
    channel: &LiveChannel,
    user: Option<UserSid>,
) -> Result<(), CommandError> {
    if channel.details.is_general() {
        return Ok(());
    }
    if tx.settings()?.members_of_channel <= channel.members {
        return Err(Refusal::ChannelFull.into());
    }
    user.map_or(Ok(()), |user| room_for_one_more(tx, user))
}

/// Whether a user may be in another channel.
pub(super) fn room_for_one_more(tx: &mut dyn Tx, user: UserSid) -> Result<(), CommandError> {
    if tx.settings()?.channels_of_user <= tx.channels_of(user)? {
        return Err(Refusal::TooManyChannels.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::{Row, Scope};

    use crate::store::village::Village;

    #[test]
    fn the_channel_and_the_users_own_devices_hear_of_it() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        let done = village.joins(grace, channel).expect("it is public");
        let [(Scope::Channel(_), Row::Member(member)), (Scope::User(user), Row::Membership(mine))] =
            &done.rows[..]
        else {
            panic!("both scopes are told: {:?}", done.rows)
        };
        assert_eq!((member.user, *user, mine.channel), (grace, grace, channel));
        assert_eq!(member.role, Some(chat::RoleSid::CHANNEL_USER));
        assert_eq!(member.sid, done.reply.member);
    }

    #[test]
    fn joining_twice_is_refused_but_a_repeat_is_not() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        let nonce = village.nonce();
        let first = village.does(|tx, m| join_channel(tx, grace, channel, nonce, m));
        let repeat = village.runs(|tx, m| join_channel(tx, grace, channel, nonce, m));
        assert_eq!(repeat, Ok(Done::unchanged(first)));
        assert_eq!(village.joins(grace, channel), Err(Refusal::AlreadyAMember));
    }

    #[test]
    fn whoever_joins_again_enters_anew() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        let first = village.joins(grace, channel).expect("it is public");
        village.says(ada, channel, "Welcome");
        village.reads(grace, channel, 0).expect("she is a member");
        village.leaves(grace, channel);
        village.says(ada, channel, "Where is she?");

        let again = village.joins(grace, channel).expect("it is public");

        let entered = |done: &Done<Joined>| done.rows[0].1.entered();
        assert!(entered(&first) < entered(&again));
        assert_eq!(entered(&again), again.rows[0].1.changed());
        assert_eq!(first.reply, again.reply, "a member keeps the SID");
        let Row::Membership(mine) = &again.rows[1].1 else { panic!("her own scope is told") };
        assert_eq!(mine.horizon, None);
    }

    #[test]
    fn a_channel_takes_so_many_members_and_general_takes_all() {
        let mut village = Village::in_memory();
        let [ada, last] = village.people(["Ada", "Last"]);
        let (channel, general) = (village.channel(ada, "Harvest"), village.general);
        for number in 1..crate::store::Settings::default().members_of_channel {
            let [user] = village.people([&format!("user {number}")]);
            village.all_join([user], channel);
            village.all_join([user], general);
        }
        village.all_join([ada], general);
        assert_eq!(village.joins(last, channel), Err(Refusal::ChannelFull));
        assert!(village.joins(last, general).is_ok());
        village.leaves(ada, channel);
        assert!(village.joins(last, channel).is_ok());
    }
}
