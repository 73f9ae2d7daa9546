//! Our own socket's dialect: frames of JSON in, replies out.

use std::sync::Arc;

use chat::limits::{PRESENCE_WATCHED_MAX, TOKEN_GRACE_MS};
use chat::protocol::{
    Accepted, Answer, Changes, CloseCode, Command, Reply, Request, Scope, ServerFrame, Watching,
};
use chat::{ChannelSid, Refusal, Sequence, UserSid};

use super::decode::{Decoded, decode};
use super::dialect::{Dialect, Meaning};
use super::frame::{Frame, encode};
use super::refusal_of;
use super::requests::{Desk, Renewed};
use super::socket::Heard;
use crate::commands::CommandError;
use crate::queries::{called, open_channel, resume};
use crate::tokens::Bearer;

/// One connection's.
pub(crate) struct SocketDialect {
    pub(crate) desk: Desk,
}

impl Dialect for SocketDialect {
    const TOKEN_GRACE_MS: i64 = TOKEN_GRACE_MS;

    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn understand(self: Arc<Self>, heard: Heard) -> Result<Meaning, CloseCode> {
        let Heard::Text(text) = heard else { return Err(CloseCode::Malformed) };
        match decode(&text) {
            Decoded::Request(request) => return Ok(self.ask(request)),
            Decoded::Refused(reference, refusal) => self.refuse(reference, refusal),
            Decoded::Probe => {
                let outbox = &self.desk.seat.outbox;
                outbox.answer(outbox.voice.heartbeat());
            }
            Decoded::Hello(_) | Decoded::Malformed => return Err(CloseCode::Malformed),
        }
        Ok(Meaning::Done)
    }
}

impl SocketDialect {
    fn ask(self: Arc<Self>, request: Request) -> Meaning {
        match self.desk.allow(&request.command) {
            Ok(()) => Meaning::Asked(Box::pin(self.serve(request))),
            Err(refusal) => {
                self.refuse(request.reference, refusal);
                Meaning::Done
            }
        }
    }

    /// Answers a request that is not done.
    fn refuse(&self, reference: u32, refusal: Refusal) {
        self.desk.seat.outbox.answer(reply(reference, Err(CommandError::Refused(refusal))));
    }

    /// Does what is asked, and queues the reply.
    async fn serve(self: Arc<Self>, request: Request) -> Renewed {
        let Request { reference, command } = request;
        match command {
            Command::WatchPresence { users } => self.watch(reference, users).await,
            Command::Resume { scope, since } => self.resume(reference, scope, since).await,
            Command::OpenChannel { channel } => self.open(reference, channel).await,
            Command::RenewToken { token } => return self.renew(reference, &token).await,
            command => {
                let outcome = self.desk.run(command).await;
                self.desk.seat.outbox.answer(reply(reference, outcome));
            }
        }
        None
    }

    /// Who is reachable now, and what they are called; and from then on each turn.
    async fn watch(&self, reference: u32, users: Vec<UserSid>) {
        if PRESENCE_WATCHED_MAX < users.len() {
            return self.refuse(reference, Refusal::BadParameter);
        }
        let Desk { gateway, seat, .. } = &self.desk;
        seat.watch(&users);
        let called = gateway.store.read(move |tx| Ok(called(tx, &users)?)).await;
        seat.answer_watching(|online| {
            let watching = called.map(|called| Watching { online, called });
            reply(reference, watching.map(Accepted::Watching))
        });
    }

    /// Changes since, and from then on: what comes while they are read follows the reply.
    async fn resume(&self, reference: u32, scope: Scope, since: Sequence) {
        let me = self.desk.who.user;
        self.desk.seat.hold(scope);
        let changes = self.desk.gateway.store.read(move |tx| resume(tx, me, scope, since)).await;
        let head = changes.as_ref().ok().map(|changes: &Changes| changes.change.sequence);
        self.desk.seat.settle(scope, head, reply(reference, changes.map(Accepted::Changes)));
    }

    async fn open(&self, reference: u32, channel: ChannelSid) {
        let me = self.desk.who.user;
        let scope = Scope::Channel(channel);
        self.desk.seat.hold(scope);
        let opened = self.desk.gateway.store.read(move |tx| open_channel(tx, me, channel)).await;
        let head = opened.as_ref().ok().map(|opened| opened.sequence);
        let opened = opened.map(|opened| Accepted::Opened(Box::new(opened)));
        self.desk.seat.settle(scope, head, reply(reference, opened));
    }

    async fn renew(&self, reference: u32, token: &str) -> Renewed {
        let renewed = self.desk.renewed(token).await;
        let bearer = renewed.as_ref().ok().cloned();
        let renewed = renewed.map(|Bearer { expires_at, .. }| Accepted::Renewed { expires_at });
        self.desk.seat.outbox.answer(reply(reference, renewed));
        bearer
    }
}

fn reply(reference: u32, outcome: Result<Accepted, CommandError>) -> Frame {
    let answer = match outcome {
        Ok(accepted) => Answer::Ok(accepted),
        Err(error) => Answer::Refused(refusal_of(error).to_wire()),
    };
    encode(&ServerFrame::Reply(Reply { reference, answer }))
}
