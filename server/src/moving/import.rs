//! A folder into the store: roles, then users, then channel by channel what is in it. Each row goes
//! through the operator's own commands, which know what they made before.

mod channel;
mod dues;
mod media;
mod members;
mod roles;
mod service;
mod users;

use std::collections::HashSet;
use std::fmt::Display;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chat::protocol::Scope;
use chat::{ChannelSid, Refusal};
use tokio::sync::mpsc;

use self::roles::Roles;
use super::reading::{self, Read};
use super::report::Report;
use super::rows::Kind;
use crate::clock::{Clock, fresh_id};
use crate::commands::{Actor, CommandError, Done, Moment, Outcome};
use crate::config::MediaSettings;
use crate::files::Shelf;
use crate::limits::{MOVED_BYTES_MAX, MOVED_ROWS_MAX};
use crate::media::Intake;
use crate::store::{Broken, Service, Store, Tx};

/// Why an import ends before its time. What was brought in by then is there, and another import goes
/// on from it.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    #[error("There is nothing to import in {}: no service.json, roles.json, users.json or channels.json.", .0.display())]
    Nothing(PathBuf),
    #[error("The folder cannot be read, or the report not be written: {0}.")]
    Files(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] Broken),
    #[error("{}", .0.message())]
    Refused(Refusal),
}

/// One import at work.
pub struct Import<'a, 'b> {
    store: &'a Store,
    service: Service,
    by: Actor,
    clock: Clock,
    folder: &'a Path,
    report: &'a mut Report<'b>,
    /// Where files go; nothing where none are kept.
    files: Option<Intake>,
    roles: Roles,
}

/// A row that was read, and where.
struct Placed<T> {
    place: String,
    row: T,
    /// A fresh one, for whoever is made beside it.
    id: uuid::Uuid,
}

/// What became of a row.
type Brought<R> = Result<(R, bool), Refusal>;

impl<'a, 'b> Import<'a, 'b> {
    /// Of this folder, into this store.
    pub fn new(
        store: &'a Store,
        service: Service,
        clock: Clock,
        folder: &'a Path,
        report: &'a mut Report<'b>,
    ) -> Self {
        let by = Actor::Operator(service.system());
        Self { store, service, by, clock, folder, report, files: None, roles: Roles::default() }
    }

    /// The same, with the files that lie beside the lists.
    pub fn with_files(self, shelf: Shelf, settings: MediaSettings) -> Self {
        let (store, clock) = (self.store.clone(), self.clock.clone());
        Self { files: Some(Intake { store, shelf, clock, settings }), ..self }
    }

    /// Brings everything in, and writes the report to its end.
    pub async fn run(mut self) -> Result<(), Stopped> {
        self.judge_folder()?;
        self.roles().await?;
        self.service_row().await?;
        self.users().await?;
        let listed = self.channels().await?;
        self.tell_lost_roles()?;
        self.tell_unlisted(&listed)?;
        Ok(self.report.finish()?)
    }

    fn judge_folder(&self) -> Result<(), Stopped> {
        let wanted = ["service.", "roles.", "users.", "channels."];
        for entry in fs::read_dir(self.folder)? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            if wanted.iter().any(|start| name.starts_with(start)) {
                return Ok(());
            }
        }
        Err(Stopped::Nothing(self.folder.to_owned()))
    }

    /// Folders of channels that no list names.
    fn tell_unlisted(&mut self, listed: &HashSet<ChannelSid>) -> io::Result<()> {
        let folder = self.folder.join("channels");
        if !folder.is_dir() {
            return Ok(());
        }
        let mut unlisted = Vec::new();
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if !name.parse().is_ok_and(|sid| listed.contains(&sid)) {
                unlisted.push(name);
            }
        }
        unlisted.sort();
        for name in unlisted {
            let place = format!("channels/{name}");
            self.report.skipped("channels", &place, "channels.json does not list it.")?;
        }
        Ok(())
    }

    /// The next rows that can be read, with which to fill one commit; none at the end. Those that
    /// cannot are told of, unless they were before.
    async fn next<T: Kind>(
        &mut self,
        rows: &mut mpsc::Receiver<Read<T>>,
        is_told: bool,
    ) -> Result<Vec<Placed<T>>, Stopped> {
        let (mut batch, mut taken) = (Vec::new(), 0);
        while batch.len() < MOVED_ROWS_MAX && taken < MOVED_BYTES_MAX {
            let Some(Read { place, row, bytes }) = rows.recv().await else { break };
            match row {
                Ok(row) => {
                    taken += bytes;
                    let place = format!("{place}, {}", row.called());
                    batch.push(Placed { place, row, id: fresh_id(self.clock.now()) });
                }
                Err(why) if is_told => self.report.skipped(T::NAME, &place, &why)?,
                Err(_) => {}
            }
        }
        Ok(batch)
    }

    /// Runs a command for each row, all in one commit. What is refused has written nothing, and
    /// leaves the others alone.
    async fn write<W, R>(
        &self,
        scope: Scope,
        wishes: Vec<(uuid::Uuid, W)>,
        command: impl Fn(&mut dyn Tx, &W, &Moment) -> Outcome<R> + Send + 'static,
    ) -> Result<Vec<Brought<R>>, Stopped>
    where
        W: Send + 'static,
        R: Send + 'static,
    {
        let all = move |tx: &mut dyn Tx, m: &Moment| {
            let mut done = Done::unchanged(Vec::new());
            for (id, wish) in &wishes {
                match command(tx, wish, &Moment { id: *id, ..*m }) {
                    Ok(one) => {
                        let is_new = !one.rows.is_empty();
                        done.rows.extend(one.rows);
                        done.ended.extend(one.ended);
                        done.reply.push(Ok((one.reply, is_new)));
                    }
                    Err(CommandError::Refused(refusal)) => done.reply.push(Err(refusal)),
                    Err(broken) => return Err(broken),
                }
            }
            Ok(done)
        };
        match self.store.write(scope, all).await {
            Ok(brought) => Ok(brought),
            Err(CommandError::Broken(broken)) => Err(broken.into()),
            Err(CommandError::Refused(refusal)) => Err(Stopped::Refused(refusal)),
        }
    }

    /// Writes down what became of one row; gives what it is here, unless it was skipped.
    fn tell<R>(
        &mut self,
        kind: &'static str,
        place: &str,
        brought: Brought<R>,
    ) -> Result<Option<R>, Stopped> {
        match brought {
            Ok((reply, is_new)) => {
                self.report.came(kind, is_new);
                Ok(Some(reply))
            }
            // It is not the one that was brought, but whom or what it was to be is here.
            Err(Refusal::AlreadyAMember | Refusal::AlreadyInvited) => {
                self.report.came(kind, false);
                Ok(None)
            }
            Err(refusal) => {
                self.report.skipped(kind, place, &refusal.message())?;
                Ok(None)
            }
        }
    }

    /// Notes where somebody who came before keeps another SID than the row's.
    fn tell_sid<S: Display + PartialEq>(
        &mut self,
        place: &str,
        there: S,
        here: S,
    ) -> io::Result<()> {
        if there == here {
            return Ok(());
        }
        self.report.noted(place, &format!("It is here as {here}, and keeps that SID."))
    }

    async fn ask<R: Send + 'static>(
        &self,
        query: impl Fn(&mut dyn Tx) -> Result<R, CommandError> + Send + 'static,
    ) -> Result<R, Stopped> {
        match self.store.read(query).await {
            Ok(answer) => Ok(answer),
            Err(CommandError::Broken(broken)) => Err(broken.into()),
            Err(CommandError::Refused(refusal)) => Err(Stopped::Refused(refusal)),
        }
    }

    fn rows<T: Kind>(&self, folder: &Path) -> io::Result<mpsc::Receiver<Read<T>>> {
        reading::rows(folder)
    }
}
