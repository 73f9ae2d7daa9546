//! What can be set, as text: on the command line, in the environment, in `yoriai.toml`.

use std::path::{Path, PathBuf};

use clap::{Args, Command};
use serde::{Deserialize, Deserializer, Serialize};

use super::ConfigError;

/// The file that is read when `--config` names no other.
const FILE: &str = "yoriai.toml";

/// Every setting, as it was written; nothing where it was not.
#[derive(Args, Clone, Debug, Default, Serialize, Deserialize)]
#[command(next_help_heading = "Settings")]
#[serde(rename_all = "kebab-case", default)]
pub struct Settings {
    /// Address and port to listen on [default: 127.0.0.1:3000]
    #[arg(long, env = "YORIAI_LISTEN", global = true, value_name = "ADDRESS")]
    #[serde(deserialize_with = "text")]
    pub listen: Option<String>,
    /// Folder of the database and the keys [default: ./data]
    #[arg(long, env = "YORIAI_DATA", global = true, value_name = "FOLDER")]
    #[serde(deserialize_with = "text")]
    pub data: Option<String>,
    /// Where messages are kept [default: sqlite]
    #[arg(long, env = "YORIAI_DATABASE", global = true, value_name = "DATABASE")]
    #[serde(deserialize_with = "text")]
    pub database: Option<String>,
    /// Where files are kept: a folder, or s3://bucket/prefix with the AWS_… variables that its
    /// tools read [default: the folder media in the data folder]
    #[arg(long, env = "YORIAI_MEDIA", global = true, value_name = "PLACE")]
    #[serde(deserialize_with = "text")]
    pub media: Option<String>,
    /// The address of what speaks S3 [default: AWS_ENDPOINT_URL, or AWS itself]
    #[arg(long, env = "YORIAI_MEDIA_ENDPOINT", global = true, value_name = "URL")]
    #[serde(deserialize_with = "text")]
    pub media_endpoint: Option<String>,
    /// Megabytes of one file [default: 150]
    #[arg(long, env = "YORIAI_MEDIA_FILE_MB", global = true, value_name = "NUMBER")]
    #[serde(deserialize_with = "text")]
    pub media_file_mb: Option<String>,
    /// Megabytes of one user's files [default: 2000]
    #[arg(long, env = "YORIAI_MEDIA_USER_MB", global = true, value_name = "NUMBER")]
    #[serde(deserialize_with = "text")]
    pub media_user_mb: Option<String>,
    /// Megabytes of all files of a service [default: 20000]
    #[arg(long, env = "YORIAI_MEDIA_ALL_MB", global = true, value_name = "NUMBER")]
    #[serde(deserialize_with = "text")]
    pub media_all_mb: Option<String>,
    /// How several servers talk to each other [default: local]
    #[arg(long, env = "YORIAI_BUS", global = true, value_name = "BUS")]
    #[serde(deserialize_with = "text")]
    pub bus: Option<String>,
    /// The address people use in their browsers [default: http://<listen>]
    #[arg(long, env = "YORIAI_PUBLIC_URL", global = true, value_name = "URL")]
    #[serde(deserialize_with = "text")]
    pub public_url: Option<String>,
    /// The server's name, for people [default: Yoriai]
    #[arg(long, env = "YORIAI_NAME", global = true, value_name = "NAME")]
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    /// The line under the name [default: the public URL's host]
    #[arg(long, env = "YORIAI_HOST_LINE", global = true, value_name = "TEXT")]
    #[serde(deserialize_with = "text")]
    pub host_line: Option<String>,
    /// Whether people may come in without an account [default: only on this machine]
    #[arg(long, env = "YORIAI_GUESTS", global = true, value_name = "true|false")]
    #[serde(deserialize_with = "text")]
    pub guests: Option<String>,
    /// Proxies whose X-Forwarded-… count, separated by commas [default: none]
    #[arg(long, env = "YORIAI_TRUSTED_PROXY", global = true, value_name = "CIDR")]
    #[serde(deserialize_with = "text")]
    pub trusted_proxy: Option<String>,
    /// Seconds that the web app's tokens last [default: 3600]
    #[arg(long, env = "YORIAI_TOKEN_TTL", global = true, value_name = "SECONDS")]
    #[serde(deserialize_with = "text")]
    pub token_ttl: Option<String>,
    /// Sockets, all together [default: as many as the open files allow, see ulimit -n]
    #[arg(long, env = "YORIAI_CONNECTIONS", global = true, value_name = "NUMBER")]
    #[serde(deserialize_with = "text")]
    pub connections: Option<String>,
    /// Sockets from one address other than this machine's [default: 100]
    #[arg(long, env = "YORIAI_CONNECTIONS_FROM_ADDRESS", global = true, value_name = "NUMBER")]
    #[serde(deserialize_with = "text")]
    pub connections_from_address: Option<String>,
    /// Whether webhooks may lead to this machine and its network [default: false]
    #[arg(long, env = "YORIAI_WEBHOOKS_TO_PRIVATE", global = true, value_name = "true|false")]
    #[serde(deserialize_with = "text")]
    pub webhooks_to_private: Option<String>,
    /// Messages of one person who signed in on the page [default: 5/s, burst 20]
    #[arg(long, env = "YORIAI_RATE_MESSAGES", global = true, value_name = "RATE")]
    #[serde(deserialize_with = "text")]
    pub rate_messages: Option<String>,
    /// Frames from one connection [default: 20/s, burst 60]
    #[arg(long, env = "YORIAI_RATE_FRAMES", global = true, value_name = "RATE")]
    #[serde(deserialize_with = "text")]
    pub rate_frames: Option<String>,
    /// Typing signals from one connection [default: 30/min, burst 10]
    #[arg(long, env = "YORIAI_RATE_TYPING", global = true, value_name = "RATE")]
    #[serde(deserialize_with = "text")]
    pub rate_typing: Option<String>,
    /// Posts, joins, leaves and renamings in one channel [default: 30/s, burst 150]
    #[arg(long, env = "YORIAI_RATE_CHANNEL", global = true, value_name = "RATE")]
    #[serde(deserialize_with = "text")]
    pub rate_channel: Option<String>,
    /// Channels created and deleted, by all together [default: 30/s, burst 150]
    #[arg(long, env = "YORIAI_RATE_CHANNELS", global = true, value_name = "RATE")]
    #[serde(deserialize_with = "text")]
    pub rate_channels: Option<String>,
    /// Passwords tried, by address and by account [default: 5/min, burst 10]
    #[arg(long, env = "YORIAI_RATE_PASSWORDS", global = true, value_name = "RATE")]
    #[serde(deserialize_with = "text")]
    pub rate_passwords: Option<String>,
    /// Names leased to guests, by address [default: 1/s, burst 100]
    #[arg(long, env = "YORIAI_RATE_GUESTS", global = true, value_name = "RATE")]
    #[serde(deserialize_with = "text")]
    pub rate_guests: Option<String>,
    /// Lets whoever reaches the server move its time, cut connections and be anybody; keeps nothing
    #[arg(
        long,
        env = "YORIAI_TEST_MODE",
        global = true,
        value_name = "true|false",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    #[serde(deserialize_with = "text")]
    pub test_mode: Option<String>,
    /// In test mode, makes keys and SIDs that are the same each time [default: fresh ones]
    #[arg(long, env = "YORIAI_TEST_SEED", global = true, value_name = "NUMBER")]
    #[serde(deserialize_with = "text")]
    pub test_seed: Option<String>,
}

impl Settings {
    /// What the file says where these settings say nothing. Without a named file, `yoriai.toml` in
    /// the current folder is read if it is there.
    pub fn or_file(self, named: Option<&Path>) -> Result<Self, ConfigError> {
        let path = named.map_or_else(|| PathBuf::from(FILE), Path::to_owned);
        match std::fs::read_to_string(&path) {
            Ok(text) => self.or_toml(&text, &path.display().to_string()),
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                Ok(self)
            }
            Err(error) => Err(ConfigError(format!("{} cannot be read: {error}.", path.display()))),
        }
    }

    fn or_toml(self, text: &str, file: &str) -> Result<Self, ConfigError> {
        let broken = |error: &dyn std::fmt::Display| ConfigError(format!("{file}: {error}"));
        let mut table: toml::Table = text.parse().map_err(|error| broken(&error))?;
        for key in table.keys() {
            known(key).map_err(|error| broken(&error))?;
        }
        table.extend(toml::Table::try_from(&self).map_err(|error| broken(&error))?);
        table.try_into().map_err(|error| broken(&error))
    }
}

/// Whether there is a setting of that name; otherwise the error names the nearest one.
fn known(key: &str) -> Result<(), ConfigError> {
    let command = Settings::augment_args(Command::new("yoriai"));
    let names = command.get_arguments().filter_map(|argument| argument.get_long());
    let distance = |name: &str| strsim::damerau_levenshtein(name, key);
    match names.min_by_key(|name| distance(name)) {
        Some(nearest) if nearest == key => Ok(()),
        Some(nearest) => Err(ConfigError(format!(
            "there is no setting {key:?}. The nearest one is {nearest:?}."
        ))),
        None => Ok(()),
    }
}

/// A text, a number or a truth value, as text.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => Ok(Some(text)),
        toml::Value::Integer(number) => Ok(Some(number.to_string())),
        toml::Value::Boolean(truth) => Ok(Some(truth.to_string())),
        other => Err(serde::de::Error::custom(format!(
            "a text, a number, true or false is expected, not {}",
            other.type_str()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_file(settings: Settings, text: &str) -> Result<Settings, String> {
        settings.or_toml(text, FILE).map_err(|error| error.to_string())
    }

    #[test]
    fn the_file_speaks_only_where_the_command_line_is_silent() {
        let said = Settings { listen: Some("127.0.0.1:4000".to_owned()), ..Settings::default() };
        let settings =
            with_file(said, "listen = \"127.0.0.1:5000\"\nguests = true\ntoken-ttl = 60\n")
                .expect("a good file");
        assert_eq!(settings.listen.as_deref(), Some("127.0.0.1:4000"));
        assert_eq!(settings.guests.as_deref(), Some("true"));
        assert_eq!(settings.token_ttl.as_deref(), Some("60"));
        assert_eq!(settings.name, None);
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_the_nearest_one() {
        let refused = with_file(Settings::default(), "publik-url = \"http://a.example\"");
        assert_eq!(
            refused.expect_err("an unknown key"),
            "yoriai.toml: there is no setting \"publik-url\". The nearest one is \"public-url\"."
        );
    }

    #[test]
    fn a_file_that_was_named_must_be_there() {
        let missing = Path::new("/nowhere/yoriai.toml");
        assert!(Settings::default().or_file(Some(missing)).is_err());
    }

    #[test]
    fn a_value_of_a_strange_kind_is_refused() {
        assert!(with_file(Settings::default(), "listen = [1]").is_err());
        assert!(with_file(Settings::default(), "listen = ").is_err());
    }
}
