//! Members.

use chat::{
    ChannelRole, ChannelSid, Member, Membership, MessageIndex, Sequence, Timestamp, UserSid,
};

use super::MemoryTx;
use super::rows::KeptMember;
use crate::store::tx::Members;
use crate::store::{Ask, LiveChannel, LiveMember, MemberRows, NewMember};

impl MemoryTx {
    fn present(&self) -> impl Iterator<Item = &KeptMember> {
        self.rows.members.values().filter(|kept| kept.role.is_some())
    }

    /// The next sequence of both scopes that tell a member.
    fn next_of_both(&mut self, channel: ChannelSid, user: UserSid) -> Ask<(Sequence, Sequence)> {
        Ok((self.channel_mut(channel)?.next(), self.user_mut(user)?.next()))
    }
}

impl Members for MemoryTx {
    fn member(&mut self, channel: ChannelSid, user: UserSid) -> Ask<Option<LiveMember>> {
        Ok(self.rows.members.get(&(channel, user)).and_then(KeptMember::live))
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

    fn admins(&mut self, channel: ChannelSid) -> Ask<Vec<UserSid>> {
        let admins = self.present().filter(|kept| kept.role == Some(ChannelRole::Admin));
        Ok(admins.filter(|kept| kept.channel == channel).map(|kept| kept.user).collect())
    }

    fn memberships(&mut self, user: UserSid) -> Ask<Vec<(LiveChannel, LiveMember)>> {
        let mine = self.present().filter(|kept| kept.user == user);
        Ok(mine
            .filter_map(|kept| Some((self.rows.channels.get(&kept.channel)?.live()?, kept.live()?)))
            .collect())
    }

    fn channels_of(&mut self, user: UserSid) -> Ask<u64> {
        Ok(self.present().filter(|kept| kept.user == user).map(|_| 1).sum())
    }

    fn add_member(&mut self, member: &NewMember<'_>) -> Ask<MemberRows> {
        let (entered, my_entered) = self.next_of_both(member.channel, member.user.sid)?;
        let channel = self.channel_mut(member.channel)?;
        channel.members += 1;
        let kept = KeptMember {
            sid: member.sid,
            channel: member.channel,
            user: member.user.sid,
            identity: member.user.identity.clone(),
            guest: member.user.guest,
            role: Some(member.role),
            joined_index: channel.last_index,
            horizon: None,
            shown_horizon: None,
            shown_at: None,
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

    fn set_role(
        &mut self,
        channel: ChannelSid,
        user: UserSid,
        role: ChannelRole,
    ) -> Ask<MemberRows> {
        let (changed, my_changed) = self.next_of_both(channel, user)?;
        let kept = self.member_mut(channel, user)?;
        kept.role = Some(role);
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
        index: MessageIndex,
    ) -> Ask<Membership> {
        let my_changed = self.user_mut(user)?.next();
        let kept = self.member_mut(channel, user)?;
        kept.horizon = Some(index);
        kept.my_changed = my_changed;
        Ok(kept.membership())
    }

    fn show_horizon(&mut self, channel: ChannelSid, user: UserSid, at: Timestamp) -> Ask<Member> {
        let changed = self.channel_mut(channel)?.next();
        let kept = self.member_mut(channel, user)?;
        kept.shown_horizon = kept.horizon;
        kept.shown_at = Some(at);
        kept.changed = changed;
        Ok(kept.row())
    }
}
