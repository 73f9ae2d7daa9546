//! The store: typed questions inside a transaction, and the writer that commits and tells.

pub mod nouns;
pub mod pieces;
pub mod tx;

use std::path::PathBuf;

use chat::SessionSid;
use chat::protocol::{Change, CloseCode, Scope};
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::commands::{CommandError, Moment, Outcome};

pub use nouns::{
    ChannelRows, ChosenName, FirstReply, LiveChannel, LiveMember, MemberRows, NewMember,
    NewMessage, NewSession, NewUser, Service, Session, SignedIn, Welcomed,
};
pub use tx::Tx;

/// Something broke beneath a question: the disk, the database, the connection to it.
#[derive(Debug, thiserror::Error)]
#[error("the store is broken: {0}")]
pub struct Broken(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// What a question gives.
pub type Ask<T> = Result<T, Broken>;

/// Which database keeps the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// Nothing that outlives the process.
    Memory,
}

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
    /// Opens the database, brings its schema up to date, founds the service, and starts the writer
    /// and the readers. What is committed arrives at the receiver, in order.
    pub fn open(database: &Database, clock: Clock) -> Result<(Self, mpsc::Receiver<Told>), Broken> {
        let _ = (database, clock);
        unimplemented!()
    }

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

    /// Finishes the writes that wait, and takes no more.
    pub async fn close(&self) {
        unimplemented!()
    }
}
