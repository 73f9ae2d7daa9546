//! The channels: mine with what is unread, then the public ones that are open to join.

use chat::ChannelSid;
use leptos::prelude::*;

use crate::icons::Icon;
use crate::store::store;
use crate::store::view::{ChannelEntry, Dialog, Pane};
use crate::wording::badge;

#[component]
pub fn ChannelList() -> impl IntoView {
    let store = store();
    let words = &store.wording().channels;
    let known = Memo::new(move |_| store.lists.with(|lists| lists.known));
    let none_joined = Memo::new(move |_| store.lists.with(|lists| lists.joined.is_empty()));
    let any_open = Memo::new(move |_| store.lists.with(|lists| !lists.open_to_join.is_empty()));

    view! {
        <nav class="sidebar__lists" aria-label=words.region>
            <section class="channel-list" aria-labelledby="channels">
                <div class="channel-list__head">
                    <h2 class="channel-list__title" id="channels">
                        {words.title}
                    </h2>
                    <button
                        class="button button--quiet button--small channel-list__add"
                        id="create-channel"
                        r#type="button"
                        aria-haspopup="dialog"
                        aria-label=words.create
                        on:click=move |_| store.show_dialog(Dialog::Create)
                    >
                        <Icon name="plus" small=true/>
                        {words.create_short}
                    </button>
                </div>
                <ul class="channel-list__items">
                    <For
                        each=move || store.lists.get().joined
                        key=|channel| *channel
                        children=|channel| view! { <JoinedChannel channel/> }
                    />
                </ul>
                <Show when=move || known.get() && none_joined.get()>
                    <p class="channel-list__empty">{words.none}</p>
                </Show>
                <Show when=move || !known.get()>
                    <p class="channel-list__empty" role="status">
                        {words.loading}
                    </p>
                </Show>
            </section>
            <Show when=move || any_open.get()>
                <section class="channel-list" aria-labelledby="open-channels">
                    <div class="channel-list__head">
                        <h2 class="channel-list__title" id="open-channels">
                            {words.open_to_join}
                        </h2>
                    </div>
                    <ul class="channel-list__items">
                        <For
                            each=move || store.lists.get().open_to_join
                            key=|channel| *channel
                            children=|channel| view! { <OpenChannel channel/> }
                        />
                    </ul>
                </section>
            </Show>
        </nav>
    }
}

/// The entry as a signal of its own, so that a change of one channel redraws one row.
fn entry(channel: ChannelSid) -> Option<RwSignal<ChannelEntry>> {
    store().entry(channel).map(RwSignal::from)
}

#[component]
fn JoinedChannel(channel: ChannelSid) -> impl IntoView {
    let store = store();
    let words = &store.wording().channels;
    let entry = entry(channel)?;
    let unread = Memo::new(move |_| entry.with(|entry| entry.unread));
    let is_open = Memo::new(move |_| store.pane.get() == Pane::Channel(channel));
    let class = move || match unread.get() {
        0 => "channel-item",
        _ => "channel-item channel-item--unread",
    };
    Some(view! {
        <li>
            <a
                class=class
                href=move || entry.with(|entry| entry.path.clone())
                data-place=""
                aria-current=move || is_open.get().then_some("page")
            >
                <Icon name="hash" class="channel-item__icon"/>
                <bdi class="channel-item__name">{move || entry.with(|entry| entry.name.clone())}</bdi>
                <Show when=move || 0 < unread.get()>
                    <span class="badge" aria-hidden="true">
                        {move || badge(unread.get())}
                    </span>
                    <span class="visually-hidden">{move || (words.unread)(unread.get())}</span>
                </Show>
            </a>
        </li>
    })
}

#[component]
fn OpenChannel(channel: ChannelSid) -> impl IntoView {
    let store = store();
    let words = &store.wording().channels;
    let entry = entry(channel)?;
    let is_joining = RwSignal::new(false);
    let name = move || entry.with(|entry| entry.name.clone());
    let join = move |_| {
        if is_joining.get_untracked() {
            return;
        }
        is_joining.set(true);
        store.join_and_open(channel, move || is_joining.set(false));
    };
    Some(view! {
        <li class="channel-item channel-item--open-to-join">
            <Icon name="hash" class="channel-item__icon"/>
            <bdi class="channel-item__name">{name}</bdi>
            <button
                class="button button--quiet button--small channel-item__join"
                r#type="button"
                aria-label=move || (words.join_named)(&name())
                aria-disabled=move || is_joining.get().then_some("true")
                on:click=join
            >
                {move || if is_joining.get() { words.joining } else { words.join }}
            </button>
        </li>
    })
}
