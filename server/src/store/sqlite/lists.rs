//! What a backend lists and looks up: each question is answered from an index, at the row where
//! the page begins.

use chat::{
    ChannelSid, InviteSid, MemberSid, Message, MessageIndex, MessageSid, Timestamp, UniqueName,
    UserSid,
};
use rusqlite::{OptionalExtension, Result, Row, params};

use super::SqliteTx;
use super::channels::live_channel;
use super::members::{invited, member, membership};
use super::messages::message;
use super::users::user;
use super::values::{Columns, number, rows};
use crate::store::pieces::{Page, Room};
use crate::store::tx::Lists;
use crate::store::{
    Ask, Broken, ListedInvite, ListedMember, ListedMembership, ListedUser, LiveChannel,
};

/// Before the first SID: no SID is empty.
const BEFORE_ALL: &[u8] = &[];

macro_rules! listed_members {
    () => {
        concat!("SELECT ", member_columns!(), ", members.horizon FROM members WHERE channel = ?1 ")
    };
}

macro_rules! listed_memberships {
    () => {
        concat!(
            "SELECT members.sid, ",
            membership_columns!(),
            ", members.joined_index
             FROM members JOIN channels ON channels.sid = members.channel
             WHERE members.user = ?1 AND channels.deleted_at IS NULL
                 AND (members.role IS NOT NULL OR members.invite IS NOT NULL) "
        )
    };
}

macro_rules! listed_invites {
    () => {
        "SELECT user, identity, invite, invited_by, invited_at, invited_name, invited_role
         FROM members WHERE channel = ?1 AND invite IS NOT NULL "
    };
}

pub(super) const CHANNELS: &str = concat!(
    "SELECT ",
    live_channel_columns!(),
    " FROM channels WHERE service = ?1 AND sid > ?2 AND deleted_at IS NULL ORDER BY sid LIMIT ?3"
);

pub(super) const CHANNELS_OF_KIND: &str = concat!(
    "SELECT ",
    live_channel_columns!(),
    " FROM channels WHERE service = ?1 AND private = ?4 AND sid > ?2 AND deleted_at IS NULL
     ORDER BY sid LIMIT ?3"
);

pub(super) const CHANNEL_NAMED: &str = concat!(
    "SELECT ",
    live_channel_columns!(),
    " FROM channels WHERE service = ?1 AND unique_name = ?2"
);

pub(super) const USERS: &str = concat!(
    "SELECT ",
    user_columns!(),
    ", users.made_at FROM users
     WHERE service = ?1 AND sid > ?2 AND retired_at IS NULL ORDER BY sid LIMIT ?3"
);

pub(super) const MEMBER: &str = concat!(listed_members!(), "AND user = ?2 AND role IS NOT NULL");

pub(super) const MEMBERS: &str =
    concat!(listed_members!(), "AND user > ?2 AND role IS NOT NULL ORDER BY user LIMIT ?3");

pub(super) const USER_OF_MEMBER: &str =
    "SELECT user FROM members WHERE channel = ?1 AND sid = ?2 AND role IS NOT NULL";

pub(super) const MEMBERSHIP: &str = concat!(listed_memberships!(), "AND members.channel = ?2");

pub(super) const MEMBERSHIPS: &str =
    concat!(listed_memberships!(), "AND members.channel > ?2 ORDER BY members.channel LIMIT ?3");

pub(super) const INVITE: &str = concat!(listed_invites!(), "AND invite = ?2");

pub(super) const INVITES: &str = concat!(listed_invites!(), "AND user > ?2 ORDER BY user LIMIT ?3");

pub(super) const MESSAGES: &str = concat!(
    "SELECT ",
    message_columns!(),
    messages_with_media!(),
    "WHERE channel = ?1 AND idx >= ?2 AND deleted = 0 ORDER BY idx"
);

pub(super) const INDEX_OF_MESSAGE: &str =
    "SELECT idx FROM messages WHERE channel = ?1 AND sid = ?2 AND deleted = 0";

pub(super) const PLACE_OF_MESSAGE: &str = "SELECT channel, idx FROM messages WHERE sid = ?1";

fn listed_user(row: &Row<'_>) -> Result<ListedUser> {
    Ok(ListedUser { user: user(row)?, made_at: Timestamp(row.get("made_at")?) })
}

fn listed_member(row: &Row<'_>) -> Result<ListedMember> {
    let mut columns = Columns::of(row);
    Ok(ListedMember { member: member(&mut columns)?, horizon: columns.maybe_index()? })
}

fn listed_membership(row: &Row<'_>) -> Result<ListedMembership> {
    let mut columns = Columns::of(row);
    Ok(ListedMembership {
        sid: columns.sid(MemberSid::from_bytes)?,
        membership: membership(&mut columns)?,
        joined_index: columns.maybe_index()?,
    })
}

fn listed_invite(row: &Row<'_>) -> Result<Option<ListedInvite>> {
    let mut columns = Columns::of(row);
    let (user, identity) = (columns.sid(UserSid::from_bytes)?, columns.text()?);
    Ok(invited(&mut columns)?.map(|invited| ListedInvite { user, identity, invited }))
}

impl Lists for SqliteTx<'_> {
    fn channel_named(&mut self, name: &UniqueName) -> Ask<Option<LiveChannel>> {
        let service = self.service_id()?;
        let channel = self
            .connection
            .prepare_cached(CHANNEL_NAMED)?
            .query_row(params![service, name.as_str()], |row| live_channel(&mut Columns::of(row)))
            .optional()?;
        Ok(channel.flatten())
    }

    fn channels_after(
        &mut self,
        after: Option<ChannelSid>,
        private: Option<bool>,
        limit: usize,
    ) -> Ask<Vec<LiveChannel>> {
        let service = self.service_id()?;
        let after = after.as_ref().map_or(BEFORE_ALL, |sid| sid.as_bytes());
        let question = if private.is_some() { CHANNELS_OF_KIND } else { CHANNELS };
        let mut statement = self.connection.prepare_cached(question)?;
        let show = |row: &Row<'_>| live_channel(&mut Columns::of(row));
        let limit = rows(limit);
        let channels = match private {
            Some(private) => statement.query_map(params![service, after, limit, private], show)?,
            None => statement.query_map(params![service, after, limit], show)?,
        };
        Ok(channels.filter_map(Result::transpose).collect::<Result<_>>()?)
    }

    fn listed_user(&mut self, user: UserSid) -> Ask<Option<ListedUser>> {
        Ok(self
            .connection
            .prepare_cached(concat!(
                "SELECT ",
                user_columns!(),
                ", users.made_at FROM users WHERE sid = ?1 AND retired_at IS NULL"
            ))?
            .query_row([user.as_bytes()], listed_user)
            .optional()?)
    }

    fn users_after(&mut self, after: Option<UserSid>, limit: usize) -> Ask<Vec<ListedUser>> {
        let service = self.service_id()?;
        let after = after.as_ref().map_or(BEFORE_ALL, |sid| sid.as_bytes());
        let mut statement = self.connection.prepare_cached(USERS)?;
        let users = statement.query_map(params![service, after, rows(limit)], listed_user)?;
        Ok(users.collect::<Result<_>>()?)
    }

    fn listed_member(&mut self, channel: ChannelSid, user: UserSid) -> Ask<Option<ListedMember>> {
        Ok(self
            .connection
            .prepare_cached(MEMBER)?
            .query_row(params![channel.as_bytes(), user.as_bytes()], listed_member)
            .optional()?)
    }

    fn members_after(
        &mut self,
        channel: ChannelSid,
        after: Option<UserSid>,
        limit: usize,
    ) -> Ask<Vec<ListedMember>> {
        let after = after.as_ref().map_or(BEFORE_ALL, |sid| sid.as_bytes());
        let mut statement = self.connection.prepare_cached(MEMBERS)?;
        let members =
            statement.query_map(params![channel.as_bytes(), after, rows(limit)], listed_member)?;
        Ok(members.collect::<Result<_>>()?)
    }

    fn user_of_member(&mut self, channel: ChannelSid, member: MemberSid) -> Ask<Option<UserSid>> {
        Ok(self
            .connection
            .prepare_cached(USER_OF_MEMBER)?
            .query_row(params![channel.as_bytes(), member.as_bytes()], |row| {
                Columns::of(row).sid(UserSid::from_bytes)
            })
            .optional()?)
    }

    fn listed_membership(
        &mut self,
        user: UserSid,
        channel: ChannelSid,
    ) -> Ask<Option<ListedMembership>> {
        Ok(self
            .connection
            .prepare_cached(MEMBERSHIP)?
            .query_row(params![user.as_bytes(), channel.as_bytes()], listed_membership)
            .optional()?)
    }

    fn memberships_after(
        &mut self,
        user: UserSid,
        after: Option<ChannelSid>,
        limit: usize,
    ) -> Ask<Vec<ListedMembership>> {
        let after = after.as_ref().map_or(BEFORE_ALL, |sid| sid.as_bytes());
        let mut statement = self.connection.prepare_cached(MEMBERSHIPS)?;
        let memberships =
            statement.query_map(params![user.as_bytes(), after, rows(limit)], listed_membership)?;
        Ok(memberships.collect::<Result<_>>()?)
    }

    fn listed_invite(
        &mut self,
        channel: ChannelSid,
        invite: InviteSid,
    ) -> Ask<Option<ListedInvite>> {
        let listed = self
            .connection
            .prepare_cached(INVITE)?
            .query_row(params![channel.as_bytes(), invite.as_bytes()], listed_invite)
            .optional()?;
        Ok(listed.flatten())
    }

    fn invites_after(
        &mut self,
        channel: ChannelSid,
        after: Option<UserSid>,
        limit: usize,
    ) -> Ask<Vec<ListedInvite>> {
        let after = after.as_ref().map_or(BEFORE_ALL, |sid| sid.as_bytes());
        let mut statement = self.connection.prepare_cached(INVITES)?;
        let invites =
            statement.query_map(params![channel.as_bytes(), after, rows(limit)], listed_invite)?;
        Ok(invites.filter_map(Result::transpose).collect::<Result<_>>()?)
    }

    fn messages_from(
        &mut self,
        channel: ChannelSid,
        first: MessageIndex,
        room: Room,
    ) -> Ask<Page<Message>> {
        let mut statement = self.connection.prepare_cached(MESSAGES)?;
        let messages =
            statement.query_map(params![channel.as_bytes(), number(first.0)], message)?;
        room.fill(messages.map(|message| message.map_err(Broken::from)))
    }

    fn place_of_message(&mut self, message: MessageSid) -> Ask<Option<(ChannelSid, MessageIndex)>> {
        Ok(self
            .connection
            .prepare_cached(PLACE_OF_MESSAGE)?
            .query_row([message.as_bytes()], |row| {
                let mut columns = Columns::of(row);
                Ok((columns.sid(ChannelSid::from_bytes)?, columns.index()?))
            })
            .optional()?)
    }

    fn index_of_message(
        &mut self,
        channel: ChannelSid,
        message: MessageSid,
    ) -> Ask<Option<MessageIndex>> {
        Ok(self
            .connection
            .prepare_cached(INDEX_OF_MESSAGE)?
            .query_row(params![channel.as_bytes(), message.as_bytes()], |row| {
                Columns::of(row).index()
            })
            .optional()?)
    }
}
