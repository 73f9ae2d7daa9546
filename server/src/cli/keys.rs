//! `yoriai keys`: adds, lists and retires the keys of a site's own backend.

use chat::{KeySid, ServiceSid, Timestamp};
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Failed, open_store, say};
use crate::clock::Clock;
use crate::config::Config;
use crate::keys::{Key, Keys as Kept};

#[derive(Args)]
pub(super) struct Keys {
    #[command(subcommand)]
    command: Command,
    /// Prints JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Makes a key, and prints its secret once and for all
    Add,
    /// Lists the keys, without their secrets
    List,
    /// Ends a key and every token that it signed
    Retire {
        /// The key's SID
        key: KeySid,
    },
}

const NOTICE: &str = "A server that is running takes notice within a second.";

impl Keys {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failed> {
        let clock = Clock::System;
        let mut kept = Kept::open(&config.data, &clock)?;
        match self.command {
            Command::Add => {
                let added = kept.add(&clock).clone();
                kept.save(&config.data)?;
                let (store, service) = open_store(config, None).await?;
                store.close().await;
                say(self::added(&kept, &added, service.sid, self.json))?;
            }
            Command::List => say(listed(&kept, self.json))?,
            Command::Retire { key } => {
                kept.retire(key, clock.now())?;
                kept.save(&config.data)?;
                say(retired(key, self.json))?;
            }
        }
        Ok(())
    }
}

/// What a backend must know, by the names that libraries for Programmable Chat have for it.
fn added(kept: &Kept, key: &Key, service: ServiceSid, json: bool) -> String {
    let (account, sid, secret) = (kept.account_sid, key.sid, key.secret.reveal());
    let auth_token = kept.auth_token.as_ref().map_or("", |token| token.reveal());
    if json {
        return json!({
            "account_sid": account,
            "auth_token": auth_token,
            "api_key": sid,
            "api_secret": secret,
            "service_sid": service,
        })
        .to_string();
    }
    format!(
        "Account     {account}\nAuth token  {auth_token}\nKey         {sid}\nSecret      {secret}\n\
         Service     {service}\n\n{NOTICE}"
    )
}

fn listed(kept: &Kept, json: bool) -> String {
    if json {
        let keys: Vec<_> = kept.keys.iter().map(without_secret).collect();
        return json!({"account_sid": kept.account_sid, "keys": keys}).to_string();
    }
    let lines = kept.keys.iter().map(|key| {
        let state = match key.retired_at {
            Some(at) => format!("retired {}", day(at)),
            None if key.own => "the server's own".to_owned(),
            None => "in use".to_owned(),
        };
        format!("{}  made {}  {state}", key.sid, day(key.created_at))
    });
    let lines: Vec<String> = lines.collect();
    format!("Account {}\n{}", kept.account_sid, lines.join("\n"))
}

fn without_secret(key: &Key) -> serde_json::Value {
    json!({
        "sid": key.sid,
        "created_at": key.created_at,
        "retired_at": key.retired_at,
        "own": key.own,
    })
}

fn retired(sid: KeySid, json: bool) -> String {
    if json { json!({"retired": sid}).to_string() } else { format!("{sid} is retired. {NOTICE}") }
}

fn day(moment: Timestamp) -> String {
    let time = jiff::Timestamp::from_millisecond(moment.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_when_it_is_made_and_never_again() {
        let mut kept = Kept::fresh(&Clock::System);
        let key = kept.add(&Clock::System).clone();
        let service = ServiceSid::from_bytes([7; 16]);
        for json in [false, true] {
            let added = added(&kept, &key, service, json);
            let auth_token = kept.auth_token.as_ref().expect("made").reveal();
            assert!(added.contains(key.secret.reveal()) && added.contains(auth_token));
            assert!(added.contains(&service.to_string()));
            assert!(!listed(&kept, json).contains(auth_token));
            assert!(!listed(&kept, json).contains(key.secret.reveal()));
            assert!(listed(&kept, json).contains(&key.sid.to_string()));
        }
    }

    #[test]
    fn a_day_is_written_as_such() {
        assert_eq!(day(Timestamp(1_700_000_000_000)), "2023-11-14");
    }
}
