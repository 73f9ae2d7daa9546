//! What the server says, and what `welcome` makes of everything known before.

use chat::Timestamp;
use chat::protocol::{ChannelState, Scope, ServerFrame, Typing, Welcome};

use super::{Client, Me};
use crate::effect::Effect;
use crate::event::Event;
use crate::json;
use crate::outbox::Owner;
use crate::sorted::SortedSet;

/// Changes that a timeline may lack before its latest page is fetched instead.
const FAR_BEHIND: u64 = 2_000;

impl Client {
    pub(super) fn hear(&mut self, text: &str, now: Timestamp) {
        if !self.connection.has_socket() {
            return;
        }
        self.connection.heard(now);
        // A newer server may say what this build does not understand; it is not for us.
        let Ok(frame) = json::read(text) else { return };
        match frame {
            ServerFrame::Welcome(welcome) => self.be_welcomed(*welcome, now),
            ServerFrame::Refused(refusal) => {
                self.connection.hello_refused(refusal, now, &mut self.effects);
            }
            ServerFrame::Reply(reply) => self.hear_reply(reply, now),
            ServerFrame::Change(change) => self.apply(change, now),
            ServerFrame::Typing(typing) => self.hear_typing(typing, now),
            ServerFrame::Presence(presence) => {
                if self.onlooker.hear(presence) {
                    self.tell(Event::People);
                }
            }
            ServerFrame::Called(called) => {
                if self.onlooker.name(called) {
                    self.tell(Event::People);
                }
            }
            ServerFrame::TokenAboutToExpire { .. } => self.connection.renew(&mut self.effects),
            ServerFrame::Heartbeat {} => {}
            ServerFrame::Restart { spread } => self.connection.restarting(spread),
        }
    }

    fn hear_typing(&mut self, typing: Typing, now: Timestamp) {
        let channel = typing.channel;
        let is_of_others = self.user() != Some(typing.user);
        if is_of_others && self.is_member(channel) && self.typists.hear(typing, now) {
            self.tell(Event::Typing(channel));
        }
    }

    fn be_welcomed(&mut self, welcome: Welcome, now: Timestamp) {
        if self.connection.state().is_online() {
            return;
        }
        self.connection.welcomed(&welcome, now);
        let anew = self.become_owner(Owner { epoch: welcome.epoch, user: welcome.user });
        self.me =
            Some(Me { identity: welcome.identity, user: welcome.user, session: welcome.session });
        self.general = Some(welcome.general);
        self.limits = welcome.limits;
        self.tell(Event::Welcomed { anew });
        self.compare_versions(welcome.version);
        self.catch_up_with(&welcome.channels, now);
    }

    fn become_owner(&mut self, owner: Owner) -> bool {
        if self.outbox.owner == Some(owner) {
            return false;
        }
        let outdated = self.outbox.belong_to(owner);
        self.save_outbox();
        self.effects.extend(outdated.map(Effect::SaveOutbox));
        self.forget();
        true
    }

    fn compare_versions(&mut self, version: String) {
        if version != self.version && !self.is_version_told {
            self.is_version_told = true;
            self.tell(Event::NewerServer { version });
        }
    }

    fn catch_up_with(&mut self, channels: &[ChannelState], now: Timestamp) {
        let mut named = SortedSet::default();
        for state in channels {
            named.insert(state.sid, ());
        }
        let known: Vec<_> = self.trackers.keys().collect();
        for channel in known.into_iter().filter(|channel| !named.contains(*channel)) {
            self.depart(channel, None, now);
        }
        for state in channels {
            self.departing.cancel(state.sid);
            match &state.details {
                Some(details) => drop(self.private.insert(state.sid, details.clone())),
                None => drop(self.private.remove(state.sid)),
            }
            let tracker = self.trackers.or_default(state.sid);
            tracker.welcomed(state, self.timelines.get(state.sid));
            self.restless.insert(state.sid, ());
            self.tell(Event::Unread(state.sid));
            self.catch_up_with_timeline(state);
        }
        self.catch_up.want(Scope::Directory);
        self.user_scope().into_iter().for_each(|scope| self.catch_up.want(scope));
        self.load_open_channel();
    }

    fn catch_up_with_timeline(&mut self, state: &ChannelState) {
        let Some(timeline) = self.timelines.get_mut(state.sid) else { return };
        timeline.head.heard_of(state.sequence);
        if timeline.head.behind() <= FAR_BEHIND {
            // Even one that lacks nothing asks, should the store know less than we do.
            self.catch_up.want(Scope::Channel(state.sid));
        } else if self.open == Some(state.sid) {
            self.load(state.sid);
        } else {
            self.timelines.remove(state.sid);
        }
    }
}

#[cfg(test)]
mod tests {
    use chat::Sequence;
    use chat::protocol::{Accepted, Changes, Command, Row};

    use super::*;
    use crate::event::TimelineChange;
    use crate::scene::{
        Scene, change, channel, epoch, identity, listing, membership, message, opened, plaza,
        state, told, user,
    };

    fn resumes(scope: Scope, since: u64) -> impl Fn(&Command) -> bool {
        move |command| *command == Command::Resume { scope, since: Sequence(since) }
    }

    fn plaza_scope() -> Scope {
        Scope::Channel(plaza())
    }

    #[test]
    fn the_server_says_who_i_am_and_where_general_is() {
        let scene = Scene::online();
        assert_eq!(scene.client.me().map(|me| me.user), Some(user("ada")));
        assert_eq!(scene.client.general(), Some(channel(1)));
        assert!(scene.client.directory().is_known() && scene.client.memberships().is_known());
    }

    #[test]
    fn scopes_are_resumed_one_at_a_time_the_open_channel_first() {
        let mut scene = Scene::in_plaza(opened(10, Vec::new()));
        scene.cut();
        scene.connect();
        for (scope, since) in
            [(plaza_scope(), 10), (Scope::User(user("ada")), 0), (Scope::Directory, 0)]
        {
            assert!(!scene.events.contains(&Event::CaughtUp));
            assert_eq!(scene.requests.len(), 1, "one at a time: {:?}", scene.requests);
            assert!(scene.has_asked(resumes(scope, since)));
            scene.resumed(scope, change(scope, since, since, Vec::new()), false);
        }
        assert!(scene.requests.is_empty());
        assert_eq!(scene.events.iter().filter(|&event| *event == Event::CaughtUp).count(), 1);
    }

    #[test]
    fn somebody_who_was_away_gets_what_was_missed_in_as_many_parts_as_it_takes() {
        let mut scene = Scene::in_plaza(opened(10, Vec::new()));
        scene.cut();
        scene.welcome.channels = vec![state(plaza(), 12)];
        scene.connect();
        let first = told(10, 11, vec![Row::Message(message("grace", 0, 11))]);
        scene.resumed(plaza_scope(), first, true);
        assert_eq!(scene.shown(), ["grace says 0"]);
        let second = told(11, 12, vec![Row::Message(message("grace", 1, 12))]);
        scene.resumed(plaza_scope(), second, false);
        assert_eq!(scene.shown(), ["grace says 0", "grace says 1"]);
        scene.answer_resumes();
        assert!(scene.requests.is_empty());
    }

    #[test]
    fn a_skip_in_what_is_told_live_is_noticed_and_asked_for() {
        let mut scene = Scene::in_plaza(opened(10, Vec::new()));
        scene.hear(told(11, 12, vec![Row::Message(message("grace", 1, 12))]));
        assert!(scene.shown().is_empty(), "never a silent hole");
        assert!(scene.has_asked(resumes(plaza_scope(), 10)));
        scene.hear(told(12, 13, vec![Row::Message(message("grace", 2, 13))]));
        // The answer was made before the last one was said.
        let rows =
            vec![Row::Message(message("grace", 0, 11)), Row::Message(message("grace", 1, 12))];
        scene.resumed(plaza_scope(), told(10, 12, rows), false);
        let last = told(12, 13, vec![Row::Message(message("grace", 2, 13))]);
        scene.resumed(plaza_scope(), last, false);
        assert_eq!(scene.shown(), ["grace says 0", "grace says 1", "grace says 2"]);
        assert!(!scene.has_asked(|command| matches!(command, Command::Resume { .. })));
    }

    #[test]
    fn a_store_that_does_not_have_what_was_heard_of_is_not_asked_for_ever() {
        let mut scene = Scene::in_plaza(opened(10, Vec::new()));
        scene.hear(told(11, 12, Vec::new()));
        scene.resumed(plaza_scope(), told(10, 10, Vec::new()), false);
        assert!(!scene.has_asked(|command| matches!(command, Command::Resume { .. })));
    }

    #[test]
    fn what_is_told_while_a_channel_opens_is_not_missed() {
        let mut scene = Scene::online();
        scene.act(|client, now| client.open(plaza(), now));
        scene.hear(told(10, 11, vec![Row::Message(message("grace", 0, 11))]));
        let asked = scene.asked(|command| matches!(command, Command::OpenChannel { .. }));
        scene.ok(asked, Accepted::Opened(Box::new(opened(10, Vec::new()))));
        let rows = vec![Row::Message(message("grace", 0, 11))];
        scene.resumed(plaza_scope(), told(10, 11, rows), false);
        assert_eq!(scene.shown(), ["grace says 0"]);
    }

    #[test]
    fn somebody_too_far_behind_starts_from_the_latest_page() {
        let mut scene = Scene::in_plaza(opened(10, vec![message("grace", 0, 5)]));
        scene.cut();
        scene.welcome.channels = vec![state(plaza(), 10 + FAR_BEHIND + 1)];
        scene.connect();
        assert!(!scene.has_asked(resumes(plaza_scope(), 10)));
        assert_eq!(scene.shown(), ["grace says 0"], "kept until the new page is here");
        let asked = scene.asked(|command| matches!(command, Command::OpenChannel { .. }));
        let page = opened(10 + FAR_BEHIND + 1, vec![message("grace", 900, 1_500)]);
        scene.ok(asked, Accepted::Opened(Box::new(page)));
        assert_eq!(scene.shown(), ["grace says 900"]);
        let reset = Event::Timeline { channel: plaza(), change: TimelineChange::Reset };
        assert!(scene.events.contains(&reset));
        assert!(scene.client.timeline(plaza()).is_some_and(|timeline| timeline.has_earlier()));
    }

    #[test]
    fn a_store_that_knows_less_than_i_do_makes_me_start_over() {
        let mut scene = Scene::in_plaza(opened(10, vec![message("grace", 0, 5)]));
        scene.cut();
        scene.welcome.channels = vec![state(plaza(), 4)];
        scene.connect();
        let asked = scene.asked(resumes(plaza_scope(), 10));
        let epoch = scene.welcome.epoch;
        let gap = Changes { epoch, change: told(10, 10, Vec::new()), more: false, gap: true };
        scene.ok(asked, Accepted::Changes(gap));
        let asked = scene.asked(|command| matches!(command, Command::OpenChannel { .. }));
        scene.ok(asked, Accepted::Opened(Box::new(opened(4, Vec::new()))));
        assert!(scene.shown().is_empty());
    }

    #[test]
    fn after_a_restore_everything_known_is_void() {
        let mut scene = Scene::in_plaza(opened(10, vec![message("grace", 0, 5)]));
        let scope = Scope::Directory;
        scene.hear(change(scope, 0, 1, vec![Row::Listing(listing(plaza(), Some("Plaza"), 1))]));
        scene.cut();
        scene.welcome.epoch = epoch(2);
        scene.welcome.channels = vec![state(plaza(), 3)];
        scene.events.clear();
        scene.connect();
        assert!(scene.events.contains(&Event::Welcomed { anew: true }));
        assert_eq!(scene.client.directory().iter().count(), 0);
        assert!(scene.client.timeline(plaza()).is_none());
        assert!(scene.has_asked(|command| matches!(command, Command::OpenChannel { .. })));
        assert!(scene.has_asked(resumes(Scope::User(user("ada")), 0)));
    }

    #[test]
    fn a_resume_from_another_epoch_is_not_believed() {
        let mut scene = Scene::in_plaza(opened(10, vec![message("grace", 0, 5)]));
        scene.cut();
        scene.connect();
        let asked = scene.asked(resumes(plaza_scope(), 10));
        let rows = vec![Row::Message(message("grace", 1, 11))];
        let foreign = told(10, 11, rows);
        let changes = Changes { epoch: epoch(2), change: foreign, more: false, gap: false };
        scene.ok(asked, Accepted::Changes(changes));
        assert_eq!(scene.shown(), ["grace says 0"]);
        assert!(!scene.client.state().is_online(), "welcomed anew, and told what is so");
    }

    #[test]
    fn a_reconnect_to_the_same_store_keeps_everything() {
        let mut scene = Scene::in_plaza(opened(10, vec![message("grace", 0, 5)]));
        scene.cut();
        assert_eq!(scene.shown(), ["grace says 0"], "what is loaded can be read offline");
        scene.connect();
        assert!(scene.events.contains(&Event::Welcomed { anew: false }));
        assert_eq!(scene.shown(), ["grace says 0"]);
    }

    #[test]
    fn a_newer_server_is_told_of_once() {
        let mut scene = Scene::new();
        scene.welcome.version = "0.2.0".to_owned();
        scene.connect();
        scene.cut();
        scene.connect();
        let told = |event: &&Event| matches!(event, Event::NewerServer { .. });
        assert_eq!(scene.events.iter().filter(told).count(), 1);
        assert_eq!(Scene::online().events.iter().filter(told).count(), 0);
    }

    #[test]
    fn my_channels_and_the_directory_are_live() {
        let mut scene = Scene::online();
        let scope = Scope::Directory;
        scene.hear(change(scope, 0, 1, vec![Row::Listing(listing(plaza(), Some("Plaza"), 1))]));
        let found = scene.client.directory().details(plaza());
        assert_eq!(found.map(|details| details.friendly_name.as_str()), Some("Plaza"));
        scene.hear(change(scope, 1, 2, vec![Row::Listing(listing(plaza(), None, 2))]));
        assert_eq!(scene.client.directory().iter().count(), 0);
        assert!(scene.events.contains(&Event::Directory(vec![plaza()])));

        let scope = Scope::User(user("ada"));
        scene.hear(change(scope, 0, 1, vec![Row::Membership(membership(channel(5), 1))]));
        assert!(scene.client.memberships().contains(channel(5)));
        assert!(scene.has_asked(|command| matches!(command, Command::Unread { .. })));
        let foreign = Scope::User(user("eve"));
        scene.hear(change(foreign, 0, 9, vec![Row::Membership(membership(channel(6), 9))]));
        assert!(!scene.client.memberships().contains(channel(6)), "not my scope");
    }

    #[test]
    fn a_channel_that_i_open_before_i_join_it_is_loaded_when_i_have() {
        let mut scene = Scene::online();
        let other = channel(5);
        scene.act(|client, now| client.open(other, now));
        assert!(!scene.has_asked(|command| matches!(command, Command::OpenChannel { .. })));
        scene.act(|client, now| client.join(other, now));
        let asked = scene.asked(|command| matches!(command, Command::JoinChannel { .. }));
        let member = chat::MemberSid::new(uuid::Uuid::from_u128(1));
        scene.ok(asked, Accepted::Joined(chat::protocol::Joined { member }));
        assert!(scene.has_asked(|command| *command == Command::OpenChannel { channel: other }));
    }

    #[test]
    fn others_are_seen_typing_until_their_message_comes_and_never_myself() {
        let mut scene = Scene::online();
        let signal = |name: &str| {
            let identity = identity(name);
            ServerFrame::Typing(Typing {
                channel: plaza(),
                user: user(name),
                identity,
                lapse: 6_000,
            })
        };
        scene.server(&signal("ada"));
        assert!(scene.client.typing(plaza(), scene.now).is_empty());
        scene.server(&signal("grace"));
        scene.server(&signal("linus"));
        assert_eq!(
            scene.client.typing(plaza(), scene.now),
            [&identity("grace"), &identity("linus")]
        );
        scene.hear(told(10, 11, vec![Row::Message(message("grace", 0, 11))]));
        assert_eq!(scene.client.typing(plaza(), scene.now), [&identity("linus")]);
        let mut edited = message("linus", 0, 5);
        edited.changed = Sequence(12);
        scene.hear(told(11, 12, vec![Row::Message(edited)]));
        assert_eq!(
            scene.client.typing(plaza(), scene.now),
            [&identity("linus")],
            "an edit is none"
        );
        scene.events.clear();
        scene.pass(6_000);
        assert!(scene.client.typing(plaza(), scene.now).is_empty());
        assert!(scene.events.contains(&Event::Typing(plaza())));
    }

    #[test]
    fn i_signal_that_i_compose_only_while_somebody_can_hear_it() {
        let mut scene = Scene::online();
        let signals =
            |scene: &Scene| scene.has_asked(|command| matches!(command, Command::SetTyping { .. }));
        scene.act(|client, now| client.composing(channel(5), now));
        assert!(!signals(&scene), "not a channel of mine");
        scene.act(|client, now| client.composing(plaza(), now));
        assert!(signals(&scene));
        scene.cut();
        scene.now = scene.now.plus(60_000);
        scene.act(|client, now| client.composing(plaza(), now));
        scene.connect();
        assert!(!signals(&scene), "an old signal is worth nothing");
    }

    #[test]
    fn a_word_that_this_build_does_not_know_is_passed_over() {
        let mut scene = Scene::online();
        for text in ["", "{", r#"{"flying":{}}"#, r#"{"reply":{"ref":999,"ok":{"done":{}}}}"#] {
            scene.input(crate::Input::Frame(text.to_owned()));
        }
        assert!(scene.client.state().is_online());
    }
}
