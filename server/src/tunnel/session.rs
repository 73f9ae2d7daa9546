//! One connection after its init: what each of its packets means, and the replies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chat::protocol::{Accepted, CloseCode, Command};
use chat::{ChannelSid, Nonce, Refusal, UserSid};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

use super::call::{Answer, Call};
use super::codec::{Packet, write};
use super::routes;
use super::voice::TunnelVoice;
use crate::commands::CommandError;
use crate::config::Config;
use crate::gateway::dialect::{Dialect, Meaning};
use crate::gateway::frame::Frame;
use crate::gateway::refusal_of;
use crate::gateway::requests::{Desk, Renewed};
use crate::gateway::socket::Heard;
use crate::queries;
use crate::store::Tx;

/// One connection's session.
pub(crate) struct Session {
    pub(crate) desk: Desk,
    pub(crate) voice: Arc<TunnelVoice>,
    /// Where our own addresses begin.
    pub(crate) base: String,
    /// Megabytes of a file, at most.
    pub(crate) file_mb_max: u64,
    /// Subscriptions are settled one request after the other.
    pub(crate) subscribing: Mutex<()>,
    acknowledged: AtomicU64,
}

impl Session {
    pub(crate) fn new(desk: Desk, voice: Arc<TunnelVoice>, config: &Config) -> Self {
        Self {
            desk,
            voice,
            base: config.public_url.origin(),
            file_mb_max: config.media.file_mb_max(),
            subscribing: Mutex::new(()),
            acknowledged: AtomicU64::new(0),
        }
    }

    /// Who asks.
    pub(crate) fn me(&self) -> UserSid {
        self.desk.who.user
    }

    /// Reads, over one snapshot.
    pub(crate) async fn read<R, Q>(&self, query: Q) -> Result<R, CommandError>
    where
        R: Send + 'static,
        Q: Fn(&mut dyn Tx) -> Result<R, CommandError> + Send + 'static,
    {
        self.desk.gateway.store.read(query).await
    }

    /// Does something, as far as the rates allow it.
    pub(crate) async fn run(&self, command: Command) -> Result<Accepted, CommandError> {
        self.desk.allow(&command)?;
        self.desk.run(command).await
    }

    /// The nonce of the command that a request becomes.
    pub(crate) fn nonce(&self, call: &Call) -> Nonce {
        call.nonce(&self.desk.gateway.clock)
    }

    /// The channel that a segment names: by its SID, which the command judges, or its address.
    pub(crate) async fn channel(&self, segment: &str) -> Result<ChannelSid, CommandError> {
        if let Ok(sid) = segment.parse() {
            return Ok(sid);
        }
        let (me, address) = (self.me(), segment.to_owned());
        self.read(move |tx| queries::channel_at(tx, me, &address)).await
    }

    /// Passes over that something is gone already.
    pub(crate) fn unless_absent(&self, error: CommandError) -> Result<(), CommandError> {
        match error {
            CommandError::Refused(Refusal::ChannelNotFound) => Ok(()),
            error => Err(error),
        }
    }

    fn reply(&self, id: &str, status: &Value) {
        self.desk.seat.outbox.answer(reply(id, status));
    }

    /// An acknowledgement is free while something of ours is unacknowledged.
    fn acknowledge(&self) -> Meaning {
        let acknowledged = self.acknowledged.fetch_add(1, Ordering::Relaxed);
        if acknowledged < self.voice.told() { Meaning::Acknowledged } else { Meaning::Done }
    }

    async fn answer(self: Arc<Self>, id: String, call: Call) -> Renewed {
        let answer = routes::answer(&self, &call).await.unwrap_or_else(Answer::from);
        self.desk.seat.outbox.answer(http_reply(&id, &answer));
        None
    }

    async fn update(self: Arc<Self>, id: String, token: String) -> Renewed {
        match self.desk.renewed(&token).await {
            Ok(bearer) => {
                self.reply(&id, &ok());
                Some(bearer)
            }
            Err(error) => {
                self.reply(&id, &status_of(refusal_of(error)));
                None
            }
        }
    }
}

impl Dialect for Session {
    /// The SDK opens each channel with five requests, and each of them is small.
    const FRAMES_FOR_ONE: u32 = 10;
    /// The SDK hears that its token has expired when it is not let in again.
    const TOKEN_GRACE_MS: i64 = 0;

    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn understand(self: Arc<Self>, heard: Heard) -> Result<Meaning, CloseCode> {
        let Heard::Bytes(bytes) = heard else { return Err(CloseCode::Malformed) };
        let packet = Packet::read(&bytes).map_err(|_| CloseCode::Malformed)?;
        let id = packet.text("id").to_owned();
        match packet.text("method") {
            "reply" => return Ok(self.acknowledge()),
            "message" => {
                let call = Call::read(&packet).ok_or(CloseCode::Malformed)?;
                return Ok(Meaning::Asked(Box::pin(self.answer(id, call))));
            }
            "update" => {
                let token = packet.text("token").to_owned();
                return Ok(Meaning::Asked(Box::pin(self.update(id, token))));
            }
            "ping"
            | "close"
            | "put_notification_ctx"
            | "delete_notification_ctx"
            | "telemetry.v1" => self.reply(&id, &ok()),
            _ => return Err(CloseCode::Malformed),
        }
        Ok(Meaning::Done)
    }
}

fn ok() -> Value {
    json!({"code": 200, "status": "OK"})
}

/// How a packet's reply says no to a token.
pub(crate) fn status_of(refusal: Refusal) -> Value {
    let wire = refusal.to_wire();
    json!({
        "code": wire.status,
        "status": wire.message,
        "description": wire.message,
        "errorCode": wire.code,
    })
}

/// A reply without more than its status.
pub(crate) fn reply(id: &str, status: &Value) -> Frame {
    Frame::Bytes(write(&json!({"method": "reply", "id": id, "status": status}), None))
}

fn http_reply(id: &str, answer: &Answer) -> Frame {
    let mut headers = Map::new();
    if let Some(milliseconds) = answer.retry_after {
        headers.insert("Retry-After".to_owned(), milliseconds.div_ceil(1_000).to_string().into());
    }
    let header = json!({
        "method": "reply",
        "id": id,
        "status": ok(),
        "http_status": {"code": answer.status, "status": answer.reason},
        "http_headers": headers,
    });
    let body = Some(&answer.body).filter(|body| !body.is_null());
    Frame::Bytes(write(&header, body))
}
