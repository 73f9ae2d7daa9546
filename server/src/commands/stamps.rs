//! Dates and SIDs that a backend brings from elsewhere.

use chat::{Refusal, Timestamp};
use uuid::Uuid;

use crate::commands::Moment;

/// Nothing was made before 1970 or is made tomorrow.
pub(super) fn judge_dates(
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    m: &Moment,
) -> Result<(), Refusal> {
    let possible = |at: Timestamp| Timestamp(0) <= at && at <= m.now;
    if created_at.into_iter().chain(updated_at).all(possible) {
        return Ok(());
    }
    Err(Refusal::BadParameter)
}

/// The moment of a row that was made elsewhere: rows take their SIDs, and their dates, from it.
pub(super) fn moment_of(sid: Option<[u8; 16]>, at: Option<Timestamp>, m: &Moment) -> Moment {
    Moment { now: at.unwrap_or(m.now), id: sid.map_or(m.id, Uuid::from_bytes) }
}
