use chat::protocol::CloseCode;
use chat::{Refusal, UserSid};

use crate::commands::retire::retire;
use crate::commands::{CommandError, Done, Moment, Outcome};
use crate::store::Tx;

/// Ends a user for the operator: memberships, sessions and all; the name is free, the messages stay.
/// Deleting who is gone succeeds and tells nobody.
pub fn delete_user(tx: &mut dyn Tx, user: UserSid, m: &Moment) -> Outcome<()> {
    let service = tx.service()?.ok_or(Refusal::Unavailable)?;
    if user == service.system() {
        return Err(Refusal::NameReserved.into());
    }
    match tx.user(user)?.filter(|user| !user.retired) {
        Some(user) => retire(tx, &user, CloseCode::SessionEnded, m).map_err(CommandError::from),
        None => Ok(Done::unchanged(())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::RoleKind;

    use crate::commands::{NewcomerWish, create_role, create_user, delete_role};
    use crate::store::village::{Village, identity};

    #[test]
    fn somebody_who_is_deleted_is_in_no_channel_and_the_name_is_free() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        village.says(grace, channel, "Hello");

        let done = village.runs(|tx, m| delete_user(tx, grace, m)).expect("the operator may");
        assert_eq!(done.rows.len(), 3);
        assert_eq!(village.writes(|tx| tx.member(channel, grace)), None);
        assert_eq!(village.posts(grace, channel, "Hello?"), Err(Refusal::SessionEnded));
        let again = village.runs(|tx, m| delete_user(tx, grace, m));
        assert_eq!(again, Ok(Done::unchanged(())));
        let name = identity("Grace");
        let other = village.does(|tx, m| crate::commands::admit_identity(tx, &name, m));
        assert_ne!(other.sid, grace);
    }

    #[test]
    fn a_role_goes_with_the_last_who_bore_it() {
        let mut village = Village::in_sqlite();
        let permissions = ["joinChannel".to_owned()];
        let role =
            village.does(|tx, m| create_role(tx, "Reader", RoleKind::Service, &permissions, m));
        let wish = NewcomerWish {
            identity: "Grace".to_owned(),
            role: Some(role),
            ..NewcomerWish::default()
        };
        let grace = village.does(|tx, m| create_user(tx, &wish, m));
        let refused = village.runs(|tx, m| delete_role(tx, role, m));
        assert_eq!(refused, Err(Refusal::RoleInUse));
        village.does(|tx, m| delete_user(tx, grace, m));
        assert!(village.runs(|tx, m| delete_role(tx, role, m)).is_ok());
    }

    #[test]
    fn the_system_itself_stays() {
        let mut village = Village::in_memory();
        let system = village.writes(|tx| tx.service()).expect("founded").system();
        let refused = village.runs(|tx, m| delete_user(tx, system, m));
        assert_eq!(refused, Err(Refusal::NameReserved));
    }
}
