use chat::protocol::Joined;
use chat::role::permit;
use chat::{ChannelRole, ChannelSid, MemberSid, Nonce, Permission, Refusal, UserSid};

use crate::commands::asked::Asked;
use crate::commands::{CommandError, Done, Moment, Outcome, present_user};
use crate::limits::{CHANNELS_OF_USER_MAX, MEMBERS_OF_CHANNEL_MAX};
use crate::store::{NewMember, Tx};

/// Makes the user a member; whoever was one before enters anew.
pub fn join_channel(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    nonce: Nonce,
    m: &Moment,
) -> Outcome<Joined> {
    let user = present_user(tx, user)?;
    let asked = Asked::of("join_channel", user.sid, nonce, &channel)?;
    if let Some(joined) = asked.first_reply(tx)? {
        return Ok(Done::unchanged(joined));
    }
    let channel = tx.channel(channel)?.ok_or(Refusal::ChannelNotFound)?;

    permit(Permission::JoinChannel, user.role, None)?;
    if tx.member(channel.sid, user.sid)?.is_some() {
        return Err(Refusal::AlreadyAMember.into());
    }
    if !channel.details.is_general() {
        if MEMBERS_OF_CHANNEL_MAX <= channel.members {
            return Err(Refusal::ChannelFull.into());
        }
        room_for_one_more(tx, user.sid)?;
    }

    let rows = tx.add_member(&NewMember {
        sid: MemberSid::new(m.id),
        channel: channel.sid,
        user: &user,
        role: ChannelRole::User,
        at: m.now,
    })?;
    let joined = Joined { member: rows.member.sid };
    asked.keep(tx, &joined)?;
    Ok(Done::changed(joined, rows.told()))
}

/// Whether a user may be in another channel.
pub(super) fn room_for_one_more(tx: &mut dyn Tx, user: UserSid) -> Result<(), CommandError> {
    if CHANNELS_OF_USER_MAX <= tx.channels_of(user)? {
        return Err(Refusal::TooManyChannels.into());
    }
    Ok(())
}
