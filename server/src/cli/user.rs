//! `yoriai user`: makes accounts. The password comes from the terminal, unseen, or from a pipe.

use std::io::{BufRead, IsTerminal, stdin};

use chat::RoleSid;
use chat::protocol::Scope;
use clap::{Args, Subcommand};

use super::{Failed, open_store, say};
use crate::commands::{self, CommandError};
use crate::config::Config;
use crate::passwords;
use crate::store::ChosenName;

#[derive(Args)]
pub(super) struct User {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes an account
    Add {
        /// Its name, 2 to 32 characters
        name: String,
        /// Lets it rename, delete and hand over channels of others
        #[arg(long)]
        admin: bool,
    },
}

impl User {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failed> {
        match self.command {
            Command::Add { name, admin } => add(config, &name, admin).await,
        }
    }
}

async fn add(config: &Config, name: &str, admin: bool) -> Result<(), Failed> {
    let name = ChosenName::parse(name).map_err(|refusal| refusal.message())?;
    let role = if admin { RoleSid::SERVICE_ADMIN } else { RoleSid::SERVICE_USER };
    let hash = passwords::hash(&password()?)?;
    let (store, _) = open_store(config, None).await?;
    let wished = name.clone();
    let added = store
        .write(Scope::Directory, move |tx, m| {
            commands::add_user::add_user(tx, &wished, &hash, role, m)
        })
        .await;
    store.close().await;
    match added {
        Ok(_) => {
            say(format_args!("{} has an account now.", name.identity))?;
            Ok(())
        }
        Err(CommandError::Refused(refusal)) => Err(refusal.message().into()),
        Err(CommandError::Broken(broken)) => Err(broken.into()),
    }
}

fn password() -> Result<String, Failed> {
    if !stdin().is_terminal() {
        let mut line = String::new();
        stdin().lock().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let password = rpassword::prompt_password("Password: ")?;
    if rpassword::prompt_password("Again: ")? != password {
        return Err("The two differ. Nothing was done.".into());
    }
    Ok(password)
}
