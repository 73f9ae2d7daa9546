//! The head of the open channel: its name, its members' count, and what may be done with it.

use leptos::prelude::*;

use crate::components::menu::Menu;
use crate::icons::Icon;
use crate::store::store;
use crate::store::view::{Dialog, Head, Pane};

#[component]
pub fn ChannelHeader() -> impl IntoView {
    let store = store();
    let words = &store.wording().header;
    let name =
        Memo::new(move |_| store.head.with(|head| head.as_ref().map(|head| head.name.clone())));
    let members = Memo::new(move |_| {
        store.head.with(|head| head.as_ref().filter(|head| head.loaded).map(|head| head.members))
    });

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
                {move || match name.get() {
                    Some(name) => {
                        view! {
                            <h1 class="channel-header__name">
                                <Icon name="hash"/>
                                <span>
                                    <bdi>{name}</bdi>
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
                }}
            </div>
            <Show when=move || members.get().is_some()>
                <button
                    class="icon-button channel-header__members"
                    id="show-members"
                    r#type="button"
                    aria-pressed=move || store.members_shown.get().to_string()
                    aria-label=move || (words.members)(members.get().unwrap_or_default())
                    on:click=move |_| store.members_shown.update(|shown| *shown = !*shown)
                >
                    <Icon name="people"/>
                    <span aria-hidden="true">{move || members.get()}</span>
                </button>
            </Show>
            <ChannelMenu/>
        </header>
    }
}

#[component]
fn ChannelMenu() -> impl IntoView {
    let store = store();
    let words = &store.wording().header;
    let head = store.head;
    let may = move |what: fn(&Head) -> bool| {
        Memo::new(move |_| head.with(|head| head.as_ref().is_some_and(what)))
    };
    let may_rename = may(|head| head.may_rename);
    let may_hand_over = may(|head| head.may_hand_over);
    let may_delete = may(|head| head.may_delete);
    let may_leave = may(|head| head.may_leave);
    let ask = move |dialog: fn(Head) -> Dialog| {
        if let Some(head) = head.get_untracked() {
            store.show_dialog(dialog(head));
        }
    };
    let leave = move |_| {
        if let Some(head) = head.get_untracked() {
            store.leave(head.channel, move |answered| {
                if let Err(no) = answered {
                    store.spoken.set(no.sentence);
                }
            });
        }
    };
    let any = Memo::new(move |_| {
        may_rename.get() || may_hand_over.get() || may_delete.get() || may_leave.get()
    });

    view! {
        <Show when=move || any.get()>
            <Menu id="channel-menu" label=words.menu>
                <Show when=move || may_rename.get()>
                    <button class="menu__item" r#type="button" role="menuitem" tabindex="-1"
                        on:click=move |_| ask(Dialog::Rename)>
                        <Icon name="pencil"/>
                        {words.rename}
                    </button>
                </Show>
                <Show when=move || may_hand_over.get()>
                    <button class="menu__item" r#type="button" role="menuitem" tabindex="-1"
                        on:click=move |_| ask(Dialog::HandOver)>
                        <Icon name="key"/>
                        {words.hand_over}
                    </button>
                </Show>
                <Show when=move || may_leave.get()>
                    <button class="menu__item" r#type="button" role="menuitem" tabindex="-1" on:click=leave>
                        <Icon name="leave" directional=true/>
                        {words.leave}
                    </button>
                </Show>
                <Show when=move || may_delete.get()>
                    <hr class="menu__rule"/>
                    <button class="menu__item menu__item--danger" r#type="button" role="menuitem" tabindex="-1"
                        on:click=move |_| ask(Dialog::Delete)>
                        <Icon name="trash"/>
                        {words.delete}
                    </button>
                </Show>
            </Menu>
        </Show>
    }
}
