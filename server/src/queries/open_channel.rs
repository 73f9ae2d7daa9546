use chat::protocol::Opened;
use chat::{ChannelSid, UserSid, limits};

use crate::commands::CommandError;
use crate::queries::history::page_before;
use crate::queries::members::page_after;
use crate::queries::reader::reader;
use crate::queries::unread::unread_by;
use crate::store::Tx;

/// A channel as it is now: itself, its latest messages and its first members.
pub fn open_channel(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
) -> Result<Opened, CommandError> {
    let reader = reader(tx, user, channel)?;
    let latest = page_before(tx, channel, None, limits::HISTORY_PAGE)?;
    Ok(Opened {
        channel: reader.channel.row(),
        sequence: reader.channel.sequence,
        messages: latest.messages,
        earlier: latest.earlier,
        members: page_after(tx, &reader.channel, None)?,
        unread: unread_by(tx, &reader)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::Body;
    use chat::Refusal;
    use chat::protocol::Scope;

    use crate::store::village::Village;

    #[test]
    fn a_member_sees_it_as_it_is_now() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        for _ in 0..limits::HISTORY_PAGE + 1 {
            village.says(ada, channel, "On and on");
        }
        village.all_join([grace], channel);
        village.says(ada, channel, "Welcome");
        let opened = village.asks(|tx| open_channel(tx, grace, channel)).expect("a member");
        assert_eq!((opened.messages.len(), opened.earlier), (limits::HISTORY_PAGE, true));
        assert_eq!(
            opened.messages.last().and_then(|last| last.body.clone()),
            Body::parse("Welcome").ok()
        );
        assert!(opened.messages.is_sorted_by_key(|message| message.index));
        assert_eq!(opened.members.members.len(), 2);
        assert_eq!((opened.unread.unread, opened.unread.at), (1, opened.sequence));
        assert_eq!(opened.sequence, village.head(Scope::Channel(channel)));
    }

    #[test]
    fn whoever_is_no_member_sees_nothing() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        let refused = village.asks(|tx| open_channel(tx, grace, channel));
        assert_eq!(refused, Err(Refusal::NotAMember));
        let nowhere = ChannelSid::from_bytes([9; 16]);
        let absent = village.asks(|tx| open_channel(tx, grace, nowhere));
        assert_eq!(absent, Err(Refusal::ChannelNotFound));
    }
}
