//! Roles.

use chat::{Permissions, Role, RoleDetails, RoleSid, Timestamp};

use super::MemoryTx;
use super::rows::KeptMember;
use crate::store::tx::Roles;
use crate::store::{Ask, Broken, DefaultRoles};

impl MemoryTx {
    pub(super) fn permissions_of(&self, role: RoleSid) -> Permissions {
        let details = self.rows.roles.get(&role).and_then(|role| role.details.as_ref());
        details.map(|details| details.permissions).unwrap_or_default()
    }

    fn live_roles(&self) -> impl Iterator<Item = &Role> {
        self.rows.roles.values().filter(|role| role.details.is_some())
    }
}

impl Roles for MemoryTx {
    fn default_roles(&mut self) -> Ask<DefaultRoles> {
        Ok(self.rows.default_roles)
    }

    fn set_default_roles(&mut self, roles: DefaultRoles) -> Ask<()> {
        self.rows_mut().default_roles = roles;
        Ok(())
    }

    fn role(&mut self, sid: RoleSid) -> Ask<Option<Role>> {
        Ok(self.live_roles().find(|role| role.sid == sid).cloned())
    }

    fn permissions(&mut self, role: RoleSid) -> Ask<Permissions> {
        Ok(self.permissions_of(role))
    }

    fn roles(&mut self) -> Ask<Vec<Role>> {
        Ok(self.live_roles().cloned().collect())
    }

    fn put_role(&mut self, sid: RoleSid, details: &RoleDetails) -> Ask<Role> {
        let changed = self.next_in_directory();
        let entered = self.rows.roles.get(&sid).map_or(changed, |role| role.entered);
        let role = Role { sid, details: Some(details.clone()), entered, changed };
        self.rows_mut().roles.insert(sid, role.clone());
        Ok(role)
    }

    fn delete_role(&mut self, sid: RoleSid, _at: Timestamp) -> Ask<Role> {
        let changed = self.next_in_directory();
        let role = self.rows_mut().roles.get_mut(&sid);
        let role = role.ok_or_else(|| Broken::new("there is no such role"))?;
        role.details = None;
        role.changed = changed;
        Ok(role.clone())
    }

    fn is_borne(&mut self, role: RoleSid) -> Ask<bool> {
        let mut present = self.rows.users.values().filter(|kept| !kept.user.retired);
        let by_user = present.any(|kept| kept.user.role == role);
        let bears = |kept: &KeptMember| {
            kept.role == Some(role)
                || kept.invited.as_ref().is_some_and(|invited| invited.role == Some(role))
        };
        Ok(by_user || self.rows.members.values().any(bears))
    }
}
