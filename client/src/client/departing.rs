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
    /// The directory never knew it, so nobody says whether it is still there.
    is_private: bool,
    departure: Option<Departure>,
    until: Timestamp,
}

impl Departing {
    /// It is mine again.
    pub(super) fn cancel(&mut self, channel: ChannelSid) {
        self.waiting.retain(|gone| gone.channel != channel);
    }

    /// The clock was set back: what is not known by now is decided without it.
    pub(super) fn wait_no_longer(&mut self, now: Timestamp) {
        self.waiting.iter_mut().for_each(|gone| gone.until = now);
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
        if self.trackers.remove(channel).is_none() {
            return;
        }
        self.wait_for_the_reason(channel, departure, now);
        self.restless.remove(channel);
        self.opening.remove(channel);
        self.catch_up.forget(Scope::Channel(channel));
    }

    /// What was said to a channel before a reload may outlive the channel.
    pub(super) fn depart_if_gone(&mut self, channel: ChannelSid, now: Timestamp) {
        let is_told = self.departing.waiting.iter().any(|gone| gone.channel == channel);
        if !is_told && !self.is_member(channel) {
            self.wait_for_the_reason(channel, None, now);
        }
    }

    fn wait_for_the_reason(
        &mut self,
        channel: ChannelSid,
        departure: Option<Departure>,
        now: Timestamp,
    ) {
        let known = self.timelines.remove(channel).and_then(|timeline| timeline.into_details());
        let known = known.or_else(|| self.details(channel).cloned());
        self.departing.waiting.push(Gone {
            channel,
            is_private: self.private.remove(channel).is_some(),
            friendly_name: known.map(|details| details.friendly_name),
            departure,
            until: now.plus(REASON_MS),
        });
    }

    /// My own departure came by the channel; it may be older than my coming back.
    pub(super) fn depart_unless_rejoined(
        &mut self,
        channel: ChannelSid,
        row: &Member,
        now: Timestamp,
    ) {
        let known = self.timelines.get(channel).and_then(|timeline| timeline.member(row.user));
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
        if !gone.is_private && self.directory.details(gone.channel).is_none() {
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
            .map(|pending| pending.text())
            .collect();
        if self.open == Some(gone.channel) {
            self.open = None;
        }
        let Gone { channel, friendly_name, .. } = gone;
        self.tell(Event::ChannelGone { channel, friendly_name, departure, unsent });
    }
}

#[cfg(test)]
mod tests {
    use chat::Membership;
    use chat::protocol::{Accepted, Change, Command, Row};

    use super::*;
    use crate::scene::{
        Scene, change, channel, channel_row, gone, listing, member, membership, opened, plaza,
        state, told, user,
    };

    /// Ada is in the plaza, which is listed; two of her messages wait.
    fn two_waiting() -> Scene {
        let mut scene = Scene::in_plaza(opened(10, Vec::new()));
        scene.hear(listed(0, 1, Some("Plaza")));
        scene.hear(of_ada(0, 1, membership(plaza(), 1)));
        scene.cut();
        for text in ["one", "two"] {
            scene.act(|client, now| client.post(plaza(), text, now)).expect("a good text");
        }
        scene.events.clear();
        scene
    }

    fn live() -> Scene {
        let mut scene = two_waiting();
        scene.connect();
        scene.answer_resumes();
        scene.events.clear();
        scene
    }

    fn listed(after: u64, sequence: u64, name: Option<&str>) -> Change {
        let row = Row::Listing(listing(plaza(), name, sequence));
        change(Scope::Directory, after, sequence, vec![row])
    }

    fn of_ada(after: u64, sequence: u64, row: Membership) -> Change {
        change(Scope::User(user("ada")), after, sequence, vec![Row::Membership(row)])
    }

    fn ended(sequence: u64) -> Membership {
        Membership { role: None, ..membership(plaza(), sequence) }
    }

    fn told_of(scene: &Scene) -> Option<(Departure, Vec<String>)> {
        scene.events.iter().find_map(|event| match event {
            Event::ChannelGone { departure, unsent, friendly_name, .. } => {
                assert_eq!(friendly_name.as_ref().map(FriendlyName::as_str), Some("Plaza"));
                Some((*departure, unsent.clone()))
            }
            _ => None,
        })
    }

    fn both() -> Vec<String> {
        vec!["one".to_owned(), "two".to_owned()]
    }

    #[test]
    fn a_channel_deleted_while_i_was_away_is_told_of_with_what_was_still_queued() {
        let mut scene = two_waiting();
        scene.welcome.channels = Vec::new();
        scene.connect();
        assert_eq!(told_of(&scene), None, "why is not known before the directory is");
        assert_eq!(scene.client.outbox().unsent(), 2, "and nothing is lost until then");
        scene.resumed(Scope::User(user("ada")), of_ada(1, 2, ended(2)), false);
        scene.resumed(Scope::Directory, listed(1, 2, None), false);
        assert_eq!(told_of(&scene), Some((Departure::Deleted, both())));
        assert!(scene.client.timeline(plaza()).is_none());
        assert_eq!(scene.client.open_channel(), None);
        assert_eq!(scene.client.outbox().iter().count(), 0);
        assert_eq!(scene.client.unread(plaza()), None);
    }

    #[test]
    fn a_channel_that_i_left_on_another_device_is_told_of_as_left() {
        let mut scene = two_waiting();
        scene.welcome.channels = Vec::new();
        scene.connect();
        scene.resumed(Scope::User(user("ada")), of_ada(1, 2, ended(2)), false);
        scene.resumed(Scope::Directory, change(Scope::Directory, 1, 1, Vec::new()), false);
        scene.pass(1_000);
        assert_eq!(told_of(&scene), Some((Departure::Left, both())));
    }

    #[test]
    fn a_channel_deleted_before_my_eyes_is_told_of_at_once_whatever_scope_speaks_first() {
        for first in 0..3 {
            let mut scene = live();
            let deleted = told(10, 11, vec![Row::Channel(channel_row(plaza(), None, 11))]);
            let mut changes = vec![deleted, of_ada(1, 2, ended(2)), listed(1, 2, None)];
            changes.rotate_left(first);
            changes.into_iter().for_each(|change| scene.hear(change));
            assert_eq!(told_of(&scene), Some((Departure::Deleted, both())));
            let gone = |event: &&Event| matches!(event, Event::ChannelGone { .. });
            assert_eq!(scene.events.iter().filter(gone).count(), 1);
        }
    }

    #[test]
    fn leaving_is_told_of_as_leaving_whatever_speaks_first() {
        let mut scene = live();
        scene.act(|client, now| client.leave(plaza(), now));
        let asked = scene.asked(|command| matches!(command, Command::LeaveChannel { .. }));
        scene.ok(asked, Accepted::Done {});
        assert_eq!(told_of(&scene), Some((Departure::Left, both())));

        let mut scene = live();
        scene.hear(of_ada(1, 2, ended(2)));
        assert_eq!(told_of(&scene), None);
        scene.hear(told(10, 11, vec![Row::Member(gone("ada", 1, 11))]));
        assert_eq!(told_of(&scene), Some((Departure::Left, both())));
    }

    #[test]
    fn deleting_a_channel_myself_is_told_of_as_deleted() {
        let mut scene = live();
        scene.act(|client, now| client.delete_channel(plaza(), now));
        let asked = scene.asked(|command| matches!(command, Command::DeleteChannel { .. }));
        scene.ok(asked, Accepted::Done {});
        assert_eq!(told_of(&scene).map(|(departure, _)| departure), Some(Departure::Deleted));
    }

    #[test]
    fn nobody_is_told_when_somebody_else_leaves() {
        let mut scene = live();
        scene.hear(told(10, 11, vec![Row::Member(gone("grace", 2, 11))]));
        scene.pass(5_000);
        assert_eq!(told_of(&scene), None);
        assert!(scene.client.unread(plaza()).is_some());
    }

    #[test]
    fn somebody_who_came_back_in_time_has_not_left() {
        let mut scene = live();
        scene.hear(of_ada(1, 2, ended(2)));
        scene.hear(of_ada(2, 3, membership(plaza(), 3)));
        scene.pass(5_000);
        assert_eq!(told_of(&scene), None);
        assert_eq!(scene.client.outbox().unsent(), 2);
        let rows = vec![Row::Member(member("ada", 12, 12))];
        scene.hear(told(10, 12, rows));
        assert!(scene.client.unread(plaza()).is_some());
    }

    #[test]
    fn a_channel_that_i_may_not_open_is_asked_for_once() {
        let mut scene = Scene::new();
        scene.welcome.channels = vec![state(channel(5), 1)];
        scene.connect();
        scene.answer_resumes();
        scene.act(|client, now| client.open(channel(5), now));
        let asked = scene.asked(|command| matches!(command, Command::OpenChannel { .. }));
        scene.refuse(asked, chat::Refusal::ChannelNotFound.to_wire());
        scene.pass(60_000);
        assert!(scene.requests.is_empty());
        assert!(scene.client.timeline(channel(5)).is_none());
    }
}
