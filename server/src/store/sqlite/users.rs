//! Users, by SID, by name, by what the name looks like, and by when a guest was last seen.

use chat::protocol;
use chat::{Identity, RoleSid, Sequence, Timestamp, User, UserSid};
use rusqlite::{OptionalExtension, Params, Result, Row, params};

use super::SqliteTx;
use super::values::{Columns, number, rows};
use crate::store::tx::Users;
use crate::store::{Ask, NewUser};

pub(super) const CHANGED: &str =
    concat!("SELECT ", user_columns!(), " FROM users WHERE sid = ?1 AND changed > ?2");

pub(super) fn row(row: &Row<'_>) -> Result<protocol::Row> {
    user(row).map(protocol::Row::User)
}

pub(super) fn user(row: &Row<'_>) -> Result<User> {
    let mut columns = Columns::of(row);
    Ok(User {
        sid: columns.sid(UserSid::from_bytes)?,
        identity: columns.text()?,
        role: columns.sid(RoleSid::from_bytes)?,
        friendly_name: columns.maybe_text()?,
        attributes: columns.text()?,
        guest: columns.value()?,
        retired: columns.maybe_time()?.is_some(),
        entered: columns.sequence()?,
        changed: columns.sequence()?,
    })
}

impl SqliteTx<'_> {
    fn one_user(&self, question: &str, params: impl Params) -> Ask<Option<User>> {
        Ok(self.connection.prepare_cached(question)?.query_row(params, user).optional()?)
    }

    /// The next sequence of a user's own scope.
    pub(super) fn next_of_user(&self, user: UserSid) -> Ask<Sequence> {
        Ok(self
            .connection
            .prepare_cached(
                "UPDATE users SET sequence = sequence + 1 WHERE sid = ?1 RETURNING sequence",
            )?
            .query_row([user.as_bytes()], |row| Columns::of(row).sequence())?)
    }
}

impl Users for SqliteTx<'_> {
    fn user(&mut self, sid: UserSid) -> Ask<Option<User>> {
        self.one_user(
            concat!("SELECT ", user_columns!(), " FROM users WHERE sid = ?1"),
            [sid.as_bytes()],
        )
    }

    fn user_named(&mut self, identity: &Identity) -> Ask<Option<User>> {
        let service = self.service_id()?;
        self.one_user(
            concat!(
                "SELECT ",
                user_columns!(),
                " FROM users WHERE service = ?1 AND identity = ?2 AND retired_at IS NULL"
            ),
            params![service, identity.as_str()],
        )
    }

    fn user_like(&mut self, skeleton: &str) -> Ask<Option<User>> {
        let service = self.service_id()?;
        self.one_user(
            concat!(
                "SELECT ",
                user_columns!(),
                " FROM users WHERE service = ?1 AND skeleton = ?2 AND retired_at IS NULL
                  ORDER BY sid LIMIT 1"
            ),
            params![service, skeleton],
        )
    }

    fn password_hash(&mut self, user: UserSid) -> Ask<Option<String>> {
        let hash = self
            .connection
            .prepare_cached("SELECT password_hash FROM users WHERE sid = ?1")?
            .query_row([user.as_bytes()], |row| row.get(0))
            .optional()?;
        Ok(hash.flatten())
    }

    fn add_user(&mut self, user: &NewUser<'_>) -> Ask<Option<User>> {
        let service = self.service_id()?;
        self.connection
            .prepare_cached(
                "INSERT INTO users (sid, service, identity, skeleton, role, guest, password_hash,
                                    sequence, entered, changed, made_at, seen_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, 1, 1, ?8, ?8)
                 ON CONFLICT (service, identity) WHERE retired_at IS NULL DO NOTHING",
            )?
            .execute(params![
                user.sid.as_bytes(),
                service,
                user.name.identity.as_str(),
                user.name.skeleton,
                user.role.as_bytes(),
                user.guest,
                user.password_hash,
                user.at.0,
            ])?;
        self.user(user.sid)
    }

    fn change_user(&mut self, user: User) -> Ask<User> {
        let changed = self.next_of_user(user.sid)?;
        self.connection
            .prepare_cached(
                "UPDATE users SET role = ?2, friendly_name = ?3, attributes = ?4, changed = ?5
                 WHERE sid = ?1",
            )?
            .execute(params![
                user.sid.as_bytes(),
                user.role.as_bytes(),
                user.friendly_name.as_ref().map(|name| name.as_str()),
                user.attributes.as_str(),
                number(changed.0),
            ])?;
        Ok(User { changed, ..user })
    }

    fn retire_user(&mut self, user: UserSid, at: Timestamp) -> Ask<User> {
        Ok(self
            .connection
            .prepare_cached(concat!(
                "UPDATE users SET retired_at = ?2, sequence = sequence + 1, changed = sequence + 1
                 WHERE sid = ?1 RETURNING ",
                user_columns!()
            ))?
            .query_row(params![user.as_bytes(), at.0], self::user)?)
    }

    fn see_user(&mut self, user: UserSid, at: Timestamp) -> Ask<()> {
        self.connection
            .prepare_cached("UPDATE users SET seen_at = ?2 WHERE sid = ?1")?
            .execute(params![user.as_bytes(), at.0])?;
        Ok(())
    }

    fn guests_not_seen(&mut self, since: Timestamp, limit: usize) -> Ask<Vec<UserSid>> {
        let service = self.service_id()?;
        let mut statement = self.connection.prepare_cached(
            "SELECT sid FROM users
             WHERE service = ?1 AND seen_at < ?2 AND guest = 1 AND retired_at IS NULL
             ORDER BY seen_at, sid LIMIT ?3",
        )?;
        let guests = statement.query_map(params![service, since.0, rows(limit)], |row| {
            Columns::of(row).sid(UserSid::from_bytes)
        })?;
        Ok(guests.collect::<Result<_>>()?)
    }
}
