use chat::Refusal;

use crate::commands::CommandError;
use crate::store::{Service, Tx};

/// The service that every row belongs to.
pub fn service(tx: &mut dyn Tx) -> Result<Service, CommandError> {
    // The store founds it before anybody can ask.
    Ok(tx.service()?.ok_or(Refusal::Unavailable)?)
}
