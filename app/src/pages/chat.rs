//! The chat: lists, the sheet, people. Drawn anew only when the language changes.

use crate::browser::dom;
use crate::components::account_menu::AccountMenu;
use crate::components::channel_header::ChannelHeader;
use crate::components::channel_list::ChannelList;
use crate::components::composer::Composer;
use crate::components::connection_banner::ConnectionBanners;
use crate::components::dialogs::Dialogs;
use crate::components::mark::Mark;
use crate::components::member_list::MemberList;
use crate::components::message_list::MessageList;
use crate::components::notice::ConnectingNotice;
use crate::components::typing_line::TypingLine;
use crate::icons::Icon;
use crate::later::later;
use crate::place::Place;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::{Key, Pane};
use crate::views::{When, attribute, drawn, follow, list};
use crate::wording::Wording;

#[component]
pub fn Chat() -> impl IntoView {
    let store = store();
    follow(move || dom::document().set_title(&title(store)));
    // Keyed, because an element that is drawn over another keeps what belonged to that one.
    view! {
        {list(move || vec![Key::Language(store.language.get())], |_| view! { <Columns/> })}
    }
}

#[component]
fn Columns() -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let is_list = move || store.place.get() == Place::List;
    let is_only_list = move || is_list() && store.is_narrow.get();
    let has_composer = move || matches!(store.pane.get(), Pane::Channel(_));
    let sidebar_role = move || if is_only_list() { "main" } else { "complementary" };
    // A page has one first heading: the channel's name, where one is shown.
    let is_heading = move || is_only_list() || store.pane.get() == Pane::Connecting;
    let server_name = move || match is_heading() {
        true => view! { <h1 class="sidebar__name">{store.server_name()}</h1> }.into_any(),
        false => view! { <p class="sidebar__name">{store.server_name()}</p> }.into_any(),
    };

    let pane = move || vec![Key::Pane(store.pane.get())];

    view! {
        <When holds=has_composer>
            <a class="skip-link visually-hidden" href="#composer">
                {wording.common.skip_to_composer}
            </a>
        </When>
        <div class="shell" data-view=attribute(move || if is_list() { "list" } else { "channel" })>
            <div class="sidebar" role=attribute(sidebar_role) aria-label=wording.channels.region>
                <div class="sidebar__workspace">
                    <Mark/>
                    {drawn(server_name)}
                </div>
                <ChannelList/>
                <AccountMenu/>
            </div>
            <main class="channel">
                <ChannelHeader/>
                <div class="channel__stage">
                    <ConnectionBanners/>
                    {list(pane, |key| stage(&key))}
                    <When holds=move || store.dragging.get()>
                        <p class="drop-hint">
                            <Icon name="attach"/>
                            {wording.files.drop}
                        </p>
                    </When>
                </div>
                {list(pane, move |key| below(&key, wording))}
            </main>
            <MemberList/>
        </div>
        <p class="visually-hidden" role="status">
            {drawn(move || store.murmured.get())}
        </p>
        <p class="visually-hidden" role="alert">
            {drawn(move || store.spoken.get())}
        </p>
        <p class="complaint" role="alert">
            {drawn(move || store.complaint.get())}
        </p>
        <Dialogs/>
    }
}

/// What the sheet shows.
fn stage(key: &Key) -> impl IntoView + use<> {
    match *key {
        Key::Pane(Pane::Connecting) => view! { <ConnectingNotice/> }.into_any(),
        Key::Pane(Pane::Channel(channel)) => view! { <MessageList channel/> }.into_any(),
        Key::Pane(Pane::Preview(channel)) => later(move |later| (later.preview)(channel)),
        Key::Pane(Pane::Gone) => later(|later| (later.gone)()),
        _ => ().into_any(),
    }
}

/// The typing line and the composer, or what stands in their place.
fn below(key: &Key, wording: &'static Wording) -> impl IntoView + use<> {
    match *key {
        Key::Pane(Pane::Channel(channel)) => view! {
            <TypingLine/>
            <Composer channel/>
        }
        .into_any(),
        Key::Pane(Pane::Preview(_)) => view! {
            <div class="typing-line"></div>
            <div class="composer">
                <p class="composer__closed">{wording.composer.not_a_member}</p>
            </div>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

fn title(store: crate::store::Store) -> String {
    let titles = &store.language.get().wording().page_titles;
    let server = store.server_name();
    let name = store.head.get().map(|head| head.name);
    let title = match (store.pane.get(), store.place.get(), name) {
        (Pane::Gone, ..) => (titles.gone)(&server),
        (Pane::Connecting, ..) => titles.connecting.to_owned(),
        (_, Place::List, _) if store.is_narrow.get() => (titles.channels)(&server),
        (_, _, Some(name)) => (titles.channel)(&name, &server),
        (_, _, None) => titles.connecting.to_owned(),
    };
    match store.unseen_anywhere.get() {
        0 => title,
        unseen => format!("({}) {title}", crate::wording::badge(unseen)),
    }
}
