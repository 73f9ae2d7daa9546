//! My channels and my own row, as my user scope tells them.

use chat::protocol::{Change, Row};
use chat::{ChannelSid, Invited, Level, Membership, MessageIndex, RoleSid, Sequence, User};

use crate::head::{Applied, Head};
use crate::sorted::SortedMap;

/// My channels and my own row.
#[derive(Debug, Default)]
pub struct Memberships {
    pub(crate) head: Head,
    pub(crate) known: bool,
    rows: SortedMap<ChannelSid, Membership>,
    user: Option<User>,
}

impl Memberships {
    /// Whether all of it came at least once.
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// My own row: identity, service role, guest or not.
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// Whether I am a member.
    pub fn contains(&self, channel: ChannelSid) -> bool {
        self.role(channel).is_some()
    }

    /// My role in a channel of mine.
    pub fn role(&self, channel: ChannelSid) -> Option<RoleSid> {
        self.rows.get(channel)?.role
    }

    /// How much of a channel I wish to be told of.
    pub fn level(&self, channel: ChannelSid) -> Level {
        self.rows.get(channel).map_or_else(Level::default, |row| row.level)
    }

    /// The last message I have read there, on any device, as the server knows it, and since when.
    pub(crate) fn horizon(&self, channel: ChannelSid) -> (Option<MessageIndex>, Sequence) {
        let row = self.rows.get(channel);
        row.map_or((None, Sequence(0)), |row| (row.horizon, row.changed))
    }

    /// Who asks me to join a channel, and when.
    pub fn invited(&self, channel: ChannelSid) -> Option<&Invited> {
        self.rows.get(channel)?.invited.as_ref()
    }

    /// The channels that I am asked to join.
    pub fn invitations(&self) -> impl Iterator<Item = (ChannelSid, &Invited)> {
        self.rows.values().filter_map(|row| Some((row.channel, row.invited.as_ref()?)))
    }

    /// My channels.
    pub fn channels(&self) -> impl Iterator<Item = ChannelSid> {
        self.rows.values().filter(|row| !row.has_left()).map(|row| row.channel)
    }

    /// Folds one change; the touched memberships are added to `touched`, each with the horizon that
    /// it had before.
    pub(crate) fn apply(
        &mut self,
        change: Change,
        touched: &mut Vec<(ChannelSid, Option<MessageIndex>)>,
    ) -> Applied {
        let applied = self.head.take(&change);
        if applied != Applied::Changed {
            return applied;
        }
        for row in change.rows {
            match row {
                Row::Membership(row) => {
                    let known = self.rows.get(row.channel);
                    if known.is_none_or(|known| known.changed < row.changed) {
                        touched.push((row.channel, known.and_then(|known| known.horizon)));
                        self.rows.insert(row.channel, row);
                    }
                }
                Row::User(user) => {
                    if self.user.as_ref().is_none_or(|known| known.changed < user.changed) {
                        self.user = Some(user);
                    }
                }
                Row::Message(_)
                | Row::Member(_)
                | Row::Channel(_)
                | Row::Listing(_)
                | Row::Role(_) => {}
            }
        }
        applied
    }
}
