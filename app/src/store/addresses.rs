//! Where the files of messages can be fetched from: asked for when somebody is about to look, and
//! kept until shortly before an address ends.

use chat::protocol::{Accepted, Command, MediaUrl};
use chat::{MediaSid, Timestamp};
use client::SortedMap;

use super::Store;
use super::view::MessageView;
use crate::browser::{clock, files};
use crate::wording::name_of_file;

/// Milliseconds that an address must last for somebody to begin with it.
const LASTS_MS: i64 = 20_000;

/// Addresses by file.
#[derive(Default)]
pub(super) struct Addresses(SortedMap<MediaSid, MediaUrl>);

impl Addresses {
    /// An address that lasts, by the server's clock.
    fn lasting(&self, sid: MediaSid, server_now: Timestamp) -> Option<&str> {
        let url = self.0.get(sid).filter(|url| LASTS_MS < url.expires_at.since(server_now))?;
        Some(&url.path)
    }

    /// Keeps an address, and lets go of those that have ended.
    fn keep(&mut self, sid: MediaSid, url: MediaUrl, server_now: Timestamp) {
        let ended: Vec<_> =
            self.0.keys().filter(|sid| self.lasting(*sid, server_now).is_none()).collect();
        ended.into_iter().for_each(|sid| drop(self.0.remove(sid)));
        self.0.insert(sid, url);
    }
}

impl Store {
    /// Finds where the file of a message is. Nothing is found of what is gone, and where nobody
    /// answers.
    pub(crate) fn find_file(
        self,
        message: &MessageView,
        found: impl FnOnce(Option<String>) + 'static,
    ) {
        let sid = message.file.as_ref().and_then(|file| file.sid);
        let (Some(sid), Some(channel), Some(index)) = (sid, self.open(), message.index) else {
            return found(None);
        };
        let inner = self.inner();
        let known = inner.addresses.borrow().lasting(sid, self.server_now()).map(str::to_owned);
        if known.is_some() {
            return found(known);
        }
        let answered = move |answer| match answer {
            Ok(Accepted::MediaUrl(url)) => {
                let path = url.path.clone();
                self.inner().addresses.borrow_mut().keep(sid, url, self.server_now());
                found(Some(path));
            }
            _ => found(None),
        };
        let command = Command::MediaUrl { channel, index };
        self.ask(answered, |client| client.ask(command, clock::now()));
    }

    /// Whether the address of a file, once found, has ended meanwhile.
    pub(crate) fn has_ended(self, message: &MessageView) -> bool {
        let sid = message.file.as_ref().and_then(|file| file.sid);
        let inner = self.inner();
        sid.is_some_and(|sid| inner.addresses.borrow().lasting(sid, self.server_now()).is_none())
    }

    /// Saves the file of a message on this device.
    pub(crate) fn save_file(self, message: &MessageView, failed: impl FnOnce() + 'static) {
        let words = &self.wording().files;
        let name = message.file.as_ref().map(|file| name_of_file(words, file));
        self.find_file(message, move |path| match (path, name) {
            (Some(path), Some(name)) => files::save(&path, &name),
            _ => failed(),
        });
    }

    fn server_now(self) -> Timestamp {
        self.read(|client| clock::now().plus(client.clock_offset()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str, expires_at: i64) -> MediaUrl {
        MediaUrl { path: path.to_owned(), expires_at: Timestamp(expires_at) }
    }

    fn sid(number: u8) -> MediaSid {
        MediaSid::from_bytes([number; 16])
    }

    #[test]
    fn an_address_is_used_until_shortly_before_it_ends() {
        let mut addresses = Addresses::default();
        addresses.keep(sid(1), url("/a", 300_000), Timestamp(0));
        assert_eq!(addresses.lasting(sid(1), Timestamp(279_999)), Some("/a"));
        assert_eq!(addresses.lasting(sid(1), Timestamp(280_000)), None);
        assert_eq!(addresses.lasting(sid(2), Timestamp(0)), None);
    }

    #[test]
    fn addresses_that_have_ended_are_not_kept() {
        let mut addresses = Addresses::default();
        addresses.keep(sid(1), url("/a", 300_000), Timestamp(0));
        addresses.keep(sid(2), url("/b", 400_000), Timestamp(100_000));
        assert_eq!(addresses.0.len(), 2);
        addresses.keep(sid(1), url("/c", 700_000), Timestamp(390_000));
        assert_eq!(addresses.0.len(), 1);
        assert_eq!(addresses.lasting(sid(1), Timestamp(390_000)), Some("/c"));
    }
}
