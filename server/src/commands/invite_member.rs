use chat::protocol::Invitation;
use chat::{
    ChannelSid, Identity, InviteSid, Invited, Nonce, Permission, Refusal, RoleKind, RoleSid,
};
use serde::Serialize;

use crate::commands::add_member::{called, known, not_the_system};
use crate::commands::asked::Asked;
use crate::commands::edit_member::role_of_kind;
use crate::commands::{Actor, Asker, Done, Moment, Outcome};
use crate::store::Tx;
use crate::store::nouns::told_membership;

/// Whom an invitation is for.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Invitee<'a> {
    pub identity: &'a Identity,
    /// What they bear once they take it up; only the operator may name one.
    pub role: Option<RoleSid>,
}

impl<'a> Invitee<'a> {
    /// Somebody who will bear the default role.
    pub fn of(identity: &'a Identity) -> Self {
        Self { identity, role: None }
    }
}

/// Asks somebody to join. Only they hear of it, until they join or decline.
pub fn invite_member(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    channel: ChannelSid,
    invitee: Invitee<'_>,
    nonce: Nonce,
    m: &Moment,
) -> Outcome<Invitation> {
    let asker = Asker::load(tx, by)?;
    let asked = Asked::of("invite_member", asker.user.sid, nonce, &(channel, invitee))?;
    if let Some(invitation) = asked.first_reply(tx)? {
        return Ok(Done::unchanged(invitation));
    }
    let standing = asker.known_channel(tx, channel)?;

    standing.rights.permit(Permission::InviteMember)?;
    not_the_system(invitee.identity)?;
    let role = invitee.role.map(|role| role_of_kind(tx, role, RoleKind::Channel)).transpose()?;
    let known = known(tx, &asker, invitee.identity)?;
    if let Some(user) = &known {
        if tx.member(channel, user.sid)?.is_some() {
            return Err(Refusal::AlreadyAMember.into());
        }
        if tx.invited(channel, user.sid)?.is_some() {
            return Err(Refusal::AlreadyInvited.into());
        }
    }
    let expected = standing.channel.members + tx.invitations(channel)?.len() as u64;
    if tx.settings()?.members_of_channel <= expected && !standing.channel.details.is_general() {
        return Err(Refusal::ChannelFull.into());
    }

    let called = called(tx, known, invitee.identity, m)?;
    let user = &called.reply;
    let invited = Invited {
        sid: InviteSid::new(m.id),
        by: asker.user.identity.clone(),
        at: m.now,
        friendly_name: standing.channel.details.friendly_name,
        role,
    };
    let invitation = Invitation { invite: invited.sid };
    let membership = tx.invite(channel, user, &invited)?;
    asked.keep(tx, &invitation)?;
    let told = told_membership(user.sid, membership);
    Ok(Done::changed(invitation, called.rows.into_iter().chain([told])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::{Row, Scope};

    use crate::store::village::Village;

    #[test]
    fn only_the_invited_hear_of_it_and_then_may_join() {
        let mut village = Village::in_memory();
        let [ada, grace, linus] = village.people(["Ada", "Grace", "Linus"]);
        let channel = village.private_channel(ada, "Surprise");
        assert_eq!(village.joins(grace, channel), Err(Refusal::ChannelNotFound));

        let done = village.invites(ada, channel, "Grace").expect("she made it");

        let [(Scope::User(user), Row::Membership(mine))] = &done.rows[..] else {
            panic!("only her own scope is told: {:?}", done.rows)
        };
        let invited = mine.invited.as_ref().expect("she is invited");
        assert_eq!((*user, mine.role, invited.by.as_str()), (grace, None, "Ada"));
        assert_eq!(invited.friendly_name.as_str(), "Surprise");
        assert_eq!(village.posts(grace, channel, "Hello"), Err(Refusal::NotAMember));
        assert_eq!(village.joins(linus, channel), Err(Refusal::ChannelNotFound));

        let joined = village.joins(grace, channel).expect("she is invited");
        let Row::Membership(mine) = &joined.rows[1].1 else { panic!("her own scope is told") };
        assert_eq!(mine.invited, None);
        village.leaves(grace, channel);
        assert_eq!(village.joins(grace, channel), Err(Refusal::ChannelNotFound));
    }

    #[test]
    fn nobody_is_invited_twice_or_into_where_they_are() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.private_channel(ada, "Surprise");
        assert_eq!(village.invites(ada, channel, "Ada"), Err(Refusal::AlreadyAMember));
        assert_eq!(village.invites(ada, channel, "Nobody"), Err(Refusal::UserNotFound));
        village.invites(ada, channel, "Grace").expect("she made it");
        assert_eq!(village.invites(ada, channel, "Grace"), Err(Refusal::AlreadyInvited));
        village.joins(grace, channel).expect("she is invited");
        let missing = Refusal::NotPermitted(Permission::InviteMember);
        assert_eq!(village.invites(grace, channel, "Linus"), Err(missing));
    }

    #[test]
    fn a_repeat_invites_nobody_a_second_time() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.private_channel(ada, "Surprise");
        let (nonce, name) = (village.nonce(), crate::store::village::identity("Grace"));
        let first =
            village.does(|tx, m| invite_member(tx, ada, channel, Invitee::of(&name), nonce, m));
        village.declines(grace, channel);
        let again =
            village.runs(|tx, m| invite_member(tx, ada, channel, Invitee::of(&name), nonce, m));
        assert_eq!(again, Ok(Done::unchanged(first)));
    }

    #[test]
    fn who_takes_an_invitation_up_bears_its_role() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.private_channel(ada, "Surprise");
        let (operator, name) = (village.operator(), crate::store::village::identity("Grace"));
        let invites = |village: &mut Village, role| {
            let (nonce, invitee) = (village.nonce(), Invitee { identity: &name, role: Some(role) });
            village.runs(|tx, m| invite_member(tx, operator, channel, invitee, nonce, m))
        };
        let refused = invites(&mut village, RoleSid::SERVICE_USER);
        assert_eq!(refused, Err(Refusal::RoleOfOtherKind));
        invites(&mut village, RoleSid::CHANNEL_ADMIN).expect("a role for channels");
        village.joins(grace, channel).expect("she is invited");
        let member = village.writes(|tx| tx.member(channel, grace)).expect("she is in");
        assert_eq!(member.role, RoleSid::CHANNEL_ADMIN);
    }
}
