//! The two lists of channels: General first, then by name as the reader's language sorts.

use std::cmp::Ordering;

use chat::{ChannelSid, Level, Permission};
use client::Client;

use super::Store;
use super::apply::set_if_new;
use super::view::{ChannelEntry, ChannelLists, InvitationView, Myself};
use crate::live::ArcLive;
use crate::place::Place;

impl Store {
    pub(super) fn show_lists(self) {
        let locale = self.locale();
        let lists = self.read(|client| lists(client, &|one, other| locale.compare(one, other)));
        for channel in lists.joined.iter().chain(&lists.open_to_join) {
            self.show_entry(*channel);
        }
        let inner = self.inner();
        let client = inner.client.borrow();
        inner.entries.borrow_mut().retain(|channel| details(&client, channel).is_some());
        set_if_new(self.lists, lists);
    }

    /// The attribute `hidden` of what one may not do.
    pub(crate) fn is_barred(self, may: fn(&ChannelLists) -> bool) -> Option<&'static str> {
        (!self.lists.with(may)).then_some("")
    }

    pub(super) fn show_myself(self) {
        set_if_new(self.myself, self.read(myself));
    }

    pub(super) fn show_entry(self, channel: ChannelSid) {
        let entry = self.read(|client| entry(client, channel));
        let inner = self.inner();
        let mut entries = inner.entries.borrow_mut();
        match entries.get(channel) {
            Some(shown) if shown.with_untracked(|shown| *shown == entry) => {}
            Some(shown) => shown.set(entry),
            None => {
                entries.insert(channel, ArcLive::new(entry));
            }
        }
    }

    pub(super) fn show_unseen_anywhere(self) {
        let sum = self.read(|client| {
            let channels = client.memberships().channels().filter(|sid| !is_muted(client, *sid));
            channels.filter_map(|sid| client.unread(sid)).map(|unread| unread.count).sum()
        });
        set_if_new(self.unseen_anywhere, sum);
    }
}

pub(super) fn details(client: &Client, channel: ChannelSid) -> Option<&chat::ChannelDetails> {
    client.details(channel)
}

fn myself(client: &Client) -> Myself {
    let name = client.memberships().user().and_then(|user| user.friendly_name.as_ref());
    let rights = client.general().map(|general| client.rights(general));
    Myself {
        name: name.map_or("", |name| name.as_str()).to_owned(),
        may_rename: rights.is_some_and(|rights| rights.permit(Permission::EditOwnUserInfo).is_ok()),
    }
}

pub(super) fn is_muted(client: &Client, channel: ChannelSid) -> bool {
    client.memberships().level(channel) == Level::Muted
}

fn lists(client: &Client, compare: Compare<'_>) -> ChannelLists {
    let memberships = client.memberships();
    let joined = memberships.channels().filter_map(|sid| Some((sid, name(client, sid)?)));
    let open_to_join = client.directory().iter().filter(|(sid, _)| !memberships.contains(*sid));
    let open_to_join = open_to_join.map(|(sid, details)| (sid, details.friendly_name.as_str()));
    let general = client.general();
    let invitations = memberships.invitations().map(|(channel, invited)| InvitationView {
        channel,
        name: invited.friendly_name.as_str().to_owned(),
        by: invited.by.clone(),
    });
    let known = client.directory().is_known() && memberships.is_known();
    let rights = client.rights_outside();
    let may = |permission| !known || rights.permit(permission).is_ok();
    ChannelLists {
        invitations: invitations.collect(),
        known,
        may_create: may(Permission::CreateChannel),
        may_join: may(Permission::JoinChannel),
        joined: sorted(&joined.collect::<Vec<_>>(), general, compare),
        open_to_join: sorted(&open_to_join.collect::<Vec<_>>(), general, compare),
    }
}

fn name(client: &Client, sid: ChannelSid) -> Option<&str> {
    details(client, sid).map(|details| details.friendly_name.as_str())
}

/// General first, then by name; channels of the same name by their age.
fn sorted(
    channels: &[(ChannelSid, &str)],
    general: Option<ChannelSid>,
    compare: Compare<'_>,
) -> Vec<ChannelSid> {
    let names: Vec<&str> = channels.iter().map(|(_, name)| *name).collect();
    let sids = in_order(&names, compare).into_iter().map(|place| channels[place].0);
    let (mut sorted, others): (Vec<_>, Vec<_>) = sids.partition(|sid| Some(*sid) == general);
    sorted.extend(others);
    sorted
}

/// How the reader's language sorts two names.
pub(super) type Compare<'a> = &'a dyn Fn(&str, &str) -> Ordering;

/// The places of names, in the names' order; of equal ones the first comes first.
pub(super) fn in_order(names: &[&str], compare: Compare<'_>) -> Vec<usize> {
    let mut places: Vec<usize> = (0..names.len()).collect();
    places.sort_by(|one, other| compare(names[*one], names[*other]));
    places
}

fn entry(client: &Client, channel: ChannelSid) -> ChannelEntry {
    let details = details(client, channel);
    ChannelEntry {
        name: details.map(|details| details.friendly_name.as_str().to_owned()).unwrap_or_default(),
        private: details.is_some_and(|details| details.private),
        path: Place::of_channel(channel, details).path(),
        unread: client.unread(channel).map_or(0, |unread| unread.count),
        muted: is_muted(client, channel),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn general_comes_first_and_equal_names_by_age() {
        let sid = |number: u8| ChannelSid::from_bytes([number; 16]);
        let channels = [(1, "Water"), (2, "apples"), (3, "General Channel"), (4, "Water")]
            .map(|(number, name)| (sid(number), name));
        let compare = |one: &str, other: &str| one.to_lowercase().cmp(&other.to_lowercase());
        let sorted = sorted(&channels, Some(sid(3)), &compare);
        assert_eq!(sorted, [3, 2, 1, 4].map(sid));
    }
}
