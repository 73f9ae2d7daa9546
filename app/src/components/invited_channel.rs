//! A channel that somebody asks me to join.

use crate::components::channel_list::icon_of;
use crate::icons::Icon;
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::InvitationView;
use crate::views::{attribute, on};

#[component]
pub fn InvitedChannel(invitation: InvitationView) -> impl IntoView {
    let store = store();
    let words = &store.wording().channels;
    let InvitationView { channel, name, by } = invitation;
    let busy = Live::new(false);
    let join = move || {
        if !busy.get_untracked() {
            busy.set(true);
            store.join_and_open(channel, move || busy.set(false));
        }
    };
    let decline = move || {
        if !busy.get_untracked() {
            busy.set(true);
            store.decline(channel, move |answered| {
                busy.set(false);
                if let Err(no) = answered {
                    store.complain(no.sentence);
                }
            });
        }
    };
    let button = |label: &'static str, of: String, act: Callback<()>| {
        view! {
            <button
                class="button button--small"
                r#type="button"
                aria-label=of
                aria-disabled=attribute(move || busy.get().then_some("true"))
                on:click=on(move |_| act.run(()))
            >
                {label}
            </button>
        }
    };
    view! {
        <li class="channel-item channel-item--invited">
            <Icon name=icon_of(true) class="channel-item__icon"/>
            <span class="channel-item__name">
                <bdi>{name.clone()}</bdi>
                <small class="channel-item__by">{(words.invited_by)(by.as_str())}</small>
            </span>
            <span class="channel-item__ways">
                {button(words.join, (words.join_named)(&name), Callback::new(move |()| join()))}
                {button(
                    words.decline,
                    (words.decline_named)(&name),
                    Callback::new(move |()| decline()),
                )}
            </span>
        </li>
    }
}
