//! The address that people use: `https://chat.example`, with neither path nor query.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;

/// Scheme, host and port under which browsers reach this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    https: bool,
    /// Host and port, lower case, without the scheme's own port: as browsers send it.
    authority: String,
}

/// The text is not such an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPublicUrl;

impl PublicUrl {
    /// Whether browsers reach it encrypted.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Host and port, as a browser writes them into `Host`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The host alone.
    pub fn host(&self) -> &str {
        host_of(&self.authority)
    }

    /// As a browser writes it into `Origin`.
    pub fn origin(&self) -> String {
        self.to_string()
    }

    /// Whether only this very machine can follow it.
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.host())
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

impl FromStr for PublicUrl {
    type Err = NotAPublicUrl;

    fn from_str(text: &str) -> Result<Self, NotAPublicUrl> {
        let url: Uri = text.trim().parse().map_err(|_| NotAPublicUrl)?;
        let https = match url.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(NotAPublicUrl),
        };
        let authority = url.authority().ok_or(NotAPublicUrl)?.as_str().to_ascii_lowercase();
        if authority.contains('@') || url.path() != "/" || url.query().is_some() {
            return Err(NotAPublicUrl);
        }
        let own_port = if https { ":443" } else { ":80" };
        let authority = authority.strip_suffix(own_port).unwrap_or(&authority).to_owned();
        Ok(Self { https, authority })
    }
}

/// The host of `host:port`, `[::1]:port` or a bare host.
pub fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// The port of `host:port`, if one is written.
pub fn port_of(authority: &str) -> Option<u16> {
    authority[host_of(authority).len()..].strip_prefix(':')?.parse().ok()
}

/// Whether a host is this very machine: `localhost`, 127.0.0.0/8 or `[::1]`.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_as_browsers_write_it() {
        let kept = |text: &str| text.parse::<PublicUrl>().map(|url| url.to_string());
        assert_eq!(kept("https://Chat.Example:443/"), Ok("https://chat.example".to_owned()));
        assert_eq!(kept("http://127.0.0.1:3000"), Ok("http://127.0.0.1:3000".to_owned()));
        assert_eq!(kept("http://[::1]:80"), Ok("http://[::1]".to_owned()));
        for text in
            ["", "chat.example", "ftp://chat.example", "https://a/b", "http://u@h", "http://"]
        {
            assert_eq!(kept(text), Err(NotAPublicUrl), "{text}");
        }
    }

    #[test]
    fn loopback_is_this_machine_and_nothing_that_merely_looks_so() {
        let loopback = |text: &str| text.parse::<PublicUrl>().expect("an address").is_loopback();
        assert!(loopback("http://localhost:3000"));
        assert!(loopback("http://127.0.0.2"));
        assert!(loopback("http://[::1]:3000"));
        assert!(!loopback("http://localhost.example"));
        assert!(!loopback("http://127.0.0.1.example"));
        assert!(!loopback("http://0.0.0.0:3000"));
    }

    #[test]
    fn a_port_is_what_follows_the_host() {
        assert_eq!((host_of("[::1]:80"), port_of("[::1]:80")), ("[::1]", Some(80)));
        assert_eq!((host_of("a.example"), port_of("a.example")), ("a.example", None));
        assert_eq!((host_of("a:99999"), port_of("a:99999")), ("a", None));
        assert_eq!((host_of("[::1]"), port_of("[::1]")), ("[::1]", None));
    }
}
