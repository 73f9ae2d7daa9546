//! Channels as somebody sees them who may or may not be in them.

use chat::{ChannelSid, Refusal, UniqueName, UserSid};

use crate::commands::{Actor, Asker, CommandError};
use crate::store::{Ask, LiveChannel, LiveMember, Tx};

/// A channel, and what the viewer is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub channel: LiveChannel,
    pub member: Option<LiveMember>,
    pub invited: bool,
    /// Messages that the viewer has not read; nothing if they never read any.
    pub unread: Option<u64>,
}

/// Some of the channels that everybody sees, and whether there are more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenPage {
    pub channels: Vec<Seen>,
    pub more: bool,
}

/// The channel with this SID or, as well, this address.
pub fn channel_at(
    tx: &mut dyn Tx,
    user: UserSid,
    address: &str,
) -> Result<ChannelSid, CommandError> {
    let sid = match address.parse::<ChannelSid>() {
        Ok(sid) => Some(sid),
        Err(_) => {
            let name = UniqueName::parse(address).map_err(|_| Refusal::ChannelNotFound)?;
            tx.channel_named(&name)?.map(|channel| channel.sid)
        }
    };
    Ok(seen(tx, user, sid.ok_or(Refusal::ChannelNotFound)?)?.channel.sid)
}

/// One channel, if the viewer may know of it.
pub fn seen(tx: &mut dyn Tx, user: UserSid, channel: ChannelSid) -> Result<Seen, CommandError> {
    let asker = Asker::load(tx, Actor::User(user))?;
    let standing = asker.known_channel(tx, channel)?;
    Ok(viewed(tx, user, standing.channel, standing.member)?)
}

/// Channels after one that everybody sees, by SID.
pub fn public_channels(
    tx: &mut dyn Tx,
    user: UserSid,
    after: Option<ChannelSid>,
    limit: usize,
) -> Result<SeenPage, CommandError> {
    Asker::load(tx, Actor::User(user))?;
    let mut found = tx.channels_after(after, Some(false), limit + 1)?;
    let more = limit < found.len();
    found.truncate(limit);
    let mut channels = Vec::with_capacity(found.len());
    for channel in found {
        let member = tx.member(channel.sid, user)?;
        channels.push(viewed(tx, user, channel, member)?);
    }
    Ok(SeenPage { channels, more })
}

/// Every channel that the viewer is in, or invited to.
pub fn my_channels(tx: &mut dyn Tx, user: UserSid) -> Result<Vec<Seen>, CommandError> {
    Asker::load(tx, Actor::User(user))?;
    let mut channels = Vec::new();
    for (channel, member) in tx.memberships(user)? {
        channels.push(viewed(tx, user, channel, Some(member))?);
    }
    for channel in tx.invitations_of(user)? {
        if let Some(channel) = tx.channel(channel)? {
            channels.push(viewed(tx, user, channel, None)?);
        }
    }
    Ok(channels)
}

fn viewed(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: LiveChannel,
    member: Option<LiveMember>,
) -> Ask<Seen> {
    let invited = member.is_none() && tx.invited(channel.sid, user)?.is_some();
    let unread = match member.as_ref().filter(|member| member.horizon.is_some()) {
        Some(member) => Some(tx.unread(channel.sid, user, member.floor())?),
        None => None,
    };
    Ok(Seen { channel, member, invited, unread })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::NewChannel;

    use crate::store::village::{Village, self_named};

    #[test]
    fn a_private_channel_looks_absent_by_sid_and_by_address() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let unique_name = Some("cellar".to_owned());
        let wish = NewChannel { private: true, unique_name, ..self_named("Cellar") };
        let cellar = village.creates(ada, &wish).expect("she may").reply.channel;
        let absent = ChannelSid::from_bytes([9; 16]);
        for channel in [cellar, absent] {
            let refused = village.asks(|tx| seen(tx, grace, channel));
            assert_eq!(refused, Err(Refusal::ChannelNotFound));
        }
        for address in ["cellar", "attic", " ", &absent.to_string(), &cellar.to_string()] {
            let refused = village.asks(|tx| channel_at(tx, grace, address));
            assert_eq!(refused, Err(Refusal::ChannelNotFound), "{address}");
        }
        assert_eq!(village.asks(|tx| channel_at(tx, ada, "cellar")), Ok(cellar));
        let page = village.asks(|tx| public_channels(tx, ada, None, 9)).expect("a page");
        assert_eq!(page.channels.len(), 1, "only General is listed");
        assert_eq!(village.asks(|tx| my_channels(tx, ada)).expect("hers").len(), 1);
    }

    #[test]
    fn what_was_never_read_has_no_count() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        for text in ["One", "Two"] {
            village.says(ada, channel, text);
        }
        let unread = |village: &mut Village| {
            village.asks(|tx| seen(tx, grace, channel)).expect("a member").unread
        };
        assert_eq!(unread(&mut village), None);
        village.reads(grace, channel, 0).expect("she is a member");
        assert_eq!(unread(&mut village), Some(1));
    }
}
