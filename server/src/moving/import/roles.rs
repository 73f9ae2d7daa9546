//! Roles: which they are here, and what stands for those that are gone.

use std::collections::{BTreeMap, HashMap};

use chat::RoleSid;
use chat::protocol::Scope;

use super::{Import, Stopped};
use crate::commands::{RoleWish, record_role};
use crate::moving::rows::{RoleRow, ServiceRow};
use crate::store::DefaultRoles;

/// What roles of there are here.
#[derive(Debug, Default)]
pub(super) struct Roles {
    here: HashMap<RoleSid, RoleSid>,
    /// Defaults of there that neither roles.json brought nor this service has.
    defaults: HashMap<RoleSid, RoleSid>,
    /// How many rows came with another role than such a one.
    lost: BTreeMap<RoleSid, u64>,
}

/// The role of a row, as it is here.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoleHere {
    /// Nothing for the default one.
    pub(super) sid: Option<RoleSid>,
    /// Whether it stands for one that is not here.
    pub(super) is_stand_in: bool,
}

impl Roles {
    pub(super) fn known(&self, there: RoleSid) -> Option<RoleSid> {
        self.here.get(&there).copied()
    }

    pub(super) fn of(&self, there: Option<RoleSid>) -> RoleHere {
        let known = there.and_then(|there| self.known(there));
        let stand_in = there.and_then(|there| self.defaults.get(&there).copied());
        RoleHere { sid: known.or(stand_in), is_stand_in: there.is_some() && known.is_none() }
    }

    /// Lets the defaults of here stand for those of there. Where one was two of them, the one that
    /// permits less does.
    pub(super) fn stand_for(&mut self, there: &ServiceRow, here: DefaultRoles) {
        for (there, here) in [
            (there.default_channel_creator_role_sid, here.creator),
            (there.default_channel_role_sid, here.member),
            (there.default_service_role_sid, here.user),
        ] {
            self.defaults.extend(there.map(|there| (there, here)));
        }
    }

    /// A row came that named this role.
    pub(super) fn came(&mut self, there: Option<RoleSid>) {
        if let Some(there) = there.filter(|there| self.known(*there).is_none()) {
            *self.lost.entry(there).or_default() += 1;
        }
    }
}

impl Import<'_, '_> {
    pub(super) async fn roles(&mut self) -> Result<(), Stopped> {
        let mut rows = self.rows::<RoleRow>(self.folder)?;
        loop {
            let batch = self.next(&mut rows, true).await?;
            if batch.is_empty() {
                break;
            }
            let wishes = batch.iter().map(|placed| (placed.id, wish_for(&placed.row)));
            let brought = self.write(Scope::Directory, wishes.collect(), record_role).await?;
            for (placed, brought) in batch.iter().zip(brought) {
                if let Some(here) = self.tell("roles", &placed.place, brought)? {
                    self.roles.here.insert(placed.row.sid, here);
                }
            }
        }
        for role in self.ask(|tx| Ok(tx.roles()?)).await? {
            if role.details.is_some() {
                self.roles.here.entry(role.sid).or_insert(role.sid);
            }
        }
        Ok(())
    }

    /// Roles that rows named and nobody knows.
    pub(super) fn tell_lost_roles(&mut self) -> Result<(), Stopped> {
        for (role, rows) in &self.roles.lost {
            let place = format!("roles.json, {role}");
            let what = format!(
                "This role is neither there nor here. Rows that came with the default one instead: \
                 {rows}."
            );
            self.report.noted(&place, &what)?;
        }
        Ok(())
    }
}

fn wish_for(row: &RoleRow) -> RoleWish {
    RoleWish {
        sid: row.sid,
        friendly_name: row.friendly_name.clone(),
        kind: row.r#type.into(),
        permissions: row.permissions.clone(),
        created_at: row.date_created,
        updated_at: row.date_updated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_of_here_stands_for_one_of_there_that_is_gone() {
        let role = |number| RoleSid::from_bytes([number; 16]);
        let row = serde_json::json!({"sid": format!("IS{:032x}", 7),
            "default_channel_creator_role_sid": role(1), "default_channel_role_sid": role(2),
            "default_service_role_sid": role(2)});
        let mut roles = Roles::default();
        roles.here.insert(role(3), role(4));
        let gone = roles.of(Some(role(1)));
        assert_eq!((gone.sid, gone.is_stand_in), (None, true));

        let row = serde_json::from_value(row).expect("a row");
        roles.stand_for(&row, DefaultRoles::default());
        let user = Some(RoleSid::SERVICE_USER);
        for (there, sid, is_stand_in) in [
            (None, None, false),
            (Some(role(1)), Some(RoleSid::CHANNEL_ADMIN), true),
            (Some(role(2)), user, true),
            (Some(role(3)), Some(role(4)), false),
            (Some(role(9)), None, true),
        ] {
            let here = roles.of(there);
            assert_eq!((here.sid, here.is_stand_in), (sid, is_stand_in), "{there:?}");
        }
    }
}
