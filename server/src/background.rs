//! What the server does without being asked: it ends leases, forgets what deleted channels held,
//! removes files that nobody will have any more, and takes notice of keys that were made or retired.

use crate::commands::{self, CommandError};
use crate::gateway::Gateway;
use crate::keys::Keys;
use crate::limits::{
    KEYS_PAUSE_MS, LEASE_MS, LEASES_PAUSE_MS, PURGE_PAUSE_MS, UPLOAD_LEFT_AFTER_MS,
    UPLOADS_PAUSE_MS,
};
use crate::state::AppState;
use crate::store::Tx;
use crate::webhooks::Cause;

/// Goes on for ever.
pub(crate) async fn work(state: AppState) {
    tokio::join!(end_leases(&state), purge(&state), remove_files(&state), mind_keys(&state));
}

async fn end_leases(state: &AppState) {
    loop {
        let now = state.clock.now();
        tell_of_trouble("ending leases", end_some_leases(state).await);
        state.clock.reach(now.plus(LEASES_PAUSE_MS)).await;
    }
}

/// Until no lease is left that has run out: each commit ends only so many.
async fn end_some_leases(state: &AppState) -> Result<(), CommandError> {
    loop {
        let not_seen_since = state.clock.now().plus(-LEASE_MS);
        let connected = state.home().hub.connected_users();
        let ended = state
            .home()
            .tidy(Cause(None), move |tx, m| {
                commands::end_leases::end_leases(tx, not_seen_since, &connected, m)
            })
            .await?;
        if ended == 0 {
            return Ok(());
        }
    }
}

async fn purge(state: &AppState) {
    loop {
        let now = state.clock.now();
        tell_of_trouble("purging", purge_some(state).await);
        state.clock.reach(now.plus(PURGE_PAUSE_MS)).await;
    }
}

async fn purge_some(state: &AppState) -> Result<(), CommandError> {
    for service in state.services.all() {
        while service.store.read(|tx| Ok(tx.channel_to_forget()?)).await?.is_some() {
            service.store.tidy(commands::purge::purge).await?;
        }
    }
    Ok(())
}

async fn remove_files(state: &AppState) {
    loop {
        let now = state.clock.now();
        for service in state.services.all() {
            tell_of_trouble("removing files", remove_files_of(state, &service).await);
        }
        state.clock.reach(now.plus(UPLOADS_PAUSE_MS)).await;
    }
}

/// First nobody may have them any more, then they go, then they are forgotten: whatever happens in
/// between, the next look goes on from there.
async fn remove_files_of(state: &AppState, service: &Gateway) -> Result<(), CommandError> {
    let shelf = state.files.of(service.service.sid);
    loop {
        let since = state.clock.now().plus(-UPLOAD_LEFT_AFTER_MS);
        if service.store.read(move |tx| Ok(tx.uploads_to_remove(since, 1)?)).await?.is_empty() {
            return Ok(());
        }
        let left = service.store.tidy(commands::sweep_uploads).await?;
        for sid in &left {
            shelf.remove(*sid).await?;
        }
        let forget = move |tx: &mut dyn Tx, m: &_| commands::forget_uploads(tx, &left, m);
        service.store.tidy(forget).await?;
    }
}

/// The whole file each time: it is small, and nothing about a file says surely that it is the same.
async fn mind_keys(state: &AppState) {
    let mut trouble = None;
    loop {
        let now = state.clock.now();
        match Keys::read(&state.config.data) {
            Ok(keys) => {
                state.tokens.adopt(keys);
                trouble = None;
            }
            Err(error) => {
                let error = Some(error.to_string());
                if trouble != error {
                    tracing::error!(error, "the keys stay as they were");
                    trouble = error;
                }
            }
        }
        state.clock.reach(now.plus(KEYS_PAUSE_MS)).await;
    }
}

fn tell_of_trouble(task: &str, result: Result<(), CommandError>) {
    if let Err(error) = result {
        tracing::error!(%error, "{task} failed");
    }
}
