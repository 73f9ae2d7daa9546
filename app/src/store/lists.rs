//! The two lists of channels: General first, then by name as the reader's language sorts.

use std::cmp::Ordering;

use chat::ChannelSid;
use client::Client;
use leptos::prelude::*;

use super::Store;
use super::apply::set_if_new;
use super::view::{ChannelEntry, ChannelLists};
use crate::place::Place;

impl Store {
    pub(super) fn show_lists(self) {
        let locale = self.locale();
        let lists = self.read(|client| lists(client, |one, other| locale.compare(one, other)));
        for channel in lists.joined.iter().chain(&lists.open_to_join) {
            self.show_entry(*channel);
        }
        let shown: Vec<ChannelSid> =
            lists.joined.iter().chain(&lists.open_to_join).copied().collect();
        self.inner().entries.borrow_mut().retain(|channel, _| shown.contains(channel));
        set_if_new(self.lists, lists);
    }

    pub(super) fn show_entry(self, channel: ChannelSid) {
        let entry = self.read(|client| entry(client, channel));
        let inner = self.inner();
        let mut entries = inner.entries.borrow_mut();
        match entries.get(&channel) {
            Some(shown) if shown.with_untracked(|shown| *shown == entry) => {}
            Some(shown) => shown.set(entry),
            None => {
                entries.insert(channel, ArcRwSignal::new(entry));
            }
        }
    }

    pub(super) fn show_unseen_anywhere(self) {
        let sum = self.read(|client| {
            let channels = client.memberships().channels();
            channels.filter_map(|sid| client.unread(sid)).map(|unread| unread.count).sum()
        });
        set_if_new(self.unseen_anywhere, sum);
    }
}

pub(super) fn details(client: &Client, channel: ChannelSid) -> Option<&chat::ChannelDetails> {
    client
        .directory()
        .details(channel)
        .or_else(|| client.timeline(channel).and_then(|timeline| timeline.details()))
}

fn lists(client: &Client, compare: impl Fn(&str, &str) -> Ordering) -> ChannelLists {
    let memberships = client.memberships();
    let joined = memberships.channels().filter_map(|sid| named(client, sid)).collect();
    let open_to_join = client
        .directory()
        .iter()
        .filter(|(sid, _)| !memberships.contains(*sid))
        .map(|(sid, details)| (sid, details.friendly_name.as_str().to_owned()))
        .collect();
    let general = client.general();
    ChannelLists {
        known: client.directory().is_known() && memberships.is_known(),
        joined: sorted(joined, general, &compare),
        open_to_join: sorted(open_to_join, general, &compare),
    }
}

fn named(client: &Client, sid: ChannelSid) -> Option<(ChannelSid, String)> {
    let details = details(client, sid)?;
    Some((sid, details.friendly_name.as_str().to_owned()))
}

/// General first, then by name; channels of the same name by their age.
fn sorted(
    mut channels: Vec<(ChannelSid, String)>,
    general: Option<ChannelSid>,
    compare: impl Fn(&str, &str) -> Ordering,
) -> Vec<ChannelSid> {
    channels.sort_by(|(one, one_name), (other, other_name)| {
        let general_first = (Some(*other) == general).cmp(&(Some(*one) == general));
        general_first.then_with(|| compare(one_name, other_name)).then_with(|| one.cmp(other))
    });
    channels.into_iter().map(|(sid, _)| sid).collect()
}

fn entry(client: &Client, channel: ChannelSid) -> ChannelEntry {
    let details = details(client, channel);
    ChannelEntry {
        name: details.map(|details| details.friendly_name.as_str().to_owned()).unwrap_or_default(),
        path: Place::of_channel(channel, details).path(),
        unread: client.unread(channel).map_or(0, |unread| unread.count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn general_comes_first_and_equal_names_by_age() {
        let sid = |number: u8| ChannelSid::from_bytes([number; 16]);
        let channels = [(1, "Water"), (2, "apples"), (3, "General Channel"), (4, "Water")]
            .map(|(number, name)| (sid(number), name.to_owned()))
            .to_vec();
        let sorted = sorted(channels, Some(sid(3)), |one, other| {
            one.to_lowercase().cmp(&other.to_lowercase())
        });
        assert_eq!(sorted, [3, 2, 1, 4].map(sid));
    }
}
