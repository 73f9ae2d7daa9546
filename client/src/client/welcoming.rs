//! What the server says, and what `welcome` makes of everything known before.

use std::collections::BTreeSet;

use chat::protocol::{ChannelState, Scope, ServerFrame, Typing, Welcome};
use chat::{ChannelSid, Timestamp};

use super::{Client, Me};
use crate::effect::Effect;
use crate::event::Event;
use crate::outbox::Owner;

/// Changes that a timeline may lack before its latest page is fetched instead.
const FAR_BEHIND: u64 = 2_000;

impl Client {
    pub(super) fn hear(&mut self, text: &str, now: Timestamp) {
        if !self.connection.has_socket() {
            return;
        }
        self.connection.heard(now);
        // A newer server may say what this build does not understand; it is not for us.
        let Ok(frame) = serde_json::from_str(text) else { return };
        match frame {
            ServerFrame::Welcome(welcome) => self.be_welcomed(*welcome, now),
            ServerFrame::Refused(refusal) => {
                self.connection.hello_refused(refusal, now, &mut self.effects);
            }
            ServerFrame::Reply(reply) => self.hear_reply(reply, now),
            ServerFrame::Change(change) => self.apply(change, now),
            ServerFrame::Typing(typing) => self.hear_typing(typing, now),
            ServerFrame::TokenAboutToExpire { .. } => self.connection.renew(&mut self.effects),
            ServerFrame::Heartbeat {} => {}
            ServerFrame::Restart { spread } => self.connection.restarting(spread),
        }
    }

    fn hear_typing(&mut self, typing: Typing, now: Timestamp) {
        let channel = typing.channel;
        let is_of_others = self.user() != Some(typing.user);
        if is_of_others && self.is_mine(channel) && self.typists.hear(typing, now) {
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
        let named: BTreeSet<ChannelSid> = channels.iter().map(|state| state.sid).collect();
        let known: Vec<_> = self.trackers.keys().copied().collect();
        for channel in known.into_iter().filter(|channel| !named.contains(channel)) {
            self.depart(channel, None, now);
        }
        for state in channels {
            self.departing.cancel(state.sid);
            let tracker = self.trackers.entry(state.sid).or_default();
            tracker.welcomed(state, self.timelines.get(&state.sid));
            self.restless.insert(state.sid);
            self.tell(Event::Unread(state.sid));
            self.catch_up_with_timeline(state);
        }
        self.catch_up.want(Scope::Directory);
        self.user_scope().into_iter().for_each(|scope| self.catch_up.want(scope));
        self.load_open_channel();
    }

    fn catch_up_with_timeline(&mut self, state: &ChannelState) {
        let Some(timeline) = self.timelines.get_mut(&state.sid) else { return };
        timeline.head.heard_of(state.sequence);
        if timeline.head.behind() <= FAR_BEHIND {
            // Even one that lacks nothing asks, should the store know less than we do.
            self.catch_up.want(Scope::Channel(state.sid));
        } else if self.open == Some(state.sid) {
            self.load(state.sid);
        } else {
            self.timelines.remove(&state.sid);
        }
    }
}
