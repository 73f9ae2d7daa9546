//! The timeline of the open channel. It anchors by itself, on the row that is being read, so that
//! nothing jumps when rows come, change or go.

mod reading;

use chat::ChannelSid;
use client::ConnectionState;
use leptos::html::Div;

use self::reading::Reading;
use crate::browser::clock;
use crate::components::message_row::Row;
use crate::components::notice::{BeginningNotice, LateNotice};
use crate::icons::Icon;
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::{Earlier, Key};
use crate::views::{When, attribute, drawn, follow, list, on};

/// So long without a page, people are told, and may ask again.
const LATE_MS: i64 = 10_000;

#[component]
pub fn MessageList(channel: ChannelSid) -> impl IntoView {
    let store = store();
    let words = &store.wording().timeline;
    let scroller = NodeRef::<Div>::new();
    let reading = Reading::new(channel, scroller);
    let name = move || store.head.get().map(|head| head.name);
    let label = move || (words.label)(&name().unwrap_or_default());
    let loaded = move || store.earlier.get() != Earlier::Unknown;

    view! {
        <div
            class="message-list"
            id="message-list"
            role="log"
            aria-label=attribute(label)
            aria-busy=attribute(move || (store.earlier.get() == Earlier::Loading).to_string())
            tabindex="0"
            node_ref=scroller
            on:scroll=on(move |_| reading.scrolled())
        >
            <BeforeRows channel/>
            {list(
                move || store.items.get().into_iter().map(Key::Item).collect(),
                move |key| {
                    let Key::Item(key) = key else { return None };
                    store.row(key).map(|row| view! { <Row id=key.id() row/> })
                },
            )}
        </div>
        <When holds=move || loaded() && !reading.is_at_end()>
            <button class="jump-pill" r#type="button" on:click=on(move |_| reading.to_end())>
                <Icon name="arrow-down" small=true/>
                {drawn(move || (words.jump)(store.unseen.get()))}
            </button>
        </When>
    }
}

/// What stands before the earliest row.
#[component]
fn BeforeRows(channel: ChannelSid) -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let words = &wording.timeline;
    let is_late = Live::new(false);
    let timer = StoredValue::new_local(None);
    follow(move || {
        let waits = matches!(store.earlier.get(), Earlier::Unknown | Earlier::Loading)
            && store.connection.with(ConnectionState::is_online);
        let runs = waits && !is_late.get();
        timer.set_value(runs.then(|| clock::after(LATE_MS, move || is_late.set(true))));
        if !waits {
            is_late.set(false);
        }
    });
    let retry = move |_| {
        is_late.set(false);
        store.ask_anew(channel);
    };
    drawn(move || match (store.earlier.get(), is_late.get()) {
        (Earlier::Unknown, false) => view! { <LoadingRows label=words.loading/> }.into_any(),
        (Earlier::Unknown, true) => view! { <LateNotice on_retry=retry/> }.into_any(),
        (Earlier::Nothing, _) => view! { <BeginningNotice/> }.into_any(),
        (Earlier::More, _) => view! { <div class="message-list__older"></div> }.into_any(),
        (Earlier::Loading, false) => view! {
            <div class="message-list__older">
                <span class="spinner spinner--small" aria-hidden="true"></span>
                {words.loading_older}
            </div>
        }
        .into_any(),
        (Earlier::Loading, true) => view! {
            <div class="message-list__older" role="alert">
                {words.older_late}
                <button class="button button--small" r#type="button" on:click=on(retry)>
                    <Icon name="retry" small=true/>
                    {wording.common.try_again}
                </button>
            </div>
        }
        .into_any(),
    })
}

#[component]
fn LoadingRows(label: &'static str) -> impl IntoView {
    let row = |width: &'static str| {
        view! {
            <div class="skeleton-row" aria-hidden="true">
                <div class="skeleton skeleton--face"></div>
                <div class="skeleton-row__lines">
                    <div class="skeleton skeleton--short"></div>
                    <div class=format!("skeleton skeleton--{width}")></div>
                </div>
            </div>
        }
    };
    view! {
        <div>
            <p class="visually-hidden" role="status">
                {label}
            </p>
            {["long", "medium", "long"].map(row).collect_view()}
        </div>
    }
}
