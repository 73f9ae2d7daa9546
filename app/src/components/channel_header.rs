//! The head of the open channel: its name, its members' count, and what may be done with it.

use crate::components::channel_list::icon_of;
use crate::components::menu::Menu;
use crate::icons::Icon;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::{Dialog, Head, Pane};
use crate::views::{When, attribute, drawn, on};

#[component]
pub fn ChannelHeader() -> impl IntoView {
    let store = store();
    let words = &store.wording().header;
    let members = move || store.head.get().filter(|head| head.loaded).map(|head| head.members);

    view! {
        <header class="channel-header">
            <a
                class="icon-button channel-header__back"
                href="/channels"
                data-place=""
                aria-label=words.back
            >
                <Icon name="arrow-left" directional=true/>
            </a>
            <div class="channel-header__titles">
                {drawn(move || match store.head.get() {
                    Some(head) => {
                        view! {
                            <h1 class="channel-header__name">
                                <Icon name=icon_of(head.private)/>
                                <span>
                                    <bdi>{head.name}</bdi>
                                </span>
                            </h1>
                        }
                            .into_any()
                    }
                    None if store.pane.get() == Pane::Gone => ().into_any(),
                    None => {
                        view! { <div class="skeleton skeleton--title" aria-hidden="true"></div> }
                            .into_any()
                    }
                })}
            </div>
            <When holds=move || members().is_some()>
                <button
                    class="icon-button channel-header__members"
                    id="show-members"
                    r#type="button"
                    aria-pressed=attribute(move || store.members_shown.get().to_string())
                    aria-label=attribute(move || (words.members)(members().unwrap_or_default()))
                    on:click=on(move |_| store.members_shown.update(|shown| *shown = !*shown))
                >
                    <Icon name="people"/>
                    <span aria-hidden="true">{drawn(members)}</span>
                </button>
            </When>
            <ChannelMenu/>
        </header>
    }
}

#[component]
fn ChannelMenu() -> impl IntoView {
    let store = store();
    let words = &store.wording().header;
    let head = store.head;
    let may = move |what: fn(&Head) -> bool| move || head.get().is_some_and(|head| what(&head));
    let may_invite = may(|head| head.may_invite);
    let may_rename = may(|head| head.may_rename);
    let may_hand_over = may(|head| head.may_hand_over);
    let may_delete = may(|head| head.may_delete);
    let may_leave = may(|head| head.may_leave);
    let (may_mute, is_muted) = (may(|head| head.may_mute), may(|head| head.muted));
    let ask = move |dialog: fn(Head) -> Dialog| {
        if let Some(head) = head.get_untracked() {
            store.show_dialog(dialog(head));
        }
    };
    let leave = move |_| {
        if let Some(head) = head.get_untracked() {
            store.leave(head.channel, move |answered| {
                if let Err(no) = answered {
                    store.complain(no.sentence);
                }
            });
        }
    };
    let mute = move |_| {
        if let Some(head) = head.get_untracked() {
            store.mute(head.channel, !head.muted);
        }
    };
    let any = move || {
        may_invite() || may_rename() || may_hand_over() || may_delete() || may_leave() || may_mute()
    };

    view! {
        <When holds=any>
            <Menu id="channel-menu" label=words.menu>
                <When holds=may_invite>
                    <button class="menu__item" r#type="button" role="menuitem" tabindex="-1"
                        on:click=on(move |_| ask(Dialog::Invite))>
                        <Icon name="person-add"/>
                        {words.invite}
                    </button>
                </When>
                <When holds=may_rename>
                    <button class="menu__item" r#type="button" role="menuitem" tabindex="-1"
                        on:click=on(move |_| ask(Dialog::Rename))>
                        <Icon name="pencil"/>
                        {words.rename}
                    </button>
                </When>
                <When holds=may_hand_over>
                    <button class="menu__item" r#type="button" role="menuitem" tabindex="-1"
                        on:click=on(move |_| ask(Dialog::HandOver))>
                        <Icon name="key"/>
                        {words.hand_over}
                    </button>
                </When>
                <When holds=may_mute>
                    <button class="menu__item" r#type="button" role="menuitem" tabindex="-1" on:click=on(mute)>
                        <Icon name="mute"/>
                        {drawn(move || if is_muted() { words.unmute } else { words.mute })}
                    </button>
                </When>
                <When holds=may_leave>
                    <button class="menu__item" r#type="button" role="menuitem" tabindex="-1" on:click=on(leave)>
                        <Icon name="leave" directional=true/>
                        {words.leave}
                    </button>
                </When>
                <When holds=may_delete>
                    <hr class="menu__rule"/>
                    <button class="menu__item menu__item--danger" r#type="button" role="menuitem" tabindex="-1"
                        on:click=on(move |_| ask(Dialog::Delete))>
                        <Icon name="trash"/>
                        {words.delete}
                    </button>
                </When>
            </Menu>
        </When>
    }
}
