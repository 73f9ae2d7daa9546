//! The store: typed questions inside a transaction, and the writer that commits and tells.

use chat::protocol::{Change, CloseCode, Scope};
use chat::SessionSid;

use crate::commands::{CommandError, Moment, Outcome};

/// Something broke beneath a question: the disk, the database, the connection to it.
#[derive(Debug, thiserror::Error)]
#[error("the store is broken: {0}")]
pub struct Broken(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// What a question gives.
pub type Ask<T> = Result<T, Broken>;

/// The questions a command or query may ask. (The core helper writes this trait.)
pub trait Tx {}

/// What was committed together, for the hub of every node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    pub changes: Vec<Change>,
    pub ended: Vec<(SessionSid, CloseCode)>,
}

/// A handle on the database; clones share it.
#[derive(Clone)]
pub struct Store {}

impl Store {
    /// Runs a command in the next batch of the writer that owns `scope`, and answers after the
    /// commit. The command may be run again, so it is `Fn`.
    pub async fn write<R, C>(&self, scope: Scope, command: C) -> Result<R, CommandError>
    where
        R: Send + 'static,
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        let _ = (scope, command);
        unimplemented!()
    }

    /// Runs a query over one snapshot.
    pub async fn read<R, Q>(&self, query: Q) -> Result<R, CommandError>
    where
        R: Send + 'static,
        Q: Fn(&mut dyn Tx) -> Result<R, CommandError> + Send + 'static,
    {
        let _ = query;
        unimplemented!()
    }
}
