//! The store: typed questions inside a transaction, and the writer that commits and tells.

pub mod backend;
pub mod ids;
pub mod listed;
pub mod memory;
pub mod nouns;
pub mod pieces;
pub mod skeleton;
pub mod sqlite;
pub mod tx;

mod readers;
mod telling;
mod writer;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod law;
#[cfg(test)]
pub(crate) mod village;

use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread;

use chat::protocol::{Change, CloseCode, Scope};
use chat::{Refusal, ServiceSid, SessionSid};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::clock::Clock;
use crate::commands::{self, CommandError, Moment, Outcome};
use crate::limits::{TOLD_QUEUE_MAX, WRITER_QUEUE_MAX};
use backend::Backend;
use ids::Ids;
use memory::Memory;
use readers::Readers;
use sqlite::Sqlite;
use writer::{Order, Waiting, Writer};

pub use listed::{ListedInvite, ListedMember, ListedMembership, ListedUser};
pub use nouns::{
    ChannelRows, ChosenName, DefaultRoles, FirstReply, LiveChannel, LiveMember, MemberRows,
    NewMember, NewMessage, NewSession, NewUser, Service, Session, Settings, SignedIn, Upload,
    UploadState, Welcomed,
};
pub(crate) use telling::Key;
pub use tx::Tx;

/// Something broke beneath a question: the disk, the database, the connection to it.
#[derive(Debug, thiserror::Error)]
#[error("the store is broken: {0}")]
pub struct Broken(#[source] pub Box<dyn std::error::Error + Send + Sync>);

impl Broken {
    /// For this cause.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

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
pub struct Store {
    orders: SyncSender<Order>,
    readers: Readers,
}

impl Store {
    /// Opens the database, brings its schema up to date, founds the service, and starts the writer
    /// and the readers. What is committed arrives at the receiver, in order.
    pub fn open(database: &Database, clock: Clock) -> Result<(Self, mpsc::Receiver<Told>), Broken> {
        Self::open_with(database, clock, Ids::random(), None)
    }

    /// The same, with ids from this source; a service that is founded now may have its SID already.
    pub fn open_with(
        database: &Database,
        clock: Clock,
        mut ids: Ids,
        service: Option<ServiceSid>,
    ) -> Result<(Self, mpsc::Receiver<Told>), Broken> {
        let mut first = ids.moment(clock.now())?;
        if let Some(sid) = service {
            first.id = Uuid::from_bytes(*sid.as_bytes());
        }
        match database {
            Database::Sqlite(path) => {
                let writer = Sqlite::open(path)?;
                Self::start(writer, || Ok(Box::new(Sqlite::reader(path)?)), clock, ids, first)
            }
            Database::Memory => {
                let memory = Memory::default();
                let reader = memory.clone();
                Self::start(memory, || Ok(Box::new(reader.clone())), clock, ids, first)
            }
        }
    }

    fn start(
        mut backend: impl Backend + 'static,
        reader: impl FnMut() -> Ask<Box<dyn Backend>>,
        clock: Clock,
        ids: Ids,
        first: Moment,
    ) -> Result<(Self, mpsc::Receiver<Told>), Broken> {
        found(&mut backend, &first)?;
        let readers = Readers::start(reader)?;
        let (orders, queue) = sync_channel(WRITER_QUEUE_MAX);
        let (hub, told) = mpsc::channel(TOLD_QUEUE_MAX);
        let writer = Writer { backend: Box::new(backend), queue, hub, clock, ids };
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || writer.run())
            .map_err(Broken::new)?;
        Ok((Self { orders, readers }, told))
    }

    /// Runs a command in the next batch of the writer that owns `scope`, and answers after the
    /// commit. The command may be run again, so it is `Fn`.
    pub async fn write<R, C>(&self, scope: Scope, command: C) -> Result<R, CommandError>
    where
        R: Send + 'static,
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        // SQLite has one writer, which owns every scope.
        let _ = scope;
        self.order(command, true).await
    }

    /// The same for a command that makes no rows and so needs no id: those of the others do not
    /// depend on when it runs.
    pub async fn tidy<R, C>(&self, command: C) -> Result<R, CommandError>
    where
        R: Send + 'static,
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        self.order(command, false).await
    }

    async fn order<R, C>(&self, command: C, makes_rows: bool) -> Result<R, CommandError>
    where
        R: Send + 'static,
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job = Box::new(Waiting { command, makes_rows, outcome: None, caller });
        self.orders.try_send(Order::Run(job)).map_err(|_| Refusal::Unavailable)?;
        answer.await.unwrap_or_else(|_| Err(Refusal::Unavailable.into()))
    }

    /// Runs a query over one snapshot.
    pub async fn read<R, Q>(&self, query: Q) -> Result<R, CommandError>
    where
        R: Send + 'static,
        Q: Fn(&mut dyn Tx) -> Result<R, CommandError> + Send + 'static,
    {
        self.readers.ask(query).await
    }

    /// Finishes the writes that wait, and takes no more: later ones are refused. The hub's
    /// receiver ends.
    pub async fn close(&self) {
        let (closer, closed) = oneshot::channel();
        let mut order = Order::Close(closer);
        // A full queue empties: the writer never waits for whoever asks.
        while let Err(TrySendError::Full(again)) = self.orders.try_send(order) {
            order = again;
            tokio::task::yield_now().await;
        }
        drop(closed.await);
    }
}

fn found(backend: &mut dyn Backend, m: &Moment) -> Ask<()> {
    backend.write(&mut |tx| match commands::found_service(tx, m) {
        Ok(_) => Ok(()),
        Err(CommandError::Refused(refusal)) => Err(Broken::new(refusal.message())),
        Err(CommandError::Broken(broken)) => Err(broken),
    })
}
