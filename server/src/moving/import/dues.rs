//! What a row still gives somebody who is here already. It gives once, and remembers it among the
//! nonces: what was changed or taken here since does not come back.

use std::fmt::Display;

use chat::{Nonce, RoleSid, UserSid};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::store::{Ask, Broken, FirstReply, Tx};

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Whatever is still untouched here.
    All,
    /// The row's own role, instead of this one that stands for it.
    RoleInstead(RoleSid),
    Nothing,
}

/// The dues of one row.
pub(super) struct Dues {
    system: UserSid,
    paid: Nonce,
    role_owed: Nonce,
}

impl Dues {
    /// Of the row that has this SID.
    pub(super) fn of(system: UserSid, sid: impl Display) -> Self {
        let nonce = |what| nonce(&format!("{what} {sid}"));
        Self { system, paid: nonce("import paid"), role_owed: nonce("import owes a role") }
    }

    /// What is left of them. A row that brought somebody itself owes at most the role.
    pub(super) fn left(&self, tx: &mut dyn Tx, is_from_row: bool) -> Ask<Due> {
        if tx.first_reply(self.system, self.paid)?.is_some() {
            return Ok(Due::Nothing);
        }
        if let Some(owed) = tx.first_reply(self.system, self.role_owed)? {
            let role = serde_json::from_str(&owed.reply).map_err(Broken::new)?;
            return Ok(Due::RoleInstead(role));
        }
        Ok(if is_from_row { Due::Nothing } else { Due::All })
    }

    /// The row gave what it has, but for its role where another one stands in.
    pub(super) fn settle(&self, tx: &mut dyn Tx, stand_in: Option<RoleSid>) -> Ask<()> {
        let (nonce, reply) = match stand_in {
            Some(role) => (self.role_owed, serde_json::to_string(&role).map_err(Broken::new)?),
            None => (self.paid, String::new()),
        };
        tx.keep_reply(self.system, nonce, &FirstReply { digest: [0; 16], reply })
    }
}

/// One that no client chooses.
fn nonce(text: &str) -> Nonce {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(text)[..16]);
    Nonce(Uuid::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::Village;

    #[test]
    fn a_row_gives_once_and_a_role_that_was_gone_later() {
        let mut village = Village::in_memory();
        let system = village.writes(|tx| tx.service()).expect("founded").system();
        let dues = |sid| Dues::of(system, UserSid::from_bytes([sid; 16]));
        assert_eq!(village.writes(|tx| dues(1).left(tx, false)), Due::All);
        assert_eq!(village.writes(|tx| dues(1).left(tx, true)), Due::Nothing);

        let stand_in = RoleSid::SERVICE_USER;
        village.writes(|tx| dues(1).settle(tx, Some(stand_in)));
        for is_from_row in [false, true] {
            let left = village.writes(|tx| dues(1).left(tx, is_from_row));
            assert_eq!(left, Due::RoleInstead(stand_in));
        }
        village.writes(|tx| dues(1).settle(tx, None));
        assert_eq!(village.writes(|tx| dues(1).left(tx, false)), Due::Nothing);
        assert_eq!(village.writes(|tx| dues(2).left(tx, false)), Due::All);
    }
}
