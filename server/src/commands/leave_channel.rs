use chat::{ChannelSid, UserSid};

use crate::commands::{Actor, Moment, Outcome, remove_member};
use crate::store::Tx;

/// Ends a membership. Leaving what is gone, or was never joined, succeeds and tells nobody.
pub fn leave_channel(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    m: &Moment,
) -> Outcome<()> {
    remove_member(tx, Actor::User(user), channel, user, m)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Done;
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
