use chat::FriendlyName;

use crate::commands::{Done, Moment, Outcome};
use crate::store::Tx;

/// Gives the service a name for developers. Tells nobody.
pub fn name_service(tx: &mut dyn Tx, name: &FriendlyName, _m: &Moment) -> Outcome<()> {
    tx.name_service(name)?;
    Ok(Done::unchanged(()))
}
