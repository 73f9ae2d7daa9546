//! How the connections of one protocol are told things, and how our own socket is.

use chat::Timestamp;
use chat::protocol::{Called, ServerFrame};

use super::frame::{Frame, encode};
use super::tidings::{Signal, Tidings, Turn};

/// What one connection is told, in the words of its protocol.
pub(crate) trait Voice: Send + Sync {
    /// A change, as far as this connection wishes to know of it.
    fn change(&self, tidings: &Tidings, say: &mut dyn FnMut(Frame));

    /// The bytes of a change that is held back.
    fn weight(&self, tidings: &Tidings) -> usize;

    /// That somebody is typing, if there is a word for it.
    fn typing(&self, signal: &Signal) -> Option<Frame>;

    /// That somebody became reachable or is no more.
    fn presence(&self, turn: &Turn) -> Frame;

    /// What somebody is called from now on, if it has a word for it.
    fn called(&self, called: &Called) -> Option<Frame>;

    /// That the token ends soon.
    fn token_about_to_expire(&self, expires_at: Timestamp) -> Frame;

    /// That the server is there.
    fn heartbeat(&self) -> Frame;

    /// That the server goes down, and clients come back within the spread, in milliseconds.
    fn restart(&self, spread: u32) -> Frame;
}

/// The socket's.
pub(crate) struct SocketVoice;

impl Voice for SocketVoice {
    fn change(&self, tidings: &Tidings, say: &mut dyn FnMut(Frame)) {
        say(tidings.on_socket().clone());
    }

    fn weight(&self, tidings: &Tidings) -> usize {
        tidings.on_socket().len()
    }

    fn typing(&self, signal: &Signal) -> Option<Frame> {
        Some(signal.on_socket().clone())
    }

    fn presence(&self, turn: &Turn) -> Frame {
        turn.on_socket().clone()
    }

    fn called(&self, called: &Called) -> Option<Frame> {
        Some(encode(&ServerFrame::Called(called.clone())))
    }

    fn token_about_to_expire(&self, expires_at: Timestamp) -> Frame {
        encode(&ServerFrame::TokenAboutToExpire { expires_at })
    }

    fn heartbeat(&self) -> Frame {
        encode(&ServerFrame::Heartbeat {})
    }

    fn restart(&self, spread: u32) -> Frame {
        encode(&ServerFrame::Restart { spread })
    }
}
