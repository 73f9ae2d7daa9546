//! What goes out, whenever something may: the page's questions, resumes, the outbox, horizons.

use chat::limits::HISTORY_PAGE;
use chat::protocol::{Command, Scope};
use chat::{Body, ChannelSid, Draft, Sequence, Timestamp};

use super::Client;
use crate::effect::Effect;
use crate::event::Event;
use crate::head::Head;
use crate::outbox::{Pending, PendingState};
use crate::requests::Asked;
use crate::timeline::LineKey;

impl Client {
    /// Does what has become possible or due. Called after everything that happens.
    pub(super) fn go_on(&mut self, now: Timestamp) {
        for channel in self.typists.lapse(now).into_keys() {
            self.tell(Event::Typing(channel));
        }
        self.tell_departures(now);
        self.let_go_of_accepted();
        self.stop_vain_upload();
        if !self.connection.state().is_online() {
            return;
        }
        for asked in self.requests.due(now) {
            self.ask_again(asked);
        }
        while let Some((ticket, command)) = self.requests.next_waiting() {
            self.send(Asked::Page(ticket, command.clone()), command);
        }
        self.resume_next();
        self.send_pending(now);
        self.upload_next(now);
        self.settle_the_restless();
        if let Some(users) = self.onlooker.next_wish() {
            self.send(Asked::Watch, Command::WatchPresence { users });
        }
    }

    pub(super) fn send(&mut self, asked: Asked, command: Command) {
        let frame = self.requests.send(asked, command);
        self.effects.push(frame);
    }

    pub(super) fn renew_token(&mut self, token: String) {
        self.send(Asked::Renew, Command::RenewToken { token });
    }

    pub(super) fn save_outbox(&mut self) {
        self.effects.extend(self.outbox.save().map(Effect::SaveOutbox));
    }

    fn ask_again(&mut self, asked: Asked) {
        match asked {
            Asked::Resume(scope) => self.resume(scope),
            Asked::Open(channel) => {
                if self.opening.remove(channel).is_some() {
                    self.load(channel);
                }
            }
            Asked::Earlier(channel, before) => {
                let limit = HISTORY_PAGE as u32;
                let command = Command::History { channel, before, limit };
                self.send(Asked::Earlier(channel, before), command);
            }
            Asked::Members(channel) => self.ask_for_members(channel),
            Asked::Unread(channel) => {
                self.send(Asked::Unread(channel), Command::Unread { channel });
            }
            Asked::Horizon(channel, index) => {
                let command = Command::AdvanceReadHorizon { channel, index };
                self.send(Asked::Horizon(channel, index), command);
            }
            Asked::Look(scope, nonce) => {
                if self.outbox.get(nonce).is_some() {
                    self.catch_up.want(scope);
                }
            }
            Asked::Watch => self.onlooker.unsay(),
            Asked::Page(..) | Asked::Post(_) | Asked::Typing | Asked::Renew => {}
        }
    }

    fn resume_next(&mut self) {
        if let Some(scope) = self.catch_up.next(self.open) {
            self.resume(scope);
        } else if self.opening.is_empty() && self.catch_up.is_done_now() {
            self.tell(Event::CaughtUp);
        }
    }

    fn resume(&mut self, scope: Scope) {
        let Some(since) = self.head(scope).map(|head| head.sequence) else {
            self.catch_up.answered();
            return self.resume_next();
        };
        self.send(Asked::Resume(scope), Command::Resume { scope, since });
    }

    pub(super) fn head(&mut self, scope: Scope) -> Option<&mut Head> {
        match scope {
            Scope::Directory => Some(&mut self.directory.head),
            Scope::User(_) => Some(&mut self.memberships.head),
            Scope::Channel(channel) => {
                self.timelines.get_mut(channel).map(|timeline| &mut timeline.head)
            }
        }
    }

    /// Loads the open channel, unless it is loaded, or not mine yet.
    pub(super) fn load_open_channel(&mut self) {
        if let Some(channel) = self.open
            && !self.timelines.contains(channel)
        {
            self.load(channel);
        }
    }

    /// Asks for a channel as it is now, with its latest page.
    pub(super) fn load(&mut self, channel: ChannelSid) {
        let may_ask = self.connection.state().is_online() && self.is_member(channel);
        if may_ask && !self.opening.contains(channel) {
            self.opening.insert(channel, Sequence(0));
            self.send(Asked::Open(channel), Command::OpenChannel { channel });
        }
    }

    /// Accepted messages that nothing more will come of: those of channels that are not loaded,
    /// those before the earliest loaded one, and those that are here already.
    fn let_go_of_accepted(&mut self) {
        let is_done = |pending: &&Pending| {
            let PendingState::Accepted(index) = pending.state else { return false };
            match self.timelines.get(pending.channel) {
                Some(timeline) => {
                    Some(index) < timeline.first_index() || timeline.message(index).is_some()
                }
                None => !self.opening.contains(pending.channel),
            }
        };
        let done = self.outbox.iter().filter(is_done);
        let done: Vec<_> = done.map(|pending| (pending.channel, pending.nonce)).collect();
        for (channel, nonce) in done {
            self.outbox.take(nonce);
            self.tell_lines(channel, Vec::new(), Vec::new(), vec![LineKey::Mine(nonce)]);
        }
    }

    pub(super) fn ask_for_members(&mut self, channel: ChannelSid) {
        let after = self.timelines.get(channel).and_then(|timeline| timeline.next_members());
        if after.is_some() {
            self.send(Asked::Members(channel), Command::Members { channel, after });
        }
    }

    fn send_pending(&mut self, now: Timestamp) {
        let mut doubtful = Vec::new();
        while let Some(pending) = self.outbox.next_to_send(now, &mut doubtful) {
            let (channel, nonce) = (pending.channel, pending.nonce);
            let body = pending.body.as_ref().map_or("", Body::as_str).to_owned();
            let media = pending.attachment.as_ref().and_then(|attachment| attachment.sid);
            let draft = Draft { channel, nonce, body, attributes: String::new(), media };
            self.send(Asked::Post(nonce), Command::PostMessage(draft));
            self.tell_lines(channel, Vec::new(), vec![LineKey::Mine(nonce)], Vec::new());
        }
        if !doubtful.is_empty() {
            self.save_outbox();
        }
        for (channel, nonce) in doubtful {
            self.tell_lines(channel, Vec::new(), vec![LineKey::Mine(nonce)], Vec::new());
        }
    }

    /// Tells horizons that the server does not know, then asks for counts that we do not.
    fn settle_the_restless(&mut self) {
        for channel in std::mem::take(&mut self.restless).into_keys() {
            let Some(tracker) = self.trackers.get_mut(channel) else { continue };
            let wish = tracker.next_wish();
            tracker.is_telling |= wish.is_some();
            let must_ask = tracker.must_ask();
            tracker.is_asking |= must_ask;
            if let Some(index) = wish {
                let command = Command::AdvanceReadHorizon { channel, index };
                self.send(Asked::Horizon(channel, index), command);
            }
            if must_ask {
                self.send(Asked::Unread(channel), Command::Unread { channel });
            }
        }
    }
}
