//! SQLite: one file, one writer, any number of readers beside it.

#[macro_use]
mod columns;

mod channels;
mod lists;
mod members;
mod messages;
mod migrations;
mod nonces;
mod parts;
mod roles;
mod services;
mod sessions;
mod uploads;
mod users;
mod values;
mod webhooks;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::store::Broken;
use crate::store::backend::{Backend, Work};

/// More than there are questions, so that none is prepared twice.
const STATEMENTS_MAX: usize = 128;
/// Kibibytes of pages that a connection remembers.
const CACHE_KIB: i64 = 32 * 1_024;
/// Pages that the log may hold before they go to their places: 16 MiB.
const LOG_PAGES: i64 = 4_096;
/// Bytes of disk that the log keeps after it once needed more: 64 MiB.
const LOG_BYTES_MAX: i64 = 64 * 1_024 * 1_024;
/// How long a connection waits for another one's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// One connection to the file.
pub struct Sqlite {
    connection: Connection,
}

/// A transaction on it.
struct SqliteTx<'a> {
    connection: &'a Connection,
    service: Option<i64>,
}

impl Sqlite {
    /// Opens the file, makes it if there is none, and brings its schema up to date.
    pub fn open(path: &Path) -> Result<Self, Broken> {
        migrations::run(path)?;
        Self::connect(path)
    }

    /// Another connection, which only reads, to a file whose schema is up to date.
    pub fn reader(path: &Path) -> Result<Self, Broken> {
        let reader = Self::connect(path)?;
        reader.connection.pragma_update(None, "query_only", true)?;
        Ok(reader)
    }

    /// Copies what is committed in one file into another one, which must not be there yet.
    pub fn copy(from: &Path, to: &Path) -> Result<(), Broken> {
        let from = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        from.busy_timeout(BUSY_TIMEOUT)?;
        let to = to.to_str().ok_or_else(|| Broken::new("the path is not text"))?;
        from.execute("VACUUM INTO ?1", [to])?;
        Ok(())
    }

    fn connect(path: &Path) -> Result<Self, Broken> {
        let connection = Connection::open(path)?;
        prepare(&connection)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        Ok(Self { connection })
    }
}

/// Accepted means durable: a commit returns when the disk has it.
fn prepare(connection: &Connection) -> Result<(), Broken> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES_MAX)?;
    Ok(())
}

impl Backend for Sqlite {
    fn write(&mut self, work: &mut Work<'_>) -> Result<(), Broken> {
        // Dropped on the way out, by an error or a panic, it rolls back.
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        work(&mut SqliteTx { connection: &transaction, service: None })?;
        Ok(transaction.commit()?)
    }

    fn read(&mut self, work: &mut Work<'_>) -> Result<(), Broken> {
        let transaction = self.connection.transaction()?;
        work(&mut SqliteTx { connection: &transaction, service: None })?;
        Ok(transaction.finish()?)
    }
}

impl From<rusqlite::Error> for Broken {
    fn from(cause: rusqlite::Error) -> Self {
        Self::new(cause)
    }
}
