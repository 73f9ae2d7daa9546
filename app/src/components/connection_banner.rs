//! The truth about the connection, over the timeline's top edge: what is wrong in one sentence, and
//! what can be done about it in one control. Its live region stays; its text changes.

use chat::Timestamp;
use client::{Cause, ConnectionState, Denial};

use crate::browser::dom;
use crate::browser::storage::NotKept;
use crate::icons::Icon;
use crate::later::Arrival;
use crate::live::Live;
use crate::prelude::*;
use crate::sentences;
use crate::store::farewell::Farewell;
use crate::store::view::Dialog;
use crate::store::{Store, store};
use crate::views::{attribute, drawn, on};
use crate::wording::Wording;

/// After so many failures, a socket that never opens is blocked.
pub(crate) fn looks_blocked(attempt: u32) -> bool {
    2 <= attempt
}

#[component]
pub fn ConnectionBanners() -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let about_connection = move || {
        let name = store.identity().to_string();
        let waiting = store.waiting.get();
        connection(wording, &store.connection.get(), store.was_online.get(), waiting, &name)
    };
    let about_server = move || store.newer_server.get().then(|| newer_server(wording));
    let about_later =
        move || matches!(store.later.get(), Arrival::Failed).then(|| not_loaded(wording));
    let about_storage = move || store.not_kept.get().map(|why| not_kept(wording, why));
    view! {
        <div class="channel__banners">
            {place(Box::new(about_connection))}
            {place(Box::new(about_server))}
            {place(Box::new(about_later))}
            {place(Box::new(about_storage))}
        </div>
    }
}

/// Where a banner comes and goes.
fn place(banner: Box<dyn Fn() -> Option<Banner> + Send + Sync>) -> impl IntoView {
    let banner = Memo::new(move |_| banner());
    view! {
        <div class=attribute(move || class(banner.get().as_ref())) role="status">
            {drawn(move || banner.get().map(|banner| view! { <Contents banner/> }))}
        </div>
    }
}

#[component]
fn Contents(banner: Banner) -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let icon = match banner.kind {
        Kind::Plain => "retry",
        Kind::Offline => "offline",
        Kind::Broken => "alert",
    };
    let action = banner.action.map(|action| {
        view! {
            <button
                class="button button--small"
                r#type="button"
                on:click=on(move |_| action.run(store))
            >
                {action.label(wording)}
            </button>
        }
    });
    view! {
        <Icon name=icon/>
        <p class="connection-banner__text">
            <strong>{banner.title}</strong>
            " "
            {banner.text}
            {banner.until.map(|until| view! { <Countdown until/> })}
        </p>
        {action}
    }
}

/// The seconds left until the next try; shown each, read aloud once without a number.
#[component]
fn Countdown(until: Timestamp) -> impl IntoView {
    let store = store();
    let words = &store.wording().connection;
    let left = Live::new(seconds(store.until(until)));
    let ticking = StoredValue::new_local(None);
    tick(store, until, left, ticking);
    view! {
        <span aria-hidden="true" class="connection-banner__count">
            {drawn(move || match left.get() {
                0 => words.trying.to_owned(),
                left => (words.next_try)(left),
            })}
        </span>
        <span class="visually-hidden">{words.next_try_spoken}</span>
    }
}

type Ticking = StoredValue<Option<gloo_timers::callback::Timeout>, LocalStorage>;

fn tick(store: Store, until: Timestamp, left: Live<u64>, ticking: Ticking) {
    let remaining = store.until(until);
    left.set(seconds(remaining));
    if 0 < remaining {
        let next = remaining.rem_euclid(1_000).max(50);
        let timer = crate::browser::clock::after(next, move || tick(store, until, left, ticking));
        ticking.try_set_value(Some(timer));
    }
}

fn seconds(milliseconds: i64) -> u64 {
    milliseconds.max(0).unsigned_abs().div_ceil(1_000)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Offline,
    Broken,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Banner {
    kind: Kind,
    title: String,
    text: String,
    until: Option<Timestamp>,
    action: Option<Action>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    RetryNow,
    FetchLater,
    Reload,
    Blocked,
    SignIn(Farewell),
}

impl Action {
    fn label(self, wording: &Wording) -> &'static str {
        match self {
            Self::RetryNow => wording.connection.retry_now,
            Self::FetchLater => wording.common.try_again,
            Self::Reload => wording.common.reload,
            Self::Blocked => wording.connection.blocked_action,
            Self::SignIn(_) => wording.connection.sign_in_again,
        }
    }

    fn run(self, store: Store) {
        match self {
            Self::RetryNow => store.retry_now(),
            Self::FetchLater => store.fetch_later(),
            Self::Reload => dom::reload(),
            Self::Blocked => store.show_dialog(Dialog::Blocked),
            Self::SignIn(told) => store.to_card(told),
        }
    }
}

fn class(banner: Option<&Banner>) -> &'static str {
    match banner.map(|banner| banner.kind) {
        None | Some(Kind::Plain) => "connection-banner",
        Some(Kind::Offline) => "connection-banner connection-banner--offline",
        Some(Kind::Broken) => "connection-banner connection-banner--broken",
    }
}

/// The banner for how the connection stands; none while all is well, and none while it comes up
/// for the first time, because the sheet says that.
fn connection(
    wording: &Wording,
    state: &ConnectionState,
    was_online: bool,
    waiting: u64,
    name: &str,
) -> Option<Banner> {
    let words = &wording.connection;
    let banner = |kind, title: &str, text: String, action| Banner {
        kind,
        title: title.to_owned(),
        text,
        until: None,
        action,
    };
    match state {
        ConnectionState::Idle | ConnectionState::Online => None,
        ConnectionState::FetchingToken
        | ConnectionState::Connecting
        | ConnectionState::Greeting => {
            was_online.then(|| banner(Kind::Plain, words.dropped, words.trying.to_owned(), None))
        }
        ConnectionState::Offline => {
            Some(banner(Kind::Offline, words.offline, (words.offline_text)(waiting), None))
        }
        ConnectionState::Waiting { attempt, cause: Cause::SocketBlocked, .. }
            if looks_blocked(*attempt) =>
        {
            let text = words.blocked_text.to_owned();
            Some(banner(Kind::Broken, words.blocked, text, Some(Action::Blocked)))
        }
        ConnectionState::Waiting { until, cause, .. } => {
            let title = match cause {
                Cause::Restart => words.server_restarts,
                Cause::TokenUnreachable if !was_online => wording.common.no_answer,
                Cause::TokenUnreachable | Cause::SocketBlocked | Cause::Lost | Cause::Busy => {
                    words.dropped
                }
            };
            let plain = banner(Kind::Plain, title, String::new(), Some(Action::RetryNow));
            Some(Banner { until: Some(*until), ..plain })
        }
        ConnectionState::Denied(denial) => Some(denied(wording, denial, name)),
    }
}

fn newer_server(wording: &Wording) -> Banner {
    let words = &wording.connection;
    Banner {
        kind: Kind::Plain,
        title: words.newer_server.to_owned(),
        text: words.newer_server_text.to_owned(),
        until: None,
        action: Some(Action::Reload),
    }
}

fn not_loaded(wording: &Wording) -> Banner {
    let words = &wording.connection;
    Banner {
        kind: Kind::Broken,
        title: words.not_loaded.to_owned(),
        text: words.not_loaded_text.to_owned(),
        until: None,
        action: Some(Action::FetchLater),
    }
}

fn not_kept(wording: &Wording, why: NotKept) -> Banner {
    let words = &wording.connection;
    let (title, text) = match why {
        NotKept::Forbidden => (words.storage_forbidden, words.storage_forbidden_text),
        NotKept::Full => (words.storage_full, words.storage_full_text),
    };
    Banner {
        kind: Kind::Broken,
        title: title.to_owned(),
        text: text.to_owned(),
        until: None,
        action: None,
    }
}

fn denied(wording: &Wording, denial: &Denial, name: &str) -> Banner {
    let words = &wording.connection;
    let (title, text, action) = match denial {
        Denial::SessionEnded => {
            (words.session_ended.to_owned(), String::new(), Action::SignIn(Farewell::SessionEnded))
        }
        Denial::NameTaken => {
            ((words.name_taken_by_key)(name), String::new(), Action::SignIn(Farewell::NameTaken))
        }
        Denial::Malformed => {
            (words.newer_server.to_owned(), words.newer_server_text.to_owned(), Action::Reload)
        }
        Denial::Refused(refusal) => (
            words.refused.to_owned(),
            sentences::refused(wording, refusal),
            Action::SignIn(Farewell::SessionEnded),
        ),
    };
    Banner { kind: Kind::Broken, title, text, until: None, action: Some(action) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::Language;

    fn shown(state: &ConnectionState, was_online: bool) -> Option<Banner> {
        connection(Language::English.wording(), state, was_online, 3, "Ada")
    }

    fn waiting(cause: Cause, attempt: u32) -> ConnectionState {
        ConnectionState::Waiting { until: Timestamp(5_000), attempt, cause }
    }

    #[test]
    fn nothing_is_said_while_all_is_well_or_comes_up_for_the_first_time() {
        assert_eq!(shown(&ConnectionState::Online, true), None);
        assert_eq!(shown(&ConnectionState::Connecting, false), None);
        assert!(shown(&ConnectionState::Connecting, true).is_some());
    }

    #[test]
    fn a_break_is_told_with_a_countdown_and_a_way_not_to_wait() {
        let banner = shown(&waiting(Cause::Lost, 1), true).expect("a banner");
        assert_eq!(banner.until, Some(Timestamp(5_000)));
        assert_eq!(banner.action, Some(Action::RetryNow));
        assert_eq!(seconds(4_001), 5);
        assert_eq!(seconds(-3), 0);
    }

    #[test]
    fn sockets_that_never_open_are_called_blocked() {
        let first = shown(&waiting(Cause::SocketBlocked, 1), false).expect("a banner");
        assert_eq!(first.action, Some(Action::RetryNow));
        let later = shown(&waiting(Cause::SocketBlocked, 3), false).expect("a banner");
        assert_eq!(later.action, Some(Action::Blocked));
    }

    #[test]
    fn who_is_offline_learns_how_many_messages_are_kept() {
        let banner = shown(&ConnectionState::Offline, true).expect("a banner");
        assert!(banner.text.starts_with("3 messages are kept"));
    }

    #[test]
    fn every_denial_has_its_sentence_and_a_way_out() {
        let refused = Denial::Refused(chat::Refusal::OtherUser.to_wire());
        for denial in [Denial::SessionEnded, Denial::NameTaken, Denial::Malformed, refused] {
            let banner = shown(&ConnectionState::Denied(denial), true).expect("a banner");
            assert!(!banner.title.is_empty() && banner.action.is_some());
        }
    }
}
