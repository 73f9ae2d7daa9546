use chat::{ChannelSid, Refusal, RoleSid, UserSid};

use crate::commands::{Actor, Asker, CommandError, Done, Moment, Outcome};
use crate::store::{MemberRows, Tx};

/// Makes another member the channel's admin, in place of the present ones.
pub fn hand_over_channel(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    channel: ChannelSid,
    to: UserSid,
    _m: &Moment,
) -> Outcome<()> {
    let asker = Asker::load(tx, by)?;
    let standing = asker.known_channel(tx, channel)?;

    standing.channel.details.may_hand_over(standing.rights)?;
    let heir = tx.member(channel, to)?.ok_or(Refusal::MemberNotFound)?;

    let roles = tx.default_roles()?;
    let mut done = Done::unchanged(());
    for admin in tx.bearers(channel, roles.creator)? {
        if admin != to {
            done.rows.extend(give(tx, channel, admin, roles.member)?.told());
        }
    }
    if heir.role != roles.creator {
        done.rows.extend(give(tx, channel, to, roles.creator)?.told());
    }
    tx.set_creator(channel, to)?;
    Ok(done)
}

fn give(
    tx: &mut dyn Tx,
    channel: ChannelSid,
    user: UserSid,
    role: RoleSid,
) -> Result<MemberRows, CommandError> {
    let member = tx.member(channel, user)?.ok_or(Refusal::MemberNotFound)?;
    Ok(tx.change_member(channel, user, role, &member.attributes)?)
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
        assert_eq!(
            village.asks(|tx| Ok(tx.bearers(channel, RoleSid::CHANNEL_ADMIN)?)),
            Ok(vec![grace])
        );
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
