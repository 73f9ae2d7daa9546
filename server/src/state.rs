//! What requests share.

use std::sync::Arc;

use crate::accounts::Attempts;
use crate::clock::Clock;
use crate::config::Config;
use crate::gateway::Gateway;
use crate::health::Health;
use crate::passwords::Passwords;
use crate::sessions::SessionCookie;
use crate::site::Assets;
use crate::store::{Service, Store};
use crate::tokens::Tokens;

/// One for the whole server; handlers hold a share of it.
pub type AppState = Arc<Shared>;

/// Everything that a handler may need.
pub struct Shared {
    pub config: Config,
    pub clock: Clock,
    pub store: Store,
    pub service: Service,
    pub tokens: Tokens,
    pub gateway: Gateway,
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
