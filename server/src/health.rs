//! Whether the server lives, and whether it is ready for people.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use http::header::CACHE_CONTROL;

use crate::limits::READY_MS;
use crate::queries;
use crate::state::AppState;

/// Whether the server is on its way out.
#[derive(Debug, Default)]
pub struct Health(AtomicBool);

impl Health {
    /// From now on the server is not ready.
    pub fn drain(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_draining(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// `GET /healthz`: the process answers.
pub async fn alive() -> impl IntoResponse {
    plain(StatusCode::OK, "alive")
}

/// `GET /readyz`: the store answers, and the server is not on its way out.
pub async fn ready(State(state): State<AppState>) -> impl IntoResponse {
    if state.health.is_draining() {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "draining");
    }
    let question = state.home().store.read(queries::service::service);
    match tokio::time::timeout(Duration::from_millis(READY_MS), question).await {
        Ok(Ok(_)) => plain(StatusCode::OK, "ready"),
        Ok(Err(_)) | Err(_) => plain(StatusCode::SERVICE_UNAVAILABLE, "the store does not answer"),
    }
}

fn plain(status: StatusCode, text: &'static str) -> impl IntoResponse {
    (status, [(CACHE_CONTROL, "no-store")], text)
}
