//! My channels and my own row, as my user scope tells them.

use std::collections::BTreeMap;

use chat::{ChannelRole, ChannelSid, Membership, MessageIndex, User};

/// My channels and my own row.
#[derive(Debug, Default)]
pub struct Memberships {
    rows: BTreeMap<ChannelSid, Membership>,
    user: Option<User>,
}

impl Memberships {
    /// Whether all of it came at least once.
    pub fn is_known(&self) -> bool {
        false
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
    pub fn role(&self, channel: ChannelSid) -> Option<ChannelRole> {
        self.rows.get(&channel)?.role
    }

    /// The last message I have read there, on any device, as the server knows it.
    pub fn horizon(&self, channel: ChannelSid) -> Option<MessageIndex> {
        self.rows.get(&channel)?.horizon
    }

    /// My channels.
    pub fn channels(&self) -> impl Iterator<Item = ChannelSid> {
        self.rows.values().filter(|row| !row.has_left()).map(|row| row.channel)
    }
}
