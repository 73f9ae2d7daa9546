//! Where in the app somebody is, and its address: `/`, `/channels`, `/channels/{address}`.

use chat::{ChannelDetails, ChannelSid};

/// A place in the app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// The last channel, or General.
    #[default]
    Home,
    /// On a phone, the list alone.
    List,
    /// A channel by its unique name or its SID.
    Channel(String),
}

impl Place {
    /// The place that a path names; what is no place is home.
    pub(crate) fn from_path(path: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next(), parts.next()) {
            (Some("channels"), None, _) => Self::List,
            (Some("channels"), Some(address), None) => Self::Channel(decoded(address)),
            _ => Self::Home,
        }
    }

    pub(crate) fn path(&self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::List => "/channels".to_owned(),
            Self::Channel(address) => format!("/channels/{}", encoded(address)),
        }
    }

    /// A channel's place: by its unique name where it has one.
    pub(crate) fn of_channel(sid: ChannelSid, details: Option<&ChannelDetails>) -> Self {
        let unique_name = details.and_then(|details| details.unique_name.as_ref());
        Self::Channel(unique_name.map_or_else(|| sid.to_string(), ToString::to_string))
    }
}

/// Percent-encodes everything but what a path segment may hold plainly.
fn encoded(text: &str) -> String {
    let mut path = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

/// Undoes percent-encoding; what is not encoded properly stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) if byte == b'%' => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_a_path_that_leads_back() {
        let addresses = ["general", "water gates", "秋祭り", "a/b", "50%", "CH01", "..", "%2F"];
        for address in addresses {
            let place = Place::Channel(address.to_owned());
            assert_eq!(Place::from_path(&place.path()), place, "{address}");
        }
        assert_eq!(Place::from_path(&Place::List.path()), Place::List);
        assert_eq!(Place::from_path(&Place::Home.path()), Place::Home);
    }

    #[test]
    fn what_is_no_place_is_home() {
        for path in ["", "/", "/nowhere", "/channels/a/b"] {
            assert_eq!(Place::from_path(path), Place::Home, "{path}");
        }
        assert_eq!(Place::from_path("/channels/"), Place::List);
        assert_eq!(Place::from_path("/channels/%ZZ"), Place::Channel("%ZZ".to_owned()));
    }
}
