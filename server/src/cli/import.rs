//! `yoriai import`: what another server had, from files. Nobody may be served meanwhile: who is
//! connected would hear of what comes in only later.

use std::io::stdout;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chat::ServiceSid;
use clap::{Args, Subcommand};

use super::{Failed, database_of, open_store};
use crate::clock::Clock;
use crate::config::{Config, MediaPlace, MediaSettings};
use crate::files::Files;
use crate::moving::{Import as Importing, Report};
use crate::occupied::Occupied;
use crate::store::Database;
use crate::store::sqlite::Sqlite;

/// What the process ends with where something was skipped.
const SKIPPED: u8 = 3;

#[derive(Args)]
pub(super) struct Import {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// From a folder of lists as the REST API of Programmable Chat gave them, or `yoriai export`;
    /// ends with 3 if anything was skipped
    ProgrammableChat {
        /// The folder
        dir: PathBuf,
        /// The service's SID [default: the first one]
        #[arg(long)]
        service: Option<ServiceSid>,
        /// Changes nothing, and prints the same report
        #[arg(long)]
        dry_run: bool,
    },
}

impl Import {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, Failed> {
        match self.command {
            Command::ProgrammableChat { dir, service, dry_run: true } => {
                let folder =
                    tempfile::Builder::new().prefix("dry-run-").tempdir_in(&config.data)?;
                let copy = config.copied_to(folder.path(), service)?;
                import(&copy, &dir, service).await
            }
            Command::ProgrammableChat { dir, service, dry_run: false } => {
                let _alone = Occupied::alone(&config.data)?;
                import(config, &dir, service).await
            }
        }
    }
}

async fn import(
    config: &Config,
    dir: &Path,
    service: Option<ServiceSid>,
) -> Result<ExitCode, Failed> {
    let (store, service) = open_store(config, service).await?;
    let mut output = stdout();
    let mut report = Report::to(&mut output);
    let shelf = Files::open(config)?.of(service.sid);
    let import = Importing::new(&store, service, Clock::System, dir, &mut report);
    let ran = import.with_files(shelf, config.media.clone()).run().await;
    let has_skipped = report.has_skipped();
    store.close().await;
    ran?;
    Ok(if has_skipped { ExitCode::from(SKIPPED) } else { ExitCode::SUCCESS })
}

impl Config {
    /// The same with a copy of the service's database, and with another place for files: whatever is
    /// done there is done to nobody.
    fn copied_to(&self, folder: &Path, service: Option<ServiceSid>) -> Result<Self, Failed> {
        let database = match database_of(self, service)? {
            Database::Sqlite(path) => {
                let copy = folder.join("yoriai.db");
                if path.exists() {
                    Sqlite::copy(&path, &copy)?;
                }
                Database::Sqlite(copy)
            }
            Database::Memory => Database::Memory,
        };
        let place = MediaPlace::Folder(folder.join("media"));
        let media = MediaSettings { place, ..self.media.clone() };
        Ok(Self { database, media, ..self.clone() })
    }
}
