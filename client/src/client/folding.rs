//! Folding changes, live or resumed, into what is known, and saying what became different.

use chat::protocol::{Change, Opened, Row, Scope};
use chat::{Channel, ChannelSid, Message, Timestamp};

use super::Client;
use crate::event::{Departure, Event, TimelineChange};
use crate::head::Applied;
use crate::timeline::{Folded, LineKey, Timeline};
use crate::unread::UnreadTracker;

/// Timelines that stay loaded, at most; those not looked at for longest go.
const TIMELINES_MAX: usize = 16;

impl Client {
    pub(super) fn apply(&mut self, change: Change, now: Timestamp) {
        let scope = change.scope;
        let applied = match scope {
            Scope::Directory => self.apply_to_directory(change),
            Scope::User(user) if self.user() == Some(user) => {
                self.apply_to_memberships(change, now)
            }
            Scope::User(_) => return,
            Scope::Channel(channel) => self.apply_to_channel(channel, change, now),
        };
        if matches!(applied, Applied::Gap { .. }) {
            self.catch_up.want(scope);
        }
    }

    fn apply_to_directory(&mut self, change: Change) -> Applied {
        let mut touched = Vec::new();
        let brings_roles = change.rows.iter().any(|row| matches!(row, Row::Role(_)));
        let applied = self.directory.apply(change, &mut touched);
        if !touched.is_empty() || brings_roles {
            self.tell(Event::Directory(touched));
        }
        applied
    }

    fn apply_to_memberships(&mut self, change: Change, now: Timestamp) -> Applied {
        let mut touched = Vec::new();
        let applied = self.memberships.apply(change, &mut touched);
        if applied != Applied::Changed {
            return applied;
        }
        for &(channel, before) in &touched {
            if !self.memberships.contains(channel) {
                self.depart(channel, None, now);
                continue;
            }
            if !self.is_member(channel) {
                self.become_member(channel);
                self.ask_for_its_name(channel);
            }
            let (horizon, at) = self.memberships.horizon(channel);
            self.track(channel, |tracker, timeline| tracker.set(horizon, before, at, timeline));
        }
        self.tell(Event::Memberships(touched.into_iter().map(|(channel, _)| channel).collect()));
        applied
    }

    /// A channel is mine from now on, if it was not.
    pub(super) fn become_member(&mut self, channel: ChannelSid) {
        self.departing.cancel(channel);
        if self.is_member(channel) {
            return;
        }
        self.trackers.insert(channel, UnreadTracker::unknown());
        self.restless.insert(channel, ());
        self.load_open_channel();
    }

    /// Nobody tells what a private channel is like that I have just come into: ask.
    pub(super) fn ask_for_its_name(&mut self, channel: ChannelSid) {
        if self.directory.is_known() && self.details(channel).is_none() {
            self.load(channel);
        }
    }

    fn note_details(&mut self, channel: &Channel) {
        match channel.details.as_ref().filter(|details| details.private) {
            Some(details) => self.private.insert(channel.sid, details.clone()),
            None => self.private.remove(channel.sid),
        };
    }

    fn apply_to_channel(&mut self, channel: ChannelSid, change: Change, now: Timestamp) -> Applied {
        self.note_departure(channel, &change, now);
        if !self.is_member(channel) {
            return Applied::AlreadySeen;
        }
        if let Some(highest) = self.opening.get_mut(channel) {
            *highest = change.sequence.max(*highest);
        }
        self.stop_typing(channel, &change);
        for row in &change.rows {
            if let Row::Channel(row) = row {
                self.note_details(row);
                self.tell(Event::Directory(vec![channel]));
            }
        }
        if let Some(user) = self.user() {
            self.track(channel, |tracker, _| tracker.apply(&change, user));
        }
        self.apply_to_timeline(channel, change, now)
    }

    fn apply_to_timeline(
        &mut self,
        channel: ChannelSid,
        change: Change,
        now: Timestamp,
    ) -> Applied {
        let mine: Vec<Message> = self.mine_among(&change);
        let Some(timeline) = self.timelines.get_mut(channel) else {
            let gone = mine.iter().filter_map(|message| self.confirm(message)).collect();
            self.tell_lines(channel, Vec::new(), Vec::new(), gone);
            return Applied::AlreadySeen;
        };
        let mut folded = Folded::default();
        let applied = timeline.apply(change, &mut folded);
        if matches!(applied, Applied::Gap { .. }) {
            // They stay pending where they are shown until the messages before them are here.
            mine.iter().for_each(|message| self.accept(message.nonce, message.index, now));
            // A page that is on its way will close the gap, or show what remains of it.
            let is_opening = self.opening.contains(channel);
            return if is_opening { Applied::AlreadySeen } else { applied };
        }
        let confirmed: Vec<_> = mine.iter().filter_map(|message| self.confirm(message)).collect();
        self.tell_folded(channel, folded, confirmed);
        applied
    }

    fn tell_folded(&mut self, channel: ChannelSid, folded: Folded, confirmed: Vec<LineKey>) {
        let Folded { mut added, mut changed, gone, members, details } = folded;
        added.retain(|key| !confirmed.contains(key));
        changed.extend(confirmed);
        self.tell_lines(channel, added, changed, gone);
        if members {
            self.tell_timeline(channel, TimelineChange::Members);
        }
        if details {
            self.tell_timeline(channel, TimelineChange::Details);
        }
    }

    pub(super) fn tell_lines(
        &mut self,
        channel: ChannelSid,
        added: Vec<LineKey>,
        changed: Vec<LineKey>,
        gone: Vec<LineKey>,
    ) {
        if !(added.is_empty() && changed.is_empty() && gone.is_empty()) {
            self.tell_timeline(channel, TimelineChange::Lines { added, changed, gone });
        }
    }

    /// The channel as it is now takes the place of whatever was known of it.
    pub(super) fn be_opened(&mut self, channel: ChannelSid, opened: Opened) {
        let highest = self.opening.remove(channel);
        let Some(user) = self.user().filter(|_| self.is_member(channel)) else { return };
        self.note_details(&opened.channel);
        if !self.opened.contains(&channel) {
            // Nobody looks at it: it was asked for because of its name.
            return self.tell(Event::Directory(vec![channel]));
        }
        let unread = opened.unread;
        let mut timeline = Timeline::new(opened, user);
        highest.into_iter().for_each(|sequence| timeline.head.heard_of(sequence));
        if timeline.head.is_behind() {
            self.catch_up.want(Scope::Channel(channel));
        }
        self.outbox.settle(channel, timeline.last_index());
        self.timelines.insert(channel, timeline);
        self.confirm_loaded(channel);
        self.track(channel, |tracker, timeline| tracker.answered(unread, timeline));
        self.look_at(channel);
        self.tell_timeline(channel, TimelineChange::Reset);
    }

    /// Remembers the order in which channels were looked at, and lets go of the first of too many.
    pub(super) fn look_at(&mut self, channel: ChannelSid) {
        self.opened.retain(|opened| *opened != channel && self.timelines.contains(*opened));
        self.opened.push(channel);
        if TIMELINES_MAX < self.opened.len() {
            let closed = self.opened.remove(0);
            self.timelines.remove(closed);
            self.catch_up.forget(Scope::Channel(closed));
        }
    }

    fn stop_typing(&mut self, channel: ChannelSid, change: &Change) {
        for row in &change.rows {
            if let Row::Message(message) = row
                && change.after < message.entered
                && self.typists.stopped(channel, message.author)
            {
                self.tell(Event::Typing(channel));
            }
        }
    }

    fn note_departure(&mut self, channel: ChannelSid, change: &Change, now: Timestamp) {
        let user = self.user();
        for row in &change.rows {
            match row {
                Row::Channel(row) if row.details.is_none() => {
                    self.depart(channel, Some(Departure::Deleted), now);
                }
                Row::Member(row) if row.has_left() && Some(row.user) == user => {
                    self.depart_unless_rejoined(channel, row, now);
                }
                _ => {}
            }
        }
    }

    fn mine_among(&self, change: &Change) -> Vec<Message> {
        let user = self.user();
        let mine = change.rows.iter().filter_map(|row| match row {
            Row::Message(message) if Some(message.author) == user => Some(message),
            _ => None,
        });
        mine.filter(|message| self.outbox.get(message.nonce).is_some()).cloned().collect()
    }

    /// Changes a channel's count, and says so if it is another one then.
    pub(super) fn track(
        &mut self,
        channel: ChannelSid,
        act: impl FnOnce(&mut UnreadTracker, Option<&Timeline>),
    ) {
        let Some(tracker) = self.trackers.get_mut(channel) else { return };
        let before = tracker.count();
        act(tracker, self.timelines.get(channel));
        let after = tracker.count();
        self.restless.insert(channel, ());
        if before != after {
            self.tell(Event::Unread(channel));
        }
    }
}

#[cfg(test)]
mod tests {
    use chat::protocol::{Accepted, Command};

    use super::*;
    use crate::scene::{Scene, change, channel, channel_row, membership, opened, state, user};

    fn private(sid: ChannelSid, name: &str) -> Channel {
        let row = channel_row(sid, Some(name), 1);
        let details =
            row.details.clone().map(|details| chat::ChannelDetails { private: true, ..details });
        Channel { details, ..row }
    }

    fn name(scene: &Scene, sid: ChannelSid) -> Option<String> {
        scene.client.details(sid).map(|details| details.friendly_name.as_str().to_owned())
    }

    #[test]
    fn what_a_private_channel_is_called_is_asked_for_once_it_is_mine() {
        let mut scene = Scene::online();
        let (sid, scope) = (channel(7), Scope::User(user("ada")));
        scene.hear(change(scope, 0, 1, vec![Row::Membership(membership(sid, 1))]));
        let asked = scene.asked(|command| matches!(command, Command::OpenChannel { .. }));
        assert_eq!(name(&scene, sid), None);
        let page = Opened { channel: private(sid, "Surprise"), ..opened(1, Vec::new()) };
        scene.ok(asked, Accepted::Opened(Box::new(page)));
        assert_eq!(name(&scene, sid).as_deref(), Some("Surprise"));
        assert!(scene.client.timeline(sid).is_none(), "nobody looks at it");

        let renamed = Channel { changed: chat::Sequence(2), ..private(sid, "Party") };
        scene.hear(change(Scope::Channel(sid), 1, 2, vec![Row::Channel(renamed)]));
        assert_eq!(name(&scene, sid).as_deref(), Some("Party"));
    }

    #[test]
    fn its_name_is_asked_for_also_where_the_reply_comes_before_the_change() {
        let mut scene = Scene::online();
        let (sid, scope) = (channel(7), Scope::User(user("ada")));
        scene.act(|client, now| client.join(sid, now));
        let asked = scene.asked(|command| matches!(command, Command::JoinChannel { .. }));
        let member = chat::MemberSid::new(uuid::Uuid::from_u128(1));
        scene.ok(asked, Accepted::Joined(chat::protocol::Joined { member }));
        scene.hear(change(scope, 0, 1, vec![Row::Membership(membership(sid, 1))]));
        let asked = scene.asked(|command| matches!(command, Command::OpenChannel { .. }));
        let page = Opened { channel: private(sid, "Surprise"), ..opened(1, Vec::new()) };
        scene.ok(asked, Accepted::Opened(Box::new(page)));
        assert_eq!(name(&scene, sid).as_deref(), Some("Surprise"));
        assert!(!scene.has_asked(|command| matches!(command, Command::OpenChannel { .. })));
    }

    #[test]
    fn the_welcome_tells_what_private_channels_are_called() {
        let mut scene = Scene::new();
        let mut mine = state(channel(7), 1);
        mine.details = private(channel(7), "Surprise").details;
        scene.welcome.channels = vec![mine];
        scene.connect();
        scene.answer_resumes();
        assert_eq!(name(&scene, channel(7)).as_deref(), Some("Surprise"));
        assert!(scene.requests.is_empty());
    }

    fn visit(scene: &mut Scene, number: u128) {
        let sid = channel(number);
        scene.act(|client, now| client.open(sid, now));
        if scene.has_asked(|command| matches!(command, Command::OpenChannel { .. })) {
            let asked = scene.asked(|command| matches!(command, Command::OpenChannel { .. }));
            let page =
                Opened { channel: channel_row(sid, Some("A place"), 1), ..opened(1, Vec::new()) };
            scene.ok(asked, Accepted::Opened(Box::new(page)));
        }
    }

    #[test]
    fn somebody_who_visits_many_channels_keeps_the_last_ones_loaded() {
        let mut scene = Scene::new();
        scene.welcome.channels = (200..220).map(|number| state(channel(number), 1)).collect();
        scene.connect();
        scene.answer_resumes();
        (200..216).for_each(|number| visit(&mut scene, number));
        visit(&mut scene, 200);
        visit(&mut scene, 216);
        let is_loaded = |number| scene.client.timeline(channel(number)).is_some();
        assert!(is_loaded(200), "it was looked at again");
        assert!(!is_loaded(201), "it was not");
        assert_eq!((200..220).filter(|&number| is_loaded(number)).count(), TIMELINES_MAX);
    }

    #[test]
    fn a_channel_that_was_left_behind_stays_live() {
        let mut scene = Scene::new();
        scene.welcome.channels = (200..202).map(|number| state(channel(number), 1)).collect();
        scene.connect();
        scene.answer_resumes();
        visit(&mut scene, 200);
        visit(&mut scene, 201);
        let row = Row::Message(crate::scene::message("grace", 0, 2));
        scene.hear(crate::scene::change(Scope::Channel(channel(200)), 1, 2, vec![row]));
        assert_eq!(scene.client.lines(channel(200)).count(), 1);
    }
}
