//! How one connection stands: what to do when it opens, breaks, falls silent, or is told to stop.
//!
//! It knows sockets, tokens and time; what is said over the socket is the client's.

use chat::protocol::ClientFrame;
use chat::refusal::WireRefusal;
use chat::{Refusal, Timestamp};

use crate::back_off;
use crate::dice::Dice;
use crate::effect::Effect;

mod fetching;
mod hearing;
mod state;
mod token;
mod waking;

pub use state::{Cause, ConnectionState, Denial};
use token::Token;

/// Milliseconds a token may take to come.
const FETCH_MS: i64 = 30_000;
/// Milliseconds a socket may take to open.
const OPEN_MS: i64 = 20_000;
/// Milliseconds `welcome` may take.
const WELCOME_MS: i64 = 10_000;
/// Milliseconds within which a probe is answered.
const PROBE_MS: i64 = 5_000;
/// Milliseconds online after which earlier failures are forgotten.
const STABLE_MS: i64 = 60_000;
/// Milliseconds until another try while the browser says that there is no network: it may be
/// wrong, a server on the same machine needs none.
const OFFLINE_MS: i64 = 30_000;
/// Milliseconds of jitter before a reconnect that was asked for at once.
const SOON_MS: i64 = 250;

/// One connection, over and over.
#[derive(Debug)]
pub(crate) struct Connection {
    state: ConnectionState,
    dice: Dice,
    network: bool,
    token: Option<Token>,
    /// Whether the token was fetched for this very attempt.
    token_is_fresh: bool,
    /// Tokens that were refused since the last welcome.
    refused_tokens: u32,
    renewing: bool,
    /// Failures in a row.
    attempt: u32,
    /// When the present state began.
    since: Timestamp,
    heard_at: Timestamp,
    probed_at: Option<Timestamp>,
    /// The spread that a restarting server wished for, in milliseconds.
    spread: Option<i64>,
    /// The server's clock minus ours.
    offset: i64,
}

impl Connection {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: ConnectionState::Idle,
            dice: Dice::new(seed),
            network: true,
            token: None,
            token_is_fresh: false,
            refused_tokens: 0,
            renewing: false,
            attempt: 0,
            since: Timestamp(0),
            heard_at: Timestamp(0),
            probed_at: None,
            spread: None,
            offset: 0,
        }
    }

    pub(crate) fn state(&self) -> &ConnectionState {
        &self.state
    }

    pub(crate) fn offset(&self) -> i64 {
        self.offset
    }

    /// The token, unless it ends in a moment or has ended.
    pub(crate) fn token(&self, now: Timestamp) -> Option<&str> {
        let server_now = now.plus(self.offset);
        let token = self.token.as_ref().filter(|token| token.is_usable(server_now))?;
        Some(&token.text)
    }

    pub(crate) fn has_socket(&self) -> bool {
        use ConnectionState::{Connecting, Greeting, Online};
        matches!(self.state, Connecting | Greeting | Online)
    }
}

/// What a person or the browser says.
impl Connection {
    pub(crate) fn start(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if matches!(self.state, ConnectionState::Idle | ConnectionState::Denied(_)) {
            self.attempt = 0;
            self.refused_tokens = 0;
            self.token = None;
            self.go(now, effects);
        }
    }

    pub(crate) fn stop(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.token = None;
        self.leave_socket(effects);
        self.enter(ConnectionState::Idle, now);
    }

    pub(crate) fn network_up(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.network = true;
        self.look_alive(now, effects);
    }

    pub(crate) fn network_down(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.network = false;
        match self.state {
            ConnectionState::Online => self.probe(now, effects),
            ConnectionState::Waiting { .. } => self.enter(ConnectionState::Offline, now),
            _ => {}
        }
    }

    /// The page can be seen, the network is there, or the person asks: probe, or try at once.
    pub(crate) fn look_alive(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        match self.state {
            ConnectionState::Online => self.probe(now, effects),
            ConnectionState::Waiting { .. } | ConnectionState::Offline => self.go(now, effects),
            _ => self.wake(now, effects),
        }
    }
}

/// What the client finds.
impl Connection {
    /// What the server says is of another world than its welcome: be welcomed anew.
    pub(crate) fn begin_again(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.leave_socket(effects);
        self.reconnect_soon(Cause::Lost, now);
    }
}

/// The steps.
impl Connection {
    fn go(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let server_now = now.plus(self.offset);
        self.token_is_fresh = false;
        if self.token.as_ref().is_some_and(|token| token.is_usable(server_now)) {
            return self.open(now, effects);
        }
        self.token = None;
        effects.push(Effect::FetchToken);
        self.enter(ConnectionState::FetchingToken, now);
    }

    fn open(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        effects.push(Effect::OpenSocket);
        self.enter(ConnectionState::Connecting, now);
    }

    fn probe(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.probed_at.is_none() {
            self.probed_at = Some(now);
            effects.push(Effect::send(&ClientFrame::Probe {}));
        }
    }

    fn leave_socket(&mut self, effects: &mut Vec<Effect>) {
        if self.has_socket() {
            effects.push(Effect::CloseSocket);
        }
    }

    /// The socket is gone, and nobody said why.
    fn broke(&mut self, now: Timestamp) {
        let mut cause = Cause::Lost;
        if self.state == ConnectionState::Connecting {
            // A fresh token tells an unreachable server from a socket that something blocks.
            self.token = None;
            if self.token_is_fresh {
                cause = Cause::SocketBlocked;
            }
        }
        self.wait(cause, 0, now);
    }

    fn refuse_token(&mut self, refusal: WireRefusal, now: Timestamp, effects: &mut Vec<Effect>) {
        self.token = None;
        self.refused_tokens += 1;
        let is_final = 1 < self.refused_tokens || refusal.code == Refusal::SessionEnded.code();
        if is_final {
            return self.deny(Denial::from(refusal), now);
        }
        self.go(now, effects);
    }

    fn reconnect_soon(&mut self, cause: Cause, now: Timestamp) {
        self.forget_failures(now);
        if self.attempt == 0 {
            self.attempt = 1;
            let until = now.plus(self.dice.up_to(SOON_MS));
            return self.enter(ConnectionState::Waiting { until, attempt: 1, cause }, now);
        }
        self.wait(cause, 0, now);
    }

    fn wait(&mut self, cause: Cause, at_least: i64, now: Timestamp) {
        self.forget_failures(now);
        self.attempt = self.attempt.saturating_add(1);
        if !self.network {
            return self.enter(ConnectionState::Offline, now);
        }
        let (cause, pause) = match self.spread.take() {
            Some(spread) => (Cause::Restart, self.dice.up_to(spread)),
            None => (cause, back_off::pause(self.attempt, &mut self.dice)),
        };
        let until = now.plus(at_least + pause);
        self.enter(ConnectionState::Waiting { until, attempt: self.attempt, cause }, now);
    }

    /// After a stable minute, what went wrong before is of no matter.
    fn forget_failures(&mut self, now: Timestamp) {
        if self.state == ConnectionState::Online && STABLE_MS <= now.since(self.since) {
            self.attempt = 0;
        }
    }

    fn deny(&mut self, denial: Denial, now: Timestamp) {
        self.token = None;
        self.enter(ConnectionState::Denied(denial), now);
    }

    fn enter(&mut self, state: ConnectionState, now: Timestamp) {
        self.state = state;
        self.since = now;
        self.heard(now);
    }
}

#[cfg(test)]
mod tests {
    use chat::limits::BACK_OFF_MAX_MS;
    use chat::protocol::{CloseCode, Hello, ServerFrame};

    use super::*;
    use crate::effect::Input;
    use crate::scene::{MINUTE, Scene, refusal};

    fn is_waiting(scene: &Scene) -> bool {
        matches!(scene.client.state(), ConnectionState::Waiting { .. })
    }

    fn cause(scene: &Scene) -> Option<Cause> {
        match scene.client.state() {
            ConnectionState::Waiting { cause, .. } => Some(*cause),
            _ => None,
        }
    }

    fn attempt(scene: &Scene) -> u32 {
        match scene.client.state() {
            ConnectionState::Waiting { attempt, .. } => *attempt,
            _ => 0,
        }
    }

    fn pause(scene: &Scene) -> i64 {
        match scene.client.state() {
            ConnectionState::Waiting { until, .. } => until.since(scene.now),
            other => panic!("not waiting but {other:?}"),
        }
    }

    #[test]
    fn somebody_who_opens_the_page_is_online_after_token_socket_and_welcome() {
        let mut scene = Scene::new();
        scene.input(Input::SocketOpened);
        assert_eq!(*scene.client.state(), ConnectionState::Idle, "nothing was started");
        scene.input(Input::Start);
        assert_eq!(*scene.client.state(), ConnectionState::FetchingToken);
        assert!(scene.took(&Effect::FetchToken));
        scene.token();
        assert_eq!(*scene.client.state(), ConnectionState::Connecting);
        assert!(scene.took(&Effect::OpenSocket));
        assert!(scene.effects.is_empty(), "hello waits for the socket");
        scene.input(Input::SocketOpened);
        let hello = ClientFrame::Hello(Hello { token: "t".to_owned() });
        assert!(scene.took(&Effect::send(&hello)));
        assert_eq!(*scene.client.state(), ConnectionState::Greeting);
        assert!(scene.requests.is_empty(), "nothing is asked before the welcome");
        scene.be_welcomed();
        assert!(scene.client.state().is_online());
    }

    #[test]
    fn a_broken_connection_comes_back_by_itself_with_the_same_token() {
        let mut scene = Scene::online();
        scene.cut();
        assert_eq!(cause(&scene), Some(Cause::Lost));
        let pause = pause(&scene);
        assert!(pause <= 500, "{pause}");
        scene.pass(pause);
        assert!(scene.took(&Effect::OpenSocket));
        assert!(!scene.took(&Effect::FetchToken));
    }

    #[test]
    fn pauses_grow_and_are_forgotten_only_after_a_stable_minute() {
        let mut scene = Scene::online();
        for failures in 1..=12 {
            scene.cut();
            assert_eq!(attempt(&scene), failures);
            assert!(pause(&scene) <= back_off::ceiling(failures).min(BACK_OFF_MAX_MS));
            scene.connect();
            scene.pass(1_000);
        }
        scene.pass(20_000);
        scene.server(&ServerFrame::Heartbeat {});
        scene.pass(20_000);
        scene.server(&ServerFrame::Heartbeat {});
        scene.pass(20_000);
        scene.cut();
        assert_eq!(attempt(&scene), 1, "a stable minute has passed");
    }

    #[test]
    fn a_socket_that_never_opens_is_told_from_a_server_that_is_away() {
        let mut scene = Scene::new();
        scene.input(Input::Start);
        scene.input(Input::TokenUnreachable);
        assert_eq!(cause(&scene), Some(Cause::TokenUnreachable));
        scene.input(Input::RetryNow);
        scene.token();
        scene.close(1006);
        assert_eq!(cause(&scene), Some(Cause::SocketBlocked));

        let mut scene = Scene::online();
        scene.cut();
        scene.input(Input::RetryNow);
        scene.cut();
        assert_eq!(cause(&scene), Some(Cause::Lost), "an old token proves nothing");
        scene.effects.clear();
        scene.input(Input::RetryNow);
        assert!(scene.took(&Effect::FetchToken), "a fresh one will");
    }

    #[test]
    fn a_connection_that_is_silent_for_too_long_is_dead() {
        let mut scene = Scene::online();
        scene.pass(25_000);
        scene.server(&ServerFrame::Heartbeat {});
        scene.pass(34_999);
        assert!(scene.client.state().is_online());
        scene.pass(1);
        assert!(scene.took(&Effect::CloseSocket));
        assert!(is_waiting(&scene));
    }

    #[test]
    fn a_timer_that_fires_a_minute_late_asks_before_it_gives_up() {
        let mut scene = Scene::online();
        scene.pass(35_000 + MINUTE);
        assert!(scene.client.state().is_online());
        assert!(scene.has_probed());
        scene.server(&ServerFrame::Heartbeat {});
        scene.pass(5_000);
        assert!(scene.client.state().is_online());

        scene.pass(35_000 + MINUTE);
        assert!(scene.has_probed());
        scene.pass(5_000);
        assert!(is_waiting(&scene), "nobody answered");
    }

    #[test]
    fn somebody_who_comes_back_to_the_page_finds_out_at_once() {
        for input in [Input::Visible, Input::NetworkUp] {
            let mut scene = Scene::online();
            scene.input(input.clone());
            scene.input(input.clone());
            assert!(scene.has_probed());
            assert!(!scene.has_probed(), "one probe is enough");
            scene.pass(4_999);
            assert!(scene.client.state().is_online());
            scene.pass(1);
            assert!(is_waiting(&scene));
            scene.effects.clear();
            scene.input(input);
            assert!(scene.took(&Effect::OpenSocket), "and need not wait any longer");
        }
    }

    #[test]
    fn somebody_without_a_network_waits_for_it_and_is_not_hurried() {
        let mut scene = Scene::online();
        scene.input(Input::NetworkDown);
        assert!(scene.has_probed(), "the browser may be wrong");
        scene.pass(5_000);
        assert_eq!(*scene.client.state(), ConnectionState::Offline);
        scene.effects.clear();
        scene.input(Input::NetworkUp);
        assert!(scene.took(&Effect::OpenSocket));
    }

    #[test]
    fn a_server_on_the_same_machine_needs_no_network() {
        let mut scene = Scene::new();
        scene.input(Input::NetworkDown);
        scene.connect();
        assert!(scene.client.state().is_online());
        scene.cut();
        assert_eq!(*scene.client.state(), ConnectionState::Offline);
        scene.effects.clear();
        scene.pass(OFFLINE_MS);
        assert!(scene.took(&Effect::OpenSocket));
    }

    #[test]
    fn a_terminal_close_really_stops() {
        for (code, denial) in [
            (CloseCode::SessionEnded, Denial::SessionEnded),
            (CloseCode::NameTaken, Denial::NameTaken),
            (CloseCode::Malformed, Denial::Malformed),
        ] {
            let mut scene = Scene::online();
            scene.close(code.number());
            assert_eq!(*scene.client.state(), ConnectionState::Denied(denial));
            scene.effects.clear();
            for input in [Input::Visible, Input::NetworkUp, Input::RetryNow, Input::Wake] {
                scene.input(input);
            }
            scene.pass(60 * MINUTE);
            scene.token();
            assert!(scene.effects.is_empty());
            scene.input(Input::Start);
            assert!(scene.took(&Effect::FetchToken), "a person may go on");
        }
    }

    #[test]
    fn a_slow_reader_is_back_almost_at_once_but_not_in_a_loop() {
        let mut scene = Scene::online();
        scene.close(CloseCode::Slow.number());
        assert!(pause(&scene) <= SOON_MS);
        for failures in 2..=5 {
            scene.connect();
            scene.close(CloseCode::Slow.number());
            assert_eq!(attempt(&scene), failures);
        }
    }

    #[test]
    fn a_restarting_server_is_given_the_spread_it_asked_for() {
        let mut pauses = Vec::new();
        for seed in 0..50 {
            let mut scene = Scene::new();
            scene.client = crate::Client::new(seed, crate::scene::VERSION);
            scene.connect();
            scene.server(&ServerFrame::Restart { spread: 20_000 });
            assert!(scene.client.state().is_online(), "replies are still to come");
            scene.close(CloseCode::Restart.number());
            assert_eq!(cause(&scene), Some(Cause::Restart));
            pauses.push(pause(&scene));
        }
        assert!(pauses.iter().all(|pause| (0..=20_000).contains(pause)));
        assert!(pauses.iter().any(|&pause| pause < 7_000));
        assert!(pauses.iter().any(|&pause| 13_000 < pause));
    }

    #[test]
    fn an_expired_token_is_replaced() {
        let mut scene = Scene::online();
        scene.close(CloseCode::TokenExpired.number());
        scene.pass(SOON_MS);
        assert!(scene.took(&Effect::FetchToken));
        assert!(!scene.took(&Effect::OpenSocket));
    }

    #[test]
    fn a_refused_token_is_replaced_once_and_then_it_is_an_answer() {
        let no = Refusal::TokenExpired.to_wire();
        let mut scene = Scene::new();
        scene.input(Input::Start);
        scene.token();
        scene.input(Input::SocketOpened);
        scene.effects.clear();
        scene.server(&ServerFrame::Refused(no.clone()));
        assert!(scene.took(&Effect::CloseSocket));
        assert!(scene.took(&Effect::FetchToken));
        scene.token();
        scene.input(Input::SocketOpened);
        scene.server(&ServerFrame::Refused(no.clone()));
        assert_eq!(*scene.client.state(), ConnectionState::Denied(Denial::Refused(no)));
    }

    #[test]
    fn an_ended_session_is_an_answer_at_once() {
        let mut scene = Scene::new();
        scene.input(Input::Start);
        scene.token();
        scene.input(Input::SocketOpened);
        scene.server(&ServerFrame::Refused(Refusal::SessionEnded.to_wire()));
        assert_eq!(*scene.client.state(), ConnectionState::Denied(Denial::SessionEnded));

        let mut scene = Scene::new();
        scene.input(Input::Start);
        scene.input(Input::TokenRefused(Refusal::SessionEnded.to_wire()));
        assert_eq!(*scene.client.state(), ConnectionState::Denied(Denial::SessionEnded));
    }

    #[test]
    fn a_busy_server_is_left_alone_for_as_long_as_it_says() {
        let mut scene = Scene::new();
        scene.input(Input::Start);
        scene.input(Input::TokenRefused(refusal(true, Some(9_000))));
        assert_eq!(cause(&scene), Some(Cause::Busy));
        assert!(9_000 <= pause(&scene));
        scene.input(Input::RetryNow);
        scene.token();
        scene.input(Input::SocketOpened);
        scene.server(&ServerFrame::Refused(refusal(true, Some(7_000))));
        assert!(7_000 <= pause(&scene));
    }

    #[test]
    fn a_token_a_socket_and_a_welcome_that_never_come_are_not_waited_for() {
        let mut scene = Scene::new();
        scene.input(Input::Start);
        scene.pass(FETCH_MS);
        assert_eq!(cause(&scene), Some(Cause::TokenUnreachable));
        scene.input(Input::RetryNow);
        scene.token();
        scene.pass(OPEN_MS);
        assert!(is_waiting(&scene) && scene.took(&Effect::CloseSocket));
        scene.input(Input::RetryNow);
        scene.token();
        scene.input(Input::SocketOpened);
        scene.pass(WELCOME_MS);
        assert!(is_waiting(&scene) && scene.took(&Effect::CloseSocket));
    }

    #[test]
    fn nobody_waits_for_a_clock_that_was_set_back() {
        let hour = 60 * MINUTE;
        let mut scene = Scene::online();
        scene.now = scene.now.plus(-hour);
        scene.server(&ServerFrame::Heartbeat {});
        scene.pass(35_000);
        assert!(is_waiting(&scene), "silence is noticed");
        scene.now = scene.now.plus(-hour);
        scene.input(Input::Wake);
        assert!(scene.took(&Effect::OpenSocket), "and the pause is over");
    }

    #[test]
    fn what_a_closed_socket_still_says_is_not_heard() {
        let mut scene = Scene::online();
        scene.cut();
        scene.be_welcomed();
        assert!(is_waiting(&scene));
    }
}
