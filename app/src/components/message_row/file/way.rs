//! How the page stands to the bytes of a file: where they are, as far as anybody had to ask.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Nobody has looked at it so far.
    Unknown,
    Asked,
    /// At this address, on this device or on the server.
    Known(String),
    /// It was not found, or could not be loaded.
    Lost,
}

impl Way {
    /// After the browser could not load from where it was: what was sent from here may be moved or
    /// deleted on this device, and an address may have ended. Then the server is asked, once.
    pub(super) fn after_failure(&self, has_ended: bool) -> Self {
        match self {
            Self::Known(url) if has_ended || url.starts_with("blob:") => Self::Unknown,
            _ => Self::Lost,
        }
    }

    pub(super) fn url(&self) -> Option<String> {
        match self {
            Self::Known(url) => Some(url.clone()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Way {
        Way::Known(url.to_owned())
    }

    #[test]
    fn an_address_that_has_ended_is_asked_for_anew_and_one_that_lasts_is_not() {
        assert_eq!(at("/media/a").after_failure(true), Way::Unknown);
        assert_eq!(at("/media/a").after_failure(false), Way::Lost);
        assert_eq!(Way::Lost.after_failure(true), Way::Lost);
    }

    #[test]
    fn a_file_that_is_gone_from_this_device_is_asked_of_the_server() {
        assert_eq!(at("blob:http://127.0.0.1/1").after_failure(false), Way::Unknown);
    }
}
