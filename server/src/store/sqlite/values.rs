//! How values are kept: SIDs as 16 bytes, numbers as integers, checked texts as they are.

use chat::{ChannelDetails, MessageIndex, Permissions, RoleKind, Sequence, Timestamp};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Result, Row};
use serde::Deserialize;
use serde::de::IntoDeserializer;

use crate::store::UploadState;

/// A number as SQLite counts; what is too large for it is larger than anything that is kept.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A count of rows.
pub(super) fn rows(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn natural(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A row, read from its first column to its last.
pub(super) struct Columns<'a, 'statement> {
    row: &'a Row<'statement>,
    next: usize,
}

impl<'a, 'statement> Columns<'a, 'statement> {
    pub(super) fn of(row: &'a Row<'statement>) -> Self {
        Self { row, next: 0 }
    }

    /// The next column, as it is.
    pub(super) fn value<T: FromSql>(&mut self) -> Result<T> {
        let value = self.row.get(self.next);
        self.next += 1;
        value
    }

    /// 16 bytes.
    pub(super) fn sid<T>(&mut self, from: fn([u8; 16]) -> T) -> Result<T> {
        self.value().map(from)
    }

    pub(super) fn sequence(&mut self) -> Result<Sequence> {
        self.count().map(Sequence)
    }

    pub(super) fn index(&mut self) -> Result<MessageIndex> {
        self.count().map(MessageIndex)
    }

    pub(super) fn maybe_index(&mut self) -> Result<Option<MessageIndex>> {
        Ok(self.value::<Option<i64>>()?.map(natural).map(MessageIndex))
    }

    pub(super) fn count(&mut self) -> Result<u64> {
        self.value().map(natural)
    }

    pub(super) fn maybe_count(&mut self) -> Result<Option<u64>> {
        Ok(self.value::<Option<i64>>()?.map(natural))
    }

    pub(super) fn time(&mut self) -> Result<Timestamp> {
        self.value().map(Timestamp)
    }

    pub(super) fn maybe_time(&mut self) -> Result<Option<Timestamp>> {
        Ok(self.value::<Option<i64>>()?.map(Timestamp))
    }

    pub(super) fn maybe_sid<T>(&mut self, from: fn([u8; 16]) -> T) -> Result<Option<T>> {
        Ok(self.value::<Option<[u8; 16]>>()?.map(from))
    }

    pub(super) fn permissions(&mut self) -> Result<Permissions> {
        self.value().map(Permissions::from_bits)
    }

    /// A text that was checked when it was written. It is not checked again: a rule may have
    /// become stricter since.
    pub(super) fn text<T: for<'de> Deserialize<'de>>(&mut self) -> Result<T> {
        self.value().and_then(checked)
    }

    pub(super) fn maybe_text<T: for<'de> Deserialize<'de>>(&mut self) -> Result<Option<T>> {
        self.value::<Option<String>>()?.map(checked).transpose()
    }

    /// A channel's details, unless it is deleted, which the column before them says.
    pub(super) fn details(&mut self) -> Result<Option<ChannelDetails>> {
        if self.maybe_time()?.is_some() {
            self.next += 7;
            return Ok(None);
        }
        Ok(Some(ChannelDetails {
            unique_name: self.maybe_text()?,
            friendly_name: self.text()?,
            attributes: self.text()?,
            private: self.value()?,
            created_by: self.text()?,
            created_at: self.time()?,
            updated_at: self.time()?,
        }))
    }
}

pub(super) fn checked<T: for<'de> Deserialize<'de>>(text: String) -> Result<T> {
    let deserializer: serde::de::value::StringDeserializer<serde::de::value::Error> =
        text.into_deserializer();
    T::deserialize(deserializer).map_err(|error| FromSqlError::other(error).into())
}

/// A value of a few words as it is kept.
pub(super) struct Kept<T>(pub(super) T);

impl ToSql for Kept<RoleKind> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            RoleKind::Service => "service",
            RoleKind::Channel => "channel",
        }
        .into())
    }
}

impl ToSql for Kept<UploadState> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            UploadState::Arriving => "arriving",
            UploadState::Waiting => "waiting",
            UploadState::Kept => "kept",
            UploadState::Left => "left",
        }
        .into())
    }
}

impl FromSql for Kept<UploadState> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "arriving" => Ok(Self(UploadState::Arriving)),
            "waiting" => Ok(Self(UploadState::Waiting)),
            "kept" => Ok(Self(UploadState::Kept)),
            "left" => Ok(Self(UploadState::Left)),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

impl FromSql for Kept<RoleKind> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "service" => Ok(Self(RoleKind::Service)),
            "channel" => Ok(Self(RoleKind::Channel)),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}
