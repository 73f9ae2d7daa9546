//! The keys that sign access tokens and open the REST API: one for the server itself, others for a
//! site's own backend; and the account's auth token, which opens the REST API only. They live in one
//! file that only its owner can read.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chat::{AccountSid, KeySid, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::clock::{Clock, fresh_id, random_bytes};

/// Bytes of a secret, at least: as many as the hash that HS256 uses.
const SECRET_BYTES_MIN: usize = 32;

/// The account's keys, as the file has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    pub account_sid: AccountSid,
    /// Nothing in the file of an older server, until it is opened the next time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_token: Option<Secret>,
    pub keys: Vec<Key>,
}

/// One key: its name and its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    pub sid: KeySid,
    pub secret: Secret,
    pub created_at: Timestamp,
    /// Since when its tokens count no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
    /// Whether it signs the web app's tokens, and never leaves the server.
    #[serde(default)]
    pub own: bool,
}

/// What signs, or opens a door. It never shows in a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    fn fresh() -> Self {
        Self(URL_SAFE_NO_PAD.encode(random_bytes::<SECRET_BYTES_MIN>()))
    }

    /// The text, as a token library takes it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether this is the secret. How long the answer takes tells nothing about it.
    fn is(&self, guess: &str) -> bool {
        Sha256::digest(&self.0).ct_eq(&Sha256::digest(guess)).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The keys cannot be used; one sentence says why, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error("{path}: {cause}")]
    File { path: PathBuf, cause: io::Error },
    #[error("{0} is not a file of keys: {1}.")]
    Malformed(PathBuf, serde_json::Error),
    #[error("Others can read {0}. Run: chmod 600 {0}")]
    Exposed(PathBuf),
    #[error("{0}: a secret there is shorter than {SECRET_BYTES_MIN} characters.")]
    Weak(PathBuf),
    #[error("{0} holds no key of the server's own that is in use.")]
    NoOwnKey(PathBuf),
    #[error("There is no key {0}.")]
    Unknown(KeySid),
    #[error("The server signs its own tokens with {0}; it stays.")]
    Own(KeySid),
}

impl Keys {
    /// The keys of this data folder; made on the first call: one for the server, one for a backend.
    pub fn open(data: &Path, clock: &Clock) -> Result<Self, KeysError> {
        let mut keys = match Self::read(data) {
            Err(KeysError::File { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => {
                Self::fresh(clock)
            }
            Ok(keys) if keys.auth_token.is_some() => return Ok(keys),
            read => read?,
        };
        keys.auth_token.get_or_insert_with(Secret::fresh);
        keys.save(data)?;
        Ok(keys)
    }

    /// The keys of this data folder, which must be there.
    pub fn read(data: &Path) -> Result<Self, KeysError> {
        let path = file_in(data);
        match fs::read_to_string(&path) {
            Ok(text) => Self::checked(&path, &text),
            Err(cause) => Err(KeysError::File { path, cause }),
        }
    }

    /// Keys that nothing has seen yet, in memory only.
    pub fn fresh(clock: &Clock) -> Self {
        let own = Key { own: true, ..Key::fresh(clock) };
        Self {
            account_sid: AccountSid::new(fresh_id(clock.now())),
            auth_token: Some(Secret::fresh()),
            keys: vec![own, Key::fresh(clock)],
        }
    }

    /// The same for the same seed, and so no secret from anybody: for tests.
    pub fn seeded(seed: u64, now: Timestamp) -> Self {
        let digest =
            |of: &str| -> [u8; 32] { Sha256::digest(format!("{of} of test {seed}")).into() };
        let secret = |of: &str| Secret(URL_SAFE_NO_PAD.encode(digest(of)));
        let name = |of: &str| *digest(of).first_chunk().expect("a digest has 32 bytes");
        let key = |of: &str, own| Key {
            sid: KeySid::from_bytes(name(&format!("key {of}"))),
            secret: secret(&format!("secret {of}")),
            created_at: now,
            retired_at: None,
            own,
        };
        Self {
            account_sid: AccountSid::from_bytes(name("account")),
            auth_token: Some(secret("auth token")),
            keys: vec![key("own", true), key("backend", false)],
        }
    }

    fn checked(path: &Path, text: &str) -> Result<Self, KeysError> {
        if is_exposed(path)? {
            return Err(KeysError::Exposed(path.to_owned()));
        }
        let keys: Self = serde_json::from_str(text)
            .map_err(|error| KeysError::Malformed(path.to_owned(), error))?;
        let mut secrets = keys.keys.iter().map(|key| &key.secret).chain(&keys.auth_token);
        if secrets.any(|secret| secret.0.len() < SECRET_BYTES_MIN) {
            return Err(KeysError::Weak(path.to_owned()));
        }
        if keys.own().is_none() {
            return Err(KeysError::NoOwnKey(path.to_owned()));
        }
        Ok(keys)
    }

    /// Writes the file anew. Whoever reads it meanwhile sees the old one or the new one.
    pub fn save(&self, data: &Path) -> Result<(), KeysError> {
        let path = file_in(data);
        let text = serde_json::to_string_pretty(self).expect("keys are plain text");
        write_for_owner(&path, text.as_bytes()).map_err(|cause| KeysError::File { path, cause })
    }

    /// Adds a key for a backend.
    pub fn add(&mut self, clock: &Clock) -> &Key {
        self.keys.push(Key::fresh(clock));
        &self.keys[self.keys.len() - 1]
    }

    /// Ends a key, and with it every token that it signed.
    pub fn retire(&mut self, sid: KeySid, now: Timestamp) -> Result<(), KeysError> {
        let key = self.keys.iter_mut().find(|key| key.sid == sid).ok_or(KeysError::Unknown(sid))?;
        if key.own {
            return Err(KeysError::Own(sid));
        }
        key.retired_at.get_or_insert(now);
        Ok(())
    }

    /// The key of that name, if it is in use.
    pub fn live(&self, sid: KeySid) -> Option<&Key> {
        self.in_use().find(|key| key.sid == sid)
    }

    /// Whether this name and this secret open the REST API: the account's and its auth token, or
    /// those of a backend's key.
    pub fn admit(&self, name: &str, secret: &str) -> bool {
        if self.account_sid.to_string() == name {
            return self.auth_token.as_ref().is_some_and(|token| token.is(secret));
        }
        let key = name.parse().ok().and_then(|sid| self.live(sid));
        key.is_some_and(|key| !key.own && key.secret.is(secret))
    }

    /// The key that signs the web app's tokens.
    pub fn own(&self) -> Option<&Key> {
        self.in_use().find(|key| key.own)
    }

    /// The newest key for a backend.
    pub fn newest_for_backend(&self) -> Option<&Key> {
        self.in_use().filter(|key| !key.own).last()
    }

    fn in_use(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(|key| key.retired_at.is_none())
    }
}

impl Key {
    fn fresh(clock: &Clock) -> Self {
        let now = clock.now();
        Self {
            sid: KeySid::new(fresh_id(now)),
            secret: Secret::fresh(),
            created_at: now,
            retired_at: None,
            own: false,
        }
    }
}

fn file_in(data: &Path) -> PathBuf {
    data.join("keys.json")
}

/// The file has its mode from the start, under another name, and comes to its own name whole.
fn write_for_owner(path: &Path, text: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("json.new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

#[cfg(unix)]
fn is_exposed(path: &Path) -> Result<bool, KeysError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata =
        fs::metadata(path).map_err(|cause| KeysError::File { path: path.to_owned(), cause })?;
    Ok(metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_: &Path) -> Result<bool, KeysError> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn clock() -> Clock {
        Clock::Manual(ManualClock::new(Timestamp(1_700_000_000_000)))
    }

    #[test]
    fn the_first_start_makes_the_keys_and_the_next_one_finds_them() {
        let data = tempfile::tempdir().expect("a folder");
        let made = Keys::open(data.path(), &clock()).expect("made");
        assert_eq!(Keys::open(data.path(), &clock()).expect("found"), made);
        assert!(made.own().is_some());
        assert!(made.newest_for_backend().is_some_and(|key| !key.own));
    }

    #[test]
    fn a_file_that_is_gone_is_read_as_an_error_and_not_made_anew() {
        let data = tempfile::tempdir().expect("a folder");
        assert!(matches!(Keys::read(data.path()), Err(KeysError::File { .. })));
        assert!(!file_in(data.path()).exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused_with_the_remedy() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().expect("a folder");
        Keys::open(data.path(), &clock()).expect("made");
        let path = file_in(data.path());
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("changed");
        let refused = Keys::open(data.path(), &clock()).expect_err("exposed").to_string();
        assert!(refused.contains("chmod 600"), "{refused}");
    }

    #[test]
    fn a_retired_key_is_live_no_more_and_the_servers_own_stays() {
        let mut keys = Keys::fresh(&clock());
        let added = keys.add(&clock()).sid;
        let own = keys.own().expect("there").sid;
        assert!(keys.live(added).is_some());
        keys.retire(added, Timestamp(5)).expect("retired");
        keys.retire(added, Timestamp(9)).expect("retired already");
        assert!(keys.live(added).is_none());
        assert!(matches!(keys.retire(own, Timestamp(5)), Err(KeysError::Own(_))));
        let unknown = KeySid::from_bytes([7; 16]);
        assert!(matches!(keys.retire(unknown, Timestamp(5)), Err(KeysError::Unknown(_))));
    }

    #[test]
    fn a_secret_never_shows_in_a_log() {
        let keys = Keys::fresh(&clock());
        let shown = format!("{keys:?}");
        assert!(keys.keys.iter().all(|key| !shown.contains(key.secret.reveal())));
    }

    #[test]
    fn the_rest_api_opens_for_the_account_and_for_a_backends_keys_in_use() {
        let mut keys = Keys::fresh(&clock());
        let account = keys.account_sid.to_string();
        let auth_token = keys.auth_token.clone().expect("made").reveal().to_owned();
        let added = keys.add(&clock()).clone();
        let (sid, secret) = (added.sid.to_string(), added.secret.reveal());
        assert!(keys.admit(&account, &auth_token));
        assert!(keys.admit(&sid, secret));

        let own = keys.own().expect("there").clone();
        for (name, guess) in [
            (account.as_str(), secret),
            (&account, ""),
            (&sid, &auth_token),
            (&sid, &secret[1..]),
            ("", ""),
            (&own.sid.to_string(), own.secret.reveal()),
        ] {
            assert!(!keys.admit(name, guess), "{name}");
        }
        keys.retire(added.sid, Timestamp(5)).expect("retired");
        assert!(!keys.admit(&sid, secret));
    }

    #[test]
    fn a_file_without_an_auth_token_gets_one_when_it_is_opened() {
        let data = tempfile::tempdir().expect("a folder");
        let older = Keys { auth_token: None, ..Keys::fresh(&clock()) };
        older.save(data.path()).expect("saved");
        assert!(!older.admit(&older.account_sid.to_string(), ""));
        let opened = Keys::open(data.path(), &clock()).expect("opened");
        assert!(opened.auth_token.is_some());
        assert_eq!(Keys { auth_token: None, ..opened.clone() }, older);
        assert_eq!(Keys::open(data.path(), &clock()).expect("opened again"), opened);
    }

    #[test]
    fn seeded_keys_repeat_and_are_as_long_as_others() {
        let [once, again, other] = [7, 7, 8].map(|seed| Keys::seeded(seed, Timestamp(5)));
        assert_eq!(once, again);
        assert_ne!(once.keys[1].secret, other.keys[1].secret);
        assert_ne!(once.keys[0], Key { own: true, ..once.keys[1].clone() });
        let data = tempfile::tempdir().expect("a folder");
        once.save(data.path()).expect("saved");
        assert_eq!(Keys::open(data.path(), &clock()).expect("good enough"), once);
    }

    #[test]
    fn a_weak_secret_is_refused() {
        let data = tempfile::tempdir().expect("a folder");
        let mut keys = Keys::fresh(&clock());
        keys.keys[1].secret = Secret("short".to_owned());
        keys.save(data.path()).expect("saved");
        assert!(matches!(Keys::open(data.path(), &clock()), Err(KeysError::Weak(_))));
    }
}
