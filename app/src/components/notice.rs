//! What stands on the sheet in place of messages: while connecting, where a channel is gone, where
//! one is not a member, where a page does not come, and where a channel begins.

use chat::ChannelSid;

use crate::components::channel_list::icon_of;
use crate::icons::Icon;
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::Head;
use crate::views::{attribute, drawn, on};

#[component]
pub fn ConnectingNotice() -> impl IntoView {
    let store = store();
    let words = &store.wording().connection;
    view! {
        <div class="notice notice--waiting" role="status">
            <span class="spinner" aria-hidden="true"></span>
            <h2 class="notice__title">{(words.connecting_title)(&store.server_name())}</h2>
            <p class="notice__text">{words.connecting_text}</p>
        </div>
    }
}

#[component]
pub fn GoneNotice() -> impl IntoView {
    let store = store();
    let wording = store.wording();
    view! {
        <div class="notice" role="alert">
            <span class="notice__icon">
                <Icon name="hash"/>
            </span>
            <h1 class="notice__title">{wording.gone.title}</h1>
            <p class="notice__text">{wording.gone.text}</p>
            <div class="notice__actions">
                <a class="button button--primary" href="/channels/general" data-place="">
                    {wording.common.to_general}
                </a>
            </div>
        </div>
    }
}

#[component]
pub fn PreviewNotice(channel: ChannelSid) -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let is_joining = Live::new(false);
    let name = move || store.head.with(|head| head.as_ref().map(|head| head.name.clone()));
    let join = move |_| {
        if !is_joining.get_untracked() {
            is_joining.set(true);
            store.join_and_open(channel, move || is_joining.set(false));
        }
    };
    view! {
        <div class="notice">
            <span class="notice__icon">
                <Icon name="hash"/>
            </span>
            <h2 class="notice__title">
                <bdi>{drawn(name)}</bdi>
            </h2>
            <p class="notice__text">{wording.composer.not_a_member}</p>
            <div class="notice__actions">
                <button
                    class="button button--primary"
                    r#type="button"
                hidden=attribute(move || store.is_barred(|lists| lists.may_join))
                    aria-disabled=attribute(move || is_joining.get().then_some("true"))
                    on:click=on(join)
                >
                    <Icon name="join" small=true directional=true/>
                    {drawn(move || {
                        if is_joining.get() { wording.channels.joining } else { wording.channels.join }
                    })}
                </button>
            </div>
        </div>
    }
}

/// Where a channel's first page does not come.
#[component]
pub fn LateNotice(#[prop(into)] on_retry: Callback<web_sys::MouseEvent>) -> impl IntoView {
    let store = store();
    let wording = store.wording();
    view! {
        <div class="notice" role="alert">
            <span class="notice__icon">
                <Icon name="alert"/>
            </span>
            <h2 class="notice__title">{wording.timeline.late_title}</h2>
            <p class="notice__text">{wording.timeline.late_text}</p>
            <div class="notice__actions">
                <button
                    class="button button--primary"
                    r#type="button"
                    on:click=on(move |event| on_retry.run(event))
                >
                    <Icon name="retry" small=true/>
                    {wording.common.try_again}
                </button>
            </div>
        </div>
    }
}

/// Above the first message of a channel.
#[component]
pub fn BeginningNotice() -> impl IntoView {
    let store = store();
    let words = &store.wording().timeline;
    let server = store.server_name();
    let title =
        move || store.head.with(|head| head.as_ref().map(|head| (words.begins)(&head.name)));
    let text = move || {
        let told = |head: &Head| match head {
            head if head.is_general => (words.begins_general)(&server),
            head if head.private => words.begins_private.to_owned(),
            head if head.is_own => (words.begins_own)(&server),
            _ => (words.begins_public)(&server),
        };
        store.head.with(|head| head.as_ref().map(told))
    };
    let icon = move || {
        let private = store.head.with(|head| head.as_ref().is_some_and(|head| head.private));
        view! { <Icon name=icon_of(private)/> }
    };
    view! {
        <div class="notice notice--start">
            <span class="notice__icon">{drawn(icon)}</span>
            <h2 class="notice__title">{drawn(title)}</h2>
            <p class="notice__text">{drawn(text)}</p>
        </div>
    }
}
