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

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{ChannelSid, limits};

    use crate::store::village::Village;

    #[test]
    fn what_is_not_yours_looks_like_what_is_not_there() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        let absent = Scope::Channel(ChannelSid::from_bytes([9; 16]));
        for scope in [Scope::Channel(channel), Scope::User(ada), absent] {
            let refused = village.asks(|tx| resume(tx, grace, scope, Sequence(0)));
            assert_eq!(refused, Err(Refusal::ChannelNotFound), "{scope}");
        }
        for scope in [Scope::Channel(channel), Scope::User(ada), Scope::Directory] {
            assert!(village.asks(|tx| resume(tx, ada, scope, Sequence(0))).is_ok(), "{scope}");
        }
    }

    #[test]
    fn whoever_left_learns_nothing_more() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        village.leaves(grace, channel);
        village.says(ada, channel, "Just us now");
        let refused = village.asks(|tx| resume(tx, grace, Scope::Channel(channel), Sequence(0)));
        assert_eq!(refused, Err(Refusal::ChannelNotFound));
    }

    #[test]
    fn whoever_knows_more_than_the_store_starts_again() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let head = village.head(Scope::Directory);
        let mut asks = |since| {
            village.asks(|tx| resume(tx, ada, Scope::Directory, since)).expect("all may see it")
        };
        let nothing = asks(head);
        assert_eq!((nothing.gap, nothing.more, nothing.change.rows.len()), (false, false, 0));
        assert_eq!((nothing.change.after, nothing.change.sequence), (head, head));
        let gap = asks(head.next());
        assert_eq!((gap.gap, gap.change.sequence), (true, head));
    }

    #[test]
    fn a_long_absence_is_answered_in_parts() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let scope = Scope::Channel(channel);
        let since = village.head(scope);
        for _ in 0..limits::CHANGE_ROWS_MAX + 1 {
            village.says(ada, channel, "On and on");
        }
        let first = village.asks(|tx| resume(tx, ada, scope, since)).expect("she is a member");
        assert_eq!((first.change.rows.len(), first.more), (limits::CHANGE_ROWS_MAX, true));
        let since = first.change.sequence;
        let last = village.asks(|tx| resume(tx, ada, scope, since)).expect("she is a member");
        assert_eq!((last.change.after, last.change.rows.len(), last.more), (since, 1, false));
        assert_eq!(last.change.sequence, village.head(scope));
    }
}
