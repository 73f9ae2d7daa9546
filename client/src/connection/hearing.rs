//! What the socket says: open, welcome, no, and the last word.

use chat::protocol::{AfterClose, ClientFrame, CloseCode, Hello, Welcome};
use chat::refusal::WireRefusal;
use chat::{Refusal, Timestamp};

use super::{Cause, Connection, ConnectionState, Denial};
use crate::effect::Effect;

impl Connection {
    pub(crate) fn opened(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let Some(token) = self.token.as_ref().filter(|_| self.state == ConnectionState::Connecting)
        else {
            return;
        };
        let hello = ClientFrame::Hello(Hello { token: token.text.clone() });
        effects.push(Effect::send(&hello));
        self.enter(ConnectionState::Greeting, now);
    }

    /// Something came: the connection lives.
    pub(crate) fn heard(&mut self, now: Timestamp) {
        self.heard_at = now;
        self.probed_at = None;
    }

    pub(crate) fn welcomed(&mut self, welcome: &Welcome, now: Timestamp) {
        self.offset = welcome.server_time.since(now);
        self.refused_tokens = 0;
        self.renewing = false;
        self.spread = None;
        if let Some(token) = &mut self.token
            && let Some(expires_at) = token.expires_at
        {
            token.lives_until(expires_at, welcome.server_time, now);
        }
        self.enter(ConnectionState::Online, now);
    }

    /// `hello` was refused. The first refusal may be the token's age; a second is an answer.
    pub(crate) fn hello_refused(
        &mut self,
        refusal: WireRefusal,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        if self.state != ConnectionState::Greeting {
            return;
        }
        self.leave_socket(effects);
        if refusal.temporary {
            return self.wait(Cause::Busy, refusal.retry_after.map_or(0, i64::from), now);
        }
        self.refuse_token(refusal, now, effects);
    }

    /// The server goes down, and wishes its clients to come back within a time.
    pub(crate) fn restarting(&mut self, spread: u32) {
        self.spread = Some(i64::from(spread));
    }

    pub(crate) fn closed(&mut self, code: Option<u16>, now: Timestamp, effects: &mut Vec<Effect>) {
        if !self.has_socket() {
            return;
        }
        let Some(code) = code.and_then(CloseCode::from_number) else {
            return self.broke(now);
        };
        match (code.after(), code) {
            (AfterClose::Reconnect, _) => self.reconnect_soon(Cause::Lost, now),
            (AfterClose::BackOff, CloseCode::TooMany) => self.wait(Cause::Busy, 0, now),
            (AfterClose::BackOff, CloseCode::Restart) => self.wait(Cause::Restart, 0, now),
            (AfterClose::BackOff, _) => self.wait(Cause::Lost, 0, now),
            (AfterClose::NewToken, CloseCode::TokenRefused) => {
                self.refuse_token(Refusal::TokenInvalid.to_wire(), now, effects);
            }
            (AfterClose::NewToken, _) => {
                self.token = None;
                self.reconnect_soon(Cause::Lost, now);
            }
            (AfterClose::Stop, CloseCode::NameTaken) => self.deny(Denial::NameTaken, now),
            (AfterClose::Stop, CloseCode::SessionEnded) => self.deny(Denial::SessionEnded, now),
            (AfterClose::Stop, _) => self.deny(Denial::Malformed, now),
        }
    }
}
