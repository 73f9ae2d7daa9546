//! The chat: lists, the sheet, people. Drawn anew only when the language changes.

use leptos::prelude::*;

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
use crate::components::notice::{ConnectingNotice, GoneNotice, PreviewNotice};
use crate::components::typing_line::TypingLine;
use crate::place::Place;
use crate::store::store;
use crate::store::view::Pane;
use crate::wording::Wording;

#[component]
pub fn Chat() -> impl IntoView {
    let store = store();
    Effect::new(move |_| dom::document().set_title(&title(store)));
    // Keyed, because an element that is drawn over another keeps what belonged to that one.
    view! {
        <For
            each=move || [store.language.get()]
            key=|language| *language
            children=|_| view! { <Columns/> }
        />
    }
}

#[component]
fn Columns() -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let is_list = Memo::new(move |_| store.place.get() == Place::List);
    let is_only_list = Memo::new(move |_| is_list.get() && store.is_narrow.get());
    let has_composer = Memo::new(move |_| matches!(store.pane.get(), Pane::Channel(_)));
    let sidebar_role = move || if is_only_list.get() { "main" } else { "complementary" };
    // A page has one first heading: the channel's name, where one is shown.
    let is_heading = Memo::new(move |_| is_only_list.get() || store.pane.get() == Pane::Connecting);
    let server_name = move || match is_heading.get() {
        true => view! { <h1 class="sidebar__name">{store.server_name()}</h1> }.into_any(),
        false => view! { <p class="sidebar__name">{store.server_name()}</p> }.into_any(),
    };

    view! {
        <Show when=move || has_composer.get()>
            <a class="skip-link visually-hidden" href="#composer">
                {wording.common.skip_to_composer}
            </a>
        </Show>
        <div class="shell" data-view=move || if is_list.get() { "list" } else { "channel" }>
            <div class="sidebar" role=sidebar_role aria-label=wording.channels.region>
                <div class="sidebar__workspace">
                    <Mark/>
                    {server_name}
                </div>
                <ChannelList/>
                <AccountMenu/>
            </div>
            <main class="channel">
                <ChannelHeader/>
                <div class="channel__stage">
                    <ConnectionBanners/>
                    <For
                        each=move || [store.pane.get()]
                        key=Clone::clone
                        children=|pane| stage(&pane)
                    />
                </div>
                <For
                    each=move || [store.pane.get()]
                    key=Clone::clone
                    children=move |pane| below(&pane, wording)
                />
            </main>
            <MemberList/>
        </div>
        <p class="visually-hidden" role="status">
            {move || store.murmured.get()}
        </p>
        <p class="visually-hidden" role="alert">
            {move || store.spoken.get()}
        </p>
        <Dialogs/>
    }
}

/// What the sheet shows.
fn stage(pane: &Pane) -> impl IntoView + use<> {
    match *pane {
        Pane::Connecting => view! { <ConnectingNotice/> }.into_any(),
        Pane::Channel(channel) => view! { <MessageList channel/> }.into_any(),
        Pane::Preview(channel) => view! { <PreviewNotice channel/> }.into_any(),
        Pane::Gone => view! { <GoneNotice/> }.into_any(),
    }
}

/// The typing line and the composer, or what stands in their place.
fn below(pane: &Pane, wording: &'static Wording) -> impl IntoView + use<> {
    match *pane {
        Pane::Channel(channel) => view! {
            <TypingLine/>
            <Composer channel/>
        }
        .into_any(),
        Pane::Preview(_) => view! {
            <div class="typing-line"></div>
            <div class="composer">
                <p class="composer__closed">{wording.composer.not_a_member}</p>
            </div>
        }
        .into_any(),
        Pane::Connecting | Pane::Gone => ().into_any(),
    }
}

fn title(store: crate::store::Store) -> String {
    let titles = &store.language.get().wording().page_titles;
    let server = store.server_name();
    let name = store.head.with(|head| head.as_ref().map(|head| head.name.clone()));
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
