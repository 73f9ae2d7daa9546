//! `yoriai token`: an access token, as a site's backend would sign it.

use chat::limits::TOKEN_LIFE_SECONDS_MAX;
use chat::{Identity, ServiceSid};
use clap::Args;
use serde_json::json;

use super::{Failed, open_store, say};
use crate::clock::Clock;
use crate::config::Config;
use crate::keys::Keys;
use crate::tokens::Tokens;

#[derive(Args)]
pub(super) struct Token {
    /// Whom the token is for
    #[arg(long)]
    identity: String,
    /// Seconds that it lasts
    #[arg(long, default_value_t = 3_600, value_parser = clap::value_parser!(i64).range(1..=TOKEN_LIFE_SECONDS_MAX))]
    ttl: i64,
    /// The service's SID [default: the first one]
    #[arg(long)]
    service: Option<ServiceSid>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl Token {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failed> {
        let identity = Identity::parse(&self.identity).map_err(|refusal| refusal.message())?;
        let clock = Clock::System;
        let keys = Keys::open(&config.data, &clock)?;
        let (store, service) = open_store(config, self.service).await?;
        let token = Tokens::new(keys, service.sid, config.token_ttl)
            .sign_for(service.sid, &identity, self.ttl, clock.now())
            .ok_or("Every key for a backend is retired. Run: yoriai keys add")?;
        store.close().await;
        if self.json {
            say(json!({"identity": identity, "token": token}))?;
        } else {
            say(token)?;
        }
        Ok(())
    }
}
