//! A wire that a story can cut: stands between a client and the server, and sees every frame.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use chat::protocol::{SOCKET_PATH, SUBPROTOCOL};
pub(crate) use client::socket::native::Way;
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{accept_hdr_async, connect_async};

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrives,
    /// The wire is cut before it arrives.
    Cut,
    /// The wire is cut right after it has arrived.
    ArrivesThenCut,
}

type Judge = Arc<Mutex<dyn FnMut(Way, &str) -> Fate + Send>>;

/// Starts a wire to the server, and gives the address of its near end.
pub(crate) async fn wire(
    server: SocketAddr,
    judge: impl FnMut(Way, &str) -> Fate + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let judge: Judge = Arc::new(Mutex::new(judge));
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            tokio::spawn(carry(near, server, Arc::clone(&judge)));
        }
    });
    address
}

#[expect(clippy::result_large_err, reason = "tungstenite's callback is so")]
async fn carry(near: TcpStream, server: SocketAddr, judge: Judge) -> Option<()> {
    let mut request = format!("ws://{server}{SOCKET_PATH}").into_client_request().ok()?;
    let protocol = HeaderValue::from_static(SUBPROTOCOL);
    request.headers_mut().insert("sec-websocket-protocol", protocol.clone());
    let (mut far, _) = connect_async(request).await.ok()?;
    let mut near = accept_hdr_async(near, |_: &Request, mut response: Response| {
        response.headers_mut().insert("sec-websocket-protocol", protocol);
        Ok(response)
    })
    .await
    .ok()?;
    loop {
        let (way, message) = tokio::select! {
            message = near.next() => (Way::ToServer, message?.ok()?),
            message = far.next() => (Way::ToClient, message?.ok()?),
        };
        let fate = match &message {
            Message::Text(text) => (judge.lock().expect("no judge panicked"))(way, text),
            _ => Fate::Arrives,
        };
        if fate == Fate::Cut {
            return None;
        }
        match way {
            Way::ToServer => far.send(message).await.ok()?,
            Way::ToClient => near.send(message).await.ok()?,
        }
        if fate == Fate::ArrivesThenCut {
            return None;
        }
    }
}
