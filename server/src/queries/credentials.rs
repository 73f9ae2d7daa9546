use chat::{Identity, User};

use crate::commands::CommandError;
use crate::store::Tx;

pub fn credentials(
    tx: &mut dyn Tx,
    identity: &Identity,
) -> Result<Option<(User, String)>, CommandError> {
    let _ = (tx, identity);
    unimplemented!()
}
