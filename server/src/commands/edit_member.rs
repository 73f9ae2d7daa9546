use chat::protocol::MemberEditing;
use chat::{Attributes, Permission, Refusal, RoleKind, RoleSid, limits};

use crate::commands::{Actor, Asker, CommandError, Done, Moment, Outcome};
use crate::store::Tx;

/// Gives a member other attributes, another role, or both.
pub fn edit_member(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    editing: &MemberEditing,
    _m: &Moment,
) -> Outcome<()> {
    let asker = Asker::load(tx, by)?;
    let standing = asker.known_channel(tx, editing.channel)?;
    let member = tx.member(editing.channel, editing.user)?.ok_or(Refusal::MemberNotFound)?;

    let (mut role, mut attributes) = (member.role, member.attributes.clone());
    if let Some(wished) = editing.role {
        if !asker.is_operator() {
            return Err(Refusal::RoleRefused.into());
        }
        role = role_of_kind(tx, wished, RoleKind::Channel)?;
    }
    if let Some(text) = &editing.attributes {
        let (own, any) = (Permission::EditOwnMemberAttributes, Permission::EditAnyMemberAttributes);
        standing.rights.permit_either(editing.user == asker.user.sid, own, any)?;
        attributes = Attributes::parse(text, limits::MEMBER_ATTRIBUTES_BYTES_MAX)?;
    }
    if (role, &attributes) == (member.role, &member.attributes) {
        return Ok(Done::unchanged(()));
    }

    let rows = tx.change_member(editing.channel, editing.user, role, &attributes)?;
    Ok(Done::changed((), rows.told()))
}

/// A role that lives, and counts where it is to be borne.
pub(super) fn role_of_kind(
    tx: &mut dyn Tx,
    role: RoleSid,
    kind: RoleKind,
) -> Result<RoleSid, CommandError> {
    let found = tx.role(role)?.and_then(|role| role.details).ok_or(Refusal::RoleNotFound)?;
    if found.kind != kind {
        return Err(Refusal::RoleOfOtherKind.into());
    }
    Ok(role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::Row;
    use chat::{ChannelSid, Permissions, UserSid};

    use crate::store::village::Village;

    fn editing(channel: ChannelSid, user: UserSid) -> MemberEditing {
        MemberEditing { channel, user, role: None, attributes: None }
    }

    #[test]
    fn members_hang_json_on_themselves_and_admins_on_anybody() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        let wish = |user, text: &str| MemberEditing {
            attributes: Some(text.to_owned()),
            ..editing(channel, user)
        };
        let any = Refusal::NotPermitted(Permission::EditAnyMemberAttributes);
        for (by, of, text, expected) in [
            (grace, grace, "{\"seat\":7}", Ok(())),
            (grace, ada, "{}", Err(any)),
            (ada, grace, "[1]", Ok(())),
            (grace, grace, "{", Err(Refusal::AttributesNotJson)),
        ] {
            let wish = wish(of, text);
            let judged = village.runs(|tx, m| edit_member(tx, by, &wish, m)).map(|_| ());
            assert_eq!(judged, expected, "{text}");
        }
        let again = wish(grace, "[1]");
        let again = village.runs(|tx, m| edit_member(tx, grace, &again, m));
        assert_eq!(again, Ok(Done::unchanged(())));
    }

    #[test]
    fn an_observer_is_just_a_role_that_the_operator_gives() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Announcements");
        village.all_join([grace], channel);
        let observer = village.role("observer", RoleKind::Channel, &["leaveChannel"]);
        let wish = MemberEditing { role: Some(observer), ..editing(channel, grace) };
        let by_ada = village.runs(|tx, m| edit_member(tx, ada, &wish, m));
        assert_eq!(by_ada, Err(Refusal::RoleRefused));

        let operator = village.operator();
        let done = village.runs(|tx, m| edit_member(tx, operator, &wish, m)).expect("it may");

        assert!(matches!(&done.rows[0].1, Row::Member(member) if member.role == Some(observer)));
        let missing = Refusal::NotPermitted(Permission::SendMessage);
        assert_eq!(village.posts(grace, channel, "May I?"), Err(missing));
        assert!(village.posts(ada, channel, "Welcome").is_ok());
    }

    #[test]
    fn a_members_role_is_a_channel_role_that_is_there() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let operator = village.operator();
        for (role, refusal) in [
            (RoleSid::SERVICE_ADMIN, Refusal::RoleOfOtherKind),
            (RoleSid::from_bytes([9; 16]), Refusal::RoleNotFound),
        ] {
            let wish = MemberEditing { role: Some(role), ..editing(channel, ada) };
            assert_eq!(village.runs(|tx, m| edit_member(tx, operator, &wish, m)), Err(refusal));
        }
        assert_eq!(
            village.asks(|tx| Ok(tx.member(channel, ada)?)).expect("she is").map(|m| m.permissions),
            Some(Permissions::CHANNEL_ADMIN)
        );
    }
}
