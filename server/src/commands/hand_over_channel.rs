use chat::{ChannelRole, ChannelSid, Refusal, UserSid};

use crate::commands::{Done, Moment, Outcome, present_user};
use crate::store::Tx;

/// Makes another member the channel's admin, in place of the present ones.
pub fn hand_over_channel(
    tx: &mut dyn Tx,
    by: UserSid,
    channel: ChannelSid,
    to: UserSid,
    _m: &Moment,
) -> Outcome<()> {
    let by = present_user(tx, by)?;
    let channel = tx.channel(channel)?.ok_or(Refusal::ChannelNotFound)?;
    let member = tx.member(channel.sid, by.sid)?;

    channel.details.may_hand_over(by.role, member.map(|member| member.role))?;
    let heir = tx.member(channel.sid, to)?.ok_or(Refusal::MemberNotFound)?;

    let mut done = Done::unchanged(());
    for admin in tx.admins(channel.sid)? {
        if admin != to {
            done.rows.extend(tx.set_role(channel.sid, admin, ChannelRole::User)?.told());
        }
    }
    if heir.role != ChannelRole::Admin {
        done.rows.extend(tx.set_role(channel.sid, to, ChannelRole::Admin)?.told());
    }
    Ok(done)
}
