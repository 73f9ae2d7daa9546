//! Members: each write takes the next sequence of the scopes that tell it, and reads the row
//! back.

use chat::protocol;
use chat::{
    Attributes, ChannelSid, InviteSid, Invited, Level, Member, MemberSid, Membership, MessageIndex,
    RoleSid, Sequence, Timestamp, User, UserSid,
};
use rusqlite::{OptionalExtension, Result, Row, params};

use super::SqliteTx;
use super::channels::live_channel;
use super::values::{Columns, number, rows};
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

pub(super) fn member(columns: &mut Columns<'_, '_>) -> Result<Member> {
    Ok(Member {
        sid: columns.sid(MemberSid::from_bytes)?,
        user: columns.sid(UserSid::from_bytes)?,
        identity: columns.text()?,
        guest: columns.value()?,
        role: columns.maybe_sid(RoleSid::from_bytes)?,
        horizon: columns.maybe_index()?,
        read_at: columns.maybe_time()?,
        attributes: columns.text()?,
        at: columns.time()?,
        entered: columns.sequence()?,
        changed: columns.sequence()?,
    })
}

pub(super) fn membership(columns: &mut Columns<'_, '_>) -> Result<Membership> {
    Ok(Membership {
        channel: columns.sid(ChannelSid::from_bytes)?,
        role: columns.maybe_sid(RoleSid::from_bytes)?,
        invited: invited(columns)?,
        horizon: columns.maybe_index()?,
        level: level(columns)?,
        entered: columns.sequence()?,
        changed: columns.sequence()?,
    })
}

pub(super) fn invited(columns: &mut Columns<'_, '_>) -> Result<Option<Invited>> {
    let sid = columns.maybe_sid(InviteSid::from_bytes)?;
    let (by, at, name) = (columns.maybe_text()?, columns.maybe_time()?, columns.maybe_text()?);
    let role = columns.maybe_sid(RoleSid::from_bytes)?;
    let whole = sid.zip(by).zip(at).zip(name);
    Ok(whole.map(|(((sid, by), at), friendly_name)| Invited { sid, by, at, friendly_name, role }))
}

fn level(columns: &mut Columns<'_, '_>) -> Result<Level> {
    Ok(if columns.value()? { Level::Muted } else { Level::Default })
}

/// Nothing if they have left.
pub(super) fn live_member(columns: &mut Columns<'_, '_>) -> Result<Option<LiveMember>> {
    let sid = columns.sid(MemberSid::from_bytes)?;
    let Some(role) = columns.maybe_sid(RoleSid::from_bytes)? else { return Ok(None) };
    Ok(Some(LiveMember {
        sid,
        role,
        permissions: columns.permissions()?,
        horizon: columns.maybe_index()?,
        shown_at: columns.maybe_time()?,
        joined_index: columns.maybe_index()?,
        attributes: columns.text()?,
        level: level(columns)?,
        changed: columns.sequence()?,
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
        let service = self.service_id()?;
        let member = self
            .connection
            .prepare_cached(concat!(
                "SELECT ",
                live_member_columns!(),
                members_with_roles!("?3"),
                "WHERE channel = ?1 AND user = ?2 AND role IS NOT NULL"
            ))?
            .query_row(params![channel.as_bytes(), user.as_bytes(), service], |row| {
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

    fn bearers(&mut self, channel: ChannelSid, role: RoleSid) -> Ask<Vec<UserSid>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT user FROM members WHERE channel = ?1 AND role = ?2 ORDER BY user",
        )?;
        let bearers = statement.query_map([channel.as_bytes(), role.as_bytes()], |row| {
            Columns::of(row).sid(UserSid::from_bytes)
        })?;
        Ok(bearers.collect::<Result<_>>()?)
    }

    fn memberships(&mut self, user: UserSid) -> Ask<Vec<(LiveChannel, LiveMember)>> {
        let service = self.service_id()?;
        let mut statement = self.connection.prepare_cached(concat!(
            "SELECT ",
            live_member_columns!(),
            ", ",
            live_channel_columns!(),
            members_with_roles!("?2"),
            "JOIN channels ON channels.sid = members.channel
              WHERE user = ?1 AND role IS NOT NULL AND channels.deleted_at IS NULL
              ORDER BY members.channel"
        ))?;
        let memberships = statement.query_map(params![user.as_bytes(), service], |row| {
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
                     sid = iif(entered = 0, ?3, sid), identity = ?4, guest = ?5, role = ?6,
                     joined_index = ?7, at = ?8,
                     invite = NULL, invited_by = NULL, invited_at = NULL, invited_name = NULL,
                     invited_role = NULL,
                     entered = ?9, changed = ?9, my_entered = ?10, my_changed = ?10",
            )?
            .execute(params![
                member.channel.as_bytes(),
                member.user.sid.as_bytes(),
                member.sid.as_bytes(),
                member.user.identity.as_str(),
                member.user.guest,
                member.role.as_bytes(),
                last_index.map(|index| number(index.0)),
                member.at.0,
                number(entered.0),
                number(my_entered.0),
            ])?;
        self.member_rows(member.channel, member.user.sid)
    }

    fn change_member(
        &mut self,
        channel: ChannelSid,
        user: UserSid,
        role: RoleSid,
        attributes: &Attributes,
    ) -> Ask<MemberRows> {
        let (changed, _) = self.next_of_channel(channel, 0)?;
        let my_changed = self.next_of_user(user)?;
        self.connection
            .prepare_cached(
                "UPDATE members SET role = ?3, attributes = ?4, changed = ?5, my_changed = ?6
                 WHERE channel = ?1 AND user = ?2",
            )?
            .execute(params![
                channel.as_bytes(),
                user.as_bytes(),
                role.as_bytes(),
                attributes.as_str(),
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
            .prepare_cached(concat!(
                "UPDATE members SET ",
                emptied_member!(),
                ", at = ?3, changed = ?4, my_changed = ?5 WHERE channel = ?1 AND user = ?2"
            ))?
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
        index: Option<MessageIndex>,
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
                params![
                    channel.as_bytes(),
                    user.as_bytes(),
                    index.map(|index| number(index.0)),
                    number(my_changed.0)
                ],
                |row| membership(&mut Columns::of(row)),
            )?)
    }

    fn set_level(&mut self, channel: ChannelSid, user: UserSid, level: Level) -> Ask<Membership> {
        let my_changed = self.next_of_user(user)?;
        Ok(self
            .connection
            .prepare_cached(concat!(
                "UPDATE members SET muted = ?3, my_changed = ?4
                 WHERE channel = ?1 AND user = ?2 RETURNING ",
                membership_columns!()
            ))?
            .query_row(
                params![
                    channel.as_bytes(),
                    user.as_bytes(),
                    level == Level::Muted,
                    number(my_changed.0)
                ],
                |row| membership(&mut Columns::of(row)),
            )?)
    }

    fn invited(&mut self, channel: ChannelSid, user: UserSid) -> Ask<Option<Invited>> {
        let invited = self
            .connection
            .prepare_cached(
                "SELECT invite, invited_by, invited_at, invited_name, invited_role FROM members
                 WHERE channel = ?1 AND user = ?2",
            )?
            .query_row([channel.as_bytes(), user.as_bytes()], |row| {
                self::invited(&mut Columns::of(row))
            })
            .optional()?;
        Ok(invited.flatten())
    }

    fn invite(&mut self, channel: ChannelSid, user: &User, invited: &Invited) -> Ask<Membership> {
        let my_changed = self.next_of_user(user.sid)?;
        Ok(self
            .connection
            .prepare_cached(concat!(
                "INSERT INTO members (channel, user, sid, identity, guest, invite, invited_by,
                     invited_at, invited_name, at, entered, changed, my_entered, my_changed,
                     invited_role)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?3, ?6, ?7, ?8, ?7, 0, 0, ?9, ?9, ?10)
                 ON CONFLICT (channel, user) DO UPDATE SET
                     invite = ?3, invited_by = ?6, invited_at = ?7, invited_name = ?8,
                     invited_role = ?10, my_entered = ?9, my_changed = ?9
                 RETURNING ",
                membership_columns!()
            ))?
            .query_row(
                params![
                    channel.as_bytes(),
                    user.sid.as_bytes(),
                    invited.sid.as_bytes(),
                    user.identity.as_str(),
                    user.guest,
                    invited.by.as_str(),
                    invited.at.0,
                    invited.friendly_name.as_str(),
                    number(my_changed.0),
                    invited.role.as_ref().map(RoleSid::as_bytes),
                ],
                |row| membership(&mut Columns::of(row)),
            )?)
    }

    fn end_invitation(&mut self, channel: ChannelSid, user: UserSid) -> Ask<Membership> {
        let my_changed = self.next_of_user(user)?;
        Ok(self
            .connection
            .prepare_cached(concat!(
                "UPDATE members SET invite = NULL, invited_by = NULL, invited_at = NULL,
                     invited_name = NULL, invited_role = NULL, my_changed = ?3
                 WHERE channel = ?1 AND user = ?2 RETURNING ",
                membership_columns!()
            ))?
            .query_row(
                params![channel.as_bytes(), user.as_bytes(), number(my_changed.0)],
                |row| membership(&mut Columns::of(row)),
            )?)
    }

    fn invitations_of(&mut self, user: UserSid) -> Ask<Vec<ChannelSid>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT channel FROM members WHERE user = ?1 AND invite IS NOT NULL ORDER BY channel",
        )?;
        let channels = statement
            .query_map([user.as_bytes()], |row| Columns::of(row).sid(ChannelSid::from_bytes))?;
        Ok(channels.collect::<Result<_>>()?)
    }

    fn invitations(&mut self, channel: ChannelSid) -> Ask<Vec<(UserSid, Invited)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT user, invite, invited_by, invited_at, invited_name, invited_role FROM members
             WHERE channel = ?1 AND invite IS NOT NULL ORDER BY user",
        )?;
        let invitations = statement.query_map([channel.as_bytes()], |row| {
            let mut columns = Columns::of(row);
            Ok((columns.sid(UserSid::from_bytes)?, self::invited(&mut columns)?))
        })?;
        let whole = |(user, invited): (UserSid, Option<Invited>)| Some((user, invited?));
        Ok(invitations.filter_map(|row| row.map(whole).transpose()).collect::<Result<_>>()?)
    }

    fn date_member(&mut self, channel: ChannelSid, user: UserSid, at: Timestamp) -> Ask<Member> {
        let (changed, _) = self.next_of_channel(channel, 0)?;
        Ok(self
            .connection
            .prepare_cached(concat!(
                "UPDATE members SET at = ?3, changed = ?4
                 WHERE channel = ?1 AND user = ?2 RETURNING ",
                member_columns!()
            ))?
            .query_row(
                params![channel.as_bytes(), user.as_bytes(), at.0, number(changed.0)],
                |row| member(&mut Columns::of(row)),
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

    fn hide_horizons(&mut self) -> Ask<()> {
        self.connection
            .prepare_cached(
                "UPDATE members SET shown_horizon = NULL, shown_at = NULL
                 WHERE shown_at IS NOT NULL",
            )?
            .execute([])?;
        Ok(())
    }
}
