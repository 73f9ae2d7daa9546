//! Members.

use chat::{
    Attributes, ChannelSid, Invited, Level, Member, Membership, MessageIndex, RoleSid, Sequence,
    Timestamp, User, UserSid,
};

use super::MemoryTx;
use super::rows::KeptMember;
use crate::store::tx::Members;
use crate::store::{Ask, LiveChannel, LiveMember, MemberRows, NewMember};

impl MemoryTx {
    fn present(&self) -> impl Iterator<Item = &KeptMember> {
        self.rows.members.values().filter(|kept| kept.role.is_some())
    }

    /// Changes what only the user's own scope tells.
    fn change_membership(
        &mut self,
        channel: ChannelSid,
        user: UserSid,
        change: impl FnOnce(&mut KeptMember),
    ) -> Ask<Membership> {
        let my_changed = self.user_mut(user)?.next();
        let kept = self.member_mut(channel, user)?;
        change(kept);
        kept.my_changed = my_changed;
        Ok(kept.membership())
    }

    /// The next sequence of both scopes that tell a member.
    fn next_of_both(&mut self, channel: ChannelSid, user: UserSid) -> Ask<(Sequence, Sequence)> {
        Ok((self.channel_mut(channel)?.next(), self.user_mut(user)?.next()))
    }
}

impl Members for MemoryTx {
    fn member(&mut self, channel: ChannelSid, user: UserSid) -> Ask<Option<LiveMember>> {
        let kept = self.rows.members.get(&(channel, user));
        Ok(kept.and_then(|kept| kept.live(|role| self.permissions_of(role))))
    }

    fn members(
        &mut self,
        channel: ChannelSid,
        after: Option<UserSid>,
        limit: usize,
    ) -> Ask<Vec<Member>> {
        let later =
            self.present().filter(|kept| kept.channel == channel && after < Some(kept.user));
        Ok(later.take(limit).map(KeptMember::row).collect())
    }

    fn bearers(&mut self, channel: ChannelSid, role: RoleSid) -> Ask<Vec<UserSid>> {
        let bearers = self.present().filter(|kept| kept.role == Some(role));
        Ok(bearers.filter(|kept| kept.channel == channel).map(|kept| kept.user).collect())
    }

    fn memberships(&mut self, user: UserSid) -> Ask<Vec<(LiveChannel, LiveMember)>> {
        let mine = self.present().filter(|kept| kept.user == user);
        Ok(mine
            .filter_map(|kept| {
                let channel = self.rows.channels.get(&kept.channel)?.live()?;
                Some((channel, kept.live(|role| self.permissions_of(role))?))
            })
            .collect())
    }

    fn channels_of(&mut self, user: UserSid) -> Ask<u64> {
        Ok(self.present().filter(|kept| kept.user == user).map(|_| 1).sum())
    }

    fn add_member(&mut self, member: &NewMember<'_>) -> Ask<MemberRows> {
        let (entered, my_entered) = self.next_of_both(member.channel, member.user.sid)?;
        let channel = self.channel_mut(member.channel)?;
        channel.members += 1;
        let joined_index = channel.last_index;
        let before = self.rows.members.get(&(member.channel, member.user.sid));
        let first_sid = before.filter(|kept| kept.entered != Sequence(0)).map(|kept| kept.sid);
        let kept = KeptMember {
            sid: first_sid.unwrap_or(member.sid),
            channel: member.channel,
            user: member.user.sid,
            identity: member.user.identity.clone(),
            guest: member.user.guest,
            role: Some(member.role),
            joined_index,
            horizon: None,
            shown_horizon: None,
            shown_at: None,
            attributes: Attributes::default(),
            level: Level::Default,
            invited: None,
            at: member.at,
            entered,
            changed: entered,
            my_entered,
            my_changed: my_entered,
        };
        let rows = kept.rows();
        self.rows_mut().members.insert((member.channel, member.user.sid), kept);
        Ok(rows)
    }

    fn change_member(
        &mut self,
        channel: ChannelSid,
        user: UserSid,
        role: RoleSid,
        attributes: &Attributes,
    ) -> Ask<MemberRows> {
        let (changed, my_changed) = self.next_of_both(channel, user)?;
        let kept = self.member_mut(channel, user)?;
        kept.role = Some(role);
        kept.attributes = attributes.clone();
        kept.changed = changed;
        kept.my_changed = my_changed;
        Ok(kept.rows())
    }

    fn remove_member(
        &mut self,
        channel: ChannelSid,
        user: UserSid,
        at: Timestamp,
    ) -> Ask<MemberRows> {
        let (changed, my_changed) = self.next_of_both(channel, user)?;
        self.channel_mut(channel)?.members -= 1;
        let kept = self.member_mut(channel, user)?;
        kept.empty();
        kept.at = at;
        kept.changed = changed;
        kept.my_changed = my_changed;
        Ok(kept.rows())
    }

    fn set_horizon(
        &mut self,
        channel: ChannelSid,
        user: UserSid,
        index: Option<MessageIndex>,
    ) -> Ask<Membership> {
        self.change_membership(channel, user, |kept| kept.horizon = index)
    }

    fn set_level(&mut self, channel: ChannelSid, user: UserSid, level: Level) -> Ask<Membership> {
        self.change_membership(channel, user, |kept| kept.level = level)
    }

    fn invited(&mut self, channel: ChannelSid, user: UserSid) -> Ask<Option<Invited>> {
        Ok(self.rows.members.get(&(channel, user)).and_then(|kept| kept.invited.clone()))
    }

    fn invitations(&mut self, channel: ChannelSid) -> Ask<Vec<(UserSid, Invited)>> {
        let of_channel = self.rows.members.values().filter(|kept| kept.channel == channel);
        Ok(of_channel.filter_map(|kept| Some((kept.user, kept.invited.clone()?))).collect())
    }

    fn invitations_of(&mut self, user: UserSid) -> Ask<Vec<ChannelSid>> {
        let mine = self.rows.members.values().filter(|kept| kept.user == user);
        Ok(mine.filter(|kept| kept.invited.is_some()).map(|kept| kept.channel).collect())
    }

    fn invite(&mut self, channel: ChannelSid, user: &User, invited: &Invited) -> Ask<Membership> {
        let my_entered = self.user_mut(user.sid)?.next();
        let kept = self.rows_mut().members.entry((channel, user.sid));
        let kept = kept.or_insert_with(|| KeptMember::never_was(channel, user, invited));
        kept.invited = Some(invited.clone());
        kept.my_entered = my_entered;
        kept.my_changed = my_entered;
        Ok(kept.membership())
    }

    fn end_invitation(&mut self, channel: ChannelSid, user: UserSid) -> Ask<Membership> {
        self.change_membership(channel, user, |kept| kept.invited = None)
    }

    fn date_member(&mut self, channel: ChannelSid, user: UserSid, at: Timestamp) -> Ask<Member> {
        let changed = self.channel_mut(channel)?.next();
        let kept = self.member_mut(channel, user)?;
        kept.at = at;
        kept.changed = changed;
        Ok(kept.row())
    }

    fn show_horizon(&mut self, channel: ChannelSid, user: UserSid, at: Timestamp) -> Ask<Member> {
        let changed = self.channel_mut(channel)?.next();
        let kept = self.member_mut(channel, user)?;
        kept.shown_horizon = kept.horizon;
        kept.shown_at = Some(at);
        kept.changed = changed;
        Ok(kept.row())
    }

    fn hide_horizons(&mut self) -> Ask<()> {
        for kept in self.rows_mut().members.values_mut() {
            (kept.shown_horizon, kept.shown_at) = (None, None);
        }
        Ok(())
    }
}
