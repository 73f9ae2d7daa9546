use chat::{ChannelSid, Level, MessageIndex, UserSid};

use crate::commands::{Actor, Done, Moment, Outcome, set_notification_level, set_read_horizon};
use crate::store::Tx;

/// Changes for the operator what a user's own devices know of a channel: how far it is read, and how
/// much they are told of it.
pub fn amend_membership(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    horizon: Option<MessageIndex>,
    level: Option<Level>,
    m: &Moment,
) -> Outcome<()> {
    // Whatever may be refused of the level is refused of the horizon, before either is written.
    let read = match horizon {
        Some(index) => set_read_horizon(tx, user, channel, Some(index), m)?,
        None => Done::unchanged(()),
    };
    match level {
        Some(level) => {
            let by = Actor::Operator(user);
            Ok(read.and(set_notification_level(tx, by, channel, level, m)?))
        }
        None => Ok(read),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::Refusal;

    use crate::store::village::Village;

    #[test]
    fn both_are_changed_or_neither() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.says(ada, channel, "Hello");
        let (there, nowhere) = (Some(MessageIndex(0)), Some(MessageIndex(1)));
        let muted = Some(Level::Muted);
        let refused = village.runs(|tx, m| amend_membership(tx, ada, channel, nowhere, muted, m));
        assert_eq!(refused, Err(Refusal::HorizonInvalid));
        let mine = |village: &mut Village| {
            let member = village.writes(|tx| tx.member(channel, ada)).expect("she is a member");
            (member.horizon, member.level)
        };
        assert_eq!(mine(&mut village), (None, Level::Default));
        village.does(|tx, m| amend_membership(tx, ada, channel, there, muted, m));
        assert_eq!(mine(&mut village), (there, Level::Muted));
        let stranger = village.runs(|tx, m| amend_membership(tx, grace, channel, None, muted, m));
        assert_eq!(stranger, Err(Refusal::NotAMember));
    }
}
