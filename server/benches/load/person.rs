//! Somebody at the other end of a socket, as quick as it can be: no client, no timeline.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use chat::protocol::{
    Accepted, Answer, ClientFrame, Command, Hello, NewChannel, Request, Row, SUBPROTOCOL,
    ServerFrame,
};
use chat::{ChannelSid, Draft, Nonce};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use hdrhistogram::Histogram;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::{IN_FLIGHT, micros};

/// One socket.
pub(crate) struct Person {
    sink: SplitSink<WebSocketStream<TcpStream>, Message>,
    stream: SplitStream<WebSocketStream<TcpStream>>,
    /// The General Channel.
    pub(crate) general: ChannelSid,
    reference: u32,
    nonces: Box<dyn FnMut() -> Nonce + Send>,
}

impl Person {
    /// Connects, and is welcomed.
    pub(crate) async fn arrive(address: &str, token: String) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        let mut request = format!("ws://{address}/ws").into_client_request().expect("an address");
        request
            .headers_mut()
            .insert("sec-websocket-protocol", SUBPROTOCOL.parse().expect("a header"));
        let config = WebSocketConfig::default().read_buffer_size(4_096).write_buffer_size(0);
        let (socket, _) = client_async_with_config(request, stream, Some(config))
            .await
            .expect("the server upgrades");
        let (sink, stream) = socket.split();
        let general = ChannelSid::from_bytes([0; 16]);
        let mut person = Self { sink, stream, general, reference: 0, nonces: nonces() };
        person.send(ClientFrame::Hello(Hello { token })).await;
        match person.frame().await {
            ServerFrame::Welcome(welcome) => Self { general: welcome.general, ..person },
            other => panic!("instead of a welcome: {other:?}"),
        }
    }

    async fn send(&mut self, frame: ClientFrame) {
        let text = serde_json::to_string(&frame).expect("plain data");
        self.sink.send(Message::text(text)).await.expect("the server reads");
    }

    async fn text(&mut self) -> Utf8Bytes {
        loop {
            match self.stream.next().await.expect("the server stays").expect("a whole frame") {
                Message::Text(text) => return text,
                Message::Close(close) => panic!("the server closed: {close:?}"),
                _ => {}
            }
        }
    }

    async fn frame(&mut self) -> ServerFrame {
        let text = self.text().await;
        serde_json::from_str(&text).expect("a frame of the protocol")
    }

    async fn request(&mut self, command: Command) -> u32 {
        self.reference += 1;
        let reference = self.reference;
        self.send(ClientFrame::Request(Request { reference, command })).await;
        reference
    }

    async fn ask(&mut self, command: Command) -> Accepted {
        let reference = self.request(command).await;
        loop {
            if let ServerFrame::Reply(reply) = self.frame().await
                && reply.reference == reference
            {
                match reply.answer {
                    Answer::Ok(accepted) => return accepted,
                    Answer::Refused(refusal) if refusal.temporary => {
                        panic!("too fast for the server's rates: {refusal:?}")
                    }
                    Answer::Refused(refusal) => panic!("refused: {refusal:?}"),
                }
            }
        }
    }

    pub(crate) async fn create(&mut self, name: &str) -> ChannelSid {
        let wish = NewChannel {
            nonce: (self.nonces)(),
            friendly_name: name.to_owned(),
            unique_name: None,
            attributes: String::new(),
            private: false,
            without_joining: false,
        };
        match self.ask(Command::CreateChannel(wish)).await {
            Accepted::Created(created) => created.channel,
            other => panic!("instead of a channel: {other:?}"),
        }
    }

    pub(crate) async fn join(&mut self, channel: ChannelSid) {
        let nonce = (self.nonces)();
        self.ask(Command::JoinChannel { channel, nonce }).await;
    }

    fn draft(&mut self, channel: ChannelSid, body: String) -> Command {
        let nonce = (self.nonces)();
        Command::PostMessage(Draft { channel, nonce, body, attributes: String::new(), media: None })
    }

    pub(crate) async fn post(&mut self, channel: ChannelSid, body: &str) {
        let draft = self.draft(channel, body.to_owned());
        self.request(draft).await;
    }

    /// Posts the present moment and some words, and waits for nothing.
    pub(crate) async fn post_at(&mut self, channel: ChannelSid, clock: Instant) {
        let body = format!("{:012} {}", micros(clock.elapsed()), "x".repeat(187));
        self.post(channel, &body).await;
    }

    /// Reads until the server has said all that it had to say.
    pub(crate) async fn settle(&mut self) {
        self.send(ClientFrame::Probe {}).await;
        while self.frame().await != (ServerFrame::Heartbeat {}) {}
    }

    /// Posts with a window of unanswered ones; gives how long each answer took.
    pub(crate) async fn post_many(mut self, channel: ChannelSid, count: usize) -> Histogram<u64> {
        let mut waits = Histogram::new(3).expect("three digits are allowed");
        let mut sent = HashMap::new();
        let mut posted = 0;
        while posted < count || !sent.is_empty() {
            while posted < count && sent.len() < IN_FLIGHT {
                let draft = self.draft(channel, "x".repeat(200));
                let reference = self.request(draft).await;
                sent.insert(reference, Instant::now());
                posted += 1;
            }
            let text = self.text().await;
            if !text.starts_with("{\"reply\"") {
                continue;
            }
            let ServerFrame::Reply(reply) = serde_json::from_str(&text).expect("a reply") else {
                continue;
            };
            assert!(matches!(reply.answer, Answer::Ok(Accepted::Posted(_))), "{reply:?}");
            let since = sent.remove(&reply.reference).expect("each is answered once");
            waits.record(micros(since.elapsed())).expect("it fits");
        }
        waits
    }

    /// Hears messages until one says "end"; gives how long each took, and checks their order.
    pub(crate) async fn listen(
        mut self,
        channel: ChannelSid,
        clock: Instant,
        heard: Arc<AtomicU64>,
    ) -> Histogram<u64> {
        let mut waits = Histogram::new(3).expect("three digits are allowed");
        let mut next = None;
        loop {
            let ServerFrame::Change(change) = self.frame().await else { continue };
            if change.scope != chat::protocol::Scope::Channel(channel) {
                continue;
            }
            for row in change.rows {
                let Row::Message(message) = row else { continue };
                assert!(next.is_none_or(|next| next == message.index.0), "lost or doubled");
                next = Some(message.index.0 + 1);
                let text = message.body.as_ref().map_or("", |body| body.as_str());
                let Ok(posted) = text[..12.min(text.len())].parse::<u64>() else {
                    return waits;
                };
                waits.record(micros(clock.elapsed()).saturating_sub(posted)).expect("it fits");
                heard.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// Marks that no other run or person makes: a random start, then one after the other.
fn nonces() -> Box<dyn FnMut() -> Nonce + Send> {
    let mut seed = [0; 16];
    getrandom::fill(&mut seed).expect("the system has randomness");
    let mut number = u128::from_le_bytes(seed);
    Box::new(move || {
        number = number.wrapping_add(1);
        Nonce(uuid::Uuid::from_u128(number))
    })
}
