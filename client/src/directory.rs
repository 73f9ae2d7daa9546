//! Every public channel, and every role, as the directory's scope tells it.

use chat::protocol::{Change, Row};
use chat::{ChannelDetails, ChannelSid, Listing, Permissions, Role, RoleSid};

use crate::head::{Applied, Head};
use crate::sorted::SortedMap;

/// Every public channel and every role.
#[derive(Debug, Default)]
pub struct Directory {
    pub(crate) head: Head,
    pub(crate) known: bool,
    listings: SortedMap<ChannelSid, Listing>,
    roles: SortedMap<RoleSid, Role>,
}

impl Directory {
    /// Whether all of it came at least once.
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// One channel's names, if it is public.
    pub fn details(&self, channel: ChannelSid) -> Option<&ChannelDetails> {
        self.listings.get(channel)?.details.as_ref()
    }

    /// The channel with an address.
    pub fn with_unique_name(&self, unique_name: &str) -> Option<ChannelSid> {
        self.iter()
            .find(|(_, details)| {
                details.unique_name.as_ref().is_some_and(|name| name.as_str() == unique_name)
            })
            .map(|(sid, _)| sid)
    }

    /// What a role permits; nothing while it is not known.
    pub fn permissions(&self, role: RoleSid) -> Permissions {
        let details = self.roles.get(role).and_then(|role| role.details.as_ref());
        details.map(|details| details.permissions).unwrap_or_default()
    }

    /// Every public channel, oldest first; sorting by name is the page's, which knows the language.
    pub fn iter(&self) -> impl Iterator<Item = (ChannelSid, &ChannelDetails)> {
        self.listings.values().filter_map(|listing| Some((listing.sid, listing.details.as_ref()?)))
    }

    /// Folds one change; the touched channels are added to `touched`.
    pub(crate) fn apply(&mut self, change: Change, touched: &mut Vec<ChannelSid>) -> Applied {
        let applied = self.head.take(&change);
        if applied != Applied::Changed {
            return applied;
        }
        for row in change.rows {
            match row {
                Row::Listing(listing) => {
                    let known = self.listings.get(listing.sid);
                    if known.is_none_or(|known| known.changed < listing.changed) {
                        touched.push(listing.sid);
                        self.listings.insert(listing.sid, listing);
                    }
                }
                Row::Role(role) => {
                    let known = self.roles.get(role.sid);
                    if known.is_none_or(|known| known.changed < role.changed) {
                        self.roles.insert(role.sid, role);
                    }
                }
                Row::Message(_)
                | Row::Member(_)
                | Row::Channel(_)
                | Row::Membership(_)
                | Row::User(_) => {}
            }
        }
        applied
    }
}
