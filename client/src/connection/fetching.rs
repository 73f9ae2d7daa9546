//! What the token's source says: at the start, and when a token is renewed over the open socket.

use chat::Timestamp;
use chat::refusal::WireRefusal;

use super::{Cause, Connection, ConnectionState, Denial, Token};
use crate::effect::Effect;

impl Connection {
    /// A token came. Returned, if it is to be renewed over the open socket.
    pub(crate) fn token_came(
        &mut self,
        text: String,
        expires_at: Option<Timestamp>,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) -> Option<String> {
        if matches!(self.state, ConnectionState::Idle | ConnectionState::Denied(_)) {
            return None;
        }
        let token = Token::new(text, expires_at);
        if self.state == ConnectionState::Online {
            let renewed = std::mem::take(&mut self.renewing).then(|| token.text.clone());
            self.token = Some(token);
            return renewed;
        }
        self.token = Some(token);
        if self.state == ConnectionState::FetchingToken {
            self.token_is_fresh = true;
            self.open(now, effects);
        }
        None
    }

    pub(crate) fn token_refused(&mut self, refusal: WireRefusal, now: Timestamp) {
        match self.state {
            ConnectionState::FetchingToken if refusal.temporary => {
                self.wait(Cause::Busy, refusal.retry_after.map_or(0, i64::from), now);
            }
            ConnectionState::FetchingToken => self.deny(Denial::from(refusal), now),
            // The server ends the connection itself when its time has come.
            ConnectionState::Online if refusal.temporary => self.renew_later(now),
            _ => {}
        }
    }

    pub(crate) fn token_unreachable(&mut self, now: Timestamp) {
        match self.state {
            ConnectionState::FetchingToken => self.wait(Cause::TokenUnreachable, 0, now),
            ConnectionState::Online => self.renew_later(now),
            _ => {}
        }
    }

    /// The server takes the renewed token.
    pub(crate) fn renewed(&mut self, expires_at: Timestamp, now: Timestamp) {
        let server_now = now.plus(self.offset);
        if let Some(token) = &mut self.token {
            token.lives_until(expires_at, server_now, now);
        }
    }

    /// The renewed token was not taken: try again with another while the old one lasts.
    pub(crate) fn renew_later(&mut self, now: Timestamp) {
        self.renewing = false;
        if let Some(token) = &mut self.token {
            token.renew_later(now);
        }
    }

    /// The token ends soon.
    pub(crate) fn renew(&mut self, effects: &mut Vec<Effect>) {
        if self.state == ConnectionState::Online && !self.renewing {
            self.renewing = true;
            if let Some(token) = &mut self.token {
                token.is_being_renewed();
            }
            effects.push(Effect::FetchToken);
        }
    }
}
