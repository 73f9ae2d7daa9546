//! What requests share.

use std::sync::Arc;

use chat::Refusal;

use crate::accounts::Attempts;
use crate::clock::Clock;
use crate::config::Config;
use crate::files::Files;
use crate::gateway::Gateway;
use crate::gateway::line::Lines;
use crate::gateway::places::Places;
use crate::health::Health;
use crate::media::Arrivals;
use crate::passwords::Passwords;
use crate::services::Services;
use crate::sessions::SessionCookie;
use crate::site::Assets;
use crate::tokens::{Bearer, Tokens};

/// One for the whole server; handlers hold a share of it.
pub type AppState = Arc<Shared>;

/// Everything that a handler may need.
pub struct Shared {
    pub config: Config,
    pub clock: Clock,
    pub services: Services,
    pub files: Files,
    pub(crate) arrivals: Arrivals,
    pub tokens: Tokens,
    pub(crate) places: Places,
    /// What test mode does to connections; nothing elsewhere.
    pub(crate) lines: Option<Lines>,
    pub passwords: Passwords,
    pub attempts: Attempts,
    pub cookie: SessionCookie,
    pub health: Health,
    /// Where the page finds the app; asked anew for each page, since it moves while developing.
    pub assets: fn() -> Option<Assets>,
    /// The port that we listen on.
    pub port: u16,
    /// The live-reload socket's port while `cargo leptos watch` runs.
    pub reload_port: Option<u16>,
}

impl Shared {
    /// The web app's own service.
    pub fn home(&self) -> &Gateway {
        self.services.first()
    }

    /// Whom a token speaks for, if it is good now, and in which service.
    pub fn admit(&self, token: &str) -> Result<(Gateway, Bearer), Refusal> {
        let bearer = self.tokens.verify(token, self.clock.now())?;
        let gateway = self.services.of(bearer.service).ok_or(Refusal::TokenInvalid)?;
        Ok((gateway, bearer))
    }
}
