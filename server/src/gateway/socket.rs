//! The one type that touches a socket: axum's WebSocket, with explicit limits, split in two.

use std::collections::VecDeque;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use bytes::Bytes;
use chat::limits::FRAME_BYTES_MAX;
use chat::protocol::CloseCode;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep, sleep_until};

use super::frame::Frame;
use super::line::{Line, Way};
use crate::limits::{self, LATE_FRAMES_MAX};

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
    (Incoming { stream, line: None }, Outgoing { sink, line: None })
}

/// The half that hears.
pub(crate) struct Incoming {
    stream: SplitStream<WebSocket>,
    /// What may befall frames, and those that are late.
    line: Option<Box<(Line, Late)>>,
}

/// Frames that came and count only later: when each does, by tokio's clock.
#[derive(Default)]
struct Late {
    frames: VecDeque<(Instant, Heard)>,
    ended: bool,
}

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
    /// The same half, with what test mode may do to it.
    pub(crate) fn over(self, line: Option<Line>) -> Self {
        Self { line: line.map(|line| Box::new((line, Late::default()))), ..self }
    }

    /// The next thing heard, or nothing once the peer is gone.
    pub(crate) async fn next(&mut self) -> Option<Heard> {
        match &mut self.line {
            None => heard(&mut self.stream).await,
            Some(line) => {
                let (line, late) = &mut **line;
                heard_late(&mut self.stream, line, late).await
            }
        }
    }

    /// Hears until the peer is gone, and heeds nothing. What is left unread when a socket is
    /// dropped would take the goodbye with it.
    pub(crate) async fn drained(&mut self) {
        while let Some(Heard::Text(_) | Heard::Bytes(_) | Heard::Pulse) = self.next().await {}
    }
}

async fn heard(stream: &mut SplitStream<WebSocket>) -> Option<Heard> {
    loop {
        return match stream.next().await? {
            Ok(Message::Text(text)) => Some(Heard::Text(text)),
            Ok(Message::Ping(_) | Message::Pong(_)) => Some(Heard::Pulse),
            // Reading on sends our own goodbye; then nothing more comes.
            Ok(Message::Close(_)) => continue,
            Ok(Message::Binary(bytes)) => Some(Heard::Bytes(bytes)),
            Err(_) => Some(Heard::Nonsense),
        };
    }
}

/// The next frame whose time has come, of those that are not lost. Abandoned halfway, it has lost
/// nothing more.
async fn heard_late(
    stream: &mut SplitStream<WebSocket>,
    line: &Line,
    late: &mut Late,
) -> Option<Heard> {
    loop {
        let due = late.frames.front().map(|(due, _)| *due);
        if due.is_none() && late.ended {
            return None;
        }
        tokio::select! {
            biased;
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                return late.frames.pop_front().map(|(_, heard)| heard);
            }
            heard = heard(stream), if !late.ended && late.frames.len() < LATE_FRAMES_MAX => {
                match heard {
                    None => late.ended = true,
                    Some(heard @ (Heard::Pulse | Heard::Nonsense)) => return Some(heard),
                    Some(_) if line.loses(Way::FromClient) => {}
                    Some(heard) => {
                        let delay = line.delay(Way::FromClient);
                        if delay == 0 && late.frames.is_empty() {
                            return Some(heard);
                        }
                        let due = Instant::now() + Duration::from_millis(delay.into());
                        late.frames.push_back((due, heard));
                    }
                }
            }
        }
    }
}

/// The half that speaks.
pub(crate) struct Outgoing {
    sink: SplitSink<WebSocket, Message>,
    line: Option<Line>,
}

/// The peer is gone.
#[derive(Debug)]
pub(crate) struct Gone;

impl Outgoing {
    /// The same half, with what test mode may do to it.
    pub(crate) fn over(self, line: Option<Line>) -> Self {
        Self { line, ..self }
    }

    /// Puts a frame into the socket's buffer. Abandoned halfway, it has put nothing there.
    pub(crate) async fn feed(&mut self, frame: Frame) -> Result<(), Gone> {
        if self.line.as_ref().is_some_and(|line| line.loses(Way::ToClient)) {
            return Ok(());
        }
        self.sink.feed(frame.into()).await.map_err(|_| Gone)
    }

    /// Sends what the buffer holds.
    pub(crate) async fn flush(&mut self) -> Result<(), Gone> {
        let delay = self.line.as_ref().map_or(0, |line| line.delay(Way::ToClient));
        if 0 < delay {
            sleep(Duration::from_millis(delay.into())).await;
        }
        self.sink.flush().await.map_err(|_| Gone)
    }

    /// Asks for a sign of life.
    pub(crate) async fn ping(&mut self) -> Result<(), Gone> {
        self.sink.send(Message::Ping(Bytes::new())).await.map_err(|_| Gone)
    }

    /// Says goodbye, and why.
    pub(crate) async fn close(&mut self, code: CloseCode) -> Result<(), Gone> {
        let frame = CloseFrame { code: code.number(), reason: code.reason().into() };
        self.sink.send(Message::Close(Some(frame))).await.map_err(|_| Gone)
    }
}
