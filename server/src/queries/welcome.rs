use chat::UserSid;
use chat::protocol::ChannelState;

use crate::commands::{CommandError, present_user};
use crate::queries;
use crate::store::{Tx, Welcomed};

/// Who connects, and every channel they are in. A channel that is not named is gone.
pub fn welcome(tx: &mut dyn Tx, user: UserSid) -> Result<Welcomed, CommandError> {
    let user = present_user(tx, user)?;
    let service = queries::service(tx)?;
    let mut channels = Vec::new();
    for (channel, member) in tx.memberships(user.sid)? {
        channels.push(ChannelState {
            sid: channel.sid,
            sequence: channel.sequence,
            last_index: channel.last_index,
            last_message_at: channel.last_message_at,
            horizon: member.horizon,
            unread: tx.unread(channel.sid, user.sid, member.floor())?,
            details: Some(channel.details).filter(|details| details.private),
        });
    }
    Ok(Welcomed { user, service, settings: tx.settings()?, channels })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{MessageIndex, Refusal};

    use crate::store::village::Village;

    #[test]
    fn whoever_is_gone_is_told_that_the_session_is_over() {
        let mut village = Village::in_memory();
        let guest = village.guest("Ada");
        assert!(village.asks(|tx| welcome(tx, guest.user.sid)).is_ok());
        village.signs_out(guest.session);
        let gone = village.asks(|tx| welcome(tx, guest.user.sid));
        assert_eq!(gone, Err(Refusal::SessionEnded));
    }

    #[test]
    fn each_channel_says_how_much_is_unread() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let general = village.general;
        village.all_join([ada, grace], general);
        for text in ["One", "Two", "Three"] {
            village.says(ada, general, text);
        }
        village.reads(grace, general, 0).expect("she is a member");
        let graces = village.asks(|tx| welcome(tx, grace)).expect("she is present").channels;
        assert_eq!((graces[0].unread, graces[0].horizon), (2, Some(MessageIndex(0))));
        let adas = village.asks(|tx| welcome(tx, ada)).expect("she is present").channels;
        assert_eq!((adas[0].unread, adas[0].last_index), (0, Some(MessageIndex(2))));
    }
}
