//! What changed in a scope, one kind of row alone: all rows are looked at.

use chat::protocol::{Row, Scope};
use chat::{ChannelSid, Member, MemberSid, Membership, Message, Sequence, UserSid};

use super::MemoryTx;
use super::rows::KeptMember;
use crate::store::Ask;
use crate::store::pieces::{Page, Room, Weight};
use crate::store::tx::{Parts, Services};

impl MemoryTx {
    fn part<T: Weight>(
        &mut self,
        scope: Scope,
        since: Sequence,
        room: Room,
        of_kind: fn(Row) -> Option<T>,
    ) -> Ask<Page<T>> {
        let all = Room { rows: usize::MAX, bytes: usize::MAX };
        let rows = self.changed_rows(scope, since, all)?.rows;
        room.fill(rows.into_iter().filter_map(of_kind).map(Ok))
    }
}

impl Parts for MemoryTx {
    fn changed_messages(
        &mut self,
        channel: ChannelSid,
        since: Sequence,
        room: Room,
    ) -> Ask<Page<Message>> {
        self.part(Scope::Channel(channel), since, room, |row| match row {
            Row::Message(message) => Some(message),
            _ => None,
        })
    }

    fn changed_members(
        &mut self,
        channel: ChannelSid,
        since: Sequence,
        room: Room,
    ) -> Ask<Page<Member>> {
        self.part(Scope::Channel(channel), since, room, |row| match row {
            Row::Member(member) => Some(member),
            _ => None,
        })
    }

    fn changed_memberships(
        &mut self,
        user: UserSid,
        since: Sequence,
        room: Room,
    ) -> Ask<Page<Membership>> {
        self.part(Scope::User(user), since, room, |row| match row {
            Row::Membership(membership) => Some(membership),
            _ => None,
        })
    }

    fn members_from(
        &mut self,
        channel: ChannelSid,
        first: Option<MemberSid>,
        limit: usize,
    ) -> Ask<Vec<Member>> {
        let here = self.rows.members.values().filter(|kept| kept.channel == channel);
        let present = here.filter(|kept| kept.role.is_some() && first <= Some(kept.sid));
        let mut members: Vec<Member> = present.map(KeptMember::row).collect();
        members.sort_unstable_by_key(|member| member.sid);
        members.truncate(limit);
        Ok(members)
    }
}
