//! Every setting, checked: its meaning, its default, and the sentence when it does not work.

mod cidr;
mod connections;
mod media;
mod public_url;
mod rate;
mod settings;

use std::fmt::Display;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use chat::limits::TOKEN_LIFE_SECONDS_MAX;

pub use cidr::Cidr;
pub use connections::Connections;
pub use media::{MediaPlace, MediaSettings};
pub use public_url::{PublicUrl, host_of, is_loopback, port_of};
pub use rate::Rate;
pub use settings::Settings;

use crate::commands::Quotas;
use crate::store::Database;
use media::megabytes;

/// How this server is set up.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    /// The folder of the database and the keys.
    pub data: PathBuf,
    pub database: Database,
    pub media: MediaSettings,
    pub public_url: PublicUrl,
    /// The server's name, for people.
    pub name: String,
    /// The line under it.
    pub host_line: String,
    /// Whether people may come in without an account.
    pub guests: bool,
    /// Whose `X-Forwarded-…` count.
    pub trusted_proxies: Vec<Cidr>,
    /// Seconds that our own tokens last.
    pub token_ttl: i64,
    pub connections: Connections,
    /// Whether webhooks may lead to this machine and its network.
    pub webhooks_to_private: bool,
    pub rates: Rates,
    /// Set where tests move the time and more.
    pub test_mode: Option<TestMode>,
}

/// What test mode begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestMode {
    /// What keys and SIDs are made of, the same each time; nothing for fresh ones.
    pub seed: Option<u64>,
}

/// How often things may be done.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Messages, a person who signed in on the page.
    pub messages: Rate,
    /// Frames, a connection.
    pub frames: Rate,
    /// Typing signals, a connection.
    pub typing: Rate,
    /// Posts, joins, leaves and renamings, a channel. Joining General is free.
    pub channel: Rate,
    /// Channels created and deleted, the whole service.
    pub channels: Rate,
    /// Passwords tried, an address and an account.
    pub passwords: Rate,
    /// Names leased to guests, an address.
    pub guests: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            messages: Rate::per_second(5, 20),
            frames: Rate::per_second(20, 60),
            typing: Rate::per_minute(30, 10),
            channel: Rate::per_second(30, 150),
            channels: Rate::per_second(30, 150),
            passwords: Rate::per_minute(5, 10),
            guests: Rate::per_second(1, 100),
        }
    }
}

/// A setting does not work; one sentence says which, and why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

impl Config {
    /// Checks settings, and fills in what they leave open.
    pub fn new(settings: Settings) -> Result<Self, ConfigError> {
        refuse_what_is_to_come(&settings)?;
        let listen = parsed("listen", settings.listen, "an address like 127.0.0.1:3000")?
            .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)));
        let public_url = match parsed(
            "public-url",
            settings.public_url,
            "an address like https://chat.example",
        )? {
            Some(url) => url,
            None => reached_at(listen),
        };
        let test_mode = test_mode(settings.test_mode, settings.test_seed, listen)?;
        let guests = parsed("guests", settings.guests, "true or false")?;
        let (default, most) = (Rates::default(), Connections::default());
        let data = settings.data.map_or_else(|| PathBuf::from("data"), PathBuf::from);
        Ok(Self {
            listen,
            database: Database::Sqlite(data.join("yoriai.db")),
            media: MediaSettings {
                place: parsed("media", settings.media, "a folder or s3://bucket/prefix")?
                    .unwrap_or(MediaPlace::Data),
                endpoint: settings.media_endpoint,
                file_bytes_max: megabytes(count("media-file-mb", settings.media_file_mb, 150)?),
                quotas: Quotas {
                    of_user: megabytes(count("media-user-mb", settings.media_user_mb, 2_000)?),
                    of_all: megabytes(count("media-all-mb", settings.media_all_mb, 20_000)?),
                },
            },
            data,
            name: settings.name.unwrap_or_else(|| "Yoriai".to_owned()),
            host_line: settings.host_line.unwrap_or_else(|| public_url.host().to_owned()),
            guests: guests.unwrap_or_else(|| public_url.is_loopback()),
            public_url,
            trusted_proxies: ranges(settings.trusted_proxy.as_deref().unwrap_or_default())?,
            token_ttl: token_ttl(settings.token_ttl)?,
            connections: Connections {
                all: count("connections", settings.connections, most.all)?,
                from_address: count(
                    "connections-from-address",
                    settings.connections_from_address,
                    most.from_address,
                )?,
            },
            webhooks_to_private: parsed(
                "webhooks-to-private",
                settings.webhooks_to_private,
                "true or false",
            )?
            .unwrap_or(false),
            rates: Rates {
                messages: rate("rate-messages", settings.rate_messages, default.messages)?,
                frames: rate("rate-frames", settings.rate_frames, default.frames)?,
                typing: rate("rate-typing", settings.rate_typing, default.typing)?,
                channel: rate("rate-channel", settings.rate_channel, default.channel)?,
                channels: rate("rate-channels", settings.rate_channels, default.channels)?,
                passwords: rate("rate-passwords", settings.rate_passwords, default.passwords)?,
                guests: rate("rate-guests", settings.rate_guests, default.guests)?,
            },
            test_mode,
        })
    }
}

impl Config {
    /// The same, now that the port is known: `--listen` may leave its choice to the system.
    pub fn bound_to(mut self, address: SocketAddr) -> Self {
        if self.public_url == reached_at(self.listen) {
            self.public_url = reached_at(address);
        }
        self.listen = address;
        self
    }

    /// Makes the data folder, for nobody but its owner.
    pub fn make_data_folder(&self) -> io::Result<()> {
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.create(&self.data)
    }
}

/// As with no setting at all.
impl Default for Config {
    fn default() -> Self {
        Self::new(Settings::default()).expect("the defaults work")
    }
}

fn refuse_what_is_to_come(settings: &Settings) -> Result<(), ConfigError> {
    let refused = |sentence: &str| Err(ConfigError(sentence.to_owned()));
    match settings.database.as_deref() {
        None | Some("sqlite") => {}
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            return refused("PostgreSQL is not supported yet; leave --database out to use SQLite.");
        }
        Some(_) => return refused("--database must be sqlite; nothing else is supported yet."),
    }
    match settings.bus.as_deref() {
        None | Some("local") => Ok(()),
        Some(url) if url.starts_with("nats://") => {
            refused("NATS is not supported yet; leave --bus out to run a single server.")
        }
        Some(_) => refused("--bus must be local; nothing else is supported yet."),
    }
}

fn reached_at(listen: SocketAddr) -> PublicUrl {
    format!("http://{listen}").parse().expect("a socket address is host and port")
}

fn ranges(text: &str) -> Result<Vec<Cidr>, ConfigError> {
    let ranges = text.split(',').map(str::trim).filter(|range| !range.is_empty());
    ranges.map(|range| expect("trusted-proxy", range, "ranges like 10.0.0.0/8")).collect()
}

fn token_ttl(text: Option<String>) -> Result<i64, ConfigError> {
    let seconds = parsed("token-ttl", text, "a number of seconds")?.unwrap_or(3_600);
    if !(1..=TOKEN_LIFE_SECONDS_MAX).contains(&seconds) {
        return Err(ConfigError(format!(
            "--token-ttl must be between 1 and {TOKEN_LIFE_SECONDS_MAX} seconds, not {seconds}."
        )));
    }
    Ok(seconds)
}

fn test_mode(
    wished: Option<String>,
    seed: Option<String>,
    listen: SocketAddr,
) -> Result<Option<TestMode>, ConfigError> {
    let seed = parsed("test-seed", seed, "a number")?;
    match parsed("test-mode", wished, "true or false")? {
        Some(true) if !listen.ip().is_loopback() => Err(ConfigError(format!(
            "--test-mode lets whoever reaches the server be anybody, so --listen must be an address \
             of this machine only, like 127.0.0.1:3000, not {listen}."
        ))),
        Some(true) => Ok(Some(TestMode { seed })),
        None | Some(false) if seed.is_some() => {
            Err(ConfigError("--test-seed is for --test-mode only.".to_owned()))
        }
        None | Some(false) => Ok(None),
    }
}

fn count(setting: &str, text: Option<String>, default: usize) -> Result<usize, ConfigError> {
    let count: Option<NonZeroUsize> = parsed(setting, text, "a number above 0")?;
    Ok(count.map_or(default, NonZeroUsize::get))
}

fn rate(setting: &str, text: Option<String>, default: Rate) -> Result<Rate, ConfigError> {
    Ok(parsed(setting, text, "a rate like \"5/s, burst 20\"")?.unwrap_or(default))
}

fn parsed<T: FromStr>(
    setting: &str,
    text: Option<String>,
    expected: impl Display,
) -> Result<Option<T>, ConfigError> {
    text.map(|text| expect(setting, &text, expected)).transpose()
}

fn expect<T: FromStr>(setting: &str, text: &str, expected: impl Display) -> Result<T, ConfigError> {
    text.trim()
        .parse()
        .map_err(|_| ConfigError(format!("--{setting} must be {expected}, not {text:?}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(change: impl FnOnce(&mut Settings)) -> Result<Config, String> {
        let mut settings = Settings::default();
        change(&mut settings);
        Config::new(settings).map_err(|error| error.to_string())
    }

    fn says(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn no_setting_at_all_works() {
        let config = Config::default();
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(config.public_url.to_string(), "http://127.0.0.1:3000");
        assert_eq!(config.host_line, "127.0.0.1");
        assert_eq!(config.name, "Yoriai");
        assert!(config.guests);
        assert_eq!(config.token_ttl, 3_600);
        assert_eq!(config.media.place, MediaPlace::Data);
        assert_eq!(config.media.file_bytes_max, chat::limits::FILE_BYTES_MAX);
        assert!(!config.webhooks_to_private);
    }

    #[test]
    fn a_port_that_the_system_chose_is_in_the_public_url() {
        let address = "127.0.0.1:4321".parse().expect("an address");
        let free = set(|all| all.listen = says("127.0.0.1:0")).expect("works").bound_to(address);
        assert_eq!(free.public_url.to_string(), "http://127.0.0.1:4321");
        let public = set(|all| all.public_url = says("https://chat.example")).expect("works");
        assert_eq!(public.bound_to(address).public_url.to_string(), "https://chat.example");
    }

    #[test]
    fn guests_are_admitted_by_default_only_on_this_machine() {
        let public = set(|all| all.public_url = says("https://chat.example")).expect("works");
        assert!(!public.guests);
        let asked = set(|all| {
            all.public_url = says("https://chat.example");
            all.guests = says("true");
        });
        assert!(asked.expect("works").guests);
        assert!(!set(|all| all.listen = says("0.0.0.0:3000")).expect("works").guests);
    }

    #[test]
    fn what_is_to_come_is_refused_in_one_sentence() {
        assert_eq!(
            set(|all| all.database = says("postgres://db/chat")).expect_err("refused"),
            "PostgreSQL is not supported yet; leave --database out to use SQLite."
        );
        assert_eq!(
            set(|all| all.bus = says("nats://bus")).expect_err("refused"),
            "NATS is not supported yet; leave --bus out to run a single server."
        );
        assert!(set(|all| all.database = says("sqlite")).is_ok());
        assert!(set(|all| all.database = says("mysql://db")).is_err());
    }

    #[test]
    fn test_mode_is_for_this_machine_only() {
        let seeded = set(|all| {
            all.test_mode = says("true");
            all.test_seed = says("7");
        });
        assert_eq!(seeded.expect("works").test_mode, Some(TestMode { seed: Some(7) }));
        assert_eq!(set(|all| all.test_mode = says("false")).expect("works").test_mode, None);
        assert_eq!(Config::default().test_mode, None);
        for listen in ["0.0.0.0:3000", "192.168.1.5:3000", "[::]:3000"] {
            let refused = set(|all| {
                all.test_mode = says("true");
                all.listen = says(listen);
            });
            let sentence = refused.expect_err("refused");
            assert!(sentence.starts_with("--test-mode lets whoever"), "{sentence}");
            assert!(sentence.ends_with(&format!("not {listen}.")), "{sentence}");
        }
        assert_eq!(
            set(|all| all.test_seed = says("7")).expect_err("refused"),
            "--test-seed is for --test-mode only."
        );
    }

    #[test]
    fn a_value_that_does_not_work_is_refused_by_name() {
        assert_eq!(
            set(|all| all.listen = says("3000")).expect_err("refused"),
            "--listen must be an address like 127.0.0.1:3000, not \"3000\"."
        );
        assert_eq!(
            set(|all| all.rate_messages = says("often")).expect_err("refused"),
            "--rate-messages must be a rate like \"5/s, burst 20\", not \"often\"."
        );
        assert_eq!(
            set(|all| all.connections = says("0")).expect_err("refused"),
            "--connections must be a number above 0, not \"0\"."
        );
        assert_eq!(
            set(|all| all.media = says("ftp://files")).expect_err("refused"),
            "--media must be a folder or s3://bucket/prefix, not \"ftp://files\"."
        );
        assert!(set(|all| all.media_file_mb = says("0")).is_err());
        let few = set(|all| all.connections_from_address = says("7")).expect("works");
        assert_eq!(few.connections, Connections { from_address: 7, ..Connections::default() });
        assert!(set(|all| all.webhooks_to_private = says("maybe")).is_err());
        assert!(set(|all| all.token_ttl = says("0")).is_err());
        assert!(set(|all| all.token_ttl = says("86401")).is_err());
        assert!(set(|all| all.trusted_proxy = says("10.0.0.0/8, ::1")).is_ok());
        assert!(set(|all| all.trusted_proxy = says("10.0.0.0/8, proxy")).is_err());
    }
}
