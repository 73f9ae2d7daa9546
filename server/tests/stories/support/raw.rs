//! A socket without a client on it: says exactly what a story wants said, and sees every frame.
//! What it says in types, and all that it hears, fits the schemas.

use std::collections::VecDeque;
use std::net::SocketAddr;

use chat::protocol::{
    Accepted, Answer, ClientFrame, CloseCode, Command, Hello, Reply, Request, SOCKET_PATH,
    SUBPROTOCOL, Scope, ServerFrame, Welcome,
};
use chat::refusal::WireRefusal;
use chat::{ChannelSid, Sequence};
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message, http::HeaderValue};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};

use super::schemas::misfit;
use super::soon;
use super::wire::Way;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// One raw socket.
pub(crate) struct Raw {
    socket: Socket,
    last_ref: u32,
    unheard: VecDeque<ServerFrame>,
}

/// What came next.
#[derive(Debug)]
pub(crate) enum Came {
    Frame(ServerFrame),
    Closed(Option<u16>),
}

impl Raw {
    /// Opens a socket, as a program would.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self::try_open(address, &[]).await.expect("the socket opens")
    }

    /// Opens a socket with headers of one's own.
    pub(crate) async fn try_open(
        address: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Error> {
        let url = format!("ws://{address}{SOCKET_PATH}");
        let mut request = url.into_client_request()?;
        let protocol = HeaderValue::from_static(SUBPROTOCOL);
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).expect("a header");
            request.headers_mut().insert(*name, value);
        }
        let (socket, _) = soon("a socket opens", connect_async(request)).await?;
        Ok(Self { socket, last_ref: 0, unheard: VecDeque::new() })
    }

    /// Opens a socket into which little fits that is not read.
    pub(crate) async fn open_narrow(address: SocketAddr) -> Self {
        let narrow = TcpSocket::new_v4().expect("a socket");
        narrow.set_recv_buffer_size(4_096).expect("a small buffer");
        let stream = narrow.connect(address).await.expect("the server is there");
        let mut request =
            format!("ws://{address}{SOCKET_PATH}").into_client_request().expect("a URL");
        let protocol = HeaderValue::from_static(SUBPROTOCOL);
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let stream = MaybeTlsStream::Plain(stream);
        let (socket, _) = client_async(request, stream).await.expect("the socket opens");
        Self { socket, last_ref: 0, unheard: VecDeque::new() }
    }

    /// The sequence at which a channel stands.
    pub(crate) async fn now_at(&mut self, channel: ChannelSid) -> Sequence {
        match self.accepted(Command::OpenChannel { channel }).await {
            Accepted::Opened(opened) => opened.sequence,
            other => panic!("a channel was expected: {other:?}"),
        }
    }

    pub(crate) async fn send_bytes(&mut self, bytes: Vec<u8>) {
        let _ = self.socket.send(Message::Binary(bytes.into())).await;
    }

    /// Says in a text frame what is no text.
    pub(crate) async fn send_invalid_text(&mut self, bytes: &[u8]) {
        let text = OpCode::Data(Data::Text);
        let frame = Frame::message(bytes.to_vec(), text, true);
        let _ = self.socket.send(Message::Frame(frame)).await;
    }

    /// Opens a socket and says hello.
    pub(crate) async fn welcomed(address: SocketAddr, token: &str) -> (Self, Welcome) {
        let mut raw = Self::open(address).await;
        raw.hello(token).await;
        match raw.next().await {
            Came::Frame(ServerFrame::Welcome(welcome)) => (raw, *welcome),
            other => panic!("a welcome was expected: {other:?}"),
        }
    }

    pub(crate) async fn hello(&mut self, token: &str) {
        self.send(&ClientFrame::Hello(Hello { token: token.to_owned() })).await;
    }

    pub(crate) async fn send(&mut self, frame: &ClientFrame) {
        let text = serde_json::to_string(frame).expect("plain data");
        assert_eq!(misfit(Way::ToServer, &text), None);
        self.send_text(text).await;
    }

    pub(crate) async fn send_text(&mut self, text: impl Into<String>) {
        let text = text.into();
        // Whether it arrived is for the story to find out.
        let _ = self.socket.send(Message::Text(text.into())).await;
    }

    /// Sends a request, and gives its reference.
    pub(crate) async fn request(&mut self, command: Command) -> u32 {
        self.last_ref += 1;
        let reference = self.last_ref;
        self.send(&ClientFrame::Request(Request { reference, command })).await;
        reference
    }

    /// Asks, and waits for the reply. What else comes meanwhile is kept.
    pub(crate) async fn ask(&mut self, command: Command) -> Answer {
        let asked = self.request(command).await;
        self.reply_to(asked).await
    }

    /// Waits for the reply to a request. What else comes meanwhile is kept.
    pub(crate) async fn reply_to(&mut self, asked: u32) -> Answer {
        self.reply_or_close(asked).await.expect("a reply before the close")
    }

    /// Asks, and gives the reply; nothing if the socket is closed instead.
    pub(crate) async fn ask_or_close(&mut self, command: Command) -> Option<Answer> {
        let asked = self.request(command).await;
        self.reply_or_close(asked).await
    }

    async fn reply_or_close(&mut self, asked: u32) -> Option<Answer> {
        let is_it = |frame: &ServerFrame| matches!(frame, ServerFrame::Reply(reply) if reply.reference == asked);
        if let Some(place) = self.unheard.iter().position(is_it) {
            return self.unheard.remove(place).map(answer_in);
        }
        loop {
            match self.read().await {
                Came::Frame(frame) if is_it(&frame) => return Some(answer_in(frame)),
                Came::Frame(frame) => self.unheard.push_back(frame),
                Came::Closed(_) => return None,
            }
        }
    }

    /// Asks what must be accepted.
    pub(crate) async fn accepted(&mut self, command: Command) -> Accepted {
        match self.ask(command).await {
            Answer::Ok(accepted) => accepted,
            Answer::Refused(refusal) => panic!("refused: {refusal:?}"),
        }
    }

    /// Asks what must be refused.
    pub(crate) async fn refused(&mut self, command: Command) -> WireRefusal {
        match self.ask(command).await {
            Answer::Refused(refusal) => refusal,
            Answer::Ok(accepted) => panic!("accepted: {accepted:?}"),
        }
    }

    /// Waits until these requests are accepted, and forgets what else came meanwhile.
    pub(crate) async fn all_accepted(&mut self, asked: &mut Vec<u32>) {
        for reference in asked.drain(..) {
            let answer = self.reply_to(reference).await;
            assert!(matches!(answer, Answer::Ok(_)), "{answer:?}");
        }
        self.unheard.clear();
    }

    /// Hears so many changes of a scope, and sees that each follows the one before, as does the
    /// answer to a resume. What is seen already may come again.
    pub(crate) async fn follow(
        &mut self,
        scope: Scope,
        mut known: Sequence,
        mut resuming: Option<u32>,
        mut count: usize,
    ) -> Sequence {
        while 0 < count || resuming.is_some() {
            let change = match self.next().await {
                Came::Frame(ServerFrame::Change(change)) => change,
                Came::Frame(ServerFrame::Reply(Reply {
                    reference,
                    answer: Answer::Ok(Accepted::Changes(changes)),
                })) if Some(reference) == resuming => {
                    resuming = None;
                    changes.change
                }
                Came::Frame(_) => continue,
                Came::Closed(code) => panic!("closed with {code:?}"),
            };
            if change.scope != scope {
                continue;
            }
            assert!(change.after <= known, "{known:?} is followed by {change:?}");
            known = known.max(change.sequence);
            count = count.saturating_sub(1);
        }
        known
    }

    /// Waits until everything that the server sent so far is here: it answers after it. A heartbeat
    /// may come by itself and so proves nothing; a no to an unknown command comes at once.
    pub(crate) async fn round_trip(&mut self) {
        self.last_ref += 1;
        let asked = self.last_ref;
        self.send_text(format!(r#"{{"request":{{"ref":{asked},"command":{{"nothing":{{}}}}}}}}"#))
            .await;
        let answer = self.reply_to(asked).await;
        assert!(matches!(answer, Answer::Refused(_)), "{answer:?}");
    }

    /// The frames that came since, and were not asked for.
    pub(crate) fn take_unheard(&mut self) -> Vec<ServerFrame> {
        self.unheard.drain(..).collect()
    }

    /// What comes next: a frame, or the end.
    pub(crate) async fn next(&mut self) -> Came {
        match self.unheard.pop_front() {
            Some(frame) => Came::Frame(frame),
            None => self.read().await,
        }
    }

    /// Waits for the close, and gives its code.
    pub(crate) async fn closed(&mut self) -> Option<CloseCode> {
        loop {
            if let Came::Closed(code) = self.next().await {
                return code.and_then(CloseCode::from_number);
            }
        }
    }

    async fn read(&mut self) -> Came {
        loop {
            return match soon("a frame comes", self.socket.next()).await {
                Some(Ok(Message::Text(text))) => {
                    assert_eq!(misfit(Way::ToClient, &text), None);
                    Came::Frame(serde_json::from_str(&text).expect("a known frame"))
                }
                Some(Ok(Message::Close(close))) => {
                    Came::Closed(close.map(|close| close.code.into()))
                }
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => Came::Closed(None),
            };
        }
    }
}

fn answer_in(frame: ServerFrame) -> Answer {
    match frame {
        ServerFrame::Reply(Reply { answer, .. }) => answer,
        other => panic!("a reply was expected: {other:?}"),
    }
}
