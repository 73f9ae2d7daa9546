//! Roles, the service itself, and its users.

use chat::Refusal;
use chat::protocol::Scope;

use super::{Import, Stopped};
use crate::commands::{
    CommandError, Done, NewcomerWish, RoleWish, change_settings, create_user, record_role,
};
use crate::moving::rows::{RoleRow, ServiceRow, UserRow};
use crate::store::DefaultRoles;

impl Import<'_, '_> {
    pub(super) async fn roles(&mut self) -> Result<(), Stopped> {
        let mut rows = self.rows::<RoleRow>(self.folder)?;
        loop {
            let batch = self.next(&mut rows, true).await?;
            if batch.is_empty() {
                return Ok(());
            }
            let wishes = batch.iter().map(|placed| (placed.id, wish_for_role(&placed.row)));
            let brought = self.write(Scope::Directory, wishes.collect(), record_role).await?;
            for (placed, brought) in batch.iter().zip(brought) {
                if let Some(here) = self.tell("roles", &placed.place, brought)? {
                    self.roles.insert(placed.row.sid, here);
                }
            }
        }
    }

    pub(super) async fn service_row(&mut self) -> Result<(), Stopped> {
        let mut rows = self.rows::<ServiceRow>(self.folder)?;
        for placed in self.next(&mut rows, true).await? {
            let row = &placed.row;
            let wished = [
                row.default_service_role_sid,
                row.default_channel_creator_role_sid,
                row.default_channel_role_sid,
            ]
            .map(|role| role.map(|role| self.role(role)));
            let brought = self
                .write(Scope::Directory, vec![(placed.id, wished)], |tx, wished, m| {
                    let (here, settings) = (tx.default_roles()?, tx.settings()?);
                    let [user, creator, member] = *wished;
                    let roles = DefaultRoles {
                        user: user.unwrap_or(here.user),
                        creator: creator.unwrap_or(here.creator),
                        member: member.unwrap_or(here.member),
                    };
                    let set = change_settings(tx, settings, roles, m)?;
                    Ok(set.replied(roles != here))
                })
                .await?;
            for brought in brought {
                let brought = brought.map(|(is_new, _)| ((), is_new));
                self.tell("service", &placed.place, brought)?;
            }
        }
        Ok(())
    }

    pub(super) async fn users(&mut self) -> Result<(), Stopped> {
        let mut rows = self.rows::<UserRow>(self.folder)?;
        loop {
            let batch = self.next(&mut rows, true).await?;
            if batch.is_empty() {
                return Ok(());
            }
            let wishes = batch.iter().map(|placed| (placed.id, self.wish_for_user(&placed.row)));
            let system = self.service.system();
            let brought = self
                .write(Scope::Directory, wishes.collect(), move |tx, wish: &NewcomerWish, m| {
                    // The system that sent messages there is the one that does so here.
                    match create_user(tx, wish, m) {
                        Err(CommandError::Refused(Refusal::NameReserved)) => {
                            Ok(Done::unchanged(system))
                        }
                        outcome => outcome,
                    }
                })
                .await?;
            for (placed, brought) in batch.iter().zip(brought) {
                self.tell("users", &placed.place, brought)?;
            }
        }
    }

    fn wish_for_user(&self, row: &UserRow) -> NewcomerWish {
        NewcomerWish {
            sid: Some(row.sid),
            identity: row.identity.clone(),
            friendly_name: row.friendly_name.clone(),
            attributes: row.attributes.clone(),
            role: row.role_sid.map(|role| self.role(role)),
            created_at: row.date_created,
        }
    }
}

fn wish_for_role(row: &RoleRow) -> RoleWish {
    RoleWish {
        sid: row.sid,
        friendly_name: row.friendly_name.clone(),
        kind: row.r#type.into(),
        permissions: row.permissions.clone(),
        created_at: row.date_created,
        updated_at: row.date_updated,
    }
}
