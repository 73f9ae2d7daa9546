//! The command line: `yoriai` alone serves, its other words look after keys and accounts.

mod export;
mod healthcheck;
mod import;
mod keys;
mod serve;
mod services;
mod token;
mod user;
mod webhooks;

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use chat::ServiceSid;
use clap::{Parser, Subcommand};

use crate::config::{Config, Settings};
use crate::queries;
use crate::services::{beside, others_beside};
use crate::store::{Database, Service, Store};

/// Yoriai: a self-hosted, programmable chat.
#[derive(Parser)]
#[command(name = "yoriai", version, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// The file of settings [default: yoriai.toml, if it is there]
    #[arg(
        long,
        env = "YORIAI_CONFIG",
        global = true,
        value_name = "FILE",
        help_heading = "Settings"
    )]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Serves; also without a word
    Serve,
    /// The keys of your backend, for access tokens and for the REST API
    Keys(keys::Keys),
    /// Prints an access token, as a site's backend would sign it
    Token(token::Token),
    /// Lists the services; the REST API makes and ends them
    Services(services::Services),
    /// The accounts
    User(user::User),
    /// What webhooks were told
    Webhooks(webhooks::Webhooks),
    /// Brings in what another server had
    Import(import::Import),
    /// Writes everything into files, as `import` reads them
    Export(export::Export),
    /// Succeeds if a server here is ready
    Healthcheck,
}

/// Why a command did not work, in one sentence.
type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Prints a line. Whoever has stopped reading has seen enough.
fn say(line: impl fmt::Display) -> io::Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        said => said,
    }
}

impl Cli {
    /// Does what was asked for.
    pub async fn run(self) -> ExitCode {
        match self.answer().await {
            Ok(code) => code,
            Err(error) => {
                eprintln!("yoriai: {error}");
                ExitCode::FAILURE
            }
        }
    }

    async fn answer(self) -> Result<ExitCode, Failed> {
        let config = Config::new(self.settings.or_file(self.config.as_deref())?)?;
        let serves = matches!(self.command, None | Some(Command::Serve));
        let keeps_nothing = serves && config.test_mode.is_some();
        if !keeps_nothing && !matches!(self.command, Some(Command::Healthcheck)) {
            config.make_data_folder().map_err(|error| {
                format!("The folder {} cannot be made: {error}.", config.data.display())
            })?;
        }
        let answered = match self.command {
            Some(Command::Import(import)) => return import.run(&config).await,
            Some(Command::Export(export)) => export.run(&config).await,
            None | Some(Command::Serve) => serve::run(config).await,
            Some(Command::Keys(keys)) => keys.run(&config).await,
            Some(Command::Token(token)) => token.run(&config).await,
            Some(Command::Services(services)) => services.run(&config).await,
            Some(Command::User(user)) => user.run(&config).await,
            Some(Command::Webhooks(webhooks)) => webhooks.run(&config).await,
            Some(Command::Healthcheck) => healthcheck::run(&config).await,
        };
        answered.map(|()| ExitCode::SUCCESS)
    }
}

/// The store of a service in this data folder, or of the first one, for a command beside the server.
async fn open_store(
    config: &Config,
    service: Option<ServiceSid>,
) -> Result<(Store, Service), Failed> {
    let (store, mut told) =
        Store::open(&database_of(config, service)?, crate::clock::Clock::System)?;
    // Nobody listens here; a server that runs on the same folder reads what changed.
    tokio::spawn(async move { while told.recv().await.is_some() {} });
    let opened = store.read(queries::service::service).await?;
    if service.is_some_and(|sid| sid != opened.sid) {
        store.close().await;
        return Err("There is no such service here. Run: yoriai services".into());
    }
    Ok((store, opened))
}

/// The first one's, unless there is another one of this SID.
fn database_of(config: &Config, service: Option<ServiceSid>) -> Result<Database, Failed> {
    let others = others_beside(&config.database)?;
    let other = service.filter(|sid| others.contains(sid));
    Ok(other.map_or(config.database.clone(), |sid| beside(&config.database, sid)))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_setting_may_stand_before_the_command_or_behind_it() {
        for words in [["yoriai", "--data", "x", "serve"], ["yoriai", "serve", "--data", "x"]] {
            let cli = Cli::try_parse_from(words).expect("understood");
            assert_eq!(cli.settings.data.as_deref(), Some("x"));
        }
        for words in [["yoriai", "--test-mode", "serve"], ["yoriai", "serve", "--test-mode"]] {
            let cli = Cli::try_parse_from(words).expect("understood");
            assert_eq!(cli.settings.test_mode.as_deref(), Some("true"));
        }
        assert!(Cli::try_parse_from(["yoriai", "--nonsense"]).is_err());
    }
}
