//! How values are kept: SIDs as 16 bytes, numbers as integers, checked texts as they are.

use chat::{
    Attributes, ChannelDetails, ChannelRole, MessageIndex, Sequence, ServiceRole, Timestamp,
};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Result, Row};
use serde::Deserialize;
use serde::de::IntoDeserializer;

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

/// A column with 16 bytes.
pub(super) fn sid<T>(row: &Row<'_>, column: &str, from: fn([u8; 16]) -> T) -> Result<T> {
    row.get(column).map(from)
}

pub(super) fn sequence(row: &Row<'_>, column: &str) -> Result<Sequence> {
    row.get(column).map(natural).map(Sequence)
}

pub(super) fn index(row: &Row<'_>, column: &str) -> Result<Option<MessageIndex>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(natural).map(MessageIndex))
}

pub(super) fn count(row: &Row<'_>, column: &str) -> Result<u64> {
    row.get(column).map(natural)
}

pub(super) fn time(row: &Row<'_>, column: &str) -> Result<Timestamp> {
    row.get(column).map(Timestamp)
}

pub(super) fn maybe_time(row: &Row<'_>, column: &str) -> Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp))
}

/// A text that was checked when it was written. It is not checked again: a rule may have become
/// stricter since.
pub(super) fn text<T: for<'de> Deserialize<'de>>(row: &Row<'_>, column: &str) -> Result<T> {
    let text: String = row.get(column)?;
    checked(text)
}

fn checked<T: for<'de> Deserialize<'de>>(text: String) -> Result<T> {
    let deserializer: serde::de::value::StringDeserializer<serde::de::value::Error> =
        text.into_deserializer();
    T::deserialize(deserializer).map_err(|error| FromSqlError::other(error).into())
}

/// A channel's details, unless it is deleted.
pub(super) fn details(row: &Row<'_>) -> Result<Option<ChannelDetails>> {
    if maybe_time(row, "deleted_at")?.is_some() {
        return Ok(None);
    }
    Ok(Some(ChannelDetails {
        unique_name: row.get::<_, Option<String>>("unique_name")?.map(checked).transpose()?,
        friendly_name: text(row, "friendly_name")?,
        attributes: text::<Attributes>(row, "attributes")?,
        created_by: text(row, "created_by")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
    }))
}

/// A role as it is kept.
pub(super) struct Kept<T>(pub(super) T);

impl ToSql for Kept<ServiceRole> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            ServiceRole::Admin => "admin",
            ServiceRole::User => "user",
        }
        .into())
    }
}

impl ToSql for Kept<ChannelRole> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            ChannelRole::Admin => "admin",
            ChannelRole::User => "user",
        }
        .into())
    }
}

impl FromSql for Kept<ServiceRole> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "admin" => Ok(Self(ServiceRole::Admin)),
            "user" => Ok(Self(ServiceRole::User)),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

impl FromSql for Kept<ChannelRole> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "admin" => Ok(Self(ChannelRole::Admin)),
            "user" => Ok(Self(ChannelRole::User)),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}
