//! What the page does.

use chat::limits::{HISTORY_PAGE, PRESENCE_WATCHED_MAX};
use chat::protocol::{ChannelEditing, Command, Editing, NewChannel};
use chat::{
    Body, ChannelSid, FriendlyName, MessageIndex, Nonce, Refusal, Timestamp, UniqueName, UserSid,
};

use super::Client;
use crate::event::{Event, Outcome, Ticket, TimelineChange};
use crate::outbox::{Attachment, Pending, PendingState, Unposted};
use crate::requests::Asked;
use crate::timeline::LineKey;

/// Messages.
impl Client {
    /// Says something. The line is pending at once, and goes out in order, once.
    pub fn post(
        &mut self,
        channel: ChannelSid,
        text: &str,
        now: Timestamp,
    ) -> Result<Nonce, Unposted> {
        let body = Body::parse(text).map_err(Unposted::Refused)?;
        self.queue(channel, Some(body), None, now)
    }

    /// Says something with a file, or shows a file without a word. [`Effect::Upload`] asks for its
    /// bytes; the page must know the file by the nonce when it takes the effects.
    pub fn post_file(
        &mut self,
        channel: ChannelSid,
        text: &str,
        attachment: Attachment,
        now: Timestamp,
    ) -> Result<Nonce, Unposted> {
        if self.limits.file_bytes < attachment.size {
            return Err(Unposted::Refused(Refusal::MediaTooLarge));
        }
        let body = Body::parse_beside(true, text).map_err(Unposted::Refused)?;
        self.queue(channel, body, Some(attachment), now)
    }

    fn queue(
        &mut self,
        channel: ChannelSid,
        body: Option<Body>,
        attachment: Option<Attachment>,
        now: Timestamp,
    ) -> Result<Nonce, Unposted> {
        if self.me.is_some() && !self.is_member(channel) {
            return Err(Unposted::Refused(Refusal::NotAMember));
        }
        let nonce = self.nonces.next(now);
        let state = PendingState::Queued;
        self.outbox.queue(Pending { channel, nonce, body, attachment, queued_at: now, state })?;
        self.save_outbox();
        self.tell_lines(channel, vec![LineKey::Mine(nonce)], Vec::new(), Vec::new());
        self.go_on(now);
        Ok(nonce)
    }

    /// Gives a message that is there another text; beside a file it may be none.
    pub fn edit(
        &mut self,
        channel: ChannelSid,
        index: MessageIndex,
        text: &str,
        now: Timestamp,
    ) -> Result<Ticket, Refusal> {
        let message = self.timelines.get(channel).and_then(|timeline| timeline.message(index));
        let needs_words = message.is_none_or(|message| message.media.is_none());
        let body = match text.trim() {
            "" if !needs_words => String::new(),
            text => Body::parse(text)?.as_str().to_owned(),
        };
        let body = Some(body);
        let editing = Editing { channel, index, body, attributes: None };
        Ok(self.ask(Command::EditMessage(editing), now))
    }

    /// Takes a message that is there back.
    pub fn delete(&mut self, channel: ChannelSid, index: MessageIndex, now: Timestamp) -> Ticket {
        self.ask(Command::DeleteMessage { channel, index }, now)
    }

    /// Sends a failed or doubtful message again, by the person's word.
    pub fn retry(&mut self, nonce: Nonce, now: Timestamp) {
        let fresh = self.nonces.next(now);
        let Some(pending) = self.outbox.retry(nonce, fresh, now) else { return };
        let channel = pending.channel;
        let (old, new) = (LineKey::Mine(nonce), LineKey::Mine(pending.nonce));
        self.save_outbox();
        if old == new {
            self.tell_lines(channel, Vec::new(), vec![old], Vec::new());
        } else {
            self.tell_lines(channel, vec![new], Vec::new(), vec![old]);
        }
        self.go_on(now);
    }

    /// Takes a message out of the outbox and returns it. Nothing comes of one that is on its way
    /// or accepted: it can no longer be called back.
    pub fn discard(&mut self, nonce: Nonce, now: Timestamp) -> Option<Pending> {
        let state = &self.outbox.get(nonce)?.state;
        if matches!(state, PendingState::Sent | PendingState::Accepted(_)) {
            return None;
        }
        let taken = self.outbox.take(nonce)?;
        self.save_outbox();
        self.tell_lines(taken.channel, Vec::new(), Vec::new(), vec![LineKey::Mine(nonce)]);
        self.go_on(now);
        Some(taken)
    }

    /// Takes over what another tab, or this one before a reload, had saved; after
    /// [`Event::Welcomed`]. Says whether it was taken, and can be removed where it was: another
    /// person's is not.
    pub fn adopt(&mut self, saved: &str, now: Timestamp) -> bool {
        let Some(adopted) = self.outbox.adopt(saved) else { return false };
        for (channel, nonce) in adopted {
            self.tell_lines(channel, vec![LineKey::Mine(nonce)], Vec::new(), Vec::new());
            self.confirm_loaded(channel);
            self.depart_if_gone(channel, now);
        }
        self.save_outbox();
        self.go_on(now);
        true
    }

    /// The person is composing. Call it at every change of the text; it signals seldom enough.
    pub fn composing(&mut self, channel: ChannelSid, now: Timestamp) {
        let may_say = self.connection.state().is_online() && self.is_member(channel);
        let interval = i64::from(self.limits.typing_interval);
        if may_say && self.signals.may_say(channel, interval, now) {
            self.send(Asked::Typing, Command::SetTyping { channel });
        }
    }
}

/// Reading.
impl Client {
    /// Turns to a channel: loads it if it is not (as soon as I am a member), and resumes it first
    /// from now on. Those opened before stay loaded and live.
    pub fn open(&mut self, channel: ChannelSid, now: Timestamp) {
        self.open = Some(channel);
        self.look_at(channel);
        self.load_open_channel();
        self.go_on(now);
    }

    /// Asks for the page before the earliest loaded message, unless one is on its way.
    pub fn older(&mut self, channel: ChannelSid, _now: Timestamp) {
        if !self.connection.state().is_online() {
            return;
        }
        let Some(timeline) = self.timelines.get_mut(channel) else { return };
        if let Some(before) = timeline.wants_earlier() {
            let limit = HISTORY_PAGE as u32;
            let command = Command::History { channel, before, limit };
            self.send(Asked::Earlier(channel, before), command);
            self.tell_timeline(channel, TimelineChange::Earlier);
        }
    }

    /// Asks once more for the channel's page that does not come; the first answer counts.
    pub fn ask_anew(&mut self, channel: ChannelSid, now: Timestamp) {
        if self.opening.contains(channel) && self.connection.state().is_online() {
            self.send(Asked::Open(channel), Command::OpenChannel { channel });
        }
        if let Some(timeline) = self.timelines.get_mut(channel) {
            timeline.no_earlier_came();
        }
        self.older(channel, now);
    }

    /// Asks for the next page of members, unless all are known.
    pub fn more_members(&mut self, channel: ChannelSid, _now: Timestamp) {
        if !self.connection.state().is_online() {
            return;
        }
        let Some(timeline) = self.timelines.get_mut(channel) else { return };
        if timeline.wants_members() {
            self.ask_for_members(channel);
        }
    }

    /// The page shows these people, at most [`PRESENCE_WATCHED_MAX`], and nobody else: asks who of
    /// them is reachable, and again whenever that is forgotten.
    pub fn watch(&mut self, mut users: Vec<UserSid>, now: Timestamp) {
        users.truncate(PRESENCE_WATCHED_MAX);
        self.onlooker.wish(users);
        self.go_on(now);
    }

    /// The person has seen this message: advances the read horizon, here at once, on the server
    /// as soon as may be.
    pub fn seen(&mut self, channel: ChannelSid, index: MessageIndex, now: Timestamp) {
        self.track(channel, |tracker, timeline| {
            if tracker.wish(index) {
                tracker.read_on(Some(index), timeline);
            }
        });
        self.go_on(now);
    }
}

/// Channels.
impl Client {
    /// Asks for a new channel; an impossible name never leaves.
    pub fn create_channel(
        &mut self,
        friendly_name: &str,
        unique_name: Option<&str>,
        private: bool,
        now: Timestamp,
    ) -> Result<Ticket, Refusal> {
        let friendly_name = FriendlyName::parse_first(friendly_name)?.as_str().to_owned();
        let unique_name = unique_name
            .filter(|name| !name.trim().is_empty())
            .map(|name| UniqueName::parse_first(name).map(|name| name.as_str().to_owned()))
            .transpose()?;
        let nonce = self.nonces.next(now);
        let wish = NewChannel {
            nonce,
            friendly_name,
            unique_name,
            attributes: String::new(),
            private,
            without_joining: false,
        };
        Ok(self.ask(Command::CreateChannel(wish), now))
    }

    /// Asks for new names; what is `None` stays, a blank unique name removes it.
    pub fn rename_channel(
        &mut self,
        channel: ChannelSid,
        friendly_name: Option<&str>,
        unique_name: Option<&str>,
        private: bool,
        now: Timestamp,
    ) -> Result<Ticket, Refusal> {
        let friendly_name = friendly_name
            .map(|name| FriendlyName::parse(name).map(|name| name.as_str().to_owned()))
            .transpose()?;
        let unique_name = unique_name
            .map(|name| match name.trim() {
                "" => Ok(String::new()),
                name => UniqueName::parse(name).map(|name| name.as_str().to_owned()),
            })
            .transpose()?;
        let private = private.then_some(true);
        let editing =
            ChannelEditing { friendly_name, unique_name, private, ..ChannelEditing::of(channel) };
        Ok(self.ask(Command::EditChannel(editing), now))
    }

    /// Asks to become a member.
    pub fn join(&mut self, channel: ChannelSid, now: Timestamp) -> Ticket {
        let nonce = self.nonces.next(now);
        self.ask(Command::JoinChannel { channel, nonce }, now)
    }

    /// Asks to be a member no more.
    pub fn leave(&mut self, channel: ChannelSid, now: Timestamp) -> Ticket {
        self.ask(Command::LeaveChannel { channel }, now)
    }

    /// Asks for the end of a channel.
    pub fn delete_channel(&mut self, channel: ChannelSid, now: Timestamp) -> Ticket {
        self.ask(Command::DeleteChannel { channel }, now)
    }

    /// Asks that another member become the channel's admin.
    pub fn hand_over(&mut self, channel: ChannelSid, to: UserSid, now: Timestamp) -> Ticket {
        self.ask(Command::HandOverChannel { channel, to }, now)
    }

    /// Asks anything of the protocol. While there is no connection the question waits; one that
    /// was sent when the connection broke is asked again where that does no harm.
    pub fn ask(&mut self, command: Command, now: Timestamp) -> Ticket {
        let (ticket, lost) = self.requests.queue(command);
        if let Some(ticket) = lost {
            self.tell(Event::Answered { ticket, outcome: Outcome::Lost });
        }
        self.go_on(now);
        ticket
    }

    /// A fresh nonce, for commands given to [`Client::ask`].
    pub fn nonce(&mut self, now: Timestamp) -> Nonce {
        self.nonces.next(now)
    }
}
