use chat::protocol::Joined;
use chat::{ChannelSid, Identity, MemberSid, Nonce, Permission, Refusal, User};

use crate::commands::asked::Asked;
use crate::commands::join_channel::room_in;
use crate::commands::{Actor, Asker, CommandError, Done, Moment, Outcome, admit_identity};
use crate::store::{NewMember, Tx, skeleton};

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
    not_the_system(identity)?;
    let known = known(tx, &asker, identity)?;
    if let Some(user) = &known
        && tx.member(channel, user.sid)?.is_some()
    {
        return Err(Refusal::AlreadyAMember.into());
    }
    room_in(tx, &standing.channel, known.as_ref().map(|user| user.sid))?;

    let called = called(tx, known, identity, m)?;
    let user = &called.reply;
    let role = tx.default_roles()?.member;
    let rows =
        tx.add_member(&NewMember { sid: MemberSid::new(m.id), channel, user, role, at: m.now })?;
    let joined = Joined { member: rows.member.sid };
    asked.keep(tx, &joined)?;
    Ok(Done::changed(joined, called.rows.into_iter().chain(rows.told())))
}

/// Whoever speaks for the operator is nowhere a member.
pub(super) fn not_the_system(identity: &Identity) -> Result<(), Refusal> {
    if identity.as_str() == skeleton::SYSTEM { Err(Refusal::NameReserved) } else { Ok(()) }
}

/// Who bears a name. The operator, and nobody else, may name people who have never been here.
pub(super) fn known(
    tx: &mut dyn Tx,
    asker: &Asker,
    identity: &Identity,
) -> Result<Option<User>, CommandError> {
    let known = tx.user_named(identity)?;
    if known.is_none() && !asker.is_operator() {
        return Err(Refusal::UserNotFound.into());
    }
    Ok(known)
}

/// Who bears a name that a backend vouches for.
pub(super) fn bearer(tx: &mut dyn Tx, identity: &Identity, m: &Moment) -> Outcome<User> {
    let known = tx.user_named(identity)?;
    called(tx, known, identity, m)
}

/// Whoever has never been here is made. Nothing may be refused after it.
pub(super) fn called(
    tx: &mut dyn Tx,
    known: Option<User>,
    identity: &Identity,
    m: &Moment,
) -> Outcome<User> {
    match known {
        Some(user) => Ok(Done::unchanged(user)),
        None => admit_identity(tx, identity, m),
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
    fn whoever_finds_no_room_is_not_made_either() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        for number in 1..crate::store::Settings::default().members_of_channel {
            let [user] = village.people([&format!("user {number}")]);
            village.all_join([user], channel);
        }
        let (operator, newcomer) = (village.operator(), identity("Newcomer"));
        let nonce = village.nonce();
        for refused in [
            village.runs(|tx, m| add_member(tx, operator, channel, &newcomer, nonce, m)).err(),
            village
                .runs(|tx, m| {
                    crate::commands::invite_member(
                        tx,
                        operator,
                        channel,
                        crate::commands::Invitee::of(&newcomer),
                        nonce,
                        m,
                    )
                })
                .err(),
        ] {
            assert_eq!(refused, Some(Refusal::ChannelFull));
        }
        assert_eq!(village.asks(|tx| Ok(tx.user_named(&newcomer)?)), Ok(None));
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
