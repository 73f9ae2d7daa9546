//! The browser's socket, through gloo-net.

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll};

use chat::protocol::SUBPROTOCOL;
use futures_util::{SinkExt, StreamExt};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, State, WebSocketError};
use wasm_bindgen_futures::spawn_local;

use crate::socket::SocketEvent;

type Shared = Rc<RefCell<Option<WebSocket>>>;

/// One WebSocket of the page. Dropping it closes it, and nothing more is heard of it.
pub struct Socket {
    shared: Shared,
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Socket")
    }
}

impl Socket {
    /// Opens a socket (`wss://host/ws`), and hands each event to `hear`, until closed; never
    /// before this has returned.
    pub fn open(url: &str, mut hear: impl FnMut(SocketEvent) + 'static) -> Self {
        let (opened, error) = match WebSocket::open_with_protocol(url, SUBPROTOCOL) {
            Ok(opened) => (Some(opened), String::new()),
            Err(error) => (None, error.to_string()),
        };
        let has_failed = opened.is_none();
        let shared = Rc::new(RefCell::new(opened));
        let task_shared = Rc::clone(&shared);
        spawn_local(async move {
            if has_failed {
                return hear(SocketEvent::Closed { code: None, reason: error });
            }
            listen(task_shared, hear).await;
        });
        Self { shared }
    }

    /// Sends a text frame; lost if the socket is not open.
    pub fn send(&self, text: String) {
        if let Some(socket) = self.shared.borrow_mut().as_mut() {
            // A socket that is gone says so by its last event.
            drop(socket.start_send_unpin(Message::Text(text)));
        }
    }

    /// Closes the socket; nothing more is heard of it.
    pub fn close(self) {
        drop(self);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let socket = self.shared.borrow_mut().take();
        // Outside the borrow: closing wakes whoever listens.
        drop(socket);
    }
}

async fn listen(shared: Shared, mut hear: impl FnMut(SocketEvent)) {
    if poll_fn(|context| poll_open(&shared, context)).await {
        hear(SocketEvent::Opened);
    }
    let mut end = (None, String::new());
    while let Some(message) = poll_fn(|context| poll_next(&shared, context)).await {
        match message {
            Ok(Message::Text(text)) => hear(SocketEvent::Frame(text)),
            Ok(Message::Bytes(_)) => {}
            Err(WebSocketError::ConnectionClose(close)) => end = (Some(close.code), close.reason),
            // The close that follows says more.
            Err(_) => {}
        }
    }
    if shared.borrow().is_some() {
        hear(SocketEvent::Closed { code: end.0, reason: end.1 });
    }
}

/// Whether the socket opened, once that is known.
fn poll_open(shared: &Shared, context: &mut Context<'_>) -> Poll<bool> {
    let mut socket = shared.borrow_mut();
    let Some(socket) = socket.as_mut() else { return Poll::Ready(false) };
    socket.poll_ready_unpin(context).map(|_| matches!(socket.state(), State::Open))
}

fn poll_next(
    shared: &Shared,
    context: &mut Context<'_>,
) -> Poll<Option<Result<Message, WebSocketError>>> {
    match shared.borrow_mut().as_mut() {
        Some(socket) => socket.poll_next_unpin(context),
        None => Poll::Ready(None),
    }
}
