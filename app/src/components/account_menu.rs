//! Who one is, how one is connected, and one's settings.

use crate::browser::dom;
use crate::browser::preferences::Theme;
use crate::components::avatar::{Avatar, Size};
use crate::components::connection_dot::ConnectionDot;
use crate::components::menu::Menu;
use crate::icons::Icon;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::Dialog;
use crate::views::{When, attribute, drawn, on};
use crate::wording::{Account, Language};

#[component]
pub fn AccountMenu() -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let words = &wording.account;
    let identity = store.identity();
    let sign_out = move |_| match store.unsent_on_this_device() {
        0 => store.sign_out(move || store.complain(words.sign_out_failed.to_owned())),
        unsent => store.show_dialog(Dialog::SignOut { unsent }),
    };

    view! {
        <div class="sidebar__account">
            <Avatar identity=identity.clone() size=Size::Full you=true/>
            <span class="sidebar__who">
                <strong>
                    <bdi>{identity.to_string()}</bdi>
                </strong>
                {drawn(move || {
                    let name = store.myself.get().name;
                    (!name.is_empty()).then(|| view! { <bdi class="sidebar__called">{name}</bdi> })
                })}
                <ConnectionDot/>
            </span>
            <Menu id="account-menu" label=words.menu above=true>
                <div role="group" aria-labelledby="account-theme">
                    <div class="menu__label" id="account-theme" role="presentation">
                        {words.theme}
                    </div>
                    <div class="segmented menu__choices" role="presentation">
                        {Theme::ALL.map(|theme| theme_choice(theme, words)).collect_view()}
                    </div>
                </div>
                <div role="group" aria-labelledby="account-language">
                    <div class="menu__label" id="account-language" role="presentation">
                        {words.language}
                    </div>
                    <div class="segmented menu__choices" role="presentation">
                        {Language::ALL.map(language_choice).collect_view()}
                    </div>
                </div>
                <hr class="menu__rule"/>
                <When holds=move || store.myself.get().may_rename>
                    <button class="menu__item" r#type="button" role="menuitem" tabindex="-1"
                        on:click=on(move |_| store.show_dialog(Dialog::RenameMyself))>
                        <Icon name="pencil"/>
                        {words.rename}
                    </button>
                </When>
                <button class="menu__item" r#type="button" role="menuitem" tabindex="-1" on:click=on(sign_out)>
                    <Icon name="leave" directional=true/>
                    {words.sign_out}
                </button>
            </Menu>
        </div>
    }
}

fn theme_choice(theme: Theme, words: &'static Account) -> impl IntoView {
    let store = store();
    let label = match theme {
        Theme::Auto => words.theme_auto,
        Theme::Light => words.theme_light,
        Theme::Dark => words.theme_dark,
    };
    view! {
        <button
            class="segmented__choice"
            r#type="button"
            role="menuitemradio"
            tabindex="-1"
            aria-checked=attribute(move || (store.theme.get() == theme).to_string())
            on:click=on(move |_| store.set_theme(theme))
        >
            {label}
        </button>
    }
}

fn language_choice(language: Language) -> impl IntoView {
    let store = store();
    view! {
        <button
            class="segmented__choice"
            r#type="button"
            role="menuitemradio"
            tabindex="-1"
            lang=language.tag()
            aria-checked=attribute(move || (store.language.get() == language).to_string())
            on:click=on(move |_| {
                store.set_language(language);
                // The page is drawn anew; the focus comes back to where it was, as near as may be.
                request_animation_frame(|| dom::focus("account-menu-button"));
            })
        >
            {language.name()}
        </button>
    }
}
