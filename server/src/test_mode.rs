//! A server for people who write tests against it: over HTTP they move its clock, end tokens and
//! connections, lose frames, fill the village and empty it. What is behind `/test` is any other
//! server, in a folder of its own that goes when it ends. Nothing of this is there elsewhere.

mod clock;
mod connections;
mod no;
mod said;
mod seed;
mod tokens;

use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chat::Timestamp;
use http::header::{CACHE_CONTROL, HOST};
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use tower::ServiceExt;

use crate::clock::{AdjustableClock, Clock};
use crate::config::{Config, TestMode, host_of, is_loopback};
use crate::doors;
use crate::keys::Keys;
use crate::limits::SHUTDOWN_MS;
use crate::running::{CannotRun, open};
use crate::state::AppState;
use crate::store::Database;
use crate::{background, router};
use clock::{moment_of, written};
use no::No;
use said::Said;

/// When a village of a seed begins, where it stands still: 2026-01-01T00:00:00Z. Its SIDs hold it.
const SEEDED_START: Timestamp = Timestamp(1_767_225_600_000);

/// Where the servers of one process in test mode follow each other. Clones share it.
#[derive(Clone)]
pub(crate) struct Stage(Arc<Shared>);

struct Shared {
    port: u16,
    config: Config,
    folder: TempDir,
    act: RwLock<Act>,
    /// How many acts there were; one begins at a time.
    acts: Mutex<u64>,
}

/// One server, from a reset to the next.
#[derive(Clone)]
struct Act {
    state: AppState,
    clock: AdjustableClock,
    seed: Option<u64>,
    keys: Keys,
    router: Router,
    background: AbortHandle,
}

/// How the next village begins.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Beginning {
    seed: Option<u64>,
    now: Option<String>,
    runs: Option<bool>,
}

impl Stage {
    /// Opens the first village.
    pub(crate) async fn open(port: u16, config: Config) -> Result<Self, CannotRun> {
        let folder = TempDir::with_prefix("yoriai-test-").map_err(CannotRun::TestMode)?;
        let seed = config.test_mode.and_then(|test_mode| test_mode.seed);
        let clock = match seed {
            Some(_) => AdjustableClock::standing(SEEDED_START),
            None => AdjustableClock::running(Clock::System.now()),
        };
        let act = Act::begin(port, &config, seed, clock, &folder, 0).await?;
        let (act, acts) = (RwLock::new(act), Mutex::new(1));
        Ok(Self(Arc::new(Shared { port, config, folder, act, acts })))
    }

    /// What requests share at present.
    pub(crate) fn state(&self) -> AppState {
        self.act().state
    }

    /// Lets the time run, so that everybody's time to go comes to its end; what is left to end.
    pub(crate) fn last_act(&self) -> AppState {
        let act = self.act();
        act.clock.let_run(true);
        act.state
    }

    /// Every address: those of test mode, and all that the present server answers at.
    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/test", get(describe))
            .route("/test/reset", post(reset))
            .route("/test/clock", get(clock::read).post(clock::adjust))
            .route("/test/tokens", post(tokens::sign))
            .route("/test/tokens/expire", post(tokens::expire))
            .route("/test/connections/close", post(connections::close))
            .route("/test/connections/trouble", post(connections::trouble))
            .route("/test/seed", post(seed::plant))
            .layer(from_fn_with_state(self.clone(), admit))
            .fallback(pass_on)
            .with_state(self.clone())
    }

    /// What a test must know.
    pub(crate) fn described(&self) -> Value {
        self.act().described()
    }

    fn act(&self) -> Act {
        self.0.act.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins a new village, and ends the one before.
    async fn follow(&self, beginning: Beginning) -> Result<Value, No> {
        let Shared { port, config, folder, act, acts } = &*self.0;
        let before = self.act();
        let start = beginning.now.as_deref().map(moment_of).transpose()?;
        let start = start.or(beginning.seed.map(|_| SEEDED_START));
        let runs = beginning.runs.unwrap_or(before.clock.runs() && beginning.seed.is_none());
        let start = start.unwrap_or_else(|| before.clock.now());
        let clock = match runs {
            true => AdjustableClock::running(start),
            false => AdjustableClock::standing(start),
        };
        let mut acts = acts.lock().await;
        let next = Act::begin(*port, config, beginning.seed, clock, folder, *acts).await?;
        *acts += 1;
        let described = next.described();
        *act.write().unwrap_or_else(PoisonError::into_inner) = next;
        tokio::spawn(before.end());
        Ok(described)
    }
}

impl Act {
    async fn begin(
        port: u16,
        config: &Config,
        seed: Option<u64>,
        clock: AdjustableClock,
        folder: &TempDir,
        count: u64,
    ) -> Result<Self, CannotRun> {
        let data = folder.path().join(count.to_string());
        let config = Config {
            database: Database::Sqlite(data.join("yoriai.db")),
            data,
            test_mode: Some(TestMode { seed }),
            ..config.clone()
        };
        config.make_data_folder().map_err(CannotRun::TestMode)?;
        let own = Clock::Adjustable(clock.clone());
        if let Some(seed) = seed {
            Keys::seeded(seed, own.now()).save(&config.data)?;
        }
        let keys = Keys::open(&config.data, &own)?;
        let state = Arc::new(open(port, config, own).await?);
        let router = router(Arc::clone(&state));
        let background = tokio::spawn(background::work(Arc::clone(&state))).abort_handle();
        Ok(Self { state, clock, seed, keys, router, background })
    }

    /// Sends everybody away. Who does not go in time is left, as is the folder until the end.
    async fn end(self) {
        self.background.abort();
        // Or nobody's time to go would ever be over.
        self.clock.let_run(true);
        self.state.health.drain();
        let ends = self.state.services.all().into_iter().map(|gateway| async move {
            gateway.hub.drain(0).await;
            gateway.store.close().await;
        });
        let patience = Duration::from_millis(SHUTDOWN_MS);
        let _ = tokio::time::timeout(patience, futures_util::future::join_all(ends)).await;
    }

    fn described(&self) -> Value {
        let service = self.state.home().service;
        let key = self.keys.newest_for_backend().expect("made with the village");
        json!({
            "account_sid": self.keys.account_sid,
            "auth_token": self.keys.auth_token.as_ref().map(|token| token.reveal()),
            "api_key": key.sid,
            "api_secret": key.secret.reveal(),
            "service_sid": service.sid,
            "general": service.general,
            "seed": self.seed,
            "clock": {"now": written(self.clock.now()), "runs": self.clock.runs()},
        })
    }
}

async fn describe(State(stage): State<Stage>) -> Json<Value> {
    Json(stage.described())
}

async fn reset(
    State(stage): State<Stage>,
    Said(beginning): Said<Beginning>,
) -> Result<Json<Value>, No> {
    // Whoever asked may go away; the new village must not be left half begun.
    let following = tokio::spawn(async move { stage.follow(beginning).await });
    following.await.map_err(|error| No::broken(io::Error::other(error)))?.map(Json)
}

/// To the present server.
async fn pass_on(State(stage): State<Stage>, request: Request) -> Response {
    match stage.act().router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Pages of other sites are kept out, also those that call their own host by our address.
async fn admit(State(stage): State<Stage>, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    if !host.is_some_and(|host| is_loopback(host_of(host))) {
        let sentence = "Test mode is for this machine only: ask at 127.0.0.1 or localhost.";
        return (StatusCode::FORBIDDEN, sentence).into_response();
    }
    let mut response = doors::guard(State(stage.state()), request, next).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
