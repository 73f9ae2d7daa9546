//! How the connection stands, in a dot and two words, under one's own name.

use client::{Cause, ConnectionState};

use crate::prelude::*;
use crate::store::store;
use crate::views::{attribute, drawn};
use crate::wording::Connection;

#[component]
pub fn ConnectionDot() -> impl IntoView {
    let store = store();
    let words = &store.wording().connection;
    let class = move || match dot(&store.connection.get()) {
        Dot::Through => "connection-dot",
        Dot::Waiting => "connection-dot connection-dot--waiting",
        Dot::Offline => "connection-dot connection-dot--offline",
    };
    let text = move || state(words, &store.connection.get(), store.was_online.get());

    view! {
        <span class="sidebar__state">
            <span class=attribute(class) aria-hidden="true"></span>
            <span>{drawn(text)}</span>
        </span>
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dot {
    Through,
    Waiting,
    Offline,
}

fn dot(state: &ConnectionState) -> Dot {
    match state {
        ConnectionState::Online => Dot::Through,
        ConnectionState::Offline | ConnectionState::Denied(_) => Dot::Offline,
        _ => Dot::Waiting,
    }
}

fn state(words: &Connection, state: &ConnectionState, was_online: bool) -> &'static str {
    match state {
        ConnectionState::Online => words.state_connected,
        ConnectionState::Offline => words.state_offline,
        ConnectionState::Denied(_) => words.state_stopped,
        ConnectionState::Waiting { cause: Cause::SocketBlocked, attempt, .. }
            if super::connection_banner::looks_blocked(*attempt) =>
        {
            words.state_blocked
        }
        _ if was_online => words.state_reconnecting,
        _ => words.state_connecting,
    }
}
