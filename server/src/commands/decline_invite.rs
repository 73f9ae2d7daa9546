use chat::{ChannelSid, Permission, UserSid};

use crate::commands::{Actor, Asker, Done, Moment, Outcome};
use crate::store::Tx;
use crate::store::nouns::told_membership;

/// Ends an invitation: one's own, or one that others may take back. Where there is none, nothing
/// happens.
pub fn decline_invite(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    channel: ChannelSid,
    user: UserSid,
    _m: &Moment,
) -> Outcome<()> {
    let asker = Asker::load(tx, by)?;
    let Some(standing) = asker.standing_in(tx, channel)? else { return Ok(Done::unchanged(())) };

    if user != asker.user.sid {
        standing.rights.permit(Permission::InviteMember)?;
    }
    if tx.invited(channel, user)?.is_none() {
        return Ok(Done::unchanged(()));
    }

    Ok(Done::changed((), [told_membership(user, tx.end_invitation(channel, user)?)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::Refusal;

    use crate::store::village::Village;

    #[test]
    fn whoever_declines_knows_nothing_of_the_channel_any_more() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.private_channel(ada, "Surprise");
        village.invites(ada, channel, "Grace").expect("she made it");
        assert_eq!(village.declines(grace, channel).rows.len(), 1);
        assert_eq!(village.declines(grace, channel), Done::unchanged(()));
        assert_eq!(village.joins(grace, channel), Err(Refusal::ChannelNotFound));
        assert!(village.invites(ada, channel, "Grace").is_ok(), "she may be asked again");
    }

    #[test]
    fn who_may_invite_takes_invitations_back_and_others_do_not() {
        let mut village = Village::in_memory();
        let [ada, grace, linus] = village.people(["Ada", "Grace", "Linus"]);
        let channel = village.private_channel(ada, "Surprise");
        for name in ["Grace", "Linus"] {
            village.invites(ada, channel, name).expect("she made it");
        }
        let missing = Refusal::NotPermitted(Permission::InviteMember);
        let by_linus = village.runs(|tx, m| decline_invite(tx, linus, channel, grace, m));
        assert_eq!(by_linus, Err(missing));
        let by_ada = village.runs(|tx, m| decline_invite(tx, ada, channel, grace, m));
        assert_eq!(by_ada.expect("she made it").rows.len(), 1);
        assert_eq!(village.joins(grace, channel), Err(Refusal::ChannelNotFound));
    }
}
