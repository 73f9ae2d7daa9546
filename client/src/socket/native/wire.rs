//! The native socket, through tokio-tungstenite.

use chat::protocol::SUBPROTOCOL;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio_tungstenite::tungstenite::{self, ClientRequestBuilder, Message, http::Uri};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::socket::SocketEvent;

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// One WebSocket. Dropping it cuts it without a close, as a dead network would.
#[derive(Debug)]
pub struct Socket {
    outgoing: mpsc::UnboundedSender<Option<String>>,
    task: Option<AbortHandle>,
}

impl Socket {
    /// Opens a socket, and hands each event to `hear`.
    pub fn open(
        url: &str,
        origin: Option<&str>,
        runtime: &Handle,
        mut hear: impl FnMut(SocketEvent) + Send + 'static,
    ) -> Self {
        let (outgoing, texts) = mpsc::unbounded_channel();
        let request = request(url, origin);
        let task = runtime.spawn(async move {
            let end = match request {
                Ok(request) => carry(request, texts, &mut hear).await,
                Err(error) => (None, error.to_string()),
            };
            hear(SocketEvent::Closed { code: end.0, reason: end.1 });
        });
        Self { outgoing, task: Some(task.abort_handle()) }
    }

    /// Sends a text frame; lost if the socket breaks first.
    pub fn send(&self, text: String) {
        // A socket that is gone says so by its last event.
        drop(self.outgoing.send(Some(text)));
    }

    /// Closes the socket properly, in its own time.
    pub fn close(mut self) {
        self.task = None;
        drop(self.outgoing.send(None));
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

fn request(url: &str, origin: Option<&str>) -> Result<ClientRequestBuilder, tungstenite::Error> {
    let uri: Uri = url.parse()?;
    let request = ClientRequestBuilder::new(uri).with_sub_protocol(SUBPROTOCOL);
    Ok(match origin {
        Some(origin) => request.with_header("Origin", origin),
        None => request,
    })
}

/// Carries texts both ways until the end; returns the close's code and reason.
async fn carry(
    request: ClientRequestBuilder,
    mut texts: mpsc::UnboundedReceiver<Option<String>>,
    hear: &mut (impl FnMut(SocketEvent) + Send),
) -> (Option<u16>, String) {
    let mut stream = match connect_async_with_config(request, None, true).await {
        Ok((stream, _)) => stream,
        Err(error) => return (None, error.to_string()),
    };
    hear(SocketEvent::Opened);
    loop {
        tokio::select! {
            text = texts.recv() => match text {
                Some(Some(text)) => {
                    if let Err(error) = stream.send(Message::text(text)).await {
                        return last_words(&mut stream, error.to_string()).await;
                    }
                }
                Some(None) | None => {
                    drop(stream.close(None).await);
                    return (None, String::new());
                }
            },
            message = stream.next() => match message {
                Some(Ok(Message::Text(text))) => hear(SocketEvent::Frame(text.to_string())),
                Some(Ok(Message::Close(frame))) => return end(frame),
                Some(Ok(_)) => {}
                Some(Err(error)) => return (None, error.to_string()),
                None => return (None, String::new()),
            },
        }
    }
}

/// A send may fail because the other side has closed already: its close says why.
async fn last_words(stream: &mut Stream, error: String) -> (Option<u16>, String) {
    while let Some(Ok(message)) = stream.next().await {
        if let Message::Close(frame) = message {
            return end(frame);
        }
    }
    (None, error)
}

fn end(frame: Option<tungstenite::protocol::CloseFrame>) -> (Option<u16>, String) {
    match frame {
        Some(frame) => (Some(frame.code.into()), frame.reason.to_string()),
        None => (None, String::new()),
    }
}
