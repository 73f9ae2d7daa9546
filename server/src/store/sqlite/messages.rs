//! Messages, by index; and how many of them somebody has not read.

use chat::protocol;
use chat::{Body, ChannelSid, Edited, Message, MessageIndex, MessageSid, Nonce, UserSid, limits};
use rusqlite::{OptionalExtension, Result, Row, params};
use uuid::Uuid;

use super::SqliteTx;
use super::uploads::media;
use super::values::{Columns, checked, number};
use crate::limits::UNREAD_SCAN_MAX;
use crate::store::pieces::{Page, Room};
use crate::store::tx::Messages;
use crate::store::{Ask, Broken, NewMessage};

pub(super) const CHANGED: &str = concat!(
    "SELECT ",
    message_columns!(),
    messages_with_media!(),
    "WHERE channel = ?1 AND changed > ?2 ORDER BY changed"
);

pub(super) fn row(row: &Row<'_>) -> Result<protocol::Row> {
    message(row).map(protocol::Row::Message)
}

pub(super) fn message(row: &Row<'_>) -> Result<Message> {
    let mut columns = Columns::of(row);
    Ok(Message {
        sid: columns.sid(MessageSid::from_bytes)?,
        index: columns.index()?,
        author: columns.sid(UserSid::from_bytes)?,
        identity: columns.text()?,
        body: body(&mut columns)?,
        attributes: columns.text()?,
        nonce: Nonce(columns.sid(Uuid::from_bytes)?),
        posted_at: columns.time()?,
        edited: edited(&mut columns)?,
        entered: columns.sequence()?,
        changed: columns.sequence()?,
        media: media(&mut columns)?,
    })
}

fn body(columns: &mut Columns<'_, '_>) -> Result<Option<Body>> {
    let deleted: bool = columns.value()?;
    let body = columns.value::<String>()?;
    if deleted || body.is_empty() { Ok(None) } else { checked(body).map(Some) }
}

fn edited(columns: &mut Columns<'_, '_>) -> Result<Option<Edited>> {
    let at = columns.maybe_time()?;
    let by = columns.maybe_text()?;
    Ok(at.zip(by).map(|(at, by)| Edited { at, by }))
}

impl Messages for SqliteTx<'_> {
    fn append_message(&mut self, message: &NewMessage<'_>) -> Ask<Message> {
        let (entered, index) = self
            .connection
            .prepare_cached(
                "UPDATE channels SET sequence = sequence + 1, last_message_at = ?2,
                     last_index = coalesce(last_index + 1, 0)
                 WHERE sid = ?1 RETURNING sequence, last_index",
            )?
            .query_row(params![message.channel.as_bytes(), message.at.0], |row| {
                let mut columns = Columns::of(row);
                Ok((columns.sequence()?, columns.index()?))
            })?;
        self.connection
            .prepare_cached(
                "INSERT INTO messages (channel, idx, sid, author, entered, changed, posted_at,
                     identity, nonce, attributes, body, media)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                message.channel.as_bytes(),
                number(index.0),
                message.sid.as_bytes(),
                message.author.sid.as_bytes(),
                number(entered.0),
                message.at.0,
                message.author.identity.as_str(),
                message.nonce.0.as_bytes(),
                message.attributes.as_str(),
                message.body.map_or("", Body::as_str),
                message.media.map(|media| *media.sid.as_bytes()),
            ])?;
        Ok(message.placed(index, entered))
    }

    fn message(&mut self, channel: ChannelSid, index: MessageIndex) -> Ask<Option<Message>> {
        Ok(self
            .connection
            .prepare_cached(concat!(
                "SELECT ",
                message_columns!(),
                messages_with_media!(),
                "WHERE channel = ?1 AND idx = ?2"
            ))?
            .query_row(params![channel.as_bytes(), number(index.0)], message)
            .optional()?)
    }

    fn change_message(&mut self, channel: ChannelSid, message: Message) -> Ask<Message> {
        let changed = self
            .connection
            .prepare_cached(
                "UPDATE channels SET sequence = sequence + 1,
                     deleted_messages = deleted_messages + ?2
                 WHERE sid = ?1 RETURNING sequence",
            )?
            .query_row(params![channel.as_bytes(), message.is_deleted()], |row| {
                Columns::of(row).sequence()
            })?;
        let written = self
            .connection
            .prepare_cached(
                "UPDATE messages SET changed = ?3, body = ?4, attributes = ?5, edited_at = ?6,
                     edited_by = ?7, deleted = ?8, author = ?9, identity = ?10, posted_at = ?11,
                     media = ?12
                 WHERE channel = ?1 AND idx = ?2",
            )?
            .execute(params![
                channel.as_bytes(),
                number(message.index.0),
                number(changed.0),
                message.body.as_ref().map_or("", Body::as_str),
                message.attributes.as_str(),
                message.edited.as_ref().map(|edited| edited.at.0),
                message.edited.as_ref().map(|edited| edited.by.as_str()),
                message.is_deleted(),
                message.author.as_bytes(),
                message.identity.as_str(),
                message.posted_at.0,
                message.media.as_ref().map(|media| *media.sid.as_bytes()),
            ])?;
        if written == 0 {
            return Err(Broken::new("there is no such message"));
        }
        Ok(Message { changed, ..message })
    }

    fn messages(
        &mut self,
        channel: ChannelSid,
        before: Option<MessageIndex>,
        room: Room,
    ) -> Ask<Page<Message>> {
        let mut statement = self.connection.prepare_cached(concat!(
            "SELECT ",
            message_columns!(),
            messages_with_media!(),
            "WHERE channel = ?1 AND idx < ?2 AND deleted = 0 ORDER BY idx DESC"
        ))?;
        let before = before.map_or(i64::MAX, |before| number(before.0));
        let messages = statement.query_map(params![channel.as_bytes(), before], message)?;
        room.fill(messages.map(|message| message.map_err(Broken::from)))
    }

    fn unread(
        &mut self,
        channel: ChannelSid,
        reader: UserSid,
        floor: Option<MessageIndex>,
    ) -> Ask<u64> {
        let floor = floor.map_or(-1, |floor| number(floor.0));
        Ok(self
            .connection
            .prepare_cached(
                "SELECT count(*) FROM (
                     SELECT 1 FROM (
                         SELECT author, deleted FROM messages WHERE channel = ?1 AND idx > ?2
                         ORDER BY idx LIMIT ?4
                     ) WHERE author <> ?3 AND deleted = 0 LIMIT ?5
                 )",
            )?
            .query_row(
                params![
                    channel.as_bytes(),
                    floor,
                    reader.as_bytes(),
                    number(UNREAD_SCAN_MAX),
                    number(limits::UNREAD_COUNT_MAX),
                ],
                |row| Columns::of(row).count(),
            )?)
    }
}
