//! Files that came in.

use chat::{ChannelSid, Dimensions, Media, MediaSid, MessageIndex, Timestamp, UserSid};
use rusqlite::{OptionalExtension, Result, Row, params};

use super::SqliteTx;
use super::values::{Columns, Kept, number, rows};
use crate::store::tx::Uploads;
use crate::store::{Ask, Upload};

pub(super) const TO_REMOVE: &str = "SELECT sid FROM uploads
     WHERE state = 'left' OR state IN ('arriving', 'waiting') AND arrived_at < ?1 LIMIT ?2";

pub(super) const BYTES_OF_USER: &str = "SELECT coalesce(sum(size), 0) FROM uploads WHERE user = ?1";

pub(super) const PLACE_OF_MEDIA: &str = "SELECT channel, idx FROM messages WHERE media = ?1";

/// What a message tells of its file.
pub(super) fn media(columns: &mut Columns<'_, '_>) -> Result<Option<Media>> {
    let sid = columns.maybe_sid(MediaSid::from_bytes)?;
    let filename = columns.value::<Option<String>>()?;
    let content_type = columns.value::<Option<String>>()?;
    let size = columns.maybe_count()?;
    let (width, height) = (columns.value::<Option<u32>>()?, columns.value::<Option<u32>>()?);
    let dimensions = width.zip(height).map(|(width, height)| Dimensions { width, height });
    Ok(sid.map(|sid| Media {
        sid,
        filename: filename.unwrap_or_default(),
        content_type: content_type.unwrap_or_default(),
        size: size.unwrap_or_default(),
        dimensions,
    }))
}

fn upload(row: &Row<'_>) -> Result<Option<Upload>> {
    let mut columns = Columns::of(row);
    let user = columns.sid(UserSid::from_bytes)?;
    let Kept(state) = columns.value()?;
    let at = columns.time()?;
    Ok(media(&mut columns)?.map(|media| Upload { media, user, state, at }))
}

impl SqliteTx<'_> {
    fn add_to_uploaded_bytes(&mut self, bytes: i64) -> Ask<()> {
        let service = self.service_id()?;
        self.connection
            .prepare_cached(
                "UPDATE services SET uploaded_bytes = uploaded_bytes + ?2 WHERE id = ?1",
            )?
            .execute(params![service, bytes])?;
        Ok(())
    }

    fn bytes_of(&self, sid: MediaSid) -> Ask<i64> {
        let size = self
            .connection
            .prepare_cached("SELECT size FROM uploads WHERE sid = ?1")?
            .query_row([sid.as_bytes()], |row| row.get(0))
            .optional()?;
        Ok(size.unwrap_or(0))
    }
}

impl Uploads for SqliteTx<'_> {
    fn upload(&mut self, sid: MediaSid) -> Ask<Option<Upload>> {
        let found = self
            .connection
            .prepare_cached(concat!("SELECT ", upload_columns!(), " FROM uploads WHERE sid = ?1"))?
            .query_row([sid.as_bytes()], upload)
            .optional()?;
        Ok(found.flatten())
    }

    fn put_upload(&mut self, upload: &Upload) -> Ask<()> {
        let Upload { media, user, state, at } = upload;
        let before = self.bytes_of(media.sid)?;
        self.add_to_uploaded_bytes(number(media.size).saturating_sub(before))?;
        self.connection
            .prepare_cached(
                "INSERT INTO uploads (sid, user, state, arrived_at, filename, content_type, size,
                     width, height)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (sid) DO UPDATE SET state = ?3, filename = ?5, content_type = ?6,
                     size = ?7, width = ?8, height = ?9",
            )?
            .execute(params![
                media.sid.as_bytes(),
                user.as_bytes(),
                Kept(*state),
                at.0,
                media.filename,
                media.content_type,
                number(media.size),
                media.dimensions.map(|dimensions| dimensions.width),
                media.dimensions.map(|dimensions| dimensions.height),
            ])?;
        Ok(())
    }

    fn uploaded_bytes(&mut self, by: Option<UserSid>) -> Ask<u64> {
        Ok(match by {
            Some(user) => self
                .connection
                .prepare_cached(BYTES_OF_USER)?
                .query_row([user.as_bytes()], |row| Columns::of(row).count())?,
            None => {
                let service = self.service_id()?;
                self.connection
                    .prepare_cached("SELECT uploaded_bytes FROM services WHERE id = ?1")?
                    .query_row([service], |row| Columns::of(row).count())?
            }
        })
    }

    fn place_of_media(&mut self, sid: MediaSid) -> Ask<Option<(ChannelSid, MessageIndex)>> {
        Ok(self
            .connection
            .prepare_cached(PLACE_OF_MEDIA)?
            .query_row([sid.as_bytes()], |row| {
                let mut columns = Columns::of(row);
                Ok((columns.sid(ChannelSid::from_bytes)?, columns.index()?))
            })
            .optional()?)
    }

    fn uploads_to_remove(&mut self, before: Timestamp, limit: usize) -> Ask<Vec<MediaSid>> {
        let mut statement = self.connection.prepare_cached(TO_REMOVE)?;
        let sids = statement.query_map(params![before.0, rows(limit)], |row| {
            Columns::of(row).sid(MediaSid::from_bytes)
        })?;
        Ok(sids.collect::<Result<_>>()?)
    }

    fn forget_upload(&mut self, sid: MediaSid) -> Ask<()> {
        let before = self.bytes_of(sid)?;
        self.add_to_uploaded_bytes(-before)?;
        self.connection
            .prepare_cached("DELETE FROM uploads WHERE sid = ?1")?
            .execute([sid.as_bytes()])?;
        Ok(())
    }
}
