use chat::protocol::{Changes, Scope};
use chat::{Sequence, UserSid};

use crate::commands::CommandError;
use crate::store::Tx;

pub fn resume(
    tx: &mut dyn Tx,
    user: UserSid,
    scope: Scope,
    since: Sequence,
) -> Result<Changes, CommandError> {
    let _ = (tx, user, scope, since);
    unimplemented!()
}
