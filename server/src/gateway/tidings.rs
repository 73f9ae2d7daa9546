//! What many sockets are to be told, whatever they speak: worded once for each protocol in which
//! somebody listens.

use std::sync::OnceLock;

use chat::protocol::{Change, Presence, ServerFrame, Typing};

use super::frame::{Frame, encode, encode_change};
use crate::tunnel::objects::{self, Event};

/// A change on its way.
pub(crate) struct Tidings {
    pub(crate) change: Change,
    on_socket: OnceLock<Frame>,
    in_tunnel: OnceLock<Vec<Event>>,
}

impl Tidings {
    pub(crate) fn of(change: Change) -> Self {
        Self { change, on_socket: OnceLock::new(), in_tunnel: OnceLock::new() }
    }

    /// As the socket puts it.
    pub(crate) fn on_socket(&self) -> &Frame {
        self.on_socket.get_or_init(|| encode_change(&self.change))
    }

    /// As the tunnel puts it.
    pub(crate) fn in_tunnel(&self) -> &[Event] {
        self.in_tunnel.get_or_init(|| objects::events(&self.change))
    }
}

/// A typing signal on its way.
pub(crate) struct Signal {
    pub(crate) typing: Typing,
    on_socket: OnceLock<Frame>,
    in_tunnel: OnceLock<Option<Frame>>,
}

impl Signal {
    pub(crate) fn of(typing: Typing) -> Self {
        Self { typing, on_socket: OnceLock::new(), in_tunnel: OnceLock::new() }
    }

    /// As the socket puts it.
    pub(crate) fn on_socket(&self) -> &Frame {
        self.on_socket.get_or_init(|| encode(&ServerFrame::Typing(self.typing.clone())))
    }

    /// As the tunnel puts it, if it has a word for it.
    pub(crate) fn in_tunnel(&self) -> Option<&Frame> {
        self.in_tunnel.get_or_init(|| objects::typing(&self.typing)).as_ref()
    }
}

/// That somebody became reachable or is no more, on its way.
pub(crate) struct Turn {
    pub(crate) presence: Presence,
    on_socket: OnceLock<Frame>,
    in_tunnel: OnceLock<Frame>,
}

impl Turn {
    pub(crate) fn of(presence: Presence) -> Self {
        Self { presence, on_socket: OnceLock::new(), in_tunnel: OnceLock::new() }
    }

    /// As the socket puts it.
    pub(crate) fn on_socket(&self) -> &Frame {
        self.on_socket.get_or_init(|| encode(&ServerFrame::Presence(self.presence)))
    }

    /// As the tunnel puts it.
    pub(crate) fn in_tunnel(&self) -> &Frame {
        self.in_tunnel.get_or_init(|| objects::reachability(self.presence))
    }
}

#[cfg(test)]
impl Tidings {
    /// Some change that the socket puts like this.
    pub(crate) fn worded(frame: impl Into<Frame>) -> Self {
        use chat::Sequence;
        use chat::protocol::Scope;

        let (scope, after) = (Scope::Directory, Sequence(0));
        let tidings = Self::of(Change { scope, after, sequence: Sequence(1), rows: Vec::new() });
        Self { on_socket: frame.into().into(), ..tidings }
    }
}
