use chat::{ChannelSid, Level, Permission, Refusal};

use crate::commands::{Actor, Asker, Done, Moment, Outcome};
use crate::store::Tx;
use crate::store::nouns::told_membership;

/// Sets how much of a channel a member wishes to be told of. Only their own devices hear of it.
pub fn set_notification_level(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    channel: ChannelSid,
    level: Level,
    _m: &Moment,
) -> Outcome<()> {
    let asker = Asker::load(tx, by)?;
    let user = asker.user.sid;
    let standing = asker.known_channel(tx, channel)?;
    let member = standing.member.ok_or(Refusal::NotAMember)?;

    standing.rights.permit(Permission::EditNotificationLevel)?;
    if member.level == level {
        return Ok(Done::unchanged(()));
    }

    Ok(Done::changed((), [told_membership(user, tx.set_level(channel, user, level)?)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::Scope;

    use crate::store::village::Village;

    #[test]
    fn a_muted_channel_is_muted_on_every_device_of_its_member_only() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        let mutes = |village: &mut Village, user| {
            village.runs(|tx, m| set_notification_level(tx, user, channel, Level::Muted, m))
        };
        let done = mutes(&mut village, ada).expect("a member");
        assert_eq!(
            done.rows.iter().map(|(scope, _)| *scope).collect::<Vec<_>>(),
            [Scope::User(ada)]
        );
        assert_eq!(mutes(&mut village, ada), Ok(Done::unchanged(())));
        assert_eq!(mutes(&mut village, grace), Err(Refusal::NotAMember));
    }
}
