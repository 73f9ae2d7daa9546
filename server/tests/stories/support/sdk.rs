//! A tiny client of the tunnel, which speaks its packets as the official browser SDK does.

use std::collections::VecDeque;
use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message, http::HeaderValue};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::soon;

/// One connection.
pub(crate) struct Sdk {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_id: u32,
    /// What came unasked while a reply was waited for.
    unheard: VecDeque<Packet>,
}

/// A packet that came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Packet {
    pub(crate) header: Value,
    pub(crate) payload: Value,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u64,
    pub(crate) headers: Value,
    pub(crate) body: Value,
}

/// What an object of Sync is told: the kind of the event, its id, and the event itself.
pub(crate) type Told = (String, u64, Value);

impl Sdk {
    /// Opens a socket, with headers of one's own.
    pub(crate) async fn open(address: SocketAddr, headers: &[(&'static str, &str)]) -> Self {
        Self::try_open(address, headers).await.expect("the socket opens")
    }

    pub(crate) async fn try_open(
        address: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/v3/wsconnect").into_client_request()?;
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).expect("a header");
            request.headers_mut().insert(*name, value);
        }
        let (socket, _) = soon("a socket opens", connect_async(request)).await?;
        Ok(Self { socket, last_id: 0, unheard: VecDeque::new() })
    }

    /// Opens a socket, and is let in.
    pub(crate) async fn arrive(address: SocketAddr, token: &str) -> Self {
        let mut sdk = Self::open(address, &[]).await;
        let status = sdk.init(token).await;
        assert_eq!(status["code"], 200, "{status}");
        sdk
    }

    /// Says who it is, and gives the status of the reply.
    pub(crate) async fn init(&mut self, token: &str) -> Value {
        self.init_or_close(token).await.expect("a reply before the close")
    }

    /// The same; nothing if the socket is closed instead.
    pub(crate) async fn init_or_close(&mut self, token: &str) -> Option<Value> {
        let header = json!({"method": "init", "token": token, "capabilities": ["client_update"]});
        Some(self.replied(header, None).await?.header["status"].clone())
    }

    /// Renews the token, and gives the status of the reply.
    pub(crate) async fn update(&mut self, token: &str) -> Value {
        self.update_or_close(token).await.expect("a reply before the close")
    }

    /// The same; nothing if the socket is closed instead.
    pub(crate) async fn update_or_close(&mut self, token: &str) -> Option<Value> {
        let header = json!({"method": "update", "token": token});
        Some(self.replied(header, None).await?.header["status"].clone())
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.request("GET", path, json!({}), None).await
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Reply {
        self.request("POST", path, json!({}), Some(body)).await
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Reply {
        self.request("DELETE", path, json!({}), None).await
    }

    /// Asks for a change under a mark of one's own.
    pub(crate) async fn mutate(&mut self, mutation: &str, path: &str, body: Value) -> Reply {
        let headers = json!({"X-Twilio-Mutation-Id": mutation});
        self.request("POST", path, headers, Some(body)).await
    }

    /// Asks anything.
    pub(crate) async fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: Value,
        body: Option<Value>,
    ) -> Reply {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let params = query.split('&').filter_map(|pair| pair.split_once('='));
        let params: serde_json::Map<String, Value> =
            params.map(|(name, value)| (name.to_owned(), value.into())).collect();
        let request = json!({
            "host": "aim.example.org",
            "path": path,
            "method": method,
            "params": params,
            "headers": headers,
        });
        let header = json!({
            "method": "message",
            "active_grant": "ip_messaging",
            "payload_type": "application/json",
            "http_request": request,
        });
        let Packet { header, payload } = self.asked(header, body).await;
        let status = header["http_status"]["code"].as_u64().expect("a status");
        Reply { status, headers: header["http_headers"].clone(), body: payload }
    }

    /// Follows objects from event ids on. Gives what was replayed, in order.
    pub(crate) async fn follow(&mut self, objects: &[(&str, u64)]) -> Vec<Told> {
        self.last_id += 1;
        let correlation = self.last_id;
        let wishes: Vec<Value> = objects
            .iter()
            .map(|(sid, since)| json!({"object_sid": sid, "last_event_id": since}))
            .collect();
        let body = json!({
            "action": "establish",
            "correlation_id": correlation,
            "event_protocol_version": 3,
            "requests": wishes,
        });
        let reply = self.post("/v4/Subscriptions", body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let (mut told, mut open) = (Vec::new(), objects.len());
        while 0 < open {
            let event = self.told().await;
            open -= usize::from(event.0.starts_with("subscription_"));
            told.push(event);
        }
        told
    }

    /// The next event of an object.
    pub(crate) async fn told(&mut self) -> Told {
        loop {
            let Packet { header, payload } = self.next().await.expect("still open");
            if header["message_type"] == "twilio.sync.event" {
                let kind = payload["event_type"].as_str().expect("a kind").to_owned();
                let event = payload["event"].clone();
                return (kind, event["id"].as_u64().unwrap_or_default(), event);
            }
        }
    }

    /// Events so far, after a round trip: whatever was told before it is here.
    pub(crate) async fn heard(&mut self) -> Vec<Told> {
        let packets = self.heard_anything().await;
        let events = packets.into_iter().filter(|packet| packet.payload["event_type"].is_string());
        let told = events.map(|Packet { payload, .. }| {
            let kind = payload["event_type"].as_str().expect("a kind").to_owned();
            (kind, payload["event"]["id"].as_u64().unwrap_or_default(), payload["event"].clone())
        });
        told.collect()
    }

    /// All that was told so far, after a round trip.
    pub(crate) async fn heard_anything(&mut self) -> Vec<Packet> {
        self.get("/Client/v1/Configuration").await;
        self.unheard.drain(..).collect()
    }

    /// What comes next unasked; nothing if the socket was closed.
    pub(crate) async fn next(&mut self) -> Option<Packet> {
        match self.unheard.pop_front() {
            Some(packet) => Some(packet),
            None => self.read().await,
        }
    }

    /// Waits for a word about the connection itself, whatever else comes before it.
    pub(crate) async fn hears_of(&mut self, update: &str) {
        while self.next().await.expect("still open").header["client_update_type"] != update {}
    }

    /// Whatever comes, until the socket is closed.
    pub(crate) async fn closed(&mut self) {
        while self.next().await.is_some() {}
    }

    pub(crate) async fn send(&mut self, message: Message) {
        // Whether it arrived is for the story to find out.
        let _ = self.socket.send(message).await;
    }

    async fn asked(&mut self, header: Value, payload: Option<Value>) -> Packet {
        self.replied(header, payload).await.expect("a reply before the close")
    }

    async fn replied(&mut self, mut header: Value, payload: Option<Value>) -> Option<Packet> {
        self.last_id += 1;
        let id = format!("TM{}", self.last_id);
        header["id"] = id.clone().into();
        self.send(Message::Binary(packet(header, payload).into())).await;
        loop {
            let came = self.read().await?;
            if came.header["method"] == "reply" && came.header["id"] == id.as_str() {
                return Some(came);
            }
            self.unheard.push_back(came);
        }
    }

    async fn read(&mut self) -> Option<Packet> {
        loop {
            return match soon("a packet comes", self.socket.next()).await {
                Some(Ok(Message::Binary(bytes))) => Some(taken_apart(&bytes)),
                Some(Ok(Message::Close(_)) | Err(_)) | None => None,
                Some(Ok(_)) => continue,
            };
        }
    }
}

/// A packet's bytes.
pub(crate) fn packet(mut header: Value, payload: Option<Value>) -> Vec<u8> {
    let payload = payload.map_or_else(String::new, |payload| match payload {
        Value::String(text) => text,
        payload => payload.to_string(),
    });
    header["payload_size"] = payload.len().into();
    let header = header.to_string();
    format!("TWILSOCK V3.0 {}\r\n{header}\r\n{payload}", header.len()).into_bytes()
}

fn taken_apart(bytes: &[u8]) -> Packet {
    let text = str::from_utf8(bytes).expect("UTF-8");
    let (line, rest) = text.split_once("\r\n").expect("a first line");
    let size: usize = line.rsplit(' ').next().expect("a size").parse().expect("a number");
    let header: Value = serde_json::from_str(&rest[..size]).expect("a header");
    let payload_size = header["payload_size"].as_u64().expect("a size") as usize;
    let payload = &rest[size + 2..][..payload_size];
    let payload = if payload.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(payload).expect("a payload")
    };
    Packet { header, payload }
}
