//! The people in the open channel: a column where there is room, else a drawer.

use leptos::html::Dialog;
use web_sys::HtmlDialogElement;

use crate::browser::dom;
use crate::components::avatar::{Avatar, Size};
use crate::icons::Icon;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::{self, Key, MemberView, MembersView, Pane};
use crate::views::{When, attribute, drawn, follow, list, on};

#[component]
pub fn MemberList() -> impl IntoView {
    let store = store();
    let label = store.wording().members.title;
    let is_shown = move || {
        let has_members = matches!(store.pane.get(), Pane::Connecting | Pane::Channel(_));
        store.members_shown.get() && has_members
    };
    drawn(move || {
        if store.is_wide.get() {
            view! {
                <When holds=is_shown>
                    <aside class="member-list" data-as="column" aria-label=label>
                        <Members/>
                    </aside>
                </When>
            }
            .into_any()
        } else {
            view! {
                <When holds=is_shown>
                    <Drawer label/>
                </When>
            }
            .into_any()
        }
    })
}

#[component]
fn Drawer(label: &'static str) -> impl IntoView {
    let store = store();
    let drawer = NodeRef::<Dialog>::new();
    follow(move || {
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
            on:close=on(move |_| {
                store.members_shown.set(false);
                dom::focus("show-members");
            })
            on:click=on(move |event: leptos::ev::MouseEvent| {
                // A click on the veil hits the dialog itself.
                if event.target() == event.current_target()
                    && let Some(drawer) = drawer.get_untracked()
                {
                    drawer.close();
                }
            })
        >
            <Members/>
        </dialog>
    }
}

#[component]
fn Members() -> impl IntoView {
    let store = store();
    let words = &store.wording().members;
    let count = move || store.members.get().count;
    let users = |members: &MembersView| members.known.iter().map(|member| member.user).collect();
    follow(move || store.watch(store.members.with(users)));
    on_cleanup(move || store.watch(Vec::new()));
    let may_invite = move || store.head.get().is_some_and(|head| head.may_invite);
    let invite = move |_: web_sys::MouseEvent| {
        if let Some(head) = store.head.get_untracked() {
            store.show_dialog(view::Dialog::Invite(head));
        }
    };
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
                <span>{drawn(move || Some(count()).filter(|count| 0 < *count))}</span>
            </h2>
            <button
                class="icon-button icon-button--small"
                r#type="button"
                aria-label=words.close
                on:click=on(close)
            >
                <Icon name="close"/>
            </button>
        </div>
        <div
            class="member-list__scroll"
            role="region"
            tabindex="0"
            aria-label=attribute(move || (words.count)(count()))
        >
            <When
                holds=move || 0 < count()
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
                    {list(
                        move || store.members.get().known.into_iter().map(Key::Member).collect(),
                        |key| match key {
                            Key::Member(member) => Some(view! { <MemberItem member/> }),
                            _ => None,
                        },
                    )}
                </ul>
            </When>
            <MoreMembers/>
        </div>
        <When holds=may_invite>
            <div class="member-list__foot">
                <button class="button" r#type="button" aria-haspopup="dialog" on:click=on(invite)>
                    <Icon name="person-add"/>
                    {store.wording().header.invite}
                </button>
            </div>
        </When>
    }
}

/// Loads the next page of members, where not all are known.
#[component]
pub fn MoreMembers() -> impl IntoView {
    let store = store();
    let load = move |_| {
        if let Some(channel) = store.open() {
            store.more_members(channel);
        }
    };
    view! {
        <When holds=move || store.members.get().more>
            <button class="button button--quiet" r#type="button" on:click=on(load)>
                <Icon name="chevron-down" small=true/>
                {store.wording().members.more}
            </button>
        </When>
    }
}

#[component]
fn MemberItem(member: MemberView) -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let tag = |label: &'static str| view! { <span class="tag">{label}</span> };
    let (you, user) = (member.you, member.user);
    let presence = move || {
        let (class, text) = match store.people.with(|people| people.is_online(user))? {
            true => ("member-item__presence member-item__presence--here", wording.members.online),
            false => ("member-item__presence", wording.members.offline),
        };
        Some(view! {
            <span class=class>
                <span class="visually-hidden">{text}</span>
            </span>
        })
    };
    let friendly_name = move || {
        let name = store.people.with(|people| people.friendly_name(user).cloned())?;
        Some(view! { <bdi class="member-item__called">{name.as_str().to_owned()}</bdi> })
    };
    let may_remove = move || !you && store.head.get().is_some_and(|head| head.may_remove);
    let label = (wording.members.remove)(member.identity.as_str());
    let remove = {
        let member = member.clone();
        move |_: web_sys::MouseEvent| {
            if let Some(channel) = store.open() {
                store.show_dialog(view::Dialog::Remove(channel, member.clone()));
            }
        }
    };
    view! {
        <li>
            <div class="member-item">
                <span class="member-item__face">
                    <Avatar identity=member.identity.clone() size=Size::Medium you/>
                    {drawn(presence)}
                </span>
                <span class="member-item__words">
                    <span class="member-item__name">
                        <bdi>{member.identity.to_string()}</bdi>
                        {member.you.then(|| view! { <small>{wording.common.you}</small> })}
                    </span>
                    {drawn(friendly_name)}
                </span>
                {member.admin.then(|| tag(wording.members.admin))}
                {(member.guest && !member.admin).then(|| tag(wording.members.guest))}
                <When holds=may_remove>
                    <button
                        class="icon-button icon-button--small member-item__remove"
                        r#type="button"
                        aria-label=label.clone()
                        on:click=on(remove.clone())
                    >
                        <Icon name="close" small=true/>
                    </button>
                </When>
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
