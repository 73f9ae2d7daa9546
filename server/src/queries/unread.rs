use chat::protocol::Unread;
use chat::{ChannelSid, UserSid};

use crate::commands::CommandError;
use crate::queries::reader::{Reader, reader};
use crate::store::{Ask, Tx};

/// How much of a channel a member has not seen.
pub fn unread(tx: &mut dyn Tx, user: UserSid, channel: ChannelSid) -> Result<Unread, CommandError> {
    let reader = reader(tx, user, channel)?;
    Ok(unread_by(tx, &reader)?)
}

pub(super) fn unread_by(tx: &mut dyn Tx, reader: &Reader) -> Ask<Unread> {
    let floor = reader.member.floor();
    Ok(Unread {
        horizon: reader.member.horizon,
        unread: tx.unread(reader.channel.sid, reader.user.sid, floor)?,
        at: reader.channel.sequence,
        mine_at: reader.member.changed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::Refusal;
    use chat::protocol::Scope;

    use crate::store::village::Village;

    #[test]
    fn it_is_counted_as_of_the_channels_last_change() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        village.says(ada, channel, "Hello");
        let counted = village.asks(|tx| unread(tx, grace, channel)).expect("she is a member");
        assert_eq!((counted.unread, counted.horizon), (1, None));
        assert_eq!(counted.at, village.head(Scope::Channel(channel)));
    }

    #[test]
    fn what_was_said_while_away_is_not_unread_after_coming_back() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        village.leaves(grace, channel);
        village.says(ada, channel, "While she was away");
        assert_eq!(village.asks(|tx| unread(tx, grace, channel)), Err(Refusal::NotAMember));
        village.all_join([grace], channel);
        let counted = village.asks(|tx| unread(tx, grace, channel)).expect("she is a member");
        assert_eq!(counted.unread, 0);
    }
}
