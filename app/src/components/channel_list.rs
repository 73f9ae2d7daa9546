//! The channels: mine with what is unread, then the public ones that are open to join.

use chat::ChannelSid;

use crate::icons::Icon;
use crate::later::later;
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::{ChannelEntry, Dialog, Key, Pane};
use crate::views::{When, attribute, drawn, list, on};
use crate::wording::badge;

#[component]
pub fn ChannelList() -> impl IntoView {
    let store = store();
    let words = &store.wording().channels;
    let known = move || store.lists.get().known;

    view! {
        <nav class="sidebar__lists" aria-label=words.region>
            <When holds=move || !store.lists.get().invitations.is_empty()>
                <section class="channel-list" aria-labelledby="invitations">
                    <div class="channel-list__head">
                        <h2 class="channel-list__title" id="invitations">
                            {words.invitations}
                        </h2>
                    </div>
                    <ul class="channel-list__items">
                        {list(
                            move || {
                                store.lists.get().invitations.into_iter().map(Key::Invitation).collect()
                            },
                            |key| match key {
                                Key::Invitation(invitation) => {
                                    Some(later(move |later| (later.invited)(invitation.clone())))
                                }
                                _ => None,
                            },
                        )}
                    </ul>
                </section>
            </When>
            <section class="channel-list" aria-labelledby="channels">
                <div class="channel-list__head">
                    <h2 class="channel-list__title" id="channels">
                        {words.title}
                    </h2>
                    <button
                        class="button button--quiet button--small channel-list__add"
                        id="create-channel"
                        r#type="button"
                        hidden=attribute(move || store.is_barred(|lists| lists.may_create))
                        aria-haspopup="dialog"
                        aria-label=words.create
                        on:click=on(move |_| store.show_dialog(Dialog::Create))
                    >
                        <Icon name="plus" small=true/>
                        {words.create_short}
                    </button>
                </div>
                <ul class="channel-list__items">
                    {list(
                        move || store.lists.get().joined.into_iter().map(Key::Channel).collect(),
                        |key| match key {
                            Key::Channel(channel) => Some(view! { <JoinedChannel channel/> }),
                            _ => None,
                        },
                    )}
                </ul>
                <When holds=move || known() && store.lists.get().joined.is_empty()>
                    <p class="channel-list__empty">{words.none}</p>
                </When>
                <When holds=move || !known()>
                    <p class="channel-list__empty" role="status">
                        {words.loading}
                    </p>
                </When>
            </section>
            <When holds=move || !store.lists.get().open_to_join.is_empty()>
                <section class="channel-list" aria-labelledby="open-channels">
                    <div class="channel-list__head">
                        <h2 class="channel-list__title" id="open-channels">
                            {words.open_to_join}
                        </h2>
                    </div>
                    <ul class="channel-list__items">
                        {list(
                            move || {
                                store.lists.get().open_to_join.into_iter().map(Key::Channel).collect()
                            },
                            |key| match key {
                                Key::Channel(channel) => Some(view! { <OpenChannel channel/> }),
                                _ => None,
                            },
                        )}
                    </ul>
                </section>
            </When>
        </nav>
    }
}

/// The entry as a signal of its own, so that a change of one channel redraws one row.
fn entry(channel: ChannelSid) -> Option<Live<ChannelEntry>> {
    store().entry(channel).map(Live::from)
}

#[component]
fn JoinedChannel(channel: ChannelSid) -> impl IntoView {
    let store = store();
    let words = &store.wording().channels;
    let entry = entry(channel)?;
    let unread = move || entry.get().unread;
    let is_open = move || store.pane.get() == Pane::Channel(channel);
    let is_muted = move || entry.get().muted;
    let class = move || match 0 < unread() && !is_muted() {
        true => "channel-item channel-item--unread",
        false => "channel-item",
    };
    let badge_class = move || if is_muted() { "badge badge--quiet" } else { "badge" };
    Some(view! {
        <li>
            <a
                class=attribute(class)
                href=attribute(move || entry.get().path)
                data-place=""
                aria-current=attribute(move || is_open().then_some("page"))
            >
                {drawn(move || {
                    view! { <Icon name=icon_of(entry.get().private) class="channel-item__icon"/> }
                })}
                <bdi class="channel-item__name">{drawn(move || entry.get().name)}</bdi>
                <When holds=move || entry.get().private>
                    <span class="visually-hidden">{words.private}</span>
                </When>
                <When holds=is_muted>
                    <Icon name="mute" small=true/>
                    <span class="visually-hidden">{words.muted}</span>
                </When>
                <When holds=move || 0 < unread()>
                    <span class=attribute(badge_class) aria-hidden="true">
                        {drawn(move || badge(unread()))}
                    </span>
                    <span class="visually-hidden">{drawn(move || (words.unread)(unread()))}</span>
                </When>
            </a>
        </li>
    })
}

/// What stands before a channel's name.
pub(crate) fn icon_of(private: bool) -> &'static str {
    if private { "lock" } else { "hash" }
}

#[component]
fn OpenChannel(channel: ChannelSid) -> impl IntoView {
    let store = store();
    let words = &store.wording().channels;
    let entry = entry(channel)?;
    let is_joining = Live::new(false);
    let name = move || entry.get().name;
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
            <bdi class="channel-item__name">{drawn(name)}</bdi>
            <button
                class="button button--quiet button--small channel-item__join"
                r#type="button"
                hidden=attribute(move || store.is_barred(|lists| lists.may_join))
                aria-label=attribute(move || (words.join_named)(&name()))
                aria-disabled=attribute(move || is_joining.get().then_some("true"))
                on:click=on(join)
            >
                {drawn(move || if is_joining.get() { words.joining } else { words.join })}
            </button>
        </li>
    })
}
