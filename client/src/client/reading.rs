//! What is read, whenever the page likes.

use chat::protocol::Limits;
use chat::{ChannelDetails, ChannelSid, Identity, Rights, Timestamp};

use super::{Client, Me};
use crate::connection::ConnectionState;
use crate::directory::Directory;
use crate::memberships::Memberships;
use crate::outbox::Outbox;
use crate::presence::People;
use crate::timeline::{Line, LineKey, Timeline};
use crate::unread::{UnreadCount, UnreadTracker};

impl Client {
    /// How the connection stands.
    pub fn state(&self) -> &ConnectionState {
        self.connection.state()
    }

    /// Who I am, once welcomed.
    pub fn me(&self) -> Option<&Me> {
        self.me.as_ref()
    }

    /// The General Channel, once welcomed.
    pub fn general(&self) -> Option<ChannelSid> {
        self.general
    }

    /// The server's limits, or this build's own until welcomed.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The server's clock minus `now`'s, in milliseconds, as of the last welcome.
    pub fn clock_offset(&self) -> i64 {
        self.connection.offset()
    }

    /// Every public channel.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// My channels, my roles, and my own user row.
    pub fn memberships(&self) -> &Memberships {
        &self.memberships
    }

    /// What a channel is like, as far as I know of it.
    pub fn details(&self, channel: ChannelSid) -> Option<&ChannelDetails> {
        let known = self.private.get(channel).or_else(|| self.directory.details(channel));
        known.or_else(|| self.timelines.get(channel)?.details())
    }

    /// What I may do in a channel, and anywhere else; nothing while my roles are not known.
    pub fn rights(&self, channel: ChannelSid) -> Rights {
        let permissions = |role| self.directory.permissions(role);
        let service = self.memberships.user().map(|user| permissions(user.role));
        Rights::new(service.unwrap_or_default(), self.memberships.role(channel).map(permissions))
    }

    /// What I may do outside of channels; nothing while my role is not known.
    pub fn rights_outside(&self) -> Rights {
        let role = self.memberships.user().map(|user| self.directory.permissions(user.role));
        Rights::new(role.unwrap_or_default(), None)
    }

    /// Whether I am a member of a channel: known from the welcome on.
    pub fn is_member(&self, channel: ChannelSid) -> bool {
        self.trackers.contains(channel)
    }

    /// The channel the person looks at.
    pub fn open_channel(&self) -> Option<ChannelSid> {
        self.open
    }

    /// A channel as seen so far, once it was opened and its first page came.
    pub fn timeline(&self, channel: ChannelSid) -> Option<&Timeline> {
        self.timelines.get(channel)
    }

    /// Everything to show in a channel, in order: messages and notices, then what is pending.
    pub fn lines(&self, channel: ChannelSid) -> impl DoubleEndedIterator<Item = Line<'_>> {
        let known = self.timelines.get(channel).into_iter().flat_map(Timeline::lines);
        known.chain(self.outbox.of(channel).map(Line::Pending))
    }

    /// One line of a channel.
    pub fn line(&self, channel: ChannelSid, key: LineKey) -> Option<Line<'_>> {
        let known = self.timelines.get(channel).and_then(|timeline| timeline.line(key));
        known.or_else(|| match key {
            LineKey::Mine(nonce) => self.outbox.get(nonce).map(Line::Pending),
            LineKey::Theirs(_) | LineKey::Notice(..) => None,
        })
    }

    /// What I have not seen of a channel of mine.
    pub fn unread(&self, channel: ChannelSid) -> Option<UnreadCount> {
        self.trackers.get(channel).map(UnreadTracker::count)
    }

    /// Whether the server does not know yet how far I have read a channel.
    pub fn is_telling(&self, channel: ChannelSid) -> bool {
        self.trackers.get(channel).is_some_and(UnreadTracker::is_behind)
    }

    /// Who is composing in a channel, in the order they began; never myself.
    pub fn typing(&self, channel: ChannelSid, now: Timestamp) -> Vec<&Identity> {
        self.typists.names(channel, now)
    }

    /// Who of the people on view is reachable, and what they are called.
    pub fn people(&self) -> &People {
        self.onlooker.people()
    }

    /// What was said and is not accepted yet, of all channels.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }
}
