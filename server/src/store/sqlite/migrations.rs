//! Bringing the schema up to date, alone among all processes that open the file.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use crate::store::Broken;

mod embedded {
    refinery::embed_migrations!("migrations/sqlite");
}

/// Runs what is missing. A schema that a newer Yoriai made is left alone.
pub(super) fn run(path: &Path) -> Result<(), Broken> {
    // Beside the database, not on it: closing another handle on that very file would drop the
    // locks that SQLite holds on it.
    let lock = File::create(lock_path(path)).map_err(Broken::new)?;
    lock.lock().map_err(Broken::new)?;

    let mut connection = Connection::open(path)?;
    super::prepare(&connection)?;
    let runner = embedded::migrations::runner();
    let known = runner.get_migrations().iter().map(|migration| migration.version()).max();
    let found = schema_of(&connection)?;
    if known.map(i64::from) < found {
        return Err(newer(found, known.map(i64::from)));
    }
    runner.run(&mut connection).map_err(Broken::new)?;
    Ok(())
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-migrating");
    name.into()
}

fn schema_of(connection: &Connection) -> Result<Option<i64>, Broken> {
    let history = connection
        .query_row(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'refinery_schema_history'",
            [],
            |_| Ok(()),
        )
        .optional()?;
    if history.is_none() {
        return Ok(None);
    }
    Ok(connection
        .query_row("SELECT max(version) FROM refinery_schema_history", [], |row| row.get(0))?)
}

fn newer(found: Option<i64>, known: Option<i64>) -> Broken {
    Broken::new(format!(
        "the database was written by a newer Yoriai: its schema is {}, this one knows up to {}",
        found.unwrap_or(0),
        known.unwrap_or(0)
    ))
}
