use chat::role::permit;
use chat::{ChannelSid, Permission, UserSid};

use crate::commands::{Done, Moment, Outcome, present_user};
use crate::store::Tx;

/// Ends a membership. Leaving what is gone, or was never joined, succeeds and tells nobody.
pub fn leave_channel(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    m: &Moment,
) -> Outcome<()> {
    let user = present_user(tx, user)?;
    let Some(channel) = tx.channel(channel)? else { return Ok(Done::unchanged(())) };
    let Some(member) = tx.member(channel.sid, user.sid)? else { return Ok(Done::unchanged(())) };

    permit(Permission::LeaveChannel, user.role, Some(member.role))?;

    Ok(Done::changed((), tx.remove_member(channel.sid, user.sid, m.now)?.told()))
}
