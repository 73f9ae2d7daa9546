//! Roles, told in the directory.

use chat::protocol;
use chat::{Permissions, Role, RoleDetails, RoleSid, Timestamp};
use rusqlite::{OptionalExtension, Result, Row, params};

use super::SqliteTx;
use super::values::{Columns, Kept, number};
use crate::store::tx::Roles;
use crate::store::{Ask, DefaultRoles};

pub(super) const CHANGED: &str = concat!(
    "SELECT ",
    role_columns!(),
    " FROM roles WHERE service = ?1 AND changed > ?2 ORDER BY changed"
);

pub(super) fn row(row: &Row<'_>) -> Result<protocol::Row> {
    role(row).map(protocol::Row::Role)
}

fn role(row: &Row<'_>) -> Result<Role> {
    let mut columns = Columns::of(row);
    Ok(Role {
        sid: columns.sid(RoleSid::from_bytes)?,
        details: details(&mut columns)?,
        entered: columns.sequence()?,
        changed: columns.sequence()?,
    })
}

/// Nothing if it is deleted.
fn details(columns: &mut Columns<'_, '_>) -> Result<Option<RoleDetails>> {
    let deleted = columns.maybe_time()?.is_some();
    let details = RoleDetails {
        friendly_name: columns.text()?,
        kind: columns.value::<Kept<_>>()?.0,
        permissions: columns.permissions()?,
        created_at: columns.time()?,
        updated_at: columns.time()?,
    };
    Ok((!deleted).then_some(details))
}

impl Roles for SqliteTx<'_> {
    fn default_roles(&mut self) -> Ask<DefaultRoles> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT user_role, creator_role, member_role FROM services WHERE id = ?1",
            )?
            .query_row([self.service_id()?], |row| {
                let mut columns = Columns::of(row);
                Ok(DefaultRoles {
                    user: columns.sid(RoleSid::from_bytes)?,
                    creator: columns.sid(RoleSid::from_bytes)?,
                    member: columns.sid(RoleSid::from_bytes)?,
                })
            })?)
    }

    fn set_default_roles(&mut self, roles: DefaultRoles) -> Ask<()> {
        let service = self.service_id()?;
        self.connection
            .prepare_cached(
                "UPDATE services SET user_role = ?2, creator_role = ?3, member_role = ?4
                 WHERE id = ?1",
            )?
            .execute(params![
                service,
                roles.user.as_bytes(),
                roles.creator.as_bytes(),
                roles.member.as_bytes()
            ])?;
        Ok(())
    }

    fn role(&mut self, sid: RoleSid) -> Ask<Option<Role>> {
        let service = self.service_id()?;
        let role = self
            .connection
            .prepare_cached(concat!(
                "SELECT ",
                role_columns!(),
                " FROM roles WHERE service = ?1 AND sid = ?2"
            ))?
            .query_row(params![service, sid.as_bytes()], role)
            .optional()?;
        Ok(role.filter(|role| role.details.is_some()))
    }

    fn permissions(&mut self, role: RoleSid) -> Ask<Permissions> {
        let service = self.service_id()?;
        let permissions = self
            .connection
            .prepare_cached("SELECT permissions FROM roles WHERE service = ?1 AND sid = ?2")?
            .query_row(params![service, role.as_bytes()], |row| Columns::of(row).permissions())
            .optional()?;
        Ok(permissions.unwrap_or_default())
    }

    fn roles(&mut self) -> Ask<Vec<Role>> {
        let service = self.service_id()?;
        let mut statement = self.connection.prepare_cached(concat!(
            "SELECT ",
            role_columns!(),
            " FROM roles WHERE service = ?1 AND deleted_at IS NULL ORDER BY sid"
        ))?;
        let roles = statement.query_map([service], role)?;
        Ok(roles.collect::<Result<_>>()?)
    }

    fn put_role(&mut self, sid: RoleSid, details: &RoleDetails) -> Ask<Role> {
        let changed = self.next_in_directory()?;
        let service = self.service_id()?;
        Ok(self
            .connection
            .prepare_cached(concat!(
                "INSERT INTO roles (service, sid, friendly_name, kind, permissions, created_at,
                     updated_at, entered, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)
                 ON CONFLICT (service, sid) DO UPDATE SET
                     friendly_name = ?3, permissions = ?5, updated_at = ?7, changed = ?8
                 RETURNING ",
                role_columns!()
            ))?
            .query_row(
                params![
                    service,
                    sid.as_bytes(),
                    details.friendly_name.as_str(),
                    Kept(details.kind),
                    details.permissions.bits(),
                    details.created_at.0,
                    details.updated_at.0,
                    number(changed.0),
                ],
                role,
            )?)
    }

    fn delete_role(&mut self, sid: RoleSid, at: Timestamp) -> Ask<Role> {
        let changed = self.next_in_directory()?;
        let service = self.service_id()?;
        Ok(self
            .connection
            .prepare_cached(concat!(
                "UPDATE roles SET deleted_at = ?3, permissions = 0, changed = ?4
                 WHERE service = ?1 AND sid = ?2 RETURNING ",
                role_columns!()
            ))?
            .query_row(params![service, sid.as_bytes(), at.0, number(changed.0)], role)?)
    }

    fn is_borne(&mut self, role: RoleSid) -> Ask<bool> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM users WHERE role = ?1 AND retired_at IS NULL)
                     OR EXISTS (SELECT 1 FROM members WHERE role = ?1)
                     OR EXISTS (SELECT 1 FROM members WHERE invited_role = ?1)",
            )?
            .query_row([role.as_bytes()], |row| Columns::of(row).value())?)
    }
}
