use chat::{ChannelSid, Permission, UserSid};

use crate::commands::{Actor, Asker, Done, Moment, Outcome};
use crate::store::Tx;

/// Ends a membership, somebody else's or one's own. Removing who is gone succeeds and tells nobody.
pub fn remove_member(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    channel: ChannelSid,
    user: UserSid,
    m: &Moment,
) -> Outcome<()> {
    let asker = Asker::load(tx, by)?;
    let Some(standing) = asker.standing_in(tx, channel)? else { return Ok(Done::unchanged(())) };
    if tx.member(channel, user)?.is_none() {
        return Ok(Done::unchanged(()));
    }

    let is_own = user == asker.user.sid;
    standing.rights.permit_either(is_own, Permission::LeaveChannel, Permission::RemoveMember)?;

    Ok(Done::changed((), tx.remove_member(channel, user, m.now)?.told()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::Village;
    use chat::Refusal;

    #[test]
    fn admins_remove_members_and_members_only_themselves() {
        let mut village = Village::in_memory();
        let [ada, grace, linus] = village.people(["Ada", "Grace", "Linus"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace, linus], channel);
        let missing = Refusal::NotPermitted(Permission::RemoveMember);
        let removes = |village: &mut Village, by: UserSid, user| {
            village.runs(|tx, m| remove_member(tx, by, channel, user, m))
        };
        assert_eq!(removes(&mut village, grace, linus), Err(missing));
        assert_eq!(removes(&mut village, ada, linus).expect("she made it").rows.len(), 2);
        assert_eq!(removes(&mut village, ada, linus), Ok(Done::unchanged(())));
        assert_eq!(village.posts(linus, channel, "Still here?"), Err(Refusal::NotAMember));
        assert_eq!(removes(&mut village, grace, grace).expect("she may leave").rows.len(), 2);
    }

    #[test]
    fn from_a_channel_that_is_not_there_everybody_is_removed_already() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.private_channel(ada, "Surprise");
        let stranger = village.runs(|tx, m| remove_member(tx, grace, channel, ada, m));
        assert_eq!(stranger, Ok(Done::unchanged(())));
        assert!(village.posts(ada, channel, "Still here").is_ok());
    }
}
