use chat::UserSid;

use crate::commands::CommandError;
use crate::store::{Tx, Welcomed};

pub fn welcome(tx: &mut dyn Tx, user: UserSid) -> Result<Welcomed, CommandError> {
    let _ = (tx, user);
    unimplemented!()
}
