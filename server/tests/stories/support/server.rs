//! A server on a free port, with a database of its own, that a story can stop and start again.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use chat::protocol::Scope;
use chat::{ChannelSid, Identity, KeySid, ServiceSid, Timestamp};
use server::clock::{Clock, ManualClock, fresh_id as id_at};
use server::commands::{Actor, Moment, Outcome, change_settings};
use server::config::{Config, Rate, Rates};
use server::gateway::Gateway;
use server::keys::Keys;
use server::limits::{CHANNELS_OF_USER_MAX, UPLOADS_PAUSE_MS};
use server::store::{Ask, Database, DefaultRoles, Settings, Tx};
use server::{Running, start};
use tempfile::TempDir;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::backend::Backend;
use super::pass::{Pass, fixed};
use super::person::Person;
use super::soon;

/// One server.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) clock: Clock,
    running: Option<Running>,
    config: Config,
    _data: TempDir,
}

impl TestServer {
    /// Starts one with the machine's clock, where nobody is told to slow down.
    pub(crate) async fn start() -> Self {
        Self::start_with(Clock::System, |_| {}).await
    }

    /// Starts one whose time stands still until the story moves it.
    pub(crate) async fn start_manual() -> (Self, ManualClock) {
        let manual = ManualClock::new(Clock::System.now());
        let server = Self::start_with(Clock::Manual(manual.clone()), |_| {}).await;
        (server, manual)
    }

    /// Starts one that is set up in its own way.
    pub(crate) async fn start_with(clock: Clock, set: impl FnOnce(&mut Config)) -> Self {
        let data = TempDir::new().expect("a folder for the story");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let mut config = Config {
            listen: address,
            data: data.path().to_owned(),
            database: Database::Sqlite(data.path().join("yoriai.db")),
            public_url: format!("http://{address}").parse().expect("an address"),
            rates: unhurried(),
            ..Config::default()
        };
        set(&mut config);
        let running = run(listener, &config, &clock).await;
        Self { address, clock, running: Some(running), config, _data: data }
    }

    /// Stops the server as an operator would, and starts it again at the same place.
    pub(crate) async fn restart(&mut self) {
        self.restart_with(|_| {}).await;
    }

    /// The same, set up in another way.
    pub(crate) async fn restart_with(&mut self, set: impl FnOnce(&mut Config)) {
        set(&mut self.config);
        let running = self.running.take().expect("it runs");
        soon("the server stops", running.stop()).await.expect("it stops in order");
        let listener = TcpListener::bind(self.address).await.expect("the same port");
        self.running = Some(run(listener, &self.config, &self.clock).await);
    }

    /// Stops the server as an operator would.
    pub(crate) async fn stop(&mut self) {
        let running = self.running.take().expect("it runs");
        soon("the server stops", running.stop()).await.expect("it stops in order");
    }

    /// Somebody opens the page, leases this name, and is in General.
    pub(crate) async fn guest(&self, name: &str) -> Person {
        self.guest_over(self.address, name).await
    }

    /// As [`TestServer::guest`], over another wire.
    pub(crate) async fn guest_over(&self, wire: SocketAddr, name: &str) -> Person {
        Person::arrive(wire, self.pass(name), &self.clock).await
    }

    /// Several people in General.
    pub(crate) async fn guests<const N: usize>(&self, names: [&str; N]) -> [Person; N] {
        let mut people = Vec::new();
        for name in names {
            people.push(self.guest(name).await);
        }
        people.try_into().unwrap_or_else(|_| unreachable!("as many as there are names"))
    }

    /// A browser that was never here before.
    pub(crate) fn pass(&self, name: &str) -> Pass {
        Pass::new(self.address, name)
    }

    /// Another tab of the same browser.
    pub(crate) async fn tab_of(&self, person: &Person) -> Person {
        Person::arrive(self.address, person.pass.clone(), &self.clock).await
    }

    /// Somebody whose token a site's backend made.
    pub(crate) async fn visitor(&self, name: &str) -> Person {
        let token = self.backend_token(name, 3_600);
        Person::arrive_with(self.address, self.pass(name), fixed(token), &self.clock).await
    }

    /// A token as a site's backend makes it, for so many seconds.
    pub(crate) fn backend_token(&self, name: &str, life: i64) -> String {
        self.token_for(self.home().service.sid, name, life)
    }

    /// The same, for some service.
    pub(crate) fn token_for(&self, service: ServiceSid, name: &str, life: i64) -> String {
        let identity = Identity::parse(name).expect("a name");
        let tokens = &self.running.as_ref().expect("it runs").state.tokens;
        let token = tokens.sign_for(service, &identity, life, self.now());
        token.expect("a key for backends is made at first start")
    }

    /// The key that signs a backend's tokens now.
    pub(crate) fn backend_key(&self) -> KeySid {
        let token = self.backend_token("ada", 60);
        let tokens = &self.running.as_ref().expect("it runs").state.tokens;
        tokens.verify(&token, self.now()).expect("it is good").key
    }

    /// The site's backend, with the account's credentials.
    pub(crate) async fn backend(&self) -> Backend {
        Backend::of(self.address, &self.keys()).await
    }

    /// Waits until the server knows that a key is in use no more.
    pub(crate) async fn until_retired(&self, key: KeySid) {
        let tokens = &self.running.as_ref().expect("it runs").state.tokens;
        soon("the key is retired", tokens.retired(key)).await;
    }

    /// What the file of keys holds.
    pub(crate) fn keys(&self) -> Keys {
        Keys::read(&self.config.data).expect("the file is there")
    }

    /// Changes the file of keys beside the running server, as `yoriai keys` does.
    pub(crate) fn change_keys(&self, change: impl FnOnce(&mut Keys)) {
        let mut keys = self.keys();
        change(&mut keys);
        keys.save(&self.config.data).expect("it is written");
    }

    /// Something that the operator does, beside the sockets.
    pub(crate) async fn operates<R: Send + 'static>(
        &self,
        command: impl Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    ) -> R {
        let written = self.home().store.write(Scope::Directory, command);
        soon("the operator is answered", written).await.expect("nothing speaks against it")
    }

    /// Something that the operator looks up, beside the sockets.
    pub(crate) async fn looks_up<R: Send + 'static>(
        &self,
        question: impl Fn(&mut dyn Tx) -> Ask<R> + Send + 'static,
    ) -> R {
        let asked = self.home().store.read(move |tx| Ok(question(tx)?));
        soon("the operator is answered", asked).await.expect("it can be read")
    }

    /// The General Channel.
    pub(crate) fn general(&self) -> ChannelSid {
        self.home().service.general
    }

    /// Lets everybody be in as many channels as the operator can allow.
    pub(crate) async fn allows_many_channels(&self) {
        let many = Settings { channels_of_user: CHANNELS_OF_USER_MAX, ..Settings::default() };
        let usual = DefaultRoles::default();
        self.operates(move |tx, m| change_settings(tx, many, usual, m)).await;
    }

    /// In whose name the operator acts.
    pub(crate) fn operator(&self) -> Actor {
        Actor::Operator(self.home().service.system())
    }

    /// The web app's own service.
    fn home(&self) -> &Gateway {
        self.running.as_ref().expect("it runs").state.home()
    }

    /// How many files lie in the file store, whole or not.
    pub(crate) fn files(&self) -> usize {
        files_in(&self.config.data.join("media"))
    }

    /// Waits until so many are left. The sweep needs its pauses, which a manual clock gives it.
    pub(crate) async fn until_files(&self, count: usize, clock: &ManualClock) {
        let sweeping = async {
            while self.files() != count {
                clock.advance(UPLOADS_PAUSE_MS);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        soon(&format!("{count} files are left"), sweeping).await;
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Waits until the server has so many connections.
    pub(crate) async fn until_connections(&self, count: usize) {
        let hub = &self.home().hub;
        soon(&format!("{count} connections are left"), hub.until_connections(count)).await;
    }
}

async fn run(listener: TcpListener, config: &Config, clock: &Clock) -> Running {
    start(listener, config.clone(), clock.clone()).await.expect("the server starts")
}

/// Rates that no story reaches.
fn unhurried() -> Rates {
    let any = Rate::per_second(1_000_000, 1_000_000);
    Rates {
        messages: any,
        frames: any,
        typing: any,
        channel: any,
        channels: any,
        passwords: any,
        guests: any,
    }
}

fn files_in(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.map(|path| if path.is_dir() { files_in(&path) } else { 1 }).sum()
}

/// A UUIDv7 of now.
pub(crate) fn fresh_id() -> Uuid {
    id_at(Clock::System.now())
}
