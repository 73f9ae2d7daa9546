//! Moments as files have them: written to the millisecond, read as any API wrote them.

use chat::Timestamp;
use serde::{Deserialize, Deserializer, Serializer, de};

pub(super) fn serialize<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at.and_then(|at| jiff::Timestamp::from_millisecond(at.0).ok()) {
        Some(moment) => serializer.collect_str(&moment),
        None => serializer.serialize_none(),
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let moment: jiff::Timestamp = text
        .parse()
        .map_err(|_| de::Error::custom("a date is written like 2026-01-02T03:04:05Z"))?;
    Ok(Some(Timestamp(moment.as_millisecond())))
}
