//! `yoriai serve`: until a signal says stop.

use std::io::IsTerminal;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::Failed;
use crate::clock::Clock;
use crate::config::Config;
use crate::occupied::Occupied;
use crate::running::start;
use crate::sessions::SessionCookie;

pub(super) async fn run(config: Config) -> Result<(), Failed> {
    log();
    // Test mode keeps nothing, and leaves the data folder alone.
    let keeps = config.test_mode.is_none();
    let _occupied = keeps.then(|| Occupied::by_server(&config.data)).transpose()?;
    let listen = config.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("Cannot listen on {listen}: {error}."))?;
    let config = config.bound_to(listener.local_addr()?);
    if SessionCookie::under(&config.public_url) == SessionCookie::Plain {
        tracing::warn!(
            "{} is neither https nor this machine: whoever listens on the network can take over \
             sessions",
            config.public_url
        );
    }
    if !keeps {
        tracing::warn!("test mode: whoever reaches {listen} can be anybody, and move the time");
        tell("TEST MODE: whoever reaches this server can be anybody. Nothing is kept.");
    }
    let public_url = config.public_url.clone();
    let running = start(listener, config, Clock::System).await?;
    if let Some(keys) = running.test_keys() {
        tell(&keys);
    }
    tell(&format!("Yoriai is ready: {public_url}"));
    stopped().await?;
    tracing::info!("stopping");
    tokio::spawn(end_at_once_if_asked_again());
    Ok(running.stop().await?)
}

/// Nobody may be reading it any more; that is no reason not to serve.
fn tell(sentence: &str) {
    let _ = super::say(sentence);
}

async fn stopped() -> std::io::Result<()> {
    let (mut asked, mut interrupted) = signals()?;
    tokio::select! {
        _ = asked.recv() => {}
        _ = interrupted.recv() => {}
    }
    Ok(())
}

async fn end_at_once_if_asked_again() {
    if stopped().await.is_ok() {
        std::process::exit(1);
    }
}

fn signals() -> std::io::Result<(tokio::signal::unix::Signal, tokio::signal::unix::Signal)> {
    Ok((signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?))
}

/// To the standard error: for people on a terminal, for programs elsewhere.
fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() { log.init() } else { log.json().init() }
}
