//! The whole client: connection, outbox, and everything folded so far. Verbs and inputs go in,
//! effects come out, the rest is read.

use chat::protocol::{Accepted, Command, Limits};
use chat::refusal::WireRefusal;
use chat::{
    ChannelSid, FriendlyName, Identity, MessageIndex, Nonce, Refusal, SessionSid, Timestamp,
    UserSid,
};

use crate::connection::ConnectionState;
use crate::directory::Directory;
use crate::memberships::Memberships;
use crate::outbox::{Outbox, Pending, Unposted};
use crate::timeline::{Line, LineKey, Timeline};
use crate::unread::UnreadCount;

/// What happened outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Go online: at the start, and again after [`ConnectionState::Denied`] when the person has
    /// signed in anew.
    Start,
    /// The answer to [`Effect::FetchToken`]. `expires_at` by the server's clock, where known.
    Token {
        token: String,
        expires_at: Option<Timestamp>,
    },
    /// The token's source said no.
    TokenRefused(WireRefusal),
    /// The token's source could not be asked.
    TokenUnreachable,
    SocketOpened,
    /// A text frame.
    Frame(String),
    /// The socket is gone, or never opened; `code` where a close frame came.
    SocketClosed {
        code: Option<u16>,
        reason: String,
    },
    /// The moment of [`Effect::WakeAt`] has come, or may have.
    Wake,
    /// The browser says that there is a network again.
    NetworkUp,
    /// The browser says that there is none.
    NetworkDown,
    /// The page can be seen again, or the machine woke up.
    Visible,
    /// The person will not wait for the next attempt.
    RetryNow,
    /// The person signs out: the socket closes, and everything known is forgotten, the outbox too.
    SignOut,
}

/// What the caller does for the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Get an access token and answer with [`Input::Token`], `TokenRefused` or `TokenUnreachable`.
    FetchToken,
    /// Open a socket; there is no other one now.
    OpenSocket,
    /// Send a text frame.
    Send(String),
    /// Close the socket. Nothing of it may be fed afterwards, not even its end.
    CloseSocket,
    /// Feed [`Input::Wake`] then; replaces the moment asked for before. It may come late.
    WakeAt(Timestamp),
    /// Store [`Client::saved_outbox`].
    SaveOutbox,
    /// Something to show; read the client for what it is now.
    Event(Event),
}

/// What has become different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Read [`Client::state`].
    State,
    /// The server knows us; [`Client::me`], [`Client::general`] and [`Client::limits`] are set.
    /// Saved outboxes may be adopted now. `anew` when everything known before is void.
    Welcomed {
        anew: bool,
    },
    /// Everything missed since the last connection has been folded in.
    CaughtUp,
    /// These channels' listings came, changed or went.
    Directory(Vec<ChannelSid>),
    /// These memberships of mine came, changed or went.
    Memberships(Vec<ChannelSid>),
    Timeline {
        channel: ChannelSid,
        change: TimelineChange,
    },
    /// Read [`Client::unread`].
    Unread(ChannelSid),
    /// Read [`Client::typing`].
    Typing(ChannelSid),
    /// A question of the page was answered.
    Answered {
        ticket: Ticket,
        outcome: Outcome,
    },
    /// A channel of mine is mine no more; its timeline is dropped. What was still queued for it
    /// comes along, oldest first, and is in the outbox no more.
    ChannelGone {
        channel: ChannelSid,
        friendly_name: Option<FriendlyName>,
        departure: Departure,
        unsent: Vec<String>,
    },
    /// The server is not the build this page came from; said once. Offer a reload.
    NewerServer {
        version: String,
    },
}

/// What became different in one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimelineChange {
    /// All of it: read everything again.
    Reset,
    /// Lines came, changed or went; pending ones too. A pending line that was accepted is
    /// `changed`, under the same key.
    Lines { added: Vec<LineKey>, changed: Vec<LineKey>, gone: Vec<LineKey> },
    /// An earlier page came in at the front.
    Earlier,
    /// Members or their count.
    Members,
    /// Names or attributes of the channel.
    Details,
}

/// Why a channel is mine no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// It was deleted.
    Deleted,
    /// I left, here or on another device.
    Left,
}

/// Pairs a question of the page with [`Event::Answered`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u32);

/// How a question of the page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Ok(Accepted),
    Refused(WireRefusal),
    /// The connection broke, and asking again would not be the same question.
    Lost,
}

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
    state: ConnectionState,
    directory: Directory,
    memberships: Memberships,
    outbox: Outbox,
    effects: Vec<Effect>,
}

impl Client {
    /// A client that has not started. `seed` is any number unlike other tabs' and devices';
    /// `version` is the page's own build.
    pub fn new(_seed: u64, _version: &str) -> Self {
        Self {
            state: ConnectionState::Idle,
            directory: Directory::default(),
            memberships: Memberships::default(),
            outbox: Outbox::default(),
            effects: Vec::new(),
        }
    }

    /// Takes in what happened outside.
    pub fn handle(&mut self, _input: Input, _now: Timestamp) {}

    /// What to do now, in order. Ask after every call that takes `now`.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}

/// What is read.
impl Client {
    /// How the connection stands.
    pub fn state(&self) -> &ConnectionState {
        &self.state
    }

    /// Who I am, once welcomed.
    pub fn me(&self) -> Option<&Me> {
        None
    }

    /// The General Channel, once welcomed.
    pub fn general(&self) -> Option<ChannelSid> {
        None
    }

    /// The server's limits, or this build's own until welcomed.
    pub fn limits(&self) -> Limits {
        Limits::default()
    }

    /// Every public channel.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// My channels, my roles, and my own user row.
    pub fn memberships(&self) -> &Memberships {
        &self.memberships
    }

    /// A channel as seen so far, once it was opened and its first page came.
    pub fn timeline(&self, _channel: ChannelSid) -> Option<&Timeline> {
        None
    }

    /// Everything to show in a channel, in order: messages and notices, then what is pending.
    pub fn lines(&self, _channel: ChannelSid) -> impl Iterator<Item = Line<'_>> {
        std::iter::empty()
    }

    /// One line of a channel.
    pub fn line(&self, _channel: ChannelSid, _key: LineKey) -> Option<Line<'_>> {
        None
    }

    /// What I have not seen of a channel of mine.
    pub fn unread(&self, _channel: ChannelSid) -> Option<UnreadCount> {
        None
    }

    /// Who is composing in a channel, in the order they began; never myself.
    pub fn typing(&self, _channel: ChannelSid, _now: Timestamp) -> Vec<&Identity> {
        Vec::new()
    }

    /// What was said and is not accepted yet, of all channels.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// The server's clock minus `now`'s, in milliseconds, as of the last welcome.
    pub fn clock_offset(&self) -> i64 {
        0
    }
}

/// What is done.
impl Client {
    /// Says something. The line is pending at once, and goes out in order, once.
    pub fn post(
        &mut self,
        _channel: ChannelSid,
        _text: &str,
        _now: Timestamp,
    ) -> Result<Nonce, Unposted> {
        Err(Unposted::OutboxFull)
    }

    /// Sends a failed or doubtful message again, by the person's word.
    pub fn retry(&mut self, _nonce: Nonce, _now: Timestamp) {}

    /// Takes a message out of the outbox; its text comes back, unless it was accepted meanwhile.
    pub fn discard(&mut self, _nonce: Nonce, _now: Timestamp) -> Option<Pending> {
        None
    }

    /// The outbox as text, and the key to store it under; nothing until welcomed.
    pub fn saved_outbox(&self) -> Option<SavedOutbox> {
        None
    }

    /// Takes over what another tab, or this one before a reload, had saved. Says whether it was
    /// taken: another person's is not, and stays where it is.
    pub fn adopt(&mut self, _saved: &str, _now: Timestamp) -> bool {
        false
    }

    /// Turns to a channel: loads it if it is not (as soon as I am a member), and resumes it first
    /// from now on. Another one stays loaded and live.
    pub fn open(&mut self, _channel: ChannelSid, _now: Timestamp) {}

    /// Asks for the page before the earliest loaded message, unless one is on its way.
    pub fn older(&mut self, _channel: ChannelSid, _now: Timestamp) {}

    /// Asks for the next page of members, unless all are known.
    pub fn more_members(&mut self, _channel: ChannelSid, _now: Timestamp) {}

    /// The person has seen this message: advances the read horizon, here at once.
    pub fn seen(&mut self, _channel: ChannelSid, _index: MessageIndex, _now: Timestamp) {}

    /// The person is composing. Call it at every change of the text; it signals seldom enough.
    pub fn composing(&mut self, _channel: ChannelSid, _now: Timestamp) {}

    /// Asks for a new public channel; an impossible name never leaves.
    pub fn create_channel(
        &mut self,
        _friendly_name: &str,
        _unique_name: Option<&str>,
        _now: Timestamp,
    ) -> Result<Ticket, Refusal> {
        Err(Refusal::FriendlyNameMissing)
    }

    /// Asks for new names; what is `None` stays, an empty unique name removes it.
    pub fn rename_channel(
        &mut self,
        _channel: ChannelSid,
        _friendly_name: Option<&str>,
        _unique_name: Option<&str>,
        _now: Timestamp,
    ) -> Result<Ticket, Refusal> {
        Err(Refusal::FriendlyNameMissing)
    }

    /// Asks to become a member.
    pub fn join(&mut self, _channel: ChannelSid, _now: Timestamp) -> Ticket {
        Ticket(0)
    }

    /// Asks to be a member no more.
    pub fn leave(&mut self, _channel: ChannelSid, _now: Timestamp) -> Ticket {
        Ticket(0)
    }

    /// Asks for the end of a channel.
    pub fn delete_channel(&mut self, _channel: ChannelSid, _now: Timestamp) -> Ticket {
        Ticket(0)
    }

    /// Asks that another member become the channel's admin.
    pub fn hand_over(&mut self, _channel: ChannelSid, _to: UserSid, _now: Timestamp) -> Ticket {
        Ticket(0)
    }

    /// Asks anything of the protocol. While there is no connection the question waits; one that
    /// was sent when the connection broke is asked again where that does no harm.
    pub fn ask(&mut self, _command: Command, _now: Timestamp) -> Ticket {
        Ticket(0)
    }

    /// A fresh nonce, for commands given to [`Client::ask`].
    pub fn nonce(&mut self, now: Timestamp) -> Nonce {
        let _ = now;
        Nonce(uuid::Uuid::nil())
    }
}

/// What to store, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedOutbox {
    /// The epoch and the user; the page adds the tab's own mark.
    pub key: String,
    /// Nothing when the outbox is empty: remove what is stored.
    pub text: Option<String>,
}
