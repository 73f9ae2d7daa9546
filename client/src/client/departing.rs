//! Channels that are mine no more. That it is so comes by one scope and why by another, in either
//! order, so the page is told when both are known.

use chat::protocol::Scope;
use chat::{ChannelSid, FriendlyName, Member, Timestamp};

use super::Client;
use crate::event::{Departure, Event};

/// Milliseconds that the reason may take after the fact, on a live connection.
const REASON_MS: i64 = 1_000;

#[derive(Debug, Default)]
pub(super) struct Departing {
    waiting: Vec<Gone>,
}

#[derive(Debug)]
struct Gone {
    channel: ChannelSid,
    friendly_name: Option<FriendlyName>,
    departure: Option<Departure>,
    until: Timestamp,
}

impl Departing {
    /// It is mine again.
    pub(super) fn cancel(&mut self, channel: ChannelSid) {
        self.waiting.retain(|gone| gone.channel != channel);
    }

    pub(super) fn wakes_at(&self) -> Option<Timestamp> {
        self.waiting.iter().map(|gone| gone.until).min()
    }
}

impl Client {
    /// A channel is mine no more, for a reason that may come later.
    pub(super) fn depart(
        &mut self,
        channel: ChannelSid,
        departure: Option<Departure>,
        now: Timestamp,
    ) {
        let waiting = &mut self.departing.waiting;
        if let Some(gone) = waiting.iter_mut().find(|gone| gone.channel == channel) {
            gone.departure = gone.departure.or(departure);
            return;
        }
        if self.trackers.remove(&channel).is_none() {
            return;
        }
        let known = self.timelines.remove(&channel).and_then(|timeline| timeline.into_details());
        let known = known.or_else(|| self.directory.details(channel).cloned());
        self.departing.waiting.push(Gone {
            channel,
            friendly_name: known.map(|details| details.friendly_name),
            departure,
            until: now.plus(REASON_MS),
        });
        self.restless.remove(&channel);
        self.opening.remove(&channel);
        self.catch_up.forget(Scope::Channel(channel));
    }

    /// My own departure came by the channel; it may be older than my coming back.
    pub(super) fn depart_unless_rejoined(
        &mut self,
        channel: ChannelSid,
        row: &Member,
        now: Timestamp,
    ) {
        let known = self.timelines.get(&channel).and_then(|timeline| timeline.member(row.user));
        if known.is_none_or(|known| known.changed < row.changed) {
            self.depart(channel, Some(Departure::Left), now);
        }
    }

    /// Tells of each channel whose reason is known by now.
    pub(super) fn tell_departures(&mut self, now: Timestamp) {
        let mut index = 0;
        while let Some(gone) = self.departing.waiting.get(index) {
            match self.reason(gone, now) {
                Some(departure) => {
                    let gone = self.departing.waiting.remove(index);
                    self.tell_departure(gone, departure);
                }
                None => index += 1,
            }
        }
    }

    fn reason(&self, gone: &Gone, now: Timestamp) -> Option<Departure> {
        if gone.departure.is_some() {
            return gone.departure;
        }
        if !self.directory.is_known() || !self.catch_up.has_caught_up_with(Scope::Directory) {
            return None;
        }
        if self.directory.details(gone.channel).is_none() {
            return Some(Departure::Deleted);
        }
        (gone.until <= now).then_some(Departure::Left)
    }

    fn tell_departure(&mut self, gone: Gone, departure: Departure) {
        let taken = self.outbox.take_all_of(gone.channel);
        if !taken.is_empty() {
            self.save_outbox();
        }
        let unsent = taken
            .into_iter()
            .filter(|pending| pending.is_unsent())
            .map(|pending| pending.body.as_str().to_owned())
            .collect();
        if self.open == Some(gone.channel) {
            self.open = None;
        }
        let Gone { channel, friendly_name, .. } = gone;
        self.tell(Event::ChannelGone { channel, friendly_name, departure, unsent });
    }
}
