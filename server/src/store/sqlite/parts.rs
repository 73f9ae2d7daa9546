//! What changed in a scope, one kind of row alone.

use chat::{ChannelSid, Member, MemberSid, Membership, Message, Sequence, UserSid};
use rusqlite::{Params, Result, Row, params};

use super::SqliteTx;
use super::members::{self, member, membership};
use super::messages::{self, message};
use super::values::{Columns, number, rows};
use crate::store::pieces::{Page, Room, Weight};
use crate::store::tx::Parts;
use crate::store::{Ask, Broken};

pub(super) const MEMBERS: &str = concat!(
    "SELECT ",
    member_columns!(),
    " FROM members WHERE channel = ?1 AND sid >= ?2 AND role IS NOT NULL ORDER BY sid LIMIT ?3"
);

impl SqliteTx<'_> {
    fn part<T: Weight>(
        &self,
        question: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> Result<T>,
        room: Room,
    ) -> Ask<Page<T>> {
        let mut statement = self.connection.prepare_cached(question)?;
        let rows = statement.query_map(params, read)?;
        room.fill(rows.map(|row| row.map_err(Broken::from)))
    }
}

impl Parts for SqliteTx<'_> {
    fn changed_messages(
        &mut self,
        channel: ChannelSid,
        since: Sequence,
        room: Room,
    ) -> Ask<Page<Message>> {
        let of = params![channel.as_bytes(), number(since.0)];
        self.part(messages::CHANGED, of, message, room)
    }

    fn changed_members(
        &mut self,
        channel: ChannelSid,
        since: Sequence,
        room: Room,
    ) -> Ask<Page<Member>> {
        let of = params![channel.as_bytes(), number(since.0)];
        self.part(members::CHANGED, of, |row| member(&mut Columns::of(row)), room)
    }

    fn changed_memberships(
        &mut self,
        user: UserSid,
        since: Sequence,
        room: Room,
    ) -> Ask<Page<Membership>> {
        let of = params![user.as_bytes(), number(since.0)];
        self.part(members::MY_CHANGED, of, |row| membership(&mut Columns::of(row)), room)
    }

    fn members_from(
        &mut self,
        channel: ChannelSid,
        first: Option<MemberSid>,
        limit: usize,
    ) -> Ask<Vec<Member>> {
        let mut statement = self.connection.prepare_cached(MEMBERS)?;
        // Every SID comes after no bytes at all.
        let first = first.as_ref().map_or(&[][..], |first| first.as_bytes());
        let members = statement
            .query_map(params![channel.as_bytes(), first, rows(limit)], |row| {
                member(&mut Columns::of(row))
            })?;
        Ok(members.collect::<Result<_>>()?)
    }
}
