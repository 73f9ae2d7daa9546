//! The two thin sockets: connect, send text, next event, close. Everything else is the client's.

#[cfg(target_arch = "wasm32")]
pub mod browser;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;

use crate::effect::Input;

/// What a socket says, in order: `Opened` once or never, then frames, then `Closed`, last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    Opened,
    Frame(String),
    Closed { code: Option<u16>, reason: String },
}

impl From<SocketEvent> for Input {
    fn from(event: SocketEvent) -> Self {
        match event {
            SocketEvent::Opened => Self::SocketOpened,
            SocketEvent::Frame(text) => Self::Frame(text),
            SocketEvent::Closed { code, reason } => Self::SocketClosed { code, reason },
        }
    }
}
