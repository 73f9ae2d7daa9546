//! Members: each write takes the next sequence of the scopes that tell it, and reads the row
//! back.

use chat::protocol;
use chat::{
    ChannelRole, ChannelSid, Member, MemberSid, Membership, MessageIndex, Sequence, Timestamp,
    UserSid,
};
use rusqlite::{OptionalExtension, Result, Row, params};

use super::SqliteTx;
use super::channels::live_channel;
use super::values::{Columns, Kept, number, rows};
use crate::store::tx::Members;
use crate::store::{Ask, LiveChannel, LiveMember, MemberRows, NewMember};

pub(super) const CHANGED: &str = concat!(
    "SELECT ",
    member_columns!(),
    " FROM members WHERE channel = ?1 AND changed > ?2 ORDER BY changed"
);

pub(super) const MY_CHANGED: &str = concat!(
    "SELECT ",
    membership_columns!(),
    " FROM members WHERE user = ?1 AND my_changed > ?2 ORDER BY my_changed"
);

pub(super) fn row(row: &Row<'_>) -> Result<protocol::Row> {
    member(&mut Columns::of(row)).map(protocol::Row::Member)
}

pub(super) fn my_row(row: &Row<'_>) -> Result<protocol::Row> {
    membership(&mut Columns::of(row)).map(protocol::Row::Membership)
}

fn member(columns: &mut Columns<'_, '_>) -> Result<Member> {
    Ok(Member {
        sid: columns.sid(MemberSid::from_bytes)?,
        user: columns.sid(UserSid::from_bytes)?,
        identity: columns.text()?,
        guest: columns.value()?,
        role: columns.channel_role()?,
        horizon: columns.maybe_index()?,
        at: columns.time()?,
        entered: columns.sequence()?,
        changed: columns.sequence()?,
    })
}

fn membership(columns: &mut Columns<'_, '_>) -> Result<Membership> {
    Ok(Membership {
        channel: columns.sid(ChannelSid::from_bytes)?,
        role: columns.channel_role()?,
        horizon: columns.maybe_index()?,
        entered: columns.sequence()?,
        changed: columns.sequence()?,
    })
}

/// Nothing if they have left.
fn live_member(columns: &mut Columns<'_, '_>) -> Result<Option<LiveMember>> {
    let sid = columns.sid(MemberSid::from_bytes)?;
    let Some(role) = columns.channel_role()? else { return Ok(None) };
    Ok(Some(LiveMember {
        sid,
        role,
        horizon: columns.maybe_index()?,
        shown_at: columns.maybe_time()?,
        joined_index: columns.maybe_index()?,
    }))
}

impl SqliteTx<'_> {
    /// A channel's next sequence, with so many members more, and its last index.
    fn next_of_channel(
        &self,
        channel: ChannelSid,
        members: i64,
    ) -> Ask<(Sequence, Option<MessageIndex>)> {
        Ok(self
            .connection
            .prepare_cached(
                "UPDATE channels SET sequence = sequence + 1, members = members + ?2
                 WHERE sid = ?1 RETURNING sequence, last_index",
            )?
            .query_row(params![channel.as_bytes(), members], |row| {
                let mut columns = Columns::of(row);
                Ok((columns.sequence()?, columns.maybe_index()?))
            })?)
    }

    pub(super) fn member_rows(&self, channel: ChannelSid, user: UserSid) -> Ask<MemberRows> {
        Ok(self
            .connection
            .prepare_cached(concat!(
                "SELECT ",
                member_columns!(),
                ", ",
                membership_columns!(),
                " FROM members WHERE channel = ?1 AND user = ?2"
            ))?
            .query_row(params![channel.as_bytes(), user.as_bytes()], |row| {
                let mut columns = Columns::of(row);
                Ok(MemberRows {
                    member: member(&mut columns)?,
                    membership: membership(&mut columns)?,
                })
            })?)
    }
}

impl Members for SqliteTx<'_> {
    fn member(&mut self, channel: ChannelSid, user: UserSid) -> Ask<Option<LiveMember>> {
        let member = self
            .connection
            .prepare_cached(concat!(
                "SELECT ",
                live_member_columns!(),
                " FROM members WHERE channel = ?1 AND user = ?2"
            ))?
            .query_row(params![channel.as_bytes(), user.as_bytes()], |row| {
                live_member(&mut Columns::of(row))
            })
            .optional()?;
        Ok(member.flatten())
    }

    fn members(
        &mut self,
        channel: ChannelSid,
        after: Option<UserSid>,
        limit: usize,
    ) -> Ask<Vec<Member>> {
        let mut statement = self.connection.prepare_cached(concat!(
            "SELECT ",
            member_columns!(),
            " FROM members WHERE channel = ?1 AND user > ?2 AND role IS NOT NULL
              ORDER BY user LIMIT ?3"
        ))?;
        // Every SID comes after no bytes at all.
        let after = after.as_ref().map_or(&[][..], |after| after.as_bytes());
        let members = statement
            .query_map(params![channel.as_bytes(), after, rows(limit)], |row| {
                member(&mut Columns::of(row))
            })?;
        Ok(members.collect::<Result<_>>()?)
    }

    fn admins(&mut self, channel: ChannelSid) -> Ask<Vec<UserSid>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT user FROM members WHERE channel = ?1 AND role = 'admin' ORDER BY user",
        )?;
        let admins = statement
            .query_map([channel.as_bytes()], |row| Columns::of(row).sid(UserSid::from_bytes))?;
        Ok(admins.collect::<Result<_>>()?)
    }

    fn memberships(&mut self, user: UserSid) -> Ask<Vec<(LiveChannel, LiveMember)>> {
        let mut statement = self.connection.prepare_cached(concat!(
            "SELECT ",
            live_member_columns!(),
            ", ",
            live_channel_columns!(),
            " FROM members JOIN channels ON channels.sid = members.channel
              WHERE user = ?1 AND role IS NOT NULL AND deleted_at IS NULL
              ORDER BY members.channel"
        ))?;
        let memberships = statement.query_map([user.as_bytes()], |row| {
            let mut columns = Columns::of(row);
            let member = live_member(&mut columns)?;
            Ok(live_channel(&mut columns)?.zip(member))
        })?;
        Ok(memberships.filter_map(Result::transpose).collect::<Result<_>>()?)
    }

    fn channels_of(&mut self, user: UserSid) -> Ask<u64> {
        Ok(self
            .connection
            .prepare_cached("SELECT count(*) FROM members WHERE user = ?1 AND role IS NOT NULL")?
            .query_row([user.as_bytes()], |row| Columns::of(row).count())?)
    }

    fn add_member(&mut self, member: &NewMember<'_>) -> Ask<MemberRows> {
        let (entered, last_index) = self.next_of_channel(member.channel, 1)?;
        let my_entered = self.next_of_user(member.user.sid)?;
        self.connection
            .prepare_cached(
                "INSERT INTO members (channel, user, sid, identity, guest, role, joined_index, at,
                     entered, changed, my_entered, my_changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10, ?10)
                 ON CONFLICT (channel, user) DO UPDATE SET
                     sid = ?3, identity = ?4, guest = ?5, role = ?6, joined_index = ?7, at = ?8,
                     entered = ?9, changed = ?9, my_entered = ?10, my_changed = ?10",
            )?
            .execute(params![
                member.channel.as_bytes(),
                member.user.sid.as_bytes(),
                member.sid.as_bytes(),
                member.user.identity.as_str(),
                member.user.guest,
                Kept(member.role),
                last_index.map(|index| number(index.0)),
                member.at.0,
                number(entered.0),
                number(my_entered.0),
            ])?;
        self.member_rows(member.channel, member.user.sid)
    }

    fn set_role(
        &mut self,
        channel: ChannelSid,
        user: UserSid,
        role: ChannelRole,
    ) -> Ask<MemberRows> {
        let (changed, _) = self.next_of_channel(channel, 0)?;
        let my_changed = self.next_of_user(user)?;
        self.connection
            .prepare_cached(
                "UPDATE members SET role = ?3, changed = ?4, my_changed = ?5
                 WHERE channel = ?1 AND user = ?2",
            )?
            .execute(params![
                channel.as_bytes(),
                user.as_bytes(),
                Kept(role),
                number(changed.0),
                number(my_changed.0),
            ])?;
        self.member_rows(channel, user)
    }

    fn remove_member(
        &mut self,
        channel: ChannelSid,
        user: UserSid,
        at: Timestamp,
    ) -> Ask<MemberRows> {
        let (changed, _) = self.next_of_channel(channel, -1)?;
        let my_changed = self.next_of_user(user)?;
        self.connection
            .prepare_cached(
                "UPDATE members SET role = NULL, joined_index = NULL, horizon = NULL,
                     shown_horizon = NULL, shown_at = NULL, at = ?3, changed = ?4, my_changed = ?5
                 WHERE channel = ?1 AND user = ?2",
            )?
            .execute(params![
                channel.as_bytes(),
                user.as_bytes(),
                at.0,
                number(changed.0),
                number(my_changed.0),
            ])?;
        self.member_rows(channel, user)
    }

    fn set_horizon(
        &mut self,
        channel: ChannelSid,
        user: UserSid,
        index: MessageIndex,
    ) -> Ask<Membership> {
        let my_changed = self.next_of_user(user)?;
        Ok(self
            .connection
            .prepare_cached(concat!(
                "UPDATE members SET horizon = ?3, my_changed = ?4
                 WHERE channel = ?1 AND user = ?2 RETURNING ",
                membership_columns!()
            ))?
            .query_row(
                params![channel.as_bytes(), user.as_bytes(), number(index.0), number(my_changed.0)],
                |row| membership(&mut Columns::of(row)),
            )?)
    }

    fn show_horizon(&mut self, channel: ChannelSid, user: UserSid, at: Timestamp) -> Ask<Member> {
        let (changed, _) = self.next_of_channel(channel, 0)?;
        Ok(self
            .connection
            .prepare_cached(concat!(
                "UPDATE members SET shown_horizon = horizon, shown_at = ?3, changed = ?4
                 WHERE channel = ?1 AND user = ?2 RETURNING ",
                member_columns!()
            ))?
            .query_row(
                params![channel.as_bytes(), user.as_bytes(), at.0, number(changed.0)],
                |row| member(&mut Columns::of(row)),
            )?)
    }
}
