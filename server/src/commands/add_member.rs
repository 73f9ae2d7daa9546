use chat::protocol::Joined;
use chat::{ChannelSid, Identity, MemberSid, Nonce, Permission, Refusal, User};

use crate::commands::asked::Asked;
use crate::commands::join_channel::room_in;
use crate::commands::{Actor, Asker, CommandError, Done, Moment, Outcome, admit_identity};
use crate::store::{NewMember, Tx};

/// Makes somebody else a member, at once.
pub fn add_member(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    channel: ChannelSid,
    identity: &Identity,
    nonce: Nonce,
    m: &Moment,
) -> Outcome<Joined> {
    let asker = Asker::load(tx, by)?;
    let asked = Asked::of("add_member", asker.user.sid, nonce, &(channel, identity))?;
    if let Some(joined) = asked.first_reply(tx)? {
        return Ok(Done::unchanged(joined));
    }
    let standing = asker.known_channel(tx, channel)?;

    standing.rights.permit(Permission::AddMember)?;
    let called = called(tx, &asker, identity, m)?;
    let user = &called.reply;
    if tx.member(channel, user.sid)?.is_some() {
        return Err(Refusal::AlreadyAMember.into());
    }
    room_in(tx, &standing.channel, user.sid)?;

    let role = tx.default_roles()?.member;
    let rows =
        tx.add_member(&NewMember { sid: MemberSid::new(m.id), channel, user, role, at: m.now })?;
    let joined = Joined { member: rows.member.sid };
    asked.keep(tx, &joined)?;
    Ok(Done::changed(joined, called.rows.into_iter().chain(rows.told())))
}

/// Who bears a name. The operator may name people who have never been here: they are made.
pub(super) fn called(
    tx: &mut dyn Tx,
    asker: &Asker,
    identity: &Identity,
    m: &Moment,
) -> Result<Done<User>, CommandError> {
    match tx.user_named(identity)? {
        Some(user) => Ok(Done::unchanged(user)),
        None if asker.is_operator() => admit_identity(tx, identity, m),
        None => Err(Refusal::UserNotFound.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::{Village, identity};

    #[test]
    fn admins_add_people_and_members_do_not() {
        let mut village = Village::in_memory();
        let [ada, grace, linus] = village.people(["Ada", "Grace", "Linus"]);
        let channel = village.private_channel(ada, "Surprise");
        assert_eq!(village.adds(grace, channel, "Linus"), Err(Refusal::ChannelNotFound));
        village.adds(ada, channel, "Grace").expect("she made it");
        assert!(village.posts(grace, channel, "Thank you").is_ok());
        let missing = Refusal::NotPermitted(Permission::AddMember);
        assert_eq!(village.adds(grace, channel, "Linus"), Err(missing));
        assert_eq!(village.posts(linus, channel, "Hello?"), Err(Refusal::ChannelNotFound));
        assert_eq!(village.adds(ada, channel, "Grace"), Err(Refusal::AlreadyAMember));
        assert_eq!(village.adds(ada, channel, "Nobody"), Err(Refusal::UserNotFound));
    }

    #[test]
    fn the_operator_adds_people_who_have_never_been_here() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.private_channel(ada, "Surprise");
        let (operator, nonce) = (village.operator(), village.nonce());
        let newcomer = identity("Newcomer");
        let done = village
            .runs(|tx, m| add_member(tx, operator, channel, &newcomer, nonce, m))
            .expect("the operator may");
        assert_eq!(done.rows.len(), 3, "a user, a member, a membership: {:?}", done.rows);
        let again = village.runs(|tx, m| add_member(tx, operator, channel, &newcomer, nonce, m));
        assert_eq!(again, Ok(Done::unchanged(done.reply)));
    }
}
