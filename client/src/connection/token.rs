//! An access token, and when it is time for the next one.

use std::fmt;

use chat::Timestamp;

/// Milliseconds before its end at which a token is not worth a `hello` any more.
const TOO_LATE_MS: i64 = 5_000;
/// Milliseconds until a renewal that failed is tried again.
const AGAIN_MS: i64 = 10_000;

pub(crate) struct Token {
    pub(crate) text: String,
    /// By the server's clock.
    pub(crate) expires_at: Option<Timestamp>,
    /// By our clock: at 80 % of what is left of its life, should the server not speak first.
    renew_at: Option<Timestamp>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever reads a log must not be able to speak for its bearer.
        write!(f, "Token until {:?}", self.expires_at)
    }
}

impl Token {
    pub(crate) fn new(text: String, expires_at: Option<Timestamp>) -> Self {
        Self { text, expires_at, renew_at: None }
    }

    pub(crate) fn is_usable(&self, server_now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| TOO_LATE_MS < end.since(server_now))
    }

    pub(crate) fn lives_until(&mut self, end: Timestamp, server_now: Timestamp, now: Timestamp) {
        self.expires_at = Some(end);
        self.renew_at = Some(now.plus(end.since(server_now).max(0) / 10 * 8));
    }

    pub(crate) fn renew_later(&mut self, now: Timestamp) {
        self.renew_at = Some(now.plus(AGAIN_MS));
    }

    pub(crate) fn wait_no_longer(&mut self, now: Timestamp) {
        self.renew_at = self.renew_at.map(|_| now);
    }

    pub(crate) fn is_being_renewed(&mut self) {
        self.renew_at = None;
    }

    pub(crate) fn renew_at(&self) -> Option<Timestamp> {
        self.renew_at
    }

    pub(crate) fn is_to_be_renewed(&self, now: Timestamp) -> bool {
        self.renew_at.is_some_and(|at| at <= now)
    }
}

#[cfg(test)]
mod tests {
    use chat::Refusal;
    use chat::protocol::{Accepted, Command, ServerFrame};

    use crate::scene::{MINUTE, Scene};
    use crate::{Effect, Input};

    fn renewal(command: &Command) -> bool {
        matches!(command, Command::RenewToken { .. })
    }

    fn comes(scene: &mut Scene, token: &str, minutes: i64) {
        let expires_at = Some(scene.now.plus(minutes * MINUTE));
        scene.input(Input::Token { token: token.to_owned(), expires_at });
    }

    /// Ada's token lives for an hour.
    fn an_hour() -> Scene {
        let mut scene = Scene::new();
        scene.input(Input::Start);
        comes(&mut scene, "first", 60);
        scene.input(Input::SocketOpened);
        scene.be_welcomed();
        scene.answer_resumes();
        scene.effects.clear();
        scene
    }

    #[test]
    fn a_token_is_renewed_over_the_same_socket_when_the_server_says_so() {
        let mut scene = an_hour();
        let expires_at = scene.now.plus(3 * MINUTE);
        scene.server(&ServerFrame::TokenAboutToExpire { expires_at });
        scene.server(&ServerFrame::TokenAboutToExpire { expires_at });
        assert!(scene.took(&Effect::FetchToken));
        assert!(!scene.took(&Effect::FetchToken), "one is enough");
        comes(&mut scene, "second", 60);
        let asked = scene.asked(renewal);
        let expires_at = scene.now.plus(60 * MINUTE);
        scene.ok(asked, Accepted::Renewed { expires_at });
        assert!(scene.client.state().is_online());
        assert!(!scene.took(&Effect::CloseSocket));
    }

    #[test]
    fn a_token_is_renewed_at_80_percent_of_its_life_if_the_server_says_nothing() {
        let mut scene = an_hour();
        for _ in 0..95 {
            scene.pass(MINUTE / 2);
            scene.server(&ServerFrame::Heartbeat {});
        }
        assert!(!scene.took(&Effect::FetchToken), "47 minutes and a half");
        scene.pass(MINUTE / 2);
        assert!(scene.took(&Effect::FetchToken));
    }

    #[test]
    fn a_renewal_that_failed_is_tried_again_while_the_old_token_lasts() {
        let mut scene = an_hour();
        let expires_at = scene.now.plus(3 * MINUTE);
        scene.server(&ServerFrame::TokenAboutToExpire { expires_at });
        scene.effects.clear();
        scene.input(Input::TokenUnreachable);
        scene.pass(10_000);
        assert!(scene.took(&Effect::FetchToken));
        comes(&mut scene, "second", 60);
        let asked = scene.asked(renewal);
        scene.refuse(asked, Refusal::TokenSignature.to_wire());
        scene.pass(10_000);
        assert!(scene.took(&Effect::FetchToken));
        scene.input(Input::TokenRefused(Refusal::SessionEnded.to_wire()));
        assert!(scene.client.state().is_online(), "the server ends it in its time");
    }

    #[test]
    fn a_token_that_ran_out_while_away_is_not_shown_again() {
        let mut scene = an_hour();
        scene.cut();
        scene.input(Input::NetworkDown);
        scene.now = scene.now.plus(60 * MINUTE);
        scene.input(Input::NetworkUp);
        assert!(scene.took(&Effect::FetchToken));
    }

    #[test]
    fn somebody_whose_clock_is_wrong_renews_in_time_all_the_same() {
        let mut scene = Scene::new();
        scene.input(Input::Start);
        let server_now = scene.now.plus(-500 * MINUTE);
        let expires_at = Some(server_now.plus(10 * MINUTE));
        scene.input(Input::Token { token: "t".to_owned(), expires_at });
        // By this clock the token is long over, but it was fetched just now.
        assert!(scene.took(&Effect::OpenSocket));
        scene.input(Input::SocketOpened);
        let mut welcome = scene.welcome.clone();
        welcome.server_time = server_now;
        scene.server(&ServerFrame::Welcome(Box::new(welcome)));
        scene.effects.clear();
        for _ in 0..16 {
            assert!(!scene.took(&Effect::FetchToken));
            scene.pass(MINUTE / 2);
            scene.server(&ServerFrame::Heartbeat {});
        }
        assert!(scene.took(&Effect::FetchToken), "eight minutes have passed");
    }
}
