//! The services of this server. Each is a database of its own with a gateway of its own, so nothing
//! of one can show in another. The first is the web app's, and stays.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chat::protocol::Scope;
use chat::{FriendlyName, ServiceSid};
use tokio::sync::{Mutex, mpsc};

use crate::clock::Clock;
use crate::commands::{CommandError, name_service};
use crate::config::{Config, Rates};
use crate::files::Files;
use crate::gateway::Gateway;
use crate::keys::Keys;
use crate::limits::{RESTART_SPREAD_MS, SERVICES_MAX, SHUTDOWN_MS};
use crate::queries;
use crate::running::CannotRun;
use crate::store::ids::Ids;
use crate::store::{Broken, Database, Service, Store, Told};
use crate::tokens::{Spent, Tokens};
use crate::webhooks::{Caller, Guard, Webhooks};

/// The folder of all databases but the first, in the data folder.
const FOLDER: &str = "services";
const EXTENSION: &str = "db";

/// Why the services stay as they are.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unchanged {
    #[error("This server has as many services as it takes ({SERVICES_MAX}).")]
    TooMany,
    #[error("This is the web app's own service. It stays as long as the server.")]
    First,
    #[error(transparent)]
    Failed(#[from] CommandError),
}

impl From<Broken> for Unchanged {
    fn from(broken: Broken) -> Self {
        Self::Failed(broken.into())
    }
}

/// All of them; clones share it.
#[derive(Clone)]
pub struct Services(Arc<Shared>);

struct Shared {
    first: Gateway,
    others: RwLock<BTreeMap<ServiceSid, Gateway>>,
    /// One is founded or ended at a time.
    changing: Mutex<()>,
    common: Common,
    database: Database,
    files: Files,
    /// What the SIDs of services to come are made of.
    ids: std::sync::Mutex<Ids>,
    seed: Option<u64>,
}

/// What all of them share.
struct Common {
    tokens: Tokens,
    clock: Clock,
    rates: Rates,
    caller: Caller,
}

impl Common {
    /// Begins to serve what a store keeps.
    async fn start(
        &self,
        service: Service,
        (store, told): (Store, mpsc::Receiver<Told>),
    ) -> Result<Gateway, CommandError> {
        let Self { tokens, clock, rates, caller } = self;
        let (tokens, clock, caller) = (tokens.clone(), clock.clone(), caller.clone());
        let settings = store.read(queries::settings).await?;
        let webhooks =
            Webhooks::open(service.sid, store.clone(), tokens.clone(), clock.clone(), caller);
        let webhooks = webhooks.await?;
        let started = (service, settings);
        Ok(Gateway::start(started, (store, told), tokens, clock, *rates, webhooks))
    }
}

impl Services {
    /// Opens what is in the data folder; the first service is founded if need be.
    pub(crate) async fn open(
        config: &Config,
        files: Files,
        keys: Keys,
        clock: Clock,
    ) -> Result<Self, CannotRun> {
        let seed = config.test_mode.and_then(|test_mode| test_mode.seed);
        let (store, told) = Store::open_with(&config.database, clock.clone(), Ids::of(seed), None)?;
        let service = store.read(queries::service).await?;
        let spent = config.test_mode.map(|_| Spent::default());
        let tokens = Tokens::with_spent(keys, service.sid, config.token_ttl, spent);
        let rates = config.rates;
        let guard =
            Guard::new(config.webhooks_to_private, &config.public_url, config.listen.port());
        let caller = Caller::new(guard, clock.clone());
        let common = Common { tokens, clock, rates, caller };
        let first = common.start(service, (store, told)).await?;
        let services = Self(Arc::new(Shared {
            first,
            others: RwLock::default(),
            changing: Mutex::default(),
            common,
            database: config.database.clone(),
            files,
            ids: std::sync::Mutex::new(Ids::of(seed.map(|seed| !seed))),
            seed,
        }));
        for sid in others_beside(&config.database)? {
            services.begin(sid).await?;
        }
        Ok(services)
    }

    /// The web app's own.
    pub fn first(&self) -> &Gateway {
        &self.0.first
    }

    /// Nothing if there is none of this SID.
    pub fn of(&self, sid: ServiceSid) -> Option<Gateway> {
        if sid == self.0.first.service.sid {
            return Some(self.0.first.clone());
        }
        self.0.others.read().unwrap_or_else(PoisonError::into_inner).get(&sid).cloned()
    }

    /// Every one of them, the first service first.
    pub fn all(&self) -> Vec<Gateway> {
        let others = self.0.others.read().unwrap_or_else(PoisonError::into_inner);
        [&self.0.first].into_iter().chain(others.values()).cloned().collect()
    }

    /// What signs and verifies tokens for all of them.
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.0.common.tokens
    }

    /// Makes one more, with roles and a General Channel like any other.
    pub(crate) async fn found(&self, name: FriendlyName) -> Result<Gateway, Unchanged> {
        let _changing = self.0.changing.lock().await;
        if SERVICES_MAX <= self.all().len() {
            return Err(Unchanged::TooMany);
        }
        let sid = self.fresh_sid()?;
        if let Database::Sqlite(path) = &self.0.database {
            make_folder(&folder_beside(path)).map_err(Broken::new)?;
        }
        let gateway = self.begin(sid).await?;
        let named = move |tx: &mut dyn crate::store::Tx, m: &_| name_service(tx, &name, m);
        gateway.store.write(Scope::Directory, named).await?;
        Ok(gateway)
    }

    /// Ends one, with everything in it. The first one stays.
    pub(crate) async fn end(&self, sid: ServiceSid) -> Result<(), Unchanged> {
        let _changing = self.0.changing.lock().await;
        if sid == self.0.first.service.sid {
            return Err(Unchanged::First);
        }
        let ended = self.0.others.write().unwrap_or_else(PoisonError::into_inner).remove(&sid);
        let Some(gateway) = ended else { return Ok(()) };
        // Whoever is connected comes back, and hears that the token is for no service.
        let patience = Duration::from_millis(SHUTDOWN_MS);
        let _ = tokio::time::timeout(patience, close(&gateway, RESTART_SPREAD_MS)).await;
        // The database goes last: while it is there, so is what names the files.
        self.0.files.of(sid).remove_all().await?;
        remove(&beside(&self.0.database, sid)).map_err(Broken::new)?;
        Ok(())
    }

    /// Tells everybody to come back, and finishes what was begun.
    pub(crate) async fn close(&self) {
        let closings = self.all().into_iter().map(|gateway| async move {
            close(&gateway, RESTART_SPREAD_MS).await;
        });
        futures_util::future::join_all(closings).await;
    }

    fn fresh_sid(&self) -> Result<ServiceSid, Broken> {
        let mut ids = self.0.ids.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(ServiceSid::new(ids.moment(self.0.common.clock.now())?.id))
    }

    async fn begin(&self, sid: ServiceSid) -> Result<Gateway, CommandError> {
        let shared = &self.0;
        let (database, clock) = (beside(&shared.database, sid), shared.common.clock.clone());
        let ids = Ids::of(shared.seed.map(|seed| seed ^ digits_of(sid)));
        let open = move || Store::open_with(&database, clock, ids, Some(sid));
        let (store, told) = tokio::task::spawn_blocking(open).await.map_err(Broken::new)??;
        let service = store.read(queries::service).await?;
        let gateway = shared.common.start(service, (store, told)).await?;
        let mut others = shared.others.write().unwrap_or_else(PoisonError::into_inner);
        others.insert(sid, gateway.clone());
        Ok(gateway)
    }
}

/// Some of them, so that two services of one seed differ in their SIDs.
fn digits_of(sid: ServiceSid) -> u64 {
    u64::from_be_bytes(*sid.as_bytes().last_chunk().expect("a SID has 16 bytes"))
}

async fn close(gateway: &Gateway, spread: u32) {
    gateway.webhooks.close();
    gateway.hub.drain(spread).await;
    gateway.store.close().await;
}

/// The database of another service than the first.
pub(crate) fn beside(first: &Database, sid: ServiceSid) -> Database {
    match first {
        Database::Sqlite(path) => {
            Database::Sqlite(folder_beside(path).join(format!("{sid}.{EXTENSION}")))
        }
        Database::Memory => Database::Memory,
    }
}

/// The services whose databases lie beside the first one's, the oldest first.
pub(crate) fn others_beside(first: &Database) -> io::Result<Vec<ServiceSid>> {
    let Database::Sqlite(path) = first else { return Ok(Vec::new()) };
    let entries = match fs::read_dir(folder_beside(path)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut sids = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            let sid = path.file_stem().and_then(|stem| stem.to_str()?.parse::<ServiceSid>().ok());
            sids.extend(sid);
        }
    }
    sids.sort_unstable();
    Ok(sids)
}

fn folder_beside(first: &Path) -> PathBuf {
    first.with_file_name(FOLDER)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// The database's file goes last: without it, SQLite's others are nothing.
fn remove(database: &Database) -> io::Result<()> {
    let Database::Sqlite(path) = database else { return Ok(()) };
    for suffix in ["-shm", "-wal", "-migrating", ""] {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        match fs::remove_file(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::House;

    #[tokio::test]
    async fn there_are_so_many_services_and_no_more() {
        let house = House::open().await;
        let name = FriendlyName::parse("One more").expect("a name");
        for _ in 1..SERVICES_MAX {
            house.state.services.found(name.clone()).await.expect("there is room");
        }
        let refused = house.state.services.found(name).await;
        assert!(matches!(refused.map(|_| ()), Err(Unchanged::TooMany)));
        assert_eq!(house.state.services.all().len(), SERVICES_MAX);
    }

    #[test]
    fn what_lies_beside_the_first_database_and_is_none_is_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Database::Sqlite(folder.path().join("yoriai.db"));
        assert!(others_beside(&first).expect("readable").is_empty());
        let sid = ServiceSid::from_bytes([7; 16]);
        make_folder(&folder_beside(&folder.path().join("yoriai.db"))).expect("made");
        for name in [format!("{sid}.db"), format!("{sid}.db-wal"), "notes.db".to_owned()] {
            fs::write(folder.path().join(FOLDER).join(name), "").expect("written");
        }
        assert_eq!(others_beside(&first).expect("readable"), [sid]);
        remove(&beside(&first, sid)).expect("removed");
        assert!(others_beside(&first).expect("readable").is_empty());
    }
}
