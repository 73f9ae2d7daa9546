use chat::{ChannelSid, MemberSid, User, UserSid};

use crate::commands::CommandError;
use crate::queries::walk_members;
use crate::store::Tx;

/// Some of a channel's members as users, and where the next page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsersPage {
    pub users: Vec<User>,
    pub next: Option<MemberSid>,
}

/// Users who are members, from one membership on.
pub fn users_of_channel(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    from: Option<MemberSid>,
    limit: usize,
) -> Result<UsersPage, CommandError> {
    let mut members = walk_members(tx, user, channel, from, limit + 1)?.rows;
    let next = members.get(limit).map(|member| member.sid);
    members.truncate(limit);
    let mut users = Vec::with_capacity(members.len());
    for member in members {
        users.extend(tx.user(member.user)?);
    }
    Ok(UsersPage { users, next })
}
