use crate::commands::CommandError;
use crate::store::{Settings, Tx};

/// What the operator has set for the service.
pub fn settings(tx: &mut dyn Tx) -> Result<Settings, CommandError> {
    Ok(tx.settings()?)
}
