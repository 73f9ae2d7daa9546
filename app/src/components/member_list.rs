//! The people in the open channel: a column where there is room, else a drawer.

use leptos::html::Dialog;
use leptos::prelude::*;
use web_sys::HtmlDialogElement;

use crate::browser::dom;
use crate::components::avatar::{Avatar, Size};
use crate::icons::Icon;
use crate::store::store;
use crate::store::view::{MemberView, Pane};

#[component]
pub fn MemberList() -> impl IntoView {
    let store = store();
    let label = store.wording().members.title;
    let is_shown = Memo::new(move |_| {
        let has_members = matches!(store.pane.get(), Pane::Connecting | Pane::Channel(_));
        store.members_shown.get() && has_members
    });
    move || {
        if store.is_wide.get() {
            view! {
                <Show when=move || is_shown.get()>
                    <aside class="member-list" data-as="column" aria-label=label>
                        <Members/>
                    </aside>
                </Show>
            }
            .into_any()
        } else {
            view! {
                <Show when=move || is_shown.get()>
                    <Drawer label/>
                </Show>
            }
            .into_any()
        }
    }
}

#[component]
fn Drawer(label: &'static str) -> impl IntoView {
    let store = store();
    let drawer = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        if let Some(drawer) = drawer.get() {
            let _ = drawer.show_modal();
        }
    });
    view! {
        <dialog
            class="member-list"
            id="members"
            aria-label=label
            node_ref=drawer
            on:close=move |_| {
                store.members_shown.set(false);
                dom::focus("show-members");
            }
            on:click=move |event| {
                // A click on the veil hits the dialog itself.
                if event.target() == event.current_target()
                    && let Some(drawer) = drawer.get_untracked()
                {
                    drawer.close();
                }
            }
        >
            <Members/>
        </dialog>
    }
}

#[component]
fn Members() -> impl IntoView {
    let store = store();
    let words = &store.wording().members;
    let count = Memo::new(move |_| store.members.with(|members| members.count));
    let more = Memo::new(move |_| store.members.with(|members| members.more));
    // As a drawer it is modal: only closing it lets the focus out again.
    let close = move |_| match dom::by_id::<HtmlDialogElement>("members") {
        Some(drawer) => drawer.close(),
        None => {
            store.members_shown.set(false);
            dom::focus("show-members");
        }
    };

    view! {
        <div class="member-list__head">
            <h2 class="member-list__title">
                {words.title}
                <span>{move || (0 < count.get()).then(|| count.get())}</span>
            </h2>
            <button
                class="icon-button icon-button--small"
                r#type="button"
                aria-label=words.close
                on:click=close
            >
                <Icon name="close"/>
            </button>
        </div>
        <div
            class="member-list__scroll"
            role="region"
            tabindex="0"
            aria-label=move || (words.count)(count.get())
        >
            <Show
                when=move || 0 < count.get()
                fallback=move || view! {
                    <div class="skeleton-list">
                        <p class="visually-hidden" role="status">
                            {words.loading}
                        </p>
                        {["medium", "long", "medium"].map(skeleton).collect_view()}
                    </div>
                }
            >
                <ul class="member-list__items">
                    <For
                        each=move || store.members.get().known
                        key=Clone::clone
                        children=|member| view! { <MemberItem member/> }
                    />
                </ul>
            </Show>
            <Show when=move || more.get()>
                <button
                    class="button button--quiet"
                    r#type="button"
                    on:click=move |_| {
                        if let Some(channel) = store.open() {
                            store.more_members(channel);
                        }
                    }
                >
                    <Icon name="chevron-down" small=true/>
                    {move || (words.count)(count.get())}
                </button>
            </Show>
        </div>
    }
}

#[component]
fn MemberItem(member: MemberView) -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let tag = |label: &'static str| view! { <span class="tag">{label}</span> };
    view! {
        <li>
            <div class="member-item">
                <Avatar identity=member.identity.clone() size=Size::Medium you=member.you/>
                <span class="member-item__name">
                    <bdi>{member.identity.to_string()}</bdi>
                    {member.you.then(|| view! { " " <small>{wording.common.you}</small> })}
                </span>
                {member.admin.then(|| tag(wording.members.admin))}
                {(member.guest && !member.admin).then(|| tag(wording.members.guest))}
            </div>
        </li>
    }
}

fn skeleton(width: &'static str) -> impl IntoView {
    view! {
        <div class="skeleton-list__item skeleton-list__item--person" aria-hidden="true">
            <div class="skeleton skeleton--face"></div>
            <div class=format!("skeleton skeleton--{width}")></div>
        </div>
    }
}
