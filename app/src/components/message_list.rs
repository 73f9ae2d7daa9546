//! The timeline of the open channel. It anchors by itself, on the row that is being read, so that
//! nothing jumps when rows come, change or go.

mod reading;

use chat::ChannelSid;
use leptos::html::Div;
use leptos::prelude::*;

use self::reading::Reading;
use crate::components::message_row::Row;
use crate::components::notice::BeginningNotice;
use crate::icons::Icon;
use crate::store::store;
use crate::store::view::Earlier;

#[component]
pub fn MessageList(channel: ChannelSid) -> impl IntoView {
    let store = store();
    let words = &store.wording().timeline;
    let list = NodeRef::<Div>::new();
    let reading = Reading::new(channel, list);
    let name = move || store.head.with(|head| head.as_ref().map(|head| head.name.clone()));
    let label = move || (words.label)(&name().unwrap_or_default());
    let loaded = Memo::new(move |_| store.earlier.get() != Earlier::Unknown);

    view! {
        <div
            class="message-list"
            id="message-list"
            role="log"
            aria-label=label
            aria-busy=move || (store.earlier.get() == Earlier::Loading).to_string()
            tabindex="0"
            node_ref=list
            on:scroll=move |_| reading.scrolled()
        >
            {move || match store.earlier.get() {
                Earlier::Unknown => view! { <LoadingRows label=words.loading/> }.into_any(),
                Earlier::Nothing => view! { <BeginningNotice/> }.into_any(),
                Earlier::More => view! { <div class="message-list__older"></div> }.into_any(),
                Earlier::Loading => {
                    view! {
                        <div class="message-list__older">
                            <span class="spinner spinner--small" aria-hidden="true"></span>
                            {words.loading_older}
                        </div>
                    }
                        .into_any()
                }
            }}
            <For
                each=move || store.items.get()
                key=|key| *key
                children=move |key| {
                    store.row(key).map(|row| view! { <Row id=key.id() row/> })
                }
            />
        </div>
        <Show when=move || loaded.get() && !reading.is_at_end()>
            <button class="jump-pill" r#type="button" on:click=move |_| reading.to_end()>
                <Icon name="arrow-down" small=true/>
                {move || (words.jump)(store.unseen.get())}
            </button>
        </Show>
    }
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
