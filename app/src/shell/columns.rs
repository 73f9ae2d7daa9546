//! The columns of the chat while the app is on its way: the places where everything will be, and a
//! box to write in. What was typed there is taken over.

use chat::Identity;
use leptos::prelude::*;

use crate::components::avatar::{Avatar, Size};
use crate::components::mark::Mark;
use crate::icons::Icon;
use crate::wording::Wording;

#[component]
pub fn Columns(
    identity: Identity,
    server_name: String,
    wording: &'static Wording,
) -> impl IntoView {
    view! {
        <div class="shell" data-view="channel">
            <div class="sidebar" role="complementary" aria-label=wording.channels.region>
                <div class="sidebar__workspace">
                    <Mark/>
                    <h1 class="sidebar__name">{server_name.clone()}</h1>
                </div>
                <nav class="sidebar__lists" aria-label=wording.channels.region>
                    {skeleton_list(&["short", "medium", "long", "medium"])}
                    {skeleton_list(&["short", "long", "medium"])}
                </nav>
                <div class="sidebar__account">
                    <Avatar identity=identity.clone() size=Size::Full you=true/>
                    <span class="sidebar__who">
                        <strong>
                            <bdi>{identity.to_string()}</bdi>
                        </strong>
                        <span class="sidebar__state">
                            <span class="connection-dot connection-dot--waiting" aria-hidden="true"></span>
                            {wording.connection.state_connecting}
                        </span>
                    </span>
                </div>
            </div>
            <main class="channel">
                <header class="channel-header">
                    <div class="channel-header__titles">
                        <div class="skeleton skeleton--title" aria-hidden="true"></div>
                        <div class="skeleton skeleton--medium" aria-hidden="true"></div>
                    </div>
                </header>
                <div class="channel__stage">
                    <div class="notice notice--waiting" role="status">
                        <span class="spinner" aria-hidden="true"></span>
                        <h2 class="notice__title">{(wording.connection.connecting_title)(&server_name)}</h2>
                        <p class="notice__text">{wording.connection.connecting_text}</p>
                    </div>
                </div>
                <div class="typing-line"></div>
                {composer(wording)}
            </main>
            <aside class="member-list" data-as="column" aria-label=wording.members.title>
                <div class="member-list__head">
                    <h2 class="member-list__title">{wording.members.title}</h2>
                </div>
                <div class="member-list__scroll">
                    <div class="skeleton-list" aria-hidden="true">
                        {["medium", "long", "medium", "long"].map(skeleton_person).collect_view()}
                    </div>
                </div>
            </aside>
        </div>
    }
}

fn composer(wording: &'static Wording) -> impl IntoView {
    view! {
        <div class="composer">
            <div class="composer__box">
                <div class="composer__row">
                    <textarea
                        class="composer__input"
                        id="composer"
                        rows="1"
                        dir="auto"
                        aria-label=wording.composer.first
                    ></textarea>
                    <span class="composer__send" aria-hidden="true" aria-disabled="true">
                        <Icon name="send"/>
                    </span>
                </div>
            </div>
        </div>
    }
}

fn skeleton_list(widths: &[&'static str]) -> impl IntoView + use<> {
    let items: Vec<_> = widths
        .iter()
        .map(|width| {
            view! {
                <div class="skeleton-list__item">
                    <div class=format!("skeleton skeleton--{width}")></div>
                </div>
            }
        })
        .collect();
    view! { <div class="skeleton-list" aria-hidden="true">{items}</div> }
}

fn skeleton_person(width: &'static str) -> impl IntoView {
    view! {
        <div class="skeleton-list__item skeleton-list__item--person">
            <div class="skeleton skeleton--face"></div>
            <div class=format!("skeleton skeleton--{width}")></div>
        </div>
    }
}
