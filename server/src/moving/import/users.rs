//! The service's users. Who came before the import is given what they lack.

use chat::protocol::{Scope, UserEditing};
use chat::{Identity, Refusal, UserSid};

use super::dues::{Due, Dues};
use super::roles::RoleHere;
use super::{Import, Stopped};
use crate::commands::{
    Actor, CommandError, Done, Moment, NewcomerWish, Outcome, create_user, edit_user,
};
use crate::moving::rows::UserRow;
use crate::store::{DefaultRoles, Tx};

impl Import<'_, '_> {
    pub(super) async fn users(&mut self) -> Result<(), Stopped> {
        let mut rows = self.rows::<UserRow>(self.folder)?;
        loop {
            let batch = self.next(&mut rows, true).await?;
            if batch.is_empty() {
                return Ok(());
            }
            let wishes = batch.iter().map(|placed| {
                let (row, role) = (placed.row.clone(), self.roles.of(placed.row.role_sid));
                (placed.id, Newcomer { system: self.service.system(), row, role })
            });
            let brought = self
                .write(Scope::Directory, wishes.collect(), |tx, newcomer, m| {
                    Newcomer::bring(newcomer, tx, m)
                })
                .await?;
            for (placed, brought) in batch.iter().zip(brought) {
                if matches!(brought, Ok((_, true))) {
                    self.roles.came(placed.row.role_sid);
                }
                if let Some(here) = self.tell("users", &placed.place, brought)? {
                    self.tell_sid(&placed.place, placed.row.sid, here)?;
                }
            }
        }
    }
}

/// A row, and what its role is here.
struct Newcomer {
    system: UserSid,
    row: UserRow,
    role: RoleHere,
}

impl Newcomer {
    fn bring(&self, tx: &mut dyn Tx, m: &Moment) -> Outcome<UserSid> {
        let row = &self.row;
        let wish = NewcomerWish {
            sid: Some(row.sid),
            identity: row.identity.clone(),
            friendly_name: row.friendly_name.clone(),
            attributes: row.attributes.clone(),
            role: self.role.sid,
            created_at: row.date_created,
        };
        let created = match create_user(tx, &wish, m) {
            // The system that sent messages there is the one that does so here.
            Err(CommandError::Refused(Refusal::NameReserved)) => {
                return Ok(Done::unchanged(self.system));
            }
            Err(CommandError::Refused(Refusal::NameTaken)) => return self.furnish(tx, m),
            created => created?,
        };
        if created.rows.is_empty() {
            return self.furnish(tx, m);
        }
        if self.role.is_stand_in {
            let user = tx.user(created.reply)?.ok_or(Refusal::UserNotFound)?;
            Dues::of(self.system, row.sid).settle(tx, Some(user.role))?;
        }
        Ok(created)
    }

    /// Gives somebody who is here what they lack and the row has, once.
    fn furnish(&self, tx: &mut dyn Tx, m: &Moment) -> Outcome<UserSid> {
        let Self { system, row, role } = self;
        let named = tx.user_named(&Identity::parse(&row.identity)?)?;
        let Some(user) = named.filter(|user| user.sid != *system) else {
            return Ok(Done::unchanged(row.sid));
        };
        let dues = Dues::of(*system, row.sid);
        let is_from_row = tx.user(row.sid)?.is_some();
        let mut editing =
            UserEditing { user: user.sid, friendly_name: None, attributes: None, role: None };
        let takes_role = match dues.left(tx, is_from_row)? {
            Due::Nothing => return Ok(Done::unchanged(user.sid)),
            Due::RoleInstead(_) if role.is_stand_in => return Ok(Done::unchanged(user.sid)),
            Due::RoleInstead(stand_in) => user.role == stand_in,
            Due::All => {
                let is_nameless = user.friendly_name.is_none();
                let is_bare = user.attributes.is_empty();
                editing.friendly_name = row.friendly_name.clone().filter(|_| is_nameless);
                editing.attributes = Some(row.attributes.clone()).filter(|_| is_bare);
                [tx.default_roles()?.user, DefaultRoles::default().user].contains(&user.role)
            }
        };
        editing.role = role.sid.filter(|_| takes_role);
        let edited = edit_user(tx, Actor::Operator(*system), &editing, m)?;
        let stand_in = editing.role.unwrap_or(user.role);
        dues.settle(tx, (takes_role && role.is_stand_in).then_some(stand_in))?;
        Ok(edited.replied(user.sid))
    }
}
