//! The one type that touches a socket: axum's WebSocket, with explicit limits, split in two.

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use bytes::Bytes;
use chat::limits::FRAME_BYTES_MAX;
use chat::protocol::CloseCode;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};

use super::frame::Frame;
use crate::limits;

/// The upgrade with our limits: axum's defaults are unsafe for a chat.
pub(crate) fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .read_buffer_size(limits::READ_BUFFER_BYTES)
        .write_buffer_size(limits::WRITE_BUFFER_BYTES)
        .max_write_buffer_size(limits::WRITE_BUFFER_BYTES_MAX)
}

/// Both halves of a socket.
pub(crate) fn halves(socket: WebSocket) -> (Incoming, Outgoing) {
    let (sink, stream) = socket.split();
    (Incoming(stream), Outgoing(sink))
}

/// The half that hears.
pub(crate) struct Incoming(SplitStream<WebSocket>);

/// What came over a socket.
pub(crate) enum Heard {
    Text(Utf8Bytes),
    Bytes(Bytes),
    /// A ping, or the pong to one of ours.
    Pulse,
    /// Too many bytes, or no WebSocket at all.
    Nonsense,
}

impl Incoming {
    /// The next thing heard, or nothing once the peer is gone.
    pub(crate) async fn next(&mut self) -> Option<Heard> {
        loop {
            return match self.0.next().await? {
                Ok(Message::Text(text)) => Some(Heard::Text(text)),
                Ok(Message::Ping(_) | Message::Pong(_)) => Some(Heard::Pulse),
                // Reading on sends our own goodbye; then nothing more comes.
                Ok(Message::Close(_)) => continue,
                Ok(Message::Binary(bytes)) => Some(Heard::Bytes(bytes)),
                Err(_) => Some(Heard::Nonsense),
            };
        }
    }

    /// Hears until the peer is gone, and heeds nothing. What is left unread when a socket is
    /// dropped would take the goodbye with it.
    pub(crate) async fn drained(&mut self) {
        while let Some(Heard::Text(_) | Heard::Bytes(_) | Heard::Pulse) = self.next().await {}
    }
}

/// The half that speaks.
pub(crate) struct Outgoing(SplitSink<WebSocket, Message>);

/// The peer is gone.
#[derive(Debug)]
pub(crate) struct Gone;

impl Outgoing {
    /// Puts a frame into the socket's buffer. Abandoned halfway, it has put nothing there.
    pub(crate) async fn feed(&mut self, frame: Frame) -> Result<(), Gone> {
        self.0.feed(frame.into()).await.map_err(|_| Gone)
    }

    /// Sends what the buffer holds.
    pub(crate) async fn flush(&mut self) -> Result<(), Gone> {
        self.0.flush().await.map_err(|_| Gone)
    }

    /// Asks for a sign of life.
    pub(crate) async fn ping(&mut self) -> Result<(), Gone> {
        self.0.send(Message::Ping(Bytes::new())).await.map_err(|_| Gone)
    }

    /// Says goodbye, and why.
    pub(crate) async fn close(&mut self, code: CloseCode) -> Result<(), Gone> {
        let frame = CloseFrame { code: code.number(), reason: code.reason().into() };
        self.0.send(Message::Close(Some(frame))).await.map_err(|_| Gone)
    }
}
