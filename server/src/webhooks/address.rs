//! The address of a webhook, as it was set. Where it may lead is for the guard.

use std::fmt;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::limits::WEBHOOK_URL_CHARACTERS_MAX;

/// An address over http or https, without credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebhookUrl(String);

/// Why a text is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAWebhookUrl {
    TooLong,
    Malformed,
}

impl WebhookUrl {
    /// Checks an address as the operator's backend gives it.
    pub fn parse(text: &str) -> Result<Self, NotAWebhookUrl> {
        let text = text.trim();
        if WEBHOOK_URL_CHARACTERS_MAX < text.chars().count() {
            return Err(NotAWebhookUrl::TooLong);
        }
        let url = Url::parse(text).map_err(|_| NotAWebhookUrl::Malformed)?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.host().is_some()
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none();
        if !plain {
            return Err(NotAWebhookUrl::Malformed);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is called: in the one spelling that signatures count with. Nothing if the rules for
    /// addresses have become stricter since it was set.
    pub fn to_url(&self) -> Option<Url> {
        Url::parse(&self.0).ok()
    }

    /// Without what stands behind the question mark: that may be a secret.
    pub fn without_query(&self) -> String {
        self.0.split('?').next().unwrap_or_default().to_owned()
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_and_https_without_credentials_are_addresses() {
        for good in [
            "http://hooks.example",
            " https://hooks.example:8443/a/b?key=1 ",
            "https://[2001:4860:4860::8888]/",
            "http://192.0.2.1/x",
        ] {
            assert_eq!(WebhookUrl::parse(good).map(|url| url.0), Ok(good.trim().to_owned()));
        }
        for bad in [
            "",
            "hooks.example",
            "/hooks",
            "ftp://hooks.example",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "http://",
            "http://ada@hooks.example",
            "http://ada:secret@hooks.example",
            "http://:secret@hooks.example",
            "http://hooks.example/#part",
            "http://hooks .example",
            "http://hooks.example:99999",
        ] {
            assert_eq!(WebhookUrl::parse(bad), Err(NotAWebhookUrl::Malformed), "{bad}");
        }
        let long = format!("http://hooks.example/{}", "x".repeat(WEBHOOK_URL_CHARACTERS_MAX));
        assert_eq!(WebhookUrl::parse(&long), Err(NotAWebhookUrl::TooLong));
        assert!(WebhookUrl::parse(&long[..WEBHOOK_URL_CHARACTERS_MAX]).is_ok());
    }

    #[test]
    fn the_log_shows_no_query() {
        let url = WebhookUrl::parse("https://hooks.example/a?secret=1").expect("an address");
        assert_eq!(url.without_query(), "https://hooks.example/a");
    }
}
