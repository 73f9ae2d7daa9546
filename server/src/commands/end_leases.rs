use std::collections::HashSet;

use chat::{Timestamp, UserSid};

use crate::commands::{Moment, Outcome};
use crate::store::Tx;

pub fn end_leases(
    tx: &mut dyn Tx,
    not_seen_since: Timestamp,
    connected: &HashSet<UserSid>,
    m: &Moment,
) -> Outcome<usize> {
    let _ = (tx, not_seen_since, connected, m);
    unimplemented!()
}
