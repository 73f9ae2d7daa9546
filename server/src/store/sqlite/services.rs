//! The service, the heads of its scopes, and what changed in them.

use chat::protocol::{Row, Scope};
use chat::{ChannelSid, FriendlyName, Sequence, ServiceSid, Timestamp, UserSid};
use rusqlite::{OptionalExtension, Params, params};
use uuid::Uuid;

use super::values::{Columns, number};
use super::{SqliteTx, channels, members, messages, roles, users};
use crate::store::pieces::{Page, Room, merge};
use crate::store::tx::Services;
use crate::store::{Ask, Broken, Service, Settings};

impl SqliteTx<'_> {
    /// The row that everything belongs to, asked once a transaction.
    pub(super) fn service_id(&mut self) -> Ask<i64> {
        if let Some(service) = self.service {
            return Ok(service);
        }
        let service = self
            .connection
            .prepare_cached("SELECT min(id) FROM services")?
            .query_row([], |row| row.get(0))?;
        Ok(*self.service.insert(service))
    }

    /// The next sequence of the directory.
    pub(super) fn next_in_directory(&mut self) -> Ask<Sequence> {
        let service = self.service_id()?;
        Ok(self
            .connection
            .prepare_cached(
                "UPDATE services SET directory_sequence = directory_sequence + 1
                 WHERE id = ?1 RETURNING directory_sequence",
            )?
            .query_row([service], |row| Columns::of(row).sequence())?)
    }

    fn page(
        &self,
        question: &str,
        params: impl Params,
        read: fn(&rusqlite::Row<'_>) -> rusqlite::Result<Row>,
        room: Room,
    ) -> Ask<Page<Row>> {
        let mut statement = self.connection.prepare_cached(question)?;
        let rows = statement.query_map(params, read)?;
        room.fill(rows.map(|row| row.map_err(Broken::from)))
    }

    fn channel_rows(&self, channel: ChannelSid, since: i64, room: Room) -> Ask<Page<Row>> {
        let channel = channel.as_bytes();
        let pages = vec![
            self.page(messages::CHANGED, params![channel, since], messages::row, room)?,
            self.page(members::CHANGED, params![channel, since], members::row, room)?,
            self.page(channels::CHANGED, params![channel, since], channels::row, room)?,
        ];
        Ok(merge(pages, room))
    }

    fn user_rows(&self, user: UserSid, since: i64, room: Room) -> Ask<Page<Row>> {
        let user = user.as_bytes();
        let pages = vec![
            self.page(members::MY_CHANGED, params![user, since], members::my_row, room)?,
            self.page(users::CHANGED, params![user, since], users::row, room)?,
        ];
        Ok(merge(pages, room))
    }
}

impl Services for SqliteTx<'_> {
    fn service(&mut self) -> Ask<Option<Service>> {
        let service = self
            .connection
            .prepare_cached("SELECT sid, epoch, general FROM services ORDER BY id LIMIT 1")?
            .query_row([], |row| {
                let mut columns = Columns::of(row);
                Ok(Service {
                    sid: columns.sid(ServiceSid::from_bytes)?,
                    epoch: columns.sid(Uuid::from_bytes)?,
                    general: columns.sid(ChannelSid::from_bytes)?,
                })
            })
            .optional()?;
        Ok(service)
    }

    fn found(&mut self, service: &Service, at: Timestamp) -> Ask<()> {
        self.connection.execute(
            "INSERT INTO services (sid, epoch, general, founded_at) VALUES (?1, ?2, ?3, ?4)",
            params![
                service.sid.as_bytes(),
                service.epoch.as_bytes(),
                service.general.as_bytes(),
                at.0
            ],
        )?;
        Ok(())
    }

    fn service_name(&mut self) -> Ask<Option<FriendlyName>> {
        let name = self
            .connection
            .prepare_cached("SELECT friendly_name FROM services WHERE id = ?1")?
            .query_row([self.service_id()?], |row| Columns::of(row).maybe_text())?;
        Ok(name)
    }

    fn name_service(&mut self, name: &FriendlyName) -> Ask<()> {
        let service = self.service_id()?;
        self.connection
            .prepare_cached("UPDATE services SET friendly_name = ?2 WHERE id = ?1")?
            .execute(params![service, name.as_str()])?;
        Ok(())
    }

    fn settings(&mut self) -> Ask<Settings> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT members_of_channel, channels_of_user, typing_interval_ms, reachability,
                     read_status, horizon_interval_ms
                 FROM services WHERE id = ?1",
            )?
            .query_row([self.service_id()?], |row| {
                let mut columns = Columns::of(row);
                Ok(Settings {
                    members_of_channel: columns.count()?,
                    channels_of_user: columns.count()?,
                    typing_interval_ms: columns.value()?,
                    reachability: columns.value()?,
                    read_status: columns.value()?,
                    horizon_interval_ms: columns.value()?,
                })
            })?)
    }

    fn set_settings(&mut self, settings: Settings) -> Ask<()> {
        let service = self.service_id()?;
        self.connection
            .prepare_cached(
                "UPDATE services SET members_of_channel = ?2, channels_of_user = ?3,
                     typing_interval_ms = ?4, reachability = ?5, read_status = ?6,
                     horizon_interval_ms = ?7
                 WHERE id = ?1",
            )?
            .execute(params![
                service,
                number(settings.members_of_channel),
                number(settings.channels_of_user),
                settings.typing_interval_ms,
                settings.reachability,
                settings.read_status,
                settings.horizon_interval_ms,
            ])?;
        Ok(())
    }

    fn head(&mut self, scope: Scope) -> Ask<Option<Sequence>> {
        let head = match scope {
            Scope::Channel(channel) => self
                .connection
                .prepare_cached("SELECT sequence FROM channels WHERE sid = ?1")?
                .query_row([channel.as_bytes()], |row| Columns::of(row).sequence())
                .optional()?,
            Scope::User(user) => self
                .connection
                .prepare_cached("SELECT sequence FROM users WHERE sid = ?1")?
                .query_row([user.as_bytes()], |row| Columns::of(row).sequence())
                .optional()?,
            Scope::Directory => self
                .connection
                .prepare_cached("SELECT directory_sequence FROM services WHERE id = ?1")?
                .query_row([self.service_id()?], |row| Columns::of(row).sequence())
                .optional()?,
        };
        Ok(head)
    }

    fn changed_rows(&mut self, scope: Scope, since: Sequence, room: Room) -> Ask<Page<Row>> {
        let since = number(since.0);
        match scope {
            Scope::Channel(channel) => self.channel_rows(channel, since, room),
            Scope::User(user) => self.user_rows(user, since, room),
            Scope::Directory => {
                let service = self.service_id()?;
                let told = params![service, since];
                let pages = vec![
                    self.page(channels::LISTINGS_CHANGED, told, channels::listing_row, room)?,
                    self.page(roles::CHANGED, told, roles::row, room)?,
                ];
                Ok(merge(pages, room))
            }
        }
    }
}
