use chat::protocol::{Changes, Scope};
use chat::{Refusal, Sequence, UserSid};

use crate::commands::{CommandError, present_user};
use crate::queries;
use crate::queries::reader::reader;
use crate::store::Tx;
use crate::store::pieces::{Page, Room, change};

/// What changed in a scope since, as much as fits one answer. Whoever knows more than this store
/// has to start again from nothing.
pub fn resume(
    tx: &mut dyn Tx,
    user: UserSid,
    scope: Scope,
    since: Sequence,
) -> Result<Changes, CommandError> {
    may_listen(tx, user, scope)?;
    let epoch = queries::service(tx)?.epoch;
    let head = tx.head(scope)?.ok_or(Refusal::ChannelNotFound)?;
    if head < since {
        let nothing = change(scope, head, head, Page { rows: Vec::new(), more: false });
        return Ok(Changes { epoch, change: nothing, more: false, gap: true });
    }

    let page = tx.changed_rows(scope, since, Room::CHANGE)?;
    let more = page.more;
    Ok(Changes { epoch, change: change(scope, since, head, page), more, gap: false })
}

/// What is not yours looks like what is not there.
fn may_listen(tx: &mut dyn Tx, user: UserSid, scope: Scope) -> Result<(), CommandError> {
    let user = present_user(tx, user)?;
    match scope {
        Scope::Directory => Ok(()),
        Scope::User(other) if other == user.sid => Ok(()),
        Scope::User(_) => Err(Refusal::ChannelNotFound.into()),
        Scope::Channel(channel) => match reader(tx, user.sid, channel) {
            Err(CommandError::Refused(_)) => Err(Refusal::ChannelNotFound.into()),
            judged => judged.map(drop),
        },
    }
}
