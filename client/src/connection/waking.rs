//! What time does. Wakes may come late, early, or not at all.

use chat::Timestamp;
use chat::limits::SILENCE_MAX_MS;

use super::{
    Cause, Connection, ConnectionState, FETCH_MS, OFFLINE_MS, OPEN_MS, PROBE_MS, Token, WELCOME_MS,
};
use crate::effect::Effect;

impl Connection {
    pub(crate) fn wake(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.wakes_at().is_none_or(|at| now < at) {
            return;
        }
        match self.state {
            ConnectionState::FetchingToken => self.wait(Cause::TokenUnreachable, 0, now),
            ConnectionState::Connecting | ConnectionState::Greeting => {
                self.leave_socket(effects);
                self.broke(now);
            }
            ConnectionState::Online => self.wake_online(now, effects),
            ConnectionState::Waiting { .. } | ConnectionState::Offline => self.go(now, effects),
            ConnectionState::Idle | ConnectionState::Denied(_) => {}
        }
    }

    fn wake_online(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let unanswered = self.probed_at.is_some_and(|at| PROBE_MS <= now.since(at));
        let silence = now.since(self.heard_at) - SILENCE_MAX_MS;
        if unanswered || (0..PROBE_MS).contains(&silence) {
            self.leave_socket(effects);
            return self.broke(now);
        }
        // The timer came late: what was heard meanwhile may only be waiting behind it.
        if PROBE_MS <= silence {
            self.probe(now, effects);
        }
        if self.token.as_ref().is_some_and(|token| token.is_to_be_renewed(now)) {
            self.renew(effects);
        }
    }

    /// The clock was set back: what is waited for comes now, and what is measured begins now.
    pub(crate) fn wait_no_longer(&mut self, now: Timestamp) {
        self.since = now;
        self.heard_at = now;
        self.probed_at = self.probed_at.map(|_| now);
        if let ConnectionState::Waiting { until, .. } = &mut self.state {
            *until = now;
        }
        if let Some(token) = &mut self.token {
            token.wait_no_longer(now);
        }
    }

    pub(crate) fn wakes_at(&self) -> Option<Timestamp> {
        match &self.state {
            ConnectionState::Idle | ConnectionState::Denied(_) => None,
            ConnectionState::FetchingToken => Some(self.since.plus(FETCH_MS)),
            ConnectionState::Connecting => Some(self.since.plus(OPEN_MS)),
            ConnectionState::Greeting => Some(self.since.plus(WELCOME_MS)),
            ConnectionState::Waiting { until, .. } => Some(*until),
            ConnectionState::Offline => Some(self.since.plus(OFFLINE_MS)),
            ConnectionState::Online => {
                let dead = match self.probed_at {
                    Some(at) => at.plus(PROBE_MS),
                    None => self.heard_at.plus(SILENCE_MAX_MS),
                };
                let renew = self.token.as_ref().and_then(Token::renew_at);
                Some(renew.map_or(dead, |at| at.min(dead)))
            }
        }
    }
}
