//! What a backend lists and looks up.

use chat::{
    ChannelSid, InviteSid, MemberSid, Message, MessageIndex, MessageSid, UniqueName, UserSid,
};

use super::MemoryTx;
use super::rows::{KeptChannel, KeptMember, KeptUser};
use crate::store::pieces::{Page, Room};
use crate::store::tx::Lists;
use crate::store::{Ask, ListedInvite, ListedMember, ListedMembership, ListedUser, LiveChannel};

impl KeptUser {
    fn listed(&self) -> Option<ListedUser> {
        let made_at = self.made_at;
        (!self.user.retired).then(|| ListedUser { user: self.user.clone(), made_at })
    }
}

impl KeptMember {
    fn listed(&self) -> Option<ListedMember> {
        let horizon = self.horizon;
        self.role.map(|_| ListedMember { member: self.row(), horizon })
    }

    fn listed_membership(&self) -> Option<ListedMembership> {
        let (sid, joined_index) = (self.sid, self.joined_index);
        let counts = self.role.is_some() || self.invited.is_some();
        counts.then(|| ListedMembership { sid, membership: self.membership(), joined_index })
    }

    fn listed_invite(&self) -> Option<ListedInvite> {
        let (user, identity) = (self.user, self.identity.clone());
        self.invited.clone().map(|invited| ListedInvite { user, identity, invited })
    }
}

impl MemoryTx {
    fn kept_in(&self, channel: ChannelSid) -> impl Iterator<Item = &KeptMember> {
        self.rows.members.values().filter(move |kept| kept.channel == channel)
    }

    /// Memberships and invitations in channels that live.
    fn kept_of(&self, user: UserSid) -> impl Iterator<Item = ListedMembership> {
        let lives = |channel: &ChannelSid| {
            self.rows.channels.get(channel).is_some_and(|kept| kept.details.is_some())
        };
        let mine = self.rows.members.values().filter(move |kept| kept.user == user);
        mine.filter(move |kept| lives(&kept.channel)).filter_map(KeptMember::listed_membership)
    }
}

impl Lists for MemoryTx {
    fn channel_named(&mut self, name: &UniqueName) -> Ask<Option<LiveChannel>> {
        let mut live = self.rows.channels.values().filter_map(KeptChannel::live);
        Ok(live.find(|channel| channel.details.unique_name.as_ref() == Some(name)))
    }

    fn channels_after(
        &mut self,
        after: Option<ChannelSid>,
        private: Option<bool>,
        limit: usize,
    ) -> Ask<Vec<LiveChannel>> {
        let later = self.rows.channels.values().filter(|kept| after < Some(kept.sid));
        let live = later.filter_map(KeptChannel::live);
        let wanted =
            live.filter(|channel| private.is_none_or(|wish| wish == channel.details.private));
        Ok(wanted.take(limit).collect())
    }

    fn listed_user(&mut self, user: UserSid) -> Ask<Option<ListedUser>> {
        Ok(self.rows.users.get(&user).and_then(KeptUser::listed))
    }

    fn users_after(&mut self, after: Option<UserSid>, limit: usize) -> Ask<Vec<ListedUser>> {
        let later = self.rows.users.values().filter(|kept| after < Some(kept.user.sid));
        Ok(later.filter_map(KeptUser::listed).take(limit).collect())
    }

    fn listed_member(&mut self, channel: ChannelSid, user: UserSid) -> Ask<Option<ListedMember>> {
        Ok(self.rows.members.get(&(channel, user)).and_then(KeptMember::listed))
    }

    fn members_after(
        &mut self,
        channel: ChannelSid,
        after: Option<UserSid>,
        limit: usize,
    ) -> Ask<Vec<ListedMember>> {
        let later = self.kept_in(channel).filter(|kept| after < Some(kept.user));
        Ok(later.filter_map(KeptMember::listed).take(limit).collect())
    }

    fn user_of_member(&mut self, channel: ChannelSid, member: MemberSid) -> Ask<Option<UserSid>> {
        let mut present = self.kept_in(channel).filter(|kept| kept.role.is_some());
        Ok(present.find(|kept| kept.sid == member).map(|kept| kept.user))
    }

    fn listed_membership(
        &mut self,
        user: UserSid,
        channel: ChannelSid,
    ) -> Ask<Option<ListedMembership>> {
        Ok(self.kept_of(user).find(|listed| listed.membership.channel == channel))
    }

    fn memberships_after(
        &mut self,
        user: UserSid,
        after: Option<ChannelSid>,
        limit: usize,
    ) -> Ask<Vec<ListedMembership>> {
        let later = self.kept_of(user).filter(|listed| after < Some(listed.membership.channel));
        Ok(later.take(limit).collect())
    }

    fn listed_invite(
        &mut self,
        channel: ChannelSid,
        invite: InviteSid,
    ) -> Ask<Option<ListedInvite>> {
        let mut invites = self.kept_in(channel).filter_map(KeptMember::listed_invite);
        Ok(invites.find(|listed| listed.invited.sid == invite))
    }

    fn invites_after(
        &mut self,
        channel: ChannelSid,
        after: Option<UserSid>,
        limit: usize,
    ) -> Ask<Vec<ListedInvite>> {
        let later = self.kept_in(channel).filter(|kept| after < Some(kept.user));
        Ok(later.filter_map(KeptMember::listed_invite).take(limit).collect())
    }

    fn messages_from(
        &mut self,
        channel: ChannelSid,
        first: MessageIndex,
        room: Room,
    ) -> Ask<Page<Message>> {
        let all = self.messages_between(channel, first.0, u64::MAX);
        room.fill(all.filter(|message| !message.is_deleted()).cloned().map(Ok))
    }

    fn place_of_message(&mut self, message: MessageSid) -> Ask<Option<(ChannelSid, MessageIndex)>> {
        let mut places = self.rows.messages.iter();
        Ok(places.find(|(_, kept)| kept.sid == message).map(|(place, _)| *place))
    }

    fn index_of_message(
        &mut self,
        channel: ChannelSid,
        message: MessageSid,
    ) -> Ask<Option<MessageIndex>> {
        let all = self.messages_between(channel, 0, u64::MAX);
        let mut present = all.filter(|kept| !kept.is_deleted());
        Ok(present.find(|kept| kept.sid == message).map(|kept| kept.index))
    }
}
