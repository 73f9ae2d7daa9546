//! Sessions, by SID and by the hash of their secret.

use chat::{SessionSid, Timestamp, UserSid};
use rusqlite::{OptionalExtension, Params, Result, Row, params};

use super::SqliteTx;
use super::values::{Columns, rows};
use crate::store::tx::{Sessions, Users};
use crate::store::{Ask, NewSession, Session};

/// A session's row, whose user is another one.
fn session(row: &Row<'_>) -> Result<(SessionSid, UserSid, Timestamp)> {
    let mut columns = Columns::of(row);
    Ok((columns.sid(SessionSid::from_bytes)?, columns.sid(UserSid::from_bytes)?, columns.time()?))
}

impl SqliteTx<'_> {
    fn one_session(&mut self, question: &str, params: impl Params) -> Ask<Option<Session>> {
        let found =
            self.connection.prepare_cached(question)?.query_row(params, session).optional()?;
        let Some((sid, user, expires_at)) = found else { return Ok(None) };
        Ok(self.user(user)?.map(|user| Session { sid, user, expires_at }))
    }
}

impl Sessions for SqliteTx<'_> {
    fn session(&mut self, sid: SessionSid) -> Ask<Option<Session>> {
        self.one_session(
            "SELECT sid, user, expires_at FROM sessions WHERE sid = ?1 AND ended_at IS NULL",
            [sid.as_bytes()],
        )
    }

    fn session_with_secret(&mut self, secret_hash: &[u8; 32]) -> Ask<Option<Session>> {
        self.one_session(
            "SELECT sid, user, expires_at FROM sessions
             WHERE secret_hash = ?1 AND ended_at IS NULL",
            [secret_hash],
        )
    }

    fn sessions_of(&mut self, user: UserSid) -> Ask<Vec<SessionSid>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT sid FROM sessions WHERE user = ?1 AND ended_at IS NULL ORDER BY sid",
        )?;
        let sessions = statement
            .query_map([user.as_bytes()], |row| Columns::of(row).sid(SessionSid::from_bytes))?;
        Ok(sessions.collect::<Result<_>>()?)
    }

    fn add_session(
        &mut self,
        sid: SessionSid,
        user: UserSid,
        session: &NewSession,
        at: Timestamp,
    ) -> Ask<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO sessions (sid, user, secret_hash, made_at, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                sid.as_bytes(),
                user.as_bytes(),
                session.secret_hash,
                at.0,
                session.expires_at.0,
            ])?;
        Ok(())
    }

    fn end_session(&mut self, sid: SessionSid, at: Timestamp) -> Ask<()> {
        self.connection
            .prepare_cached(
                "UPDATE sessions SET ended_at = ?2 WHERE sid = ?1 AND ended_at IS NULL",
            )?
            .execute(params![sid.as_bytes(), at.0])?;
        Ok(())
    }

    fn forget_sessions(&mut self, expired_before: Timestamp, limit: usize) -> Ask<usize> {
        Ok(self
            .connection
            .prepare_cached(
                "DELETE FROM sessions WHERE sid IN
                     (SELECT sid FROM sessions WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)",
            )?
            .execute(params![expired_before.0, rows(limit)])?)
    }
}
