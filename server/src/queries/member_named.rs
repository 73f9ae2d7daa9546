use chat::{ChannelSid, Identity, UserSid};

use crate::commands::{Actor, Asker, CommandError};
use crate::store::Tx;

/// Who is meant by a membership's SID or an identity; nobody, if there is no such person.
pub fn member_named(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    who: &str,
) -> Result<Option<UserSid>, CommandError> {
    Asker::load(tx, Actor::User(user))?.known_channel(tx, channel)?;
    if let Ok(member) = who.parse() {
        return Ok(tx.user_of_member(channel, member)?);
    }
    let Ok(identity) = Identity::parse(who) else { return Ok(None) };
    Ok(tx.user_named(&identity)?.map(|user| user.sid))
}
