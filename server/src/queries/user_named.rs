use chat::{Identity, User};

use crate::commands::CommandError;
use crate::store::Tx;

pub fn user_named(tx: &mut dyn Tx, identity: &Identity) -> Result<Option<User>, CommandError> {
    let _ = (tx, identity);
    unimplemented!()
}
