//! What somebody has missed of one part of a scope: as `resume`, but one kind of row alone.

use chat::{ChannelSid, Member, Membership, Message, Sequence, UserSid};

use crate::commands::{CommandError, present_user};
use crate::queries::reader::reader;
use crate::store::Tx;
use crate::store::pieces::{Page, Room};

/// Rows in the order of their last change, whether there are more, and how the scope stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed<T> {
    pub rows: Vec<T>,
    pub more: bool,
    pub head: Sequence,
}

/// A channel's messages that changed since.
pub fn missed_messages(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    since: Sequence,
) -> Result<Missed<Message>, CommandError> {
    let head = reader(tx, user, channel)?.channel.sequence;
    Ok(missed(tx.changed_messages(channel, since, Room::CHANGE)?, head))
}

/// A channel's members who changed since.
pub fn missed_members(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    since: Sequence,
) -> Result<Missed<Member>, CommandError> {
    let head = reader(tx, user, channel)?.channel.sequence;
    Ok(missed(tx.changed_members(channel, since, Room::CHANGE)?, head))
}

/// One's own memberships that changed since.
pub fn missed_memberships(
    tx: &mut dyn Tx,
    user: UserSid,
    since: Sequence,
) -> Result<Missed<Membership>, CommandError> {
    let user = present_user(tx, user)?;
    let head = tx.head(chat::protocol::Scope::User(user.sid))?.unwrap_or_default();
    Ok(missed(tx.changed_memberships(user.sid, since, Room::CHANGE)?, head))
}

/// Every channel that a user is in or invited to, as the user's own scope tells it, and how that stands.
pub fn my_memberships(
    tx: &mut dyn Tx,
    user: UserSid,
) -> Result<(Vec<Membership>, Sequence), CommandError> {
    let (mut since, mut present) = (Sequence(0), Vec::new());
    loop {
        let missed = missed_memberships(tx, user, since)?;
        since = missed.rows.last().map_or(missed.head, |last| last.changed);
        let there = |row: &Membership| !row.has_left() || row.invited.is_some();
        present.extend(missed.rows.into_iter().filter(there));
        if !missed.more {
            return Ok((present, missed.head));
        }
    }
}

fn missed<T>(page: Page<T>, head: Sequence) -> Missed<T> {
    Missed { rows: page.rows, more: page.more, head }
}
