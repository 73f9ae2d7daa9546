//! The native client against a server that knows only how to welcome.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "what cannot fail here fails the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chat::protocol::{ClientFrame, CloseCode, Limits, SUBPROTOCOL, ServerFrame, Welcome};
use chat::{ChannelSid, Identity, Timestamp, UserSid};
use client::socket::native::{NativeClient, Settings, TokenAnswer};
use client::{ConnectionState, Denial, Event, Input};
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use uuid::Uuid;

struct Server {
    listener: TcpListener,
}

impl Server {
    async fn start() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    fn client(&self) -> NativeClient {
        let time = AtomicI64::new(1_000);
        let token = || TokenAnswer::Token { token: "t".to_owned(), expires_at: None };
        NativeClient::start(Settings {
            url: format!("ws://{}/ws", self.listener.local_addr().unwrap()),
            origin: Some("http://127.0.0.1".to_owned()),
            version: "0.1.0".to_owned(),
            seed: 1,
            clock: Arc::new(move || Timestamp(time.fetch_add(1, Ordering::Relaxed))),
            tokens: Arc::new(move || async move { token() }.boxed()),
            observer: None,
        })
    }

    /// Takes the next client in, and welcomes it.
    async fn welcome(&self) -> WebSocketStream<TcpStream> {
        let (stream, _) = self.listener.accept().await.unwrap();
        #[expect(clippy::result_large_err, reason = "the library's own shape")]
        let answer = |request: &Request, mut response: Response| {
            assert_eq!(request.headers()["origin"], "http://127.0.0.1");
            response.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
            Ok(response)
        };
        let mut socket = tokio_tungstenite::accept_hdr_async(stream, answer).await.unwrap();
        let hello = socket.next().await.unwrap().unwrap();
        let hello: ClientFrame = serde_json::from_str(hello.to_text().unwrap()).unwrap();
        assert!(matches!(hello, ClientFrame::Hello(hello) if hello.token == "t"));
        let welcome = ServerFrame::Welcome(Box::new(welcome()));
        socket.send(Message::text(serde_json::to_string(&welcome).unwrap())).await.unwrap();
        socket
    }
}

fn welcome() -> Welcome {
    Welcome {
        identity: Identity::parse("ada").unwrap(),
        user: UserSid::new(Uuid::from_u128(1)),
        session: None,
        epoch: Uuid::from_u128(1),
        server_time: Timestamp(0),
        version: "0.1.0".to_owned(),
        general: ChannelSid::new(Uuid::from_u128(2)),
        limits: Limits::default(),
        channels: Vec::new(),
    }
}

async fn is_online(ada: &NativeClient) {
    ada.until(|client| client.state().is_online()).await;
}

#[tokio::test]
async fn somebody_whose_network_dies_is_back_by_herself() {
    let server = Server::start().await;
    let ada = server.client();
    let _first = server.welcome().await;
    is_online(&ada).await;
    ada.event(|event| matches!(event, Event::Welcomed { anew: true }).then_some(())).await;

    ada.cut();
    ada.until(|client| !client.state().is_online()).await;
    ada.feed(Input::RetryNow);
    let _second = server.welcome().await;
    ada.event(|event| matches!(event, Event::Welcomed { anew: false }).then_some(())).await;
}

#[tokio::test]
async fn somebody_whose_session_ended_stays_away() {
    let server = Server::start().await;
    let ada = server.client();
    let mut socket = server.welcome().await;
    let code = CloseCode::SessionEnded.number().into();
    socket.close(Some(CloseFrame { code, reason: "session ended".into() })).await.unwrap();
    ada.until(|client| *client.state() == ConnectionState::Denied(Denial::SessionEnded)).await;
}

#[tokio::test]
async fn a_client_that_is_dropped_drops_its_connection() {
    let server = Server::start().await;
    let ada = server.client();
    let mut socket = server.welcome().await;
    is_online(&ada).await;
    drop(ada);
    while let Some(Ok(message)) = socket.next().await {
        assert!(message.is_text(), "what was said before may still arrive");
    }
}
