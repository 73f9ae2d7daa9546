use chat::{ChannelSid, UserSid};

use crate::commands::{Done, Moment, Outcome, present_user};
use crate::store::Tx;

/// Deletes a channel for everyone. Its members and messages are forgotten later, in pieces.
pub fn delete_channel(
    tx: &mut dyn Tx,
    by: UserSid,
    channel: ChannelSid,
    m: &Moment,
) -> Outcome<()> {
    let by = present_user(tx, by)?;
    let Some(channel) = tx.channel(channel)? else { return Ok(Done::unchanged(())) };
    let member = tx.member(channel.sid, by.sid)?;

    channel.details.may_delete(by.role, member.map(|member| member.role))?;

    Ok(Done::changed((), tx.delete_channel(channel.sid, m.now)?.told()))
}
