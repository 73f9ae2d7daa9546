//! Channels with their counters, and their listings, which follow each change of a channel's row.

use chat::protocol;
use chat::{Channel, ChannelDetails, ChannelSid, Listing, Membership, Timestamp, UserSid};
use rusqlite::{OptionalExtension, Result, Row, params};

use super::SqliteTx;
use super::members::membership;
use super::values::{Columns, number, rows};
use crate::store::tx::Channels;
use crate::store::{Ask, ChannelRows, LiveChannel};

pub(super) const CHANGED: &str =
    concat!("SELECT ", channel_columns!(), " FROM channels WHERE sid = ?1 AND changed > ?2");

pub(super) const LISTINGS_CHANGED: &str = concat!(
    "SELECT channels.sid, CASE WHEN listings.listed THEN channels.deleted_at ELSE 0 END, ",
    details_columns!(),
    ", listings.entered, listings.changed
     FROM listings JOIN channels ON channels.sid = listings.channel
     WHERE listings.service = ?1 AND listings.changed > ?2 ORDER BY listings.changed"
);

pub(super) fn row(row: &Row<'_>) -> Result<protocol::Row> {
    channel(row).map(protocol::Row::Channel)
}

pub(super) fn listing_row(row: &Row<'_>) -> Result<protocol::Row> {
    let mut columns = Columns::of(row);
    Ok(protocol::Row::Listing(Listing {
        sid: columns.sid(ChannelSid::from_bytes)?,
        details: columns.details()?,
        entered: columns.sequence()?,
        changed: columns.sequence()?,
    }))
}

fn channel(row: &Row<'_>) -> Result<Channel> {
    let mut columns = Columns::of(row);
    Ok(Channel {
        sid: columns.sid(ChannelSid::from_bytes)?,
        details: columns.details()?,
        entered: columns.sequence()?,
        changed: columns.sequence()?,
    })
}

/// Nothing if it is deleted.
pub(super) fn live_channel(columns: &mut Columns<'_, '_>) -> Result<Option<LiveChannel>> {
    let sid = columns.sid(ChannelSid::from_bytes)?;
    let Some(details) = columns.details()? else { return Ok(None) };
    Ok(Some(LiveChannel {
        sid,
        details,
        entered: columns.sequence()?,
        changed: columns.sequence()?,
        sequence: columns.sequence()?,
        last_index: columns.maybe_index()?,
        last_message_at: columns.maybe_time()?,
        messages: columns.count()?,
        members: columns.count()?,
        creator: columns.maybe_sid(UserSid::from_bytes)?,
    }))
}

impl SqliteTx<'_> {
    /// Lists a public channel, or changes its listing, as its row is now. One that is private or
    /// deleted goes from the directory, if it ever was there.
    fn list(&mut self, channel: Channel) -> Ask<ChannelRows> {
        let details = channel.details.clone().filter(|details| !details.private);
        let (listed, is_listed) = (details.is_some(), self.is_listed(channel.sid)?);
        if !listed && !is_listed {
            return Ok(ChannelRows { channel, listing: None });
        }
        let changed = self.next_in_directory()?;
        let service = self.service_id()?;
        let entered = self
            .connection
            .prepare_cached(
                "INSERT INTO listings (channel, service, listed, entered, changed)
                 VALUES (?1, ?2, ?3, ?4, ?4)
                 ON CONFLICT (channel) DO UPDATE SET listed = ?3, changed = ?4
                 RETURNING entered",
            )?
            .query_row(
                params![channel.sid.as_bytes(), service, listed, number(changed.0)],
                |row| Columns::of(row).sequence(),
            )?;
        let listing = Listing { sid: channel.sid, details, entered, changed };
        Ok(ChannelRows { channel, listing: Some(listing) })
    }

    fn is_listed(&self, channel: ChannelSid) -> Ask<bool> {
        let listed = self
            .connection
            .prepare_cached("SELECT listed FROM listings WHERE channel = ?1")?
            .query_row([channel.as_bytes()], |row| Columns::of(row).value())
            .optional()?;
        Ok(listed.unwrap_or(false))
    }
}

impl Channels for SqliteTx<'_> {
    fn channel(&mut self, sid: ChannelSid) -> Ask<Option<LiveChannel>> {
        let channel = self
            .connection
            .prepare_cached(concat!(
                "SELECT ",
                live_channel_columns!(),
                " FROM channels WHERE sid = ?1"
            ))?
            .query_row([sid.as_bytes()], |row| live_channel(&mut Columns::of(row)))
            .optional()?;
        Ok(channel.flatten())
    }

    fn add_channel(
        &mut self,
        sid: ChannelSid,
        creator: UserSid,
        details: &ChannelDetails,
    ) -> Ask<Option<ChannelRows>> {
        let service = self.service_id()?;
        let added = self
            .connection
            .prepare_cached(concat!(
                "INSERT INTO channels (sid, service, unique_name, friendly_name, attributes,
                     created_by, created_at, updated_at, private, creator,
                     sequence, entered, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, 1, 1)
                 ON CONFLICT (service, unique_name) DO NOTHING RETURNING ",
                channel_columns!()
            ))?
            .query_row(
                params![
                    sid.as_bytes(),
                    service,
                    details.unique_name.as_ref().map(|name| name.as_str()),
                    details.friendly_name.as_str(),
                    details.attributes.as_str(),
                    details.created_by.as_str(),
                    details.created_at.0,
                    details.updated_at.0,
                    details.private,
                    creator.as_bytes(),
                ],
                channel,
            )
            .optional()?;
        added.map(|channel| self.list(channel)).transpose()
    }

    fn change_channel(
        &mut self,
        sid: ChannelSid,
        details: &ChannelDetails,
    ) -> Ask<Option<ChannelRows>> {
        let changed = self
            .connection
            .prepare_cached(concat!(
                "UPDATE OR IGNORE channels SET unique_name = ?2, friendly_name = ?3,
                     attributes = ?4, updated_at = ?5, private = ?6, created_by = ?7,
                     created_at = ?8,
                     sequence = sequence + 1, changed = sequence + 1
                 WHERE sid = ?1 RETURNING ",
                channel_columns!()
            ))?
            .query_row(
                params![
                    sid.as_bytes(),
                    details.unique_name.as_ref().map(|name| name.as_str()),
                    details.friendly_name.as_str(),
                    details.attributes.as_str(),
                    details.updated_at.0,
                    details.private,
                    details.created_by.as_str(),
                    details.created_at.0,
                ],
                channel,
            )
            .optional()?;
        changed.map(|channel| self.list(channel)).transpose()
    }

    fn set_creator(&mut self, channel: ChannelSid, creator: UserSid) -> Ask<()> {
        self.connection
            .prepare_cached("UPDATE channels SET creator = ?2 WHERE sid = ?1")?
            .execute([channel.as_bytes(), creator.as_bytes()])?;
        Ok(())
    }

    fn delete_channel(&mut self, sid: ChannelSid, at: Timestamp) -> Ask<ChannelRows> {
        let deleted = self
            .connection
            .prepare_cached(concat!(
                "UPDATE channels SET unique_name = NULL, friendly_name = '', attributes = '',
                     created_by = '', deleted_at = ?2,
                     sequence = sequence + 1, changed = sequence + 1
                 WHERE sid = ?1 RETURNING ",
                channel_columns!()
            ))?
            .query_row(params![sid.as_bytes(), at.0], channel)?;
        self.list(deleted)
    }

    fn channel_to_forget(&mut self) -> Ask<Option<ChannelSid>> {
        let service = self.service_id()?;
        Ok(self
            .connection
            .prepare_cached(
                "SELECT sid FROM channels
                 WHERE service = ?1 AND deleted_at IS NOT NULL AND forgotten = 0
                 ORDER BY deleted_at, sid LIMIT 1",
            )?
            .query_row([service], |row| Columns::of(row).sid(ChannelSid::from_bytes))
            .optional()?)
    }

    fn forget_members(
        &mut self,
        channel: ChannelSid,
        limit: usize,
    ) -> Ask<Vec<(UserSid, Membership)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT user FROM members WHERE channel = ?1 AND (role IS NOT NULL OR invite IS NOT NULL)
             LIMIT ?2",
        )?;
        let users = statement
            .query_map(params![channel.as_bytes(), rows(limit)], |row| {
                Columns::of(row).sid(UserSid::from_bytes)
            })?
            .collect::<Result<Vec<_>>>()?;
        let mut forgotten = Vec::new();
        for user in users {
            let my_changed = self.next_of_user(user)?;
            let membership = self
                .connection
                .prepare_cached(concat!(
                    "UPDATE members SET ",
                    emptied_member!(),
                    ", my_changed = ?3 WHERE channel = ?1 AND user = ?2 RETURNING ",
                    membership_columns!()
                ))?
                .query_row(
                    params![channel.as_bytes(), user.as_bytes(), number(my_changed.0)],
                    |row| membership(&mut Columns::of(row)),
                )?;
            forgotten.push((user, membership));
        }
        Ok(forgotten)
    }

    fn forget_messages(&mut self, channel: ChannelSid, limit: usize) -> Ask<usize> {
        self.connection
            .prepare_cached(
                "UPDATE uploads SET state = 'left' WHERE sid IN
                     (SELECT media FROM messages WHERE channel = ?1 ORDER BY idx LIMIT ?2)",
            )?
            .execute(params![channel.as_bytes(), rows(limit)])?;
        Ok(self
            .connection
            .prepare_cached(
                "DELETE FROM messages WHERE channel = ?1 AND idx IN
                     (SELECT idx FROM messages WHERE channel = ?1 ORDER BY idx LIMIT ?2)",
            )?
            .execute(params![channel.as_bytes(), rows(limit)])?)
    }

    fn forgot_channel(&mut self, channel: ChannelSid) -> Ask<()> {
        self.connection
            .prepare_cached("DELETE FROM webhooks WHERE channel = ?1")?
            .execute([channel.as_bytes()])?;
        self.connection
            .prepare_cached("UPDATE channels SET forgotten = 1 WHERE sid = ?1")?
            .execute([channel.as_bytes()])?;
        Ok(())
    }
}
