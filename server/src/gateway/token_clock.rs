//! When a connection's token is near its end, and when it is over.

use chat::Timestamp;
use chat::limits::TOKEN_NOTICE_MS;

/// The life of one token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenClock {
    pub(crate) expires_at: Timestamp,
    notice_at: Option<Timestamp>,
    ends_at: Timestamp,
}

/// What a token's time has come for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stroke {
    /// Tell the bearer to renew it.
    Notice,
    /// The grace is over too.
    Expired,
}

impl TokenClock {
    /// A token that was accepted now; its connection may outlive it by the grace, in milliseconds.
    pub(crate) fn new(expires_at: Timestamp, now: Timestamp, grace: i64) -> Self {
        let at_80_percent = now.plus(expires_at.since(now) / 5 * 4);
        let notice_at = expires_at.plus(-TOKEN_NOTICE_MS).max(at_80_percent);
        Self { expires_at, notice_at: Some(notice_at), ends_at: expires_at.plus(grace) }
    }

    /// A token of whose end the bearer is told now.
    pub(crate) fn noticed(expires_at: Timestamp, grace: i64) -> Self {
        Self { expires_at, notice_at: None, ends_at: expires_at.plus(grace) }
    }

    /// When to look at it next.
    pub(crate) fn due(&self) -> Timestamp {
        self.notice_at.unwrap_or(self.ends_at)
    }

    /// What is to be done now; a notice is given once.
    pub(crate) fn strike(&mut self, now: Timestamp) -> Option<Stroke> {
        if self.ends_at <= now {
            return Some(Stroke::Expired);
        }
        if self.notice_at.is_some_and(|notice_at| notice_at <= now) {
            self.notice_at = None;
            return Some(Stroke::Notice);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::limits::TOKEN_GRACE_MS;

    const MINUTE: i64 = 60_000;

    #[test]
    fn notice_comes_three_minutes_ahead() {
        let mut clock = TokenClock::new(Timestamp(60 * MINUTE), Timestamp(0), TOKEN_GRACE_MS);
        assert_eq!(clock.due(), Timestamp(57 * MINUTE));
        assert_eq!(clock.strike(Timestamp(57 * MINUTE - 1)), None);
        assert_eq!(clock.strike(Timestamp(57 * MINUTE)), Some(Stroke::Notice));
        assert_eq!(clock.strike(Timestamp(57 * MINUTE)), None);
    }

    #[test]
    fn a_short_life_is_noticed_at_80_percent() {
        let clock = TokenClock::new(Timestamp(MINUTE), Timestamp(0), TOKEN_GRACE_MS);
        assert_eq!(clock.due(), Timestamp(48_000));
    }

    #[test]
    fn a_connection_outlives_its_token_by_the_grace() {
        let mut clock = TokenClock::new(Timestamp(MINUTE), Timestamp(0), TOKEN_GRACE_MS);
        assert_eq!(clock.strike(Timestamp(50_000)), Some(Stroke::Notice));
        assert_eq!(clock.due(), Timestamp(90_000));
        assert_eq!(clock.strike(Timestamp(89_999)), None);
        assert_eq!(clock.strike(Timestamp(90_000)), Some(Stroke::Expired));
    }
}
