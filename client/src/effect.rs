//! What goes into the client, and what it asks of its surroundings.

use chat::protocol::ClientFrame;
use chat::refusal::WireRefusal;
use chat::{Media, Nonce, Timestamp};

use crate::event::Event;
use crate::outbox::SavedOutbox;

/// What happened outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Go online: at the start, and again after
    /// [`ConnectionState::Denied`](crate::ConnectionState::Denied) when the person has signed in
    /// anew.
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
    /// The server has the file of this message.
    Uploaded {
        nonce: Nonce,
        media: Media,
    },
    /// The server does not take it.
    UploadRefused {
        nonce: Nonce,
        refusal: WireRefusal,
    },
    /// The upload got no answer.
    UploadBroke {
        nonce: Nonce,
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
    /// The person has signed out: the socket closes, and everything known is forgotten, the outbox
    /// and what is stored of it too. Ask first when [`Outbox::unsent`](crate::Outbox::unsent) is
    /// not 0.
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
    /// Upload the file of this message with this token, and answer with [`Input::Uploaded`],
    /// `UploadRefused` or `UploadBroke`; there is no other upload now.
    Upload { nonce: Nonce, token: String },
    /// Stop the upload. Nothing of it counts afterwards.
    StopUpload(Nonce),
    /// Store this, or remove what is stored under its key.
    SaveOutbox(SavedOutbox),
    /// Something to show; read the client for what it is now.
    Event(Event),
}

impl Effect {
    pub(crate) fn send(frame: &ClientFrame) -> Self {
        Self::Send(serde_json::to_string(frame).expect("plain data"))
    }
}
