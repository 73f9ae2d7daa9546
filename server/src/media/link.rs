//! The address of a file: for one user, for a few minutes, and sealed. It says who asks; whether
//! they may have the file is judged at each download.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chat::protocol::MediaUrl;
use chat::{MediaSid, Refusal, ServiceSid, Timestamp, UserSid};
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::ROOT;
use crate::limits::MEDIA_URL_MS;
use crate::tokens::Tokens;

/// As the router reads it.
pub(super) const ROUTE: &str = "/media/{service}/{media}";
/// What the seal is for.
const PURPOSE: &str = "the address of a file";

/// Which file, and who asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(super) service: ServiceSid,
    pub(super) media: MediaSid,
    /// The system, where the operator's backend asks.
    pub(super) user: UserSid,
    pub(super) expires_at: Timestamp,
}

/// What stands behind the question mark.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Sealed {
    user: String,
    expires: i64,
    seal: String,
}

impl Link {
    /// One that begins now.
    pub(crate) fn to(service: ServiceSid, media: MediaSid, user: UserSid, now: Timestamp) -> Self {
        Self { service, media, user, expires_at: now.plus(MEDIA_URL_MS) }
    }

    /// As whoever asked is told it.
    pub(crate) fn url(&self, tokens: &Tokens) -> MediaUrl {
        let Self { service, media, user, expires_at } = self;
        let seal = URL_SAFE_NO_PAD.encode(self.seal(tokens));
        let expires = expires_at.0;
        let path = format!("{ROOT}/{service}/{media}?user={user}&expires={expires}&seal={seal}");
        MediaUrl { path, expires_at: *expires_at }
    }

    /// Reads one that this server made and that is not over.
    pub(super) fn read(
        (service, media): (&str, &str),
        sealed: &Sealed,
        tokens: &Tokens,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let invalid = |_| Refusal::MediaUrlInvalid;
        let link = Self {
            service: service.parse().map_err(invalid)?,
            media: media.parse().map_err(invalid)?,
            user: sealed.user.parse().map_err(invalid)?,
            expires_at: Timestamp(sealed.expires),
        };
        let seal = URL_SAFE_NO_PAD.decode(&sealed.seal).unwrap_or_default();
        let is_ours: bool = link.seal(tokens).ct_eq(&seal).into();
        if is_ours && now < link.expires_at { Ok(link) } else { Err(Refusal::MediaUrlInvalid) }
    }

    /// The parts have each one form and one length, so no two links are the same text.
    fn seal(&self, tokens: &Tokens) -> [u8; 32] {
        let Self { service, media, user, expires_at } = self;
        tokens.seal(PURPOSE, &format!("{service}/{media}/{user}/{}", expires_at.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, ManualClock};
    use crate::keys::Keys;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn tokens() -> Tokens {
        let clock = Clock::Manual(ManualClock::new(NOW));
        Tokens::new(Keys::fresh(&clock), ServiceSid::from_bytes([1; 16]), 3_600)
    }

    fn link() -> Link {
        let (service, media) = (ServiceSid::from_bytes([1; 16]), MediaSid::from_bytes([2; 16]));
        Link::to(service, media, UserSid::from_bytes([3; 16]), NOW)
    }

    fn read(
        link: &Link,
        sealed: &Sealed,
        tokens: &Tokens,
        now: Timestamp,
    ) -> Result<Link, Refusal> {
        Link::read((&link.service.to_string(), &link.media.to_string()), sealed, tokens, now)
    }

    fn sealed(link: &Link, tokens: &Tokens) -> Sealed {
        let url = link.url(tokens).path;
        let (_, query) = url.split_once('?').expect("it has parameters");
        serde_html_form::from_str(query).expect("they can be read")
    }

    #[test]
    fn a_link_is_good_for_a_few_minutes() {
        let (tokens, link) = (tokens(), link());
        let sealed = sealed(&link, &tokens);
        let last = NOW.plus(MEDIA_URL_MS - 1);
        assert_eq!(read(&link, &sealed, &tokens, last), Ok(link.clone()));
        let over = read(&link, &sealed, &tokens, last.plus(1));
        assert_eq!(over, Err(Refusal::MediaUrlInvalid));
    }

    #[test]
    fn whatever_is_changed_in_it_breaks_the_seal() {
        let (tokens, link) = (tokens(), link());
        let good = sealed(&link, &tokens);
        let other = UserSid::from_bytes([4; 16]).to_string();
        let cut = good.seal[..good.seal.len() - 2].to_owned();
        for sealed in [
            Sealed { user: other, ..good.clone() },
            Sealed { expires: good.expires + 1, ..good.clone() },
            Sealed { seal: cut, ..good.clone() },
            Sealed { seal: String::new(), ..good.clone() },
            Sealed { user: "ada".to_owned(), ..good.clone() },
        ] {
            assert_eq!(read(&link, &sealed, &tokens, NOW), Err(Refusal::MediaUrlInvalid));
        }
        let (media, service) = (MediaSid::from_bytes([9; 16]), ServiceSid::from_bytes([9; 16]));
        for moved in [Link { media, ..link.clone() }, Link { service, ..link.clone() }] {
            assert_eq!(read(&moved, &good, &tokens, NOW), Err(Refusal::MediaUrlInvalid));
        }
    }

    #[test]
    fn another_servers_seal_is_none() {
        let link = link();
        let theirs = sealed(&link, &tokens());
        assert_eq!(read(&link, &theirs, &tokens(), NOW), Err(Refusal::MediaUrlInvalid));
    }
}
