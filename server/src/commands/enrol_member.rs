use chat::protocol::{MemberEditing, Row, Scope};
use chat::{
    Attributes, ChannelSid, Identity, MemberSid, MessageIndex, Nonce, Refusal, RoleKind, RoleSid,
    Timestamp, UserSid, limits,
};

use crate::commands::edit_member::role_of_kind;
use crate::commands::stamps::{judge_dates, moment_of};
use crate::commands::{
    Actor, CommandError, Done, Moment, Outcome, add_member, edit_member, set_read_horizon,
};
use crate::store::Tx;

/// What a backend says of a member.
#[derive(Clone, Debug, Default)]
pub struct MemberWish {
    /// The SID that they had elsewhere, for one who is made a member.
    pub sid: Option<MemberSid>,
    /// A channel role.
    pub role: Option<RoleSid>,
    /// JSON of any shape, as text.
    pub attributes: Option<String>,
    /// How far they have read; nothing leaves it as it is.
    pub horizon: Option<MessageIndex>,
    pub joined_at: Option<Timestamp>,
    /// When they read that far; now, unless it is said.
    pub read_at: Option<Timestamp>,
}

/// Makes somebody a member for the operator, with all that is said of them. Who was made one with
/// that SID before is left alone, also if they have left since.
pub fn enrol_member(
    tx: &mut dyn Tx,
    by: Actor,
    channel: ChannelSid,
    identity: &Identity,
    wish: &MemberWish,
    m: &Moment,
) -> Outcome<UserSid> {
    judge(tx, channel, wish, m)?;
    let bearer = tx.user_named(identity)?.map(|user| user.sid);
    if let Some(sid) = wish.sid
        && tx.user_of_member(channel, sid)?.is_some_and(|holder| Some(holder) != bearer)
    {
        return Err(Refusal::SidTaken.into());
    }

    let own = moment_of(wish.sid.map(|sid| *sid.as_bytes()), wish.joined_at, m);
    let added = add_member(tx, by, channel, identity, Nonce(own.id), &own)?;
    let user = tx.user_named(identity)?.ok_or(Refusal::UserNotFound)?.sid;
    if added.rows.is_empty() {
        return Ok(Done::unchanged(user));
    }
    let furnished = furnish(tx, by, channel, user, wish, m)?;
    Ok(added.replied(user).and(furnished))
}

/// Changes what is said of a member, for the operator.
pub fn amend_member(
    tx: &mut dyn Tx,
    by: Actor,
    channel: ChannelSid,
    user: UserSid,
    wish: &MemberWish,
    m: &Moment,
) -> Outcome<()> {
    judge(tx, channel, wish, m)?;
    tx.member(channel, user)?.ok_or(Refusal::MemberNotFound)?;

    furnish(tx, by, channel, user, wish, m)
}

/// Whatever of the wish could be refused, before anything is written.
fn judge(
    tx: &mut dyn Tx,
    channel: ChannelSid,
    wish: &MemberWish,
    m: &Moment,
) -> Result<(), CommandError> {
    judge_dates(wish.joined_at, wish.read_at, m)?;
    let channel = tx.channel(channel)?.ok_or(Refusal::ChannelNotFound)?;
    if let Some(role) = wish.role {
        role_of_kind(tx, role, RoleKind::Channel)?;
    }
    if let Some(text) = &wish.attributes {
        Attributes::parse(text, limits::MEMBER_ATTRIBUTES_BYTES_MAX)?;
    }
    if channel.last_index < wish.horizon {
        return Err(Refusal::HorizonInvalid.into());
    }
    Ok(())
}

fn furnish(
    tx: &mut dyn Tx,
    by: Actor,
    channel: ChannelSid,
    user: UserSid,
    wish: &MemberWish,
    m: &Moment,
) -> Outcome<()> {
    let editing =
        MemberEditing { channel, user, role: wish.role, attributes: wish.attributes.clone() };
    let mut done = edit_member(tx, by, &editing, m)?;
    if let Some(index) = wish.horizon {
        let read = moment_of(None, wish.read_at, m);
        done = done.and(set_read_horizon(tx, user, channel, Some(index), &read)?);
    }
    if let Some(at) = wish.joined_at {
        let member = tx.date_member(channel, user, at)?;
        done.rows.push((Scope::Channel(channel), Row::Member(member)));
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::{Village, identity};

    fn operator(village: &mut Village) -> Actor {
        Actor::Operator(village.writes(|tx| tx.service()).expect("founded").system())
    }

    #[test]
    fn somebody_enters_with_all_that_is_said_of_them() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        village.says(ada, channel, "Hello");
        let (operator, grace) = (operator(&mut village), identity("Grace"));
        let wish = MemberWish {
            role: Some(RoleSid::CHANNEL_ADMIN),
            attributes: Some("[1]".to_owned()),
            horizon: Some(MessageIndex(0)),
            joined_at: Some(Timestamp(1_400_000_000_000)),
            ..MemberWish::default()
        };
        let user = village.does(|tx, m| enrol_member(tx, operator, channel, &grace, &wish, m));
        let member = village.writes(|tx| tx.member(channel, user)).expect("enrolled");
        assert_eq!((member.role, member.horizon), (RoleSid::CHANNEL_ADMIN, Some(MessageIndex(0))));
        assert_eq!(member.attributes.as_str(), "[1]");
        let listed = village.writes(|tx| tx.listed_member(channel, user)).expect("enrolled");
        assert_eq!(listed.member.at, Timestamp(1_400_000_000_000));
        let again = village.runs(|tx, m| enrol_member(tx, operator, channel, &grace, &wish, m));
        assert_eq!(again, Err(Refusal::AlreadyAMember));
    }

    #[test]
    fn what_does_not_do_enrols_nobody_and_changes_nobody() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let (operator, grace) = (operator(&mut village), identity("Grace"));
        let before = village.writes(|tx| tx.member(channel, ada));
        for (wish, refusal) in [
            (
                MemberWish { role: Some(RoleSid::SERVICE_USER), ..MemberWish::default() },
                Refusal::RoleOfOtherKind,
            ),
            (
                MemberWish { attributes: Some("{".to_owned()), ..MemberWish::default() },
                Refusal::AttributesNotJson,
            ),
            (
                MemberWish { horizon: Some(MessageIndex(0)), ..MemberWish::default() },
                Refusal::HorizonInvalid,
            ),
            (
                MemberWish { joined_at: Some(Timestamp(-1)), ..MemberWish::default() },
                Refusal::BadParameter,
            ),
        ] {
            let refused =
                village.runs(|tx, m| enrol_member(tx, operator, channel, &grace, &wish, m));
            assert_eq!(refused, Err(refusal), "{wish:?}");
            let refused = village.runs(|tx, m| amend_member(tx, operator, channel, ada, &wish, m));
            assert_eq!(refused, Err(refusal), "{wish:?}");
        }
        assert_eq!(village.writes(|tx| tx.user_named(&grace)), None);
        assert_eq!(village.writes(|tx| tx.member(channel, ada)), before);
    }
}
