use chat::protocol::{Row, Scope};
use chat::{ChannelSid, MessageIndex, Refusal, UserSid, limits};

use crate::commands::{Done, Moment, Outcome, present_user};
use crate::store::{LiveChannel, LiveMember, Tx};

/// Advances how far a member has read. The user's other devices always hear of it; the channel
/// only while it is small, and not too often.
pub fn set_read_horizon(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    index: MessageIndex,
    m: &Moment,
) -> Outcome<()> {
    let user = present_user(tx, user)?;
    let channel = tx.channel(channel)?.ok_or(Refusal::ChannelNotFound)?;
    let member = tx.member(channel.sid, user.sid)?.ok_or(Refusal::NotAMember)?;

    if channel.last_index < Some(index) {
        return Err(Refusal::HorizonInvalid.into());
    }
    if Some(index) <= member.horizon {
        return Ok(Done::unchanged(()));
    }

    let membership = tx.set_horizon(channel.sid, user.sid, index)?;
    let mut done = Done::changed((), [(Scope::User(user.sid), Row::Membership(membership))]);
    if is_shown(&channel, &member, m) {
        let member = tx.show_horizon(channel.sid, user.sid, m.now)?;
        done.rows.push((Scope::Channel(channel.sid), Row::Member(member)));
    }
    Ok(done)
}

/// One horizon for each member and message would be quadratic.
fn is_shown(channel: &LiveChannel, member: &LiveMember, m: &Moment) -> bool {
    let lately = |shown_at| m.now.since(shown_at) < limits::SHOWN_HORIZON_INTERVAL_MS;
    channel.members <= limits::SHOWN_HORIZONS_MEMBERS_MAX && !member.shown_at.is_some_and(lately)
}
