//! Messages.

use chat::{ChannelSid, Message, MessageIndex, UserSid, limits};

use super::MemoryTx;
use crate::limits::UNREAD_SCAN_MAX;
use crate::store::pieces::{Page, Room};
use crate::store::tx::Messages;
use crate::store::{Ask, Broken, NewMessage};

impl MemoryTx {
    pub(super) fn messages_between(
        &self,
        channel: ChannelSid,
        first: u64,
        end: u64,
    ) -> impl DoubleEndedIterator<Item = &Message> {
        let range = (channel, MessageIndex(first))..(channel, MessageIndex(end.max(first)));
        self.rows.messages.range(range).map(|(_, message)| message)
    }
}

impl Messages for MemoryTx {
    fn append_message(&mut self, message: &NewMessage<'_>) -> Ask<Message> {
        let channel = self.channel_mut(message.channel)?;
        let entered = channel.next();
        let index = MessageIndex(channel.last_index.map_or(0, |last| last.0 + 1));
        channel.last_index = Some(index);
        channel.last_message_at = Some(message.at);
        channel.messages += 1;
        let message_row = message.placed(index, entered);
        self.rows_mut().messages.insert((message.channel, index), message_row.clone());
        Ok(message_row)
    }

    fn message(&mut self, channel: ChannelSid, index: MessageIndex) -> Ask<Option<Message>> {
        Ok(self.rows.messages.get(&(channel, index)).cloned())
    }

    fn change_message(&mut self, channel: ChannelSid, message: Message) -> Ask<Message> {
        let kept = self.channel_mut(channel)?;
        kept.messages -= u64::from(message.is_deleted());
        let message = Message { changed: kept.next(), ..message };
        let kept = self.rows_mut().messages.get_mut(&(channel, message.index));
        *kept.ok_or_else(|| Broken::new("there is no such message"))? = message.clone();
        Ok(message)
    }

    fn messages(
        &mut self,
        channel: ChannelSid,
        before: Option<MessageIndex>,
        room: Room,
    ) -> Ask<Page<Message>> {
        let end = before.map_or(u64::MAX, |before| before.0);
        let there = self.messages_between(channel, 0, end).filter(|message| !message.is_deleted());
        room.fill(there.rev().cloned().map(Ok))
    }

    fn unread(
        &mut self,
        channel: ChannelSid,
        reader: UserSid,
        floor: Option<MessageIndex>,
    ) -> Ask<u64> {
        let first = floor.map_or(0, |floor| floor.0.saturating_add(1));
        let scanned = self.messages_between(channel, first, first.saturating_add(UNREAD_SCAN_MAX));
        let by_others =
            scanned.filter(|message| message.author != reader && !message.is_deleted()).map(|_| 1);
        Ok(by_others.sum::<u64>().min(limits::UNREAD_COUNT_MAX))
    }
}
