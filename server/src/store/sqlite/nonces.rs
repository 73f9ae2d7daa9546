//! First replies, kept for ever.

use chat::{Nonce, UserSid};
use rusqlite::{OptionalExtension, params};

use super::SqliteTx;
use crate::store::tx::Nonces;
use crate::store::{Ask, FirstReply};

impl Nonces for SqliteTx<'_> {
    fn first_reply(&mut self, user: UserSid, nonce: Nonce) -> Ask<Option<FirstReply>> {
        Ok(self
            .connection
            .prepare_cached("SELECT digest, reply FROM nonces WHERE user = ?1 AND nonce = ?2")?
            .query_row(params![user.as_bytes(), nonce.0.as_bytes()], |row| {
                Ok(FirstReply { digest: row.get(0)?, reply: row.get(1)? })
            })
            .optional()?)
    }

    fn keep_reply(&mut self, user: UserSid, nonce: Nonce, first: &FirstReply) -> Ask<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO nonces (user, nonce, digest, reply) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![user.as_bytes(), nonce.0.as_bytes(), first.digest, first.reply])?;
        Ok(())
    }
}
