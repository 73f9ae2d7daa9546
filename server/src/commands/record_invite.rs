use chat::protocol::Invitation;
use chat::{ChannelSid, Identity, InviteSid, Nonce, Refusal, RoleSid, Timestamp};

use crate::commands::stamps::{judge_dates, moment_of};
use crate::commands::{Actor, Asker, Invitee, Moment, Outcome, invite_member};
use crate::store::Tx;

/// An invitation as it was elsewhere.
#[derive(Clone, Debug)]
pub struct InviteWish {
    pub sid: InviteSid,
    /// Whom it is for.
    pub identity: Identity,
    /// What they will bear; nothing for the default role.
    pub role: Option<RoleSid>,
    /// Who invites; the operator, unless it is said.
    pub created_by: Option<Identity>,
    pub created_at: Option<Timestamp>,
}

/// Invites somebody for the operator, in the name of whoever invited them elsewhere. A repeat, also
/// of an invitation that is over, invites nobody.
pub fn record_invite(
    tx: &mut dyn Tx,
    by: Actor,
    channel: ChannelSid,
    wish: &InviteWish,
    m: &Moment,
) -> Outcome<Invitation> {
    let asker = Asker::load(tx, by)?;
    judge_dates(wish.created_at, None, m)?;
    let host = match &wish.created_by {
        Some(identity) => tx.user_named(identity)?.map_or(asker.user.sid, |host| host.sid),
        None => asker.user.sid,
    };
    let held = tx.listed_invite(channel, wish.sid)?;
    if held.is_some_and(|held| held.identity != wish.identity) {
        return Err(Refusal::SidTaken.into());
    }

    let own = moment_of(Some(*wish.sid.as_bytes()), wish.created_at, m);
    let host = Actor::Operator(host);
    let invitee = Invitee { identity: &wish.identity, role: wish.role };
    invite_member(tx, host, channel, invitee, Nonce(own.id), &own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Done;
    use crate::store::village::{Village, identity};

    #[test]
    fn an_invitation_keeps_its_sid_its_host_and_its_date() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.private_channel(ada, "Surprise");
        let operator = village.operator();
        let wish = InviteWish {
            sid: InviteSid::from_bytes([7; 16]),
            identity: identity("Grace"),
            role: None,
            created_by: Some(identity("Ada")),
            created_at: Some(Timestamp(1_500_000_000_000)),
        };
        let made = village.does(|tx, m| record_invite(tx, operator, channel, &wish, m));
        let invited = village.writes(|tx| tx.invited(channel, grace)).expect("she is");
        assert_eq!((invited.sid, invited.by.as_str()), (wish.sid, "Ada"));
        assert_eq!(Some(invited.at), wish.created_at);

        let other = InviteWish { identity: identity("Linus"), ..wish.clone() };
        let refused = village.runs(|tx, m| record_invite(tx, operator, channel, &other, m));
        assert_eq!(refused, Err(Refusal::SidTaken));
        village.declines(grace, channel);
        let again = village.runs(|tx, m| record_invite(tx, operator, channel, &wish, m));
        assert_eq!(again, Ok(Done::unchanged(made)));
    }
}
