//! A stage for the rules' tests: people, rows, and a client whose surroundings are played by hand.

use chat::media::Dimensions;
use chat::protocol::{
    Accepted, Answer, Change, Changes, ChannelState, ClientFrame, Command, Limits, MembersPage,
    Opened, Reply, Row, Scope, ServerFrame, Unread, Welcome,
};
use chat::refusal::WireRefusal;
use chat::{
    Attributes, Body, Channel, ChannelDetails, ChannelSid, FriendlyName, Identity, Level, Listing,
    Media, MediaSid, Member, MemberSid, Membership, Message, MessageIndex, MessageSid, Nonce,
    RoleSid, Sequence, Timestamp, UserSid,
};
use uuid::Uuid;

use crate::outbox::{PendingState, SavedOutbox};
use crate::{Attachment, Client, Effect, Event, Input};

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const VERSION: &str = "0.1.0";

pub(crate) fn channel(number: u128) -> ChannelSid {
    ChannelSid::new(Uuid::from_u128(number))
}

/// The channel of most scenes.
pub(crate) fn plaza() -> ChannelSid {
    channel(100)
}

pub(crate) fn epoch(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) fn identity(name: &str) -> Identity {
    Identity::parse(name).expect("a name")
}

fn number(name: &str) -> u128 {
    name.bytes().fold(0, |sum, byte| sum * 256 + u128::from(byte))
}

pub(crate) fn user(name: &str) -> UserSid {
    UserSid::new(Uuid::from_u128(number(name)))
}

pub(crate) fn nonce(number: u128) -> Nonce {
    Nonce(Uuid::from_u128(number))
}

/// A message whose nonce is its index, as in a channel where nothing else enters at `entered`.
pub(crate) fn message(name: &str, index: u64, entered: u64) -> Message {
    Message {
        sid: MessageSid::new(Uuid::from_u128(u128::from(index) + 1)),
        index: MessageIndex(index),
        author: user(name),
        identity: identity(name),
        body: Some(Body::parse(&format!("{name} says {index}")).expect("a text")),
        attributes: Attributes::default(),
        nonce: nonce(u128::from(index)),
        posted_at: Timestamp(0),
        media: None,
        edited: None,
        entered: Sequence(entered),
        changed: Sequence(entered),
    }
}

/// What is left of a message in a list of lines.
pub(crate) fn said(message: &Message) -> String {
    match (&message.body, &message.media) {
        (Some(body), _) => body.as_str().to_owned(),
        (None, Some(media)) => media.filename.clone(),
        (None, None) => "(deleted)".to_owned(),
    }
}

/// A photo as the server tells of it.
pub(crate) fn media(number: u128) -> Media {
    Media {
        sid: MediaSid::new(Uuid::from_u128(number)),
        filename: "lanterns.png".to_owned(),
        content_type: "image/png".to_owned(),
        size: 1_234,
        dimensions: Some(Dimensions { width: 640, height: 480 }),
    }
}

/// The same before it is uploaded.
pub(crate) fn photo() -> Attachment {
    Attachment { sid: None, ..media(0).into() }
}

pub(crate) fn member(name: &str, entered: u64, changed: u64) -> Member {
    Member {
        sid: MemberSid::new(Uuid::from_u128(number(name))),
        user: user(name),
        identity: identity(name),
        guest: false,
        role: Some(RoleSid::CHANNEL_USER),
        horizon: None,
        read_at: None,
        attributes: Attributes::default(),
        at: Timestamp(0),
        entered: Sequence(entered),
        changed: Sequence(changed),
    }
}

pub(crate) fn gone(name: &str, entered: u64, changed: u64) -> Member {
    Member { role: None, ..member(name, entered, changed) }
}

pub(crate) fn membership(channel: ChannelSid, changed: u64) -> Membership {
    Membership {
        channel,
        role: Some(RoleSid::CHANNEL_USER),
        invited: None,
        horizon: None,
        level: Level::Default,
        entered: Sequence(changed),
        changed: Sequence(changed),
    }
}

pub(crate) fn details(name: &str) -> ChannelDetails {
    ChannelDetails {
        unique_name: None,
        friendly_name: FriendlyName::parse(name).expect("a name"),
        attributes: Attributes::default(),
        private: false,
        created_by: identity("system"),
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
    }
}

pub(crate) fn channel_row(sid: ChannelSid, name: Option<&str>, changed: u64) -> Channel {
    Channel { sid, details: name.map(details), entered: Sequence(1), changed: Sequence(changed) }
}

pub(crate) fn listing(sid: ChannelSid, name: Option<&str>, changed: u64) -> Listing {
    Listing { sid, details: name.map(details), entered: Sequence(1), changed: Sequence(changed) }
}

pub(crate) fn change(scope: Scope, after: u64, sequence: u64, rows: Vec<Row>) -> Change {
    Change { scope, after: Sequence(after), sequence: Sequence(sequence), rows }
}

/// A change of the plaza.
pub(crate) fn told(after: u64, sequence: u64, rows: Vec<Row>) -> Change {
    change(Scope::Channel(plaza()), after, sequence, rows)
}

pub(crate) fn unread(horizon: Option<u64>, unread: u64, at: u64) -> Unread {
    Unread { horizon: horizon.map(MessageIndex), unread, at: Sequence(at), mine_at: Sequence(9) }
}

pub(crate) fn state(sid: ChannelSid, sequence: u64) -> ChannelState {
    ChannelState {
        sid,
        sequence: Sequence(sequence),
        last_index: None,
        last_message_at: None,
        horizon: None,
        unread: 0,
        details: None,
    }
}

/// The plaza at a sequence, with these messages, and Ada and Grace in it.
pub(crate) fn opened(sequence: u64, messages: Vec<Message>) -> Opened {
    Opened {
        channel: channel_row(plaza(), Some("Plaza"), 1),
        sequence: Sequence(sequence),
        earlier: messages.first().is_some_and(|first| first.index.0 != 0),
        messages,
        members: MembersPage {
            members: vec![member("ada", 1, 1), member("grace", 2, 2)],
            count: 2,
            more: false,
        },
        unread: unread(None, 0, sequence),
    }
}

pub(crate) fn refusal(temporary: bool, retry_after: Option<u32>) -> WireRefusal {
    WireRefusal { code: 60_004, status: 503, message: String::new(), temporary, retry_after }
}

/// Ada's client. Everything it asks of its surroundings is kept to be looked at.
pub(crate) struct Scene {
    pub(crate) client: Client,
    pub(crate) now: Timestamp,
    pub(crate) wake_at: Option<Timestamp>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) requests: Vec<(u32, Command)>,
    pub(crate) events: Vec<Event>,
    pub(crate) welcome: Welcome,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let welcome = Welcome {
            identity: identity("ada"),
            user: user("ada"),
            session: None,
            epoch: epoch(1),
            server_time: Timestamp(0),
            version: VERSION.to_owned(),
            general: channel(1),
            limits: Limits::default(),
            channels: vec![state(plaza(), 10)],
        };
        Self {
            client: Client::new(7, VERSION),
            now: Timestamp(1_000_000),
            wake_at: None,
            effects: Vec::new(),
            requests: Vec::new(),
            events: Vec::new(),
            welcome,
        }
    }

    /// Ada is online, and has caught up with what is empty so far.
    pub(crate) fn online() -> Self {
        let mut scene = Self::new();
        scene.connect();
        scene.answer_resumes();
        scene.events.clear();
        scene.effects.clear();
        scene
    }

    /// Ada looks at the plaza, which is as given.
    pub(crate) fn in_plaza(opened: Opened) -> Self {
        let mut scene = Self::online();
        scene.open_plaza(opened);
        scene.events.clear();
        scene
    }

    pub(crate) fn open_plaza(&mut self, opened: Opened) {
        self.act(|client, now| client.open(plaza(), now));
        let asked = self.asked(|command| matches!(command, Command::OpenChannel { .. }));
        self.ok(asked, Accepted::Opened(Box::new(opened)));
    }

    /// From any stop to a welcome.
    pub(crate) fn connect(&mut self) {
        self.input(Input::Start);
        self.input(Input::RetryNow);
        if self.took(&Effect::FetchToken) {
            self.token();
        }
        assert!(self.took(&Effect::OpenSocket), "a socket is wanted: {:?}", self.client.state());
        self.input(Input::SocketOpened);
        self.be_welcomed();
    }

    pub(crate) fn token(&mut self) {
        self.input(Input::Token { token: "t".to_owned(), expires_at: None });
    }

    pub(crate) fn be_welcomed(&mut self) {
        self.welcome.server_time = self.now;
        self.server(&ServerFrame::Welcome(Box::new(self.welcome.clone())));
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.act(|client, now| client.handle(input, now));
    }

    pub(crate) fn server(&mut self, frame: &ServerFrame) {
        self.input(Input::Frame(serde_json::to_string(frame).expect("plain data")));
    }

    pub(crate) fn hear(&mut self, change: Change) {
        self.server(&ServerFrame::Change(change));
    }

    pub(crate) fn answer(&mut self, reference: u32, answer: Answer) {
        self.server(&ServerFrame::Reply(Reply { reference, answer }));
    }

    pub(crate) fn ok(&mut self, reference: u32, accepted: Accepted) {
        self.answer(reference, Answer::Ok(accepted));
    }

    pub(crate) fn refuse(&mut self, reference: u32, refusal: WireRefusal) {
        self.answer(reference, Answer::Refused(refusal));
    }

    pub(crate) fn cut(&mut self) {
        self.input(Input::SocketClosed { code: None, reason: String::new() });
        self.requests.clear();
    }

    pub(crate) fn close(&mut self, code: u16) {
        self.input(Input::SocketClosed { code: Some(code), reason: String::new() });
        self.requests.clear();
    }

    /// Time passes, and the timer fires if it was set; late by all of the time, once.
    pub(crate) fn pass(&mut self, milliseconds: i64) {
        self.now = self.now.plus(milliseconds);
        if self.wake_at.is_some_and(|at| at <= self.now) {
            self.wake_at = None;
            self.input(Input::Wake);
        }
    }

    pub(crate) fn act<R>(&mut self, act: impl FnOnce(&mut Client, Timestamp) -> R) -> R {
        let result = act(&mut self.client, self.now);
        for effect in self.client.take_effects() {
            match effect {
                Effect::Event(event) => self.events.push(event),
                Effect::WakeAt(at) => self.wake_at = Some(at),
                Effect::Send(text) => match serde_json::from_str(&text).expect("our own words") {
                    ClientFrame::Request(asked) => {
                        self.requests.push((asked.reference, asked.command));
                    }
                    ClientFrame::Hello(_) | ClientFrame::Probe {} => {
                        self.effects.push(Effect::Send(text));
                    }
                },
                other => self.effects.push(other),
            }
        }
        result
    }

    /// Whether this was asked of the surroundings since it was last looked for.
    pub(crate) fn took(&mut self, effect: &Effect) -> bool {
        let at = self.effects.iter().position(|taken| taken == effect);
        at.map(|at| self.effects.remove(at)).is_some()
    }

    pub(crate) fn has_probed(&mut self) -> bool {
        self.took(&Effect::send(&ClientFrame::Probe {}))
    }

    /// The reference of a request that is to have been sent; it is not looked for again.
    pub(crate) fn asked(&mut self, is_it: impl Fn(&Command) -> bool) -> u32 {
        let at = self.requests.iter().position(|(_, command)| is_it(command));
        let at = at.unwrap_or_else(|| panic!("not among {:?}", self.requests));
        self.requests.remove(at).0
    }

    pub(crate) fn has_asked(&self, is_it: impl Fn(&Command) -> bool) -> bool {
        self.requests.iter().any(|(_, command)| is_it(command))
    }

    /// Answers the resume of a scope.
    pub(crate) fn resumed(&mut self, scope: Scope, change: Change, more: bool) {
        let asked = self
            .asked(|command| matches!(command, Command::Resume { scope: of, .. } if *of == scope));
        let changes = Changes { epoch: self.welcome.epoch, change, more, gap: false };
        self.ok(asked, Accepted::Changes(changes));
    }

    /// Answers every resume: nothing has changed.
    pub(crate) fn answer_resumes(&mut self) {
        while let Some(&(_, Command::Resume { scope, since })) =
            self.requests.iter().find(|(_, command)| matches!(command, Command::Resume { .. }))
        {
            self.resumed(scope, change(scope, since.0, since.0, Vec::new()), false);
        }
    }

    /// How far a pending message is.
    pub(crate) fn state_of(&self, nonce: Nonce) -> PendingState {
        self.client.outbox().get(nonce).expect("it is pending").state.clone()
    }

    /// What was stored last of the outbox, since somebody looked.
    pub(crate) fn saved(&mut self) -> SavedOutbox {
        let saved = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::SaveOutbox(saved) => Some(saved.clone()),
            _ => None,
        });
        self.effects.clear();
        saved.expect("something was to be stored")
    }

    /// The bodies in the plaza, pending ones in brackets, notices by name.
    pub(crate) fn shown(&self) -> Vec<String> {
        let lines = self.client.lines(plaza()).map(|line| match line {
            crate::Line::Message(message) => said(message),
            crate::Line::Pending(pending) => format!("[{}]", pending.text()),
            crate::Line::Notice(notice) => format!("{} {:?}", notice.identity, notice.kind),
        });
        lines.collect()
    }
}
