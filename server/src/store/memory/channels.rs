//! Channels and their listings.

use chat::{ChannelDetails, ChannelSid, Membership, Sequence, Timestamp, UserSid};

use super::MemoryTx;
use super::rows::KeptChannel;
use crate::store::tx::Channels;
use crate::store::{Ask, ChannelRows, LiveChannel};

impl MemoryTx {
    fn is_taken(&self, sid: ChannelSid, details: &ChannelDetails) -> bool {
        details.unique_name.is_some()
            && self.rows.channels.values().any(|other| {
                let theirs =
                    other.details.as_ref().and_then(|details| details.unique_name.as_ref());
                other.sid != sid && theirs == details.unique_name.as_ref()
            })
    }

    pub(super) fn next_in_directory(&mut self) -> Sequence {
        let rows = self.rows_mut();
        rows.directory = rows.directory.next();
        rows.directory
    }

    /// Changes the channel's row, and its listing if it is listed or was until now.
    fn stamp(&mut self, sid: ChannelSid, details: Option<ChannelDetails>) -> Ask<ChannelRows> {
        let kept = self.channel_mut(sid)?;
        let was_public = kept.is_public();
        kept.details = details;
        kept.changed = kept.next();
        let is_told = was_public || kept.is_public();
        let changed = is_told.then(|| self.next_in_directory());
        let kept = self.channel_mut(sid)?;
        if let Some(changed) = changed {
            kept.listed = Some((kept.listed.map_or(changed, |(entered, _)| entered), changed));
        }
        let listing = changed.and_then(|_| kept.listing());
        Ok(ChannelRows { channel: kept.row(), listing })
    }
}

impl Channels for MemoryTx {
    fn channel(&mut self, sid: ChannelSid) -> Ask<Option<LiveChannel>> {
        Ok(self.rows.channels.get(&sid).and_then(KeptChannel::live))
    }

    fn add_channel(
        &mut self,
        sid: ChannelSid,
        creator: UserSid,
        details: &ChannelDetails,
    ) -> Ask<Option<ChannelRows>> {
        if self.is_taken(sid, details) {
            return Ok(None);
        }
        let listed = (!details.private).then(|| self.next_in_directory());
        let kept = KeptChannel {
            sid,
            details: Some(details.clone()),
            deleted_at: None,
            forgotten: false,
            sequence: Sequence(1),
            entered: Sequence(1),
            changed: Sequence(1),
            listed: listed.map(|listed| (listed, listed)),
            last_index: None,
            last_message_at: None,
            messages: 0,
            members: 0,
            creator,
        };
        let rows = ChannelRows { channel: kept.row(), listing: kept.listing() };
        self.rows_mut().channels.insert(sid, kept);
        Ok(Some(rows))
    }

    fn change_channel(
        &mut self,
        sid: ChannelSid,
        details: &ChannelDetails,
    ) -> Ask<Option<ChannelRows>> {
        if self.is_taken(sid, details) {
            return Ok(None);
        }
        self.stamp(sid, Some(details.clone())).map(Some)
    }

    fn set_creator(&mut self, channel: ChannelSid, creator: UserSid) -> Ask<()> {
        self.channel_mut(channel)?.creator = creator;
        Ok(())
    }

    fn delete_channel(&mut self, sid: ChannelSid, at: Timestamp) -> Ask<ChannelRows> {
        self.channel_mut(sid)?.deleted_at = Some(at);
        self.stamp(sid, None)
    }

    fn channel_to_forget(&mut self) -> Ask<Option<ChannelSid>> {
        let deleted = self.rows.channels.values().filter(|kept| !kept.forgotten);
        let oldest = deleted.filter_map(|kept| kept.deleted_at.map(|at| (at, kept.sid))).min();
        Ok(oldest.map(|(_, sid)| sid))
    }

    fn forget_members(
        &mut self,
        channel: ChannelSid,
        limit: usize,
    ) -> Ask<Vec<(UserSid, Membership)>> {
        let of_channel = self.rows.members.values().filter(|kept| kept.channel == channel);
        let held = of_channel.filter(|kept| kept.role.is_some() || kept.invited.is_some());
        let users: Vec<UserSid> = held.map(|kept| kept.user).take(limit).collect();
        let mut forgotten = Vec::new();
        for user in users {
            let my_changed = self.user_mut(user)?.next();
            let kept = self.member_mut(channel, user)?;
            kept.empty();
            kept.my_changed = my_changed;
            forgotten.push((user, kept.membership()));
        }
        Ok(forgotten)
    }

    fn forget_messages(&mut self, channel: ChannelSid, limit: usize) -> Ask<usize> {
        let messages = &mut self.rows_mut().messages;
        let first: Vec<_> =
            messages.keys().filter(|(of, _)| *of == channel).take(limit).copied().collect();
        let removed: Vec<_> = first.iter().filter_map(|key| messages.remove(key)).collect();
        for media in removed.into_iter().filter_map(|message| message.media) {
            self.leave_upload(media.sid);
        }
        Ok(first.len())
    }

    fn forgot_channel(&mut self, channel: ChannelSid) -> Ask<()> {
        self.rows_mut().webhooks.retain(|(of, _), _| *of != channel);
        self.channel_mut(channel)?.forgotten = true;
        Ok(())
    }
}
