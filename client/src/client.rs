//! The whole client: connection, outbox, and everything folded so far. Verbs and inputs go in,
//! effects come out, the rest is read.

use chat::protocol::{Limits, Scope};
use chat::{ChannelDetails, ChannelSid, Identity, Sequence, SessionSid, Timestamp, UserSid};

use crate::catch_up::CatchUp;
use crate::connection::{Connection, ConnectionState};
use crate::dice::Nonces;
use crate::directory::Directory;
use crate::effect::{Effect, Input};
use crate::event::{Event, Outcome, Ticket, TimelineChange};
use crate::memberships::Memberships;
use crate::outbox::Outbox;
use crate::presence::Onlooker;
use crate::requests::Requests;
use crate::timeline::{LineKey, Timeline};
use crate::typing::{Signals, Typists};
use crate::unread::UnreadTracker;

mod answering;
mod departing;
mod folding;
mod reading;
mod sending;
mod uploading;
mod verbs;
mod welcoming;

use crate::sorted::{SortedMap, SortedSet};
use departing::Departing;

/// Milliseconds that a clock may go back without more ado.
const SET_BACK_MS: i64 = 1_000;

/// Who the server says I am.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    pub identity: Identity,
    pub user: UserSid,
    pub session: Option<SessionSid>,
}

/// One person's view of the server.
#[derive(Debug)]
pub struct Client {
    version: String,
    is_version_told: bool,
    connection: Connection,
    requests: Requests,
    catch_up: CatchUp,
    nonces: Nonces,
    me: Option<Me>,
    general: Option<ChannelSid>,
    limits: Limits,
    directory: Directory,
    memberships: Memberships,
    /// What the private channels of mine are like; the directory does not know them.
    private: SortedMap<ChannelSid, ChannelDetails>,
    timelines: SortedMap<ChannelSid, Timeline>,
    /// The channel the person looks at.
    open: Option<ChannelSid>,
    /// Channels that were opened, the latest last.
    opened: Vec<ChannelSid>,
    /// Channels whose first page is on its way, and the highest sequence heard of meanwhile.
    opening: SortedMap<ChannelSid, Sequence>,
    /// One for every channel of mine.
    trackers: SortedMap<ChannelSid, UnreadTracker>,
    /// Those of them that may have something to say or to ask.
    restless: SortedSet<ChannelSid>,
    departing: Departing,
    outbox: Outbox,
    typists: Typists,
    signals: Signals,
    onlooker: Onlooker,
    effects: Vec<Effect>,
    alarm: Option<Timestamp>,
    latest: Timestamp,
}

impl Client {
    /// A client that has not started. `seed` is any number unlike other tabs' and devices';
    /// `version` is the page's own build.
    pub fn new(seed: u64, version: &str) -> Self {
        Self {
            version: version.to_owned(),
            is_version_told: false,
            connection: Connection::new(seed),
            requests: Requests::default(),
            catch_up: CatchUp::default(),
            nonces: Nonces::new(seed),
            me: None,
            general: None,
            limits: Limits::default(),
            directory: Directory::default(),
            memberships: Memberships::default(),
            private: SortedMap::default(),
            timelines: SortedMap::default(),
            open: None,
            opened: Vec::new(),
            opening: SortedMap::default(),
            trackers: SortedMap::default(),
            restless: SortedSet::default(),
            departing: Departing::default(),
            outbox: Outbox::default(),
            typists: Typists::default(),
            signals: Signals::default(),
            onlooker: Onlooker::default(),
            effects: Vec::new(),
            alarm: None,
            latest: Timestamp(0),
        }
    }

    /// Takes in what happened outside.
    pub fn handle(&mut self, input: Input, now: Timestamp) {
        self.mind_the_clock(now);
        let state = self.connection.state().clone();
        let had_socket = self.connection.has_socket();
        self.take_in(input, now);
        if had_socket && !self.connection.has_socket() {
            self.cut();
        }
        if state != *self.connection.state() {
            self.effects.push(Effect::Event(Event::State));
            if matches!(self.connection.state(), ConnectionState::Denied(_)) {
                let lost = self.requests.give_up();
                self.lose(lost);
            }
        }
        self.go_on(now);
    }

    fn take_in(&mut self, input: Input, now: Timestamp) {
        let (connection, effects) = (&mut self.connection, &mut self.effects);
        match input {
            Input::Start => connection.start(now, effects),
            Input::Token { token, expires_at } => {
                if let Some(token) = connection.token_came(token, expires_at, now, effects) {
                    self.renew_token(token);
                }
            }
            Input::TokenRefused(refusal) => connection.token_refused(refusal, now),
            Input::TokenUnreachable => connection.token_unreachable(now),
            Input::SocketOpened => connection.opened(now, effects),
            Input::Frame(text) => self.hear(&text, now),
            Input::SocketClosed { code, .. } => connection.closed(code, now, effects),
            Input::Uploaded { nonce, media } => self.uploaded(nonce, media),
            Input::UploadRefused { nonce, refusal } => self.upload_refused(nonce, refusal, now),
            Input::UploadBroke { nonce } => self.upload_broke(nonce, now),
            Input::Wake => {
                self.alarm = None;
                connection.wake(now, effects);
            }
            Input::NetworkUp => connection.network_up(now, effects),
            Input::NetworkDown => connection.network_down(now, effects),
            Input::Visible | Input::RetryNow => connection.look_alive(now, effects),
            Input::SignOut => self.sign_out(now),
        }
    }

    /// A clock that was set back must not keep anybody waiting for what it showed before.
    fn mind_the_clock(&mut self, now: Timestamp) {
        if now.plus(SET_BACK_MS) < self.latest {
            self.connection.wait_no_longer(now);
            self.requests.wait_no_longer(now);
            self.departing.wait_no_longer(now);
            self.typists.wait_no_longer(now);
            self.outbox.go_on_at_once();
            self.alarm = None;
        }
        self.latest = now;
    }

    /// What to do now, in order. Ask after every call that takes `now`.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        if let Some(at) = self.wakes_at()
            && self.alarm.is_none_or(|alarm| at < alarm)
        {
            self.alarm = Some(at);
            self.effects.push(Effect::WakeAt(at));
        }
        std::mem::take(&mut self.effects)
    }

    fn wakes_at(&self) -> Option<Timestamp> {
        let mut moments = vec![self.connection.wakes_at(), self.typists.next_lapse()];
        if self.connection.state().is_online() {
            moments.push(self.outbox.wakes_at());
            moments.push(self.requests.wakes_at());
            if self.catch_up.has_caught_up_with(Scope::Directory) {
                moments.push(self.departing.wakes_at());
            }
        }
        moments.into_iter().flatten().min()
    }

    /// The socket is gone, and with it every answer that was to come.
    fn cut(&mut self) {
        let lost = self.requests.cut();
        self.lose(lost);
        for (channel, nonce) in self.outbox.cut() {
            self.tell_lines(channel, Vec::new(), vec![LineKey::Mine(nonce)], Vec::new());
        }
        self.opening.clear();
        self.catch_up.restart();
        if self.onlooker.forget() {
            self.tell(Event::People);
        }
        for tracker in self.trackers.values_mut() {
            tracker.is_asking = false;
            tracker.is_telling = false;
        }
        let channels: Vec<_> = self.timelines.keys().collect();
        for channel in channels {
            self.earlier_did_not_come(channel);
            if let Some(timeline) = self.timelines.get_mut(channel) {
                timeline.no_members_came();
            }
        }
    }

    fn earlier_did_not_come(&mut self, channel: ChannelSid) {
        if let Some(timeline) = self.timelines.get_mut(channel)
            && timeline.is_loading_earlier()
        {
            timeline.no_earlier_came();
            self.tell_timeline(channel, TimelineChange::Earlier);
        }
    }

    fn lose(&mut self, tickets: Vec<Ticket>) {
        for ticket in tickets {
            self.tell(Event::Answered { ticket, outcome: Outcome::Lost });
        }
    }

    fn sign_out(&mut self, now: Timestamp) {
        self.connection.stop(now, &mut self.effects);
        let lost = self.requests.give_up();
        self.lose(lost);
        self.outbox.clear();
        self.stop_vain_upload();
        self.save_outbox();
        self.outbox = Outbox::default();
        self.me = None;
        self.open = None;
        self.forget();
    }

    /// Everything known is void: another store, another user, or none.
    fn forget(&mut self) {
        self.directory = Directory::default();
        self.memberships = Memberships::default();
        self.private.clear();
        self.timelines.clear();
        self.opened.clear();
        self.opening.clear();
        self.trackers.clear();
        self.restless.clear();
        self.departing = Departing::default();
        self.typists = Typists::default();
        self.catch_up.restart();
    }

    fn tell(&mut self, event: Event) {
        self.effects.push(Effect::Event(event));
    }

    fn tell_timeline(&mut self, channel: ChannelSid, change: TimelineChange) {
        self.tell(Event::Timeline { channel, change });
    }

    fn user(&self) -> Option<UserSid> {
        self.me.as_ref().map(|me| me.user)
    }

    fn user_scope(&self) -> Option<Scope> {
        self.user().map(Scope::User)
    }
}
