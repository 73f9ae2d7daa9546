//! The states a connection can be in, and why.

use chat::refusal::WireRefusal;
use chat::{Refusal, Timestamp};

/// How the connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Not started, or signed out.
    Idle,
    FetchingToken,
    Connecting,
    /// The socket is open; `hello` was sent.
    Greeting,
    Online,
    /// Reconnecting at `until`, after this many failures in a row.
    Waiting {
        until: Timestamp,
        attempt: u32,
        cause: Cause,
    },
    /// The browser says that there is no network, and the last attempt agreed.
    Offline,
    /// Only a person can go on from here.
    Denied(Denial),
}

impl ConnectionState {
    /// Whether what is said now goes out now.
    pub fn is_online(&self) -> bool {
        *self == Self::Online
    }
}

/// What the last attempt failed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The token could not be fetched: the server is not reachable at all.
    TokenUnreachable,
    /// The token came, but the socket never opened: perhaps something between refuses WebSockets.
    SocketBlocked,
    /// The connection broke.
    Lost,
    /// The server restarts.
    Restart,
    /// The server has too much to do.
    Busy,
}

/// Why the client stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Signed out, lapsed, or the user is gone.
    SessionEnded,
    /// A key's token took over the leased name.
    NameTaken,
    /// The server did not understand us: the page is broken or too old. Offer a reload.
    Malformed,
    /// The server said no, with a reason.
    Refused(WireRefusal),
}

impl From<WireRefusal> for Denial {
    fn from(refusal: WireRefusal) -> Self {
        match Refusal::from_wire(&refusal) {
            Some(Refusal::SessionEnded) => Self::SessionEnded,
            _ => Self::Refused(refusal),
        }
    }
}
