use chat::{ChannelRole, ChannelSid, Refusal, UserSid};

use crate::commands::{Done, Moment, Outcome, present_user};
use crate::store::Tx;

/// Makes another member the channel's admin, in place of the present ones.
pub fn hand_over_channel(
    tx: &mut dyn Tx,
    by: UserSid,
    channel: ChannelSid,
    to: UserSid,
    _m: &Moment,
) -> Outcome<()> {
    let by = present_user(tx, by)?;
    let channel = tx.channel(channel)?.ok_or(Refusal::ChannelNotFound)?;
    let member = tx.member(channel.sid, by.sid)?;

    channel.details.may_hand_over(by.role, member.map(|member| member.role))?;
    let heir = tx.member(channel.sid, to)?.ok_or(Refusal::MemberNotFound)?;

    let mut done = Done::unchanged(());
    for admin in tx.admins(channel.sid)? {
        if admin != to {
            done.rows.extend(tx.set_role(channel.sid, admin, ChannelRole::User)?.told());
        }
    }
    if heir.role != ChannelRole::Admin {
        done.rows.extend(tx.set_role(channel.sid, to, ChannelRole::Admin)?.told());
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::Village;

    #[test]
    fn the_heir_is_the_only_admin() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);

        let done = village.runs(|tx, m| hand_over_channel(tx, ada, channel, grace, m));

        assert_eq!(done.expect("she made it").rows.len(), 4);
        assert_eq!(village.asks(|tx| Ok(tx.admins(channel)?)), Ok(vec![grace]));
        assert!(matches!(village.deletes(ada, channel), Err(Refusal::NotPermitted(_))));
        let again = village.runs(|tx, m| hand_over_channel(tx, grace, channel, grace, m));
        assert_eq!(again, Ok(Done::unchanged(())));
        assert!(village.deletes(grace, channel).is_ok());
    }

    #[test]
    fn only_members_inherit_and_only_admins_hand_over() {
        let mut village = Village::in_memory();
        let [ada, grace, linus] = village.people(["Ada", "Grace", "Linus"]);
        let (admin, general) = (village.admin("Root"), village.general);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        let to_linus = village.runs(|tx, m| hand_over_channel(tx, ada, channel, linus, m));
        assert_eq!(to_linus, Err(Refusal::MemberNotFound));
        let by_grace = village.runs(|tx, m| hand_over_channel(tx, grace, channel, grace, m));
        assert!(matches!(by_grace, Err(Refusal::NotPermitted(_))));
        let generals = village.runs(|tx, m| hand_over_channel(tx, admin, general, ada, m));
        assert_eq!(generals, Err(Refusal::GeneralStays));
        assert!(village.runs(|tx, m| hand_over_channel(tx, admin, channel, grace, m)).is_ok());
    }
}
