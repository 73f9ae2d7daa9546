//! A server that runs: how it starts, and how it ends.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::accounts::Attempts;
use crate::clock::Clock;
use crate::commands::CommandError;
use crate::config::Config;
use crate::files::{Files, NoFiles};
use crate::gateway::line::Lines;
use crate::gateway::places::Places;
use crate::health::Health;
use crate::keys::{Keys, KeysError};
use crate::limits::SHUTDOWN_MS;
use crate::media::Arrivals;
use crate::passwords::Passwords;
use crate::services::Services;
use crate::sessions::SessionCookie;
use crate::site::Assets;
use crate::state::{AppState, Shared};
use crate::store::Broken;
use crate::test_mode::Stage;
use crate::{background, listening, router};

/// A server at work. Dropped, it goes on until the process ends.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    pub state: AppState,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
    background: JoinHandle<()>,
    /// In test mode, what has taken the state's place since.
    stage: Option<Stage>,
}

/// Why a server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum CannotRun {
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Store(#[from] Broken),
    #[error("The store cannot be read: {0}.")]
    Unreadable(#[from] CommandError),
    #[error(transparent)]
    Files(#[from] NoFiles),
    #[error("The network failed: {0}")]
    Network(#[from] io::Error),
    #[error("Test mode cannot keep its files: {0}")]
    TestMode(io::Error),
    #[error("It took longer than {} s to finish.", SHUTDOWN_MS / 1_000)]
    TooLong,
}

/// Starts a server on a socket that is bound already; it is ready when this returns.
pub async fn start(
    listener: TcpListener,
    config: Config,
    clock: Clock,
) -> Result<Running, CannotRun> {
    // A second server in the same process, as in tests, finds it done.
    let _ = any_spawner::Executor::init_tokio();
    let address = listener.local_addr()?;
    if config.test_mode.is_some() {
        let stage = Stage::open(address.port(), config).await?;
        return Ok(begin(listener, address, stage.state(), stage.router(), Some(stage)));
    }
    let state = Arc::new(open(address.port(), config, clock).await?);
    let router = router(Arc::clone(&state));
    Ok(begin(listener, address, state, router, None))
}

fn begin(
    listener: TcpListener,
    address: SocketAddr,
    state: AppState,
    router: Router,
    stage: Option<Stage>,
) -> Running {
    let work = stage.is_none().then(|| background::work(Arc::clone(&state)));
    let background = tokio::spawn(async {
        if let Some(work) = work {
            work.await;
        }
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(listening::serve(listener, router, async {
        let _ = stopped.await;
    }));
    Running { address, state, stop, serving, background, stage }
}

/// Serves until told to stop.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    clock: Clock,
    stop: impl Future<Output = ()>,
) -> Result<(), CannotRun> {
    let running = start(listener, config, clock).await?;
    stop.await;
    running.stop().await
}

/// Everything that requests share, before the first of them comes.
pub(crate) async fn open(port: u16, config: Config, clock: Clock) -> Result<Shared, CannotRun> {
    let keys = Keys::open(&config.data, &clock)?;
    let files = Files::open(&config)?;
    let services = Services::open(&config, files.clone(), keys, clock.clone()).await?;
    Ok(Shared {
        tokens: services.tokens().clone(),
        services,
        files,
        arrivals: Arrivals::default(),
        places: Places::new(config.connections),
        cookie: SessionCookie::under(&config.public_url),
        attempts: Attempts::new(config.rates),
        passwords: Passwords::default(),
        lines: config.test_mode.map(|_| Lines::default()),
        health: Health::default(),
        reload_port: reload_port(),
        config,
        clock,
        assets: Assets::built,
        port,
    })
}

/// Set by `cargo leptos watch`.
fn reload_port() -> Option<u16> {
    std::env::var_os("LEPTOS_WATCH")?;
    std::env::var("LEPTOS_RELOAD_PORT").ok()?.parse().ok()
}

impl Running {
    /// In test mode, all that a test must know to sign tokens itself, as JSON.
    pub fn test_keys(&self) -> Option<String> {
        self.stage.as_ref().map(|stage| stage.described().to_string())
    }

    /// Takes no more, tells everybody to come back, finishes what was begun.
    pub async fn stop(self) -> Result<(), CannotRun> {
        let state = self.stage.as_ref().map_or(self.state, Stage::last_act);
        state.health.drain();
        let finish = async {
            let _ = self.stop.send(());
            state.services.close().await;
            let served = self.serving.await.map_err(io::Error::other);
            self.background.abort();
            Ok(served?)
        };
        let patience = Duration::from_millis(SHUTDOWN_MS);
        tokio::time::timeout(patience, finish).await.unwrap_or(Err(CannotRun::TooLong))
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpStream;

    use super::*;
    use crate::store::Database;

    #[tokio::test]
    async fn a_server_that_was_stopped_takes_no_more_and_ends() {
        let data = tempfile::tempdir().expect("a folder");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let config = Config {
            data: data.path().to_owned(),
            database: Database::Memory,
            ..Config::default().bound_to(address)
        };
        let running = start(listener, config, Clock::System).await.expect("it starts");
        // Somebody is connected, and says nothing.
        let idle = TcpStream::connect(address).await.expect("it listens");
        running.stop().await.expect("it stops in order");
        assert!(TcpStream::connect(address).await.is_err());
        drop(idle);
    }
}
