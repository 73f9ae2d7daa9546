//! Moments as the API writes them: whole seconds with a `Z`. Libraries read nothing else.

use std::fmt;

use chat::Timestamp;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date(pub(super) Timestamp);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = jiff::Timestamp::from_second(self.0.seconds());
        second.unwrap_or(jiff::Timestamp::UNIX_EPOCH).fmt(f)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Written)
    }
}

struct Written;

impl Visitor<'_> for Written {
    type Value = Date;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date like 2026-01-02T03:04:05Z")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Date, E> {
        let moment: jiff::Timestamp =
            text.parse().map_err(|_| E::custom("a date is written like 2026-01-02T03:04:05Z"))?;
        Ok(Date(Timestamp(moment.as_millisecond())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};

    fn read(text: &str) -> Result<Date, Error> {
        let text: StrDeserializer<'_, Error> = text.into_deserializer();
        Date::deserialize(text)
    }

    #[test]
    fn a_date_is_written_in_whole_seconds() {
        assert_eq!(Date(Timestamp(1_700_000_000_999)).to_string(), "2023-11-14T22:13:20Z");
        assert_eq!(Date(Timestamp(0)).to_string(), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn a_date_is_read_as_libraries_and_people_write_it() {
        for text in
            ["2023-11-14T22:13:20Z", "2023-11-14T22:13:20.000+00:00", "2023-11-15 07:13:20+09:00"]
        {
            assert_eq!(read(text), Ok(Date(Timestamp(1_700_000_000_000))), "{text}");
        }
        for text in ["", "yesterday", "2023-11-14", "2023-02-30T00:00:00Z", "1700000000"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
