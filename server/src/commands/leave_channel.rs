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

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::{Row, Scope};

    use crate::store::village::Village;

    #[test]
    fn a_marker_stays_and_nothing_of_what_was_read() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        village.says(ada, channel, "Hello");
        village.reads(grace, channel, 0).expect("she is a member");

        let done = village.leaves(grace, channel);

        let [(Scope::Channel(_), Row::Member(member)), (Scope::User(_), Row::Membership(mine))] =
            &done.rows[..]
        else {
            panic!("both scopes are told: {:?}", done.rows)
        };
        assert!(member.has_left() && mine.has_left());
        assert_eq!((member.horizon, mine.horizon), (None, None));
        assert_eq!(member.identity.as_str(), "Grace");
    }

    #[test]
    fn leaving_what_was_never_joined_succeeds_and_tells_nobody() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        assert_eq!(village.leaves(grace, channel), Done::unchanged(()));
        assert_eq!(village.leaves(grace, ChannelSid::from_bytes([9; 16])), Done::unchanged(()));
        assert_eq!(village.leaves(ada, channel).rows.len(), 2);
        assert_eq!(village.leaves(ada, channel), Done::unchanged(()));
    }
}
