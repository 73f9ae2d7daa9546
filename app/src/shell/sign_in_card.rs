//! The sign-in card: a form that works before the app is there, and that the app then adopts.

use chat::Refusal;
use leptos::prelude::*;

use super::ShellPage;
use crate::account::AccountRefusal;
use crate::components::mark::Mark;
use crate::icons::Icon;
use crate::sentences::refused_sign_in;
use crate::wording::{Card, Language};

#[component]
pub fn SignInCard(page: ShellPage) -> impl IntoView {
    let words = page.card();
    let as_account = !page.guests || page.refusal.as_ref().is_some_and(wants_password);
    let lead = if page.guests { words.lead } else { words.lead_without_guests };

    view! {
        <main class="sign-in" id="sign-in">
            <LanguageSwitch current=page.language.clone()/>
            <div class="sign-in__card">
                <header class="sign-in__welcome">
                    <Mark large=true/>
                    <h1 class="sign-in__title">{(words.title)(&page.server_name)}</h1>
                    <p class="sign-in__lead">{lead}</p>
                </header>
                <p class="sign-in__told" id="sign-in-told" role="status" hidden>
                    <Icon name="alert" small=true/>
                    <span></span>
                </p>
                <form class="sign-in__form" id="sign-in-form" method="post" action="/sign-in">
                    {ways(page.guests, as_account, words)}
                    {name_field(&page)}
                    {password_field(words)}
                    <button class="button button--primary button--wide" id="sign-in-submit" r#type="submit">
                        <span class="sign-in__guest-only">{page.guests.then_some(words.join)}</span>
                        <span class="sign-in__account-only">{words.sign_in}</span>
                    </button>
                    {promises(page.guests, words)}
                </form>
                <form id="use-suggestion" method="post" action="/sign-in" hidden>
                    <input
                        r#type="hidden"
                        name="name"
                        value=page.refusal.as_ref().and_then(|refused| refused.suggestion.clone())
                    />
                </form>
            </div>
            <p class="sign-in__foot">{page.host_line.clone()}</p>
        </main>
    }
}

#[component]
fn LanguageSwitch(current: String) -> impl IntoView {
    let choices = Language::ALL.map(|language| {
        let chosen = (language.tag() == current).then_some("true");
        view! {
            <button
                class="language-switch__choice"
                r#type="submit"
                name="language"
                value=language.tag()
                lang=language.tag()
                aria-current=chosen
            >
                {language.name()}
            </button>
        }
    });
    let label = Language::from_tag(&current).unwrap_or_default().wording().account.language;
    view! {
        <nav class="sign-in__language" aria-label=label>
            <form class="language-switch" id="language-switch" method="post" action="/preferences">
                <Icon name="globe" small=true/>
                {choices.into_iter().collect_view()}
            </form>
        </nav>
    }
}

/// Guest or account, by radio; where guests are not admitted there is nothing to choose.
fn ways(guests: bool, as_account: bool, words: &'static Card) -> impl IntoView {
    if !guests {
        return view! { <input r#type="hidden" name="way" value="account"/> }.into_any();
    }
    let way = |value: &'static str, chosen: bool, label: &'static str| {
        view! {
            <label class="segmented__choice">
                <input
                    class="segmented__radio"
                    r#type="radio"
                    name="way"
                    value=value
                    data-way=value
                    checked=chosen
                />
                {label}
            </label>
        }
    };
    view! {
        <fieldset class="segmented" aria-label=words.ways>
            {way("guest", !as_account, words.guest)}
            {way("account", as_account, words.account)}
        </fieldset>
    }
    .into_any()
}

fn name_field(page: &ShellPage) -> impl IntoView + use<> {
    let words = page.card();
    let refused = page.refusal.as_ref();
    let error = refused.map(|refused| refused_sign_in(page.wording(), refused, &page.typed_name));
    let suggestion = refused.and_then(|refused| refused.suggestion.clone());
    let hint = page.guests.then(|| {
        view! { <p class="field__hint sign-in__guest-only" id="name-hint">{words.name_hint}</p> }
    });

    view! {
        <div class="field">
            <label class="field__label" for="name">
                <span class="sign-in__guest-only">{page.guests.then_some(words.your_name)}</span>
                <span class="sign-in__account-only">{words.account_name}</span>
            </label>
            <div class="field__box">
                <input
                    class="field__input"
                    id="name"
                    name="name"
                    r#type="text"
                    dir="auto"
                    autocomplete="username"
                    autocapitalize="words"
                    spellcheck="false"
                    value=page.typed_name.clone()
                    aria-describedby="name-error name-hint"
                    aria-invalid=refused.map(|_| "true")
                    autofocus
                />
            </div>
            <p class="field__error" id="name-error" role="alert" hidden=error.is_none()>
                <Icon name="alert" small=true/>
                <span>{error.clone()}</span>
            </p>
            <div class="field__suggestions" id="name-suggestions" hidden=suggestion.is_none()>
                <button class="button button--small" r#type="submit" form="use-suggestion" dir="auto">
                    {suggestion.clone()}
                </button>
            </div>
            {hint}
        </div>
    }
}

fn password_field(words: &'static Card) -> impl IntoView {
    view! {
        <div class="field sign-in__account-only">
            <label class="field__label" for="password">
                {words.password}
            </label>
            <div class="field__box">
                <input
                    class="field__input"
                    id="password"
                    name="password"
                    r#type="password"
                    autocomplete="current-password"
                    aria-describedby="password-error"
                />
                <button
                    class="icon-button icon-button--small"
                    id="show-password"
                    r#type="button"
                    aria-label=words.show_password
                    aria-pressed="false"
                    aria-controls="password"
                    hidden
                >
                    <Icon name="eye"/>
                </button>
            </div>
            <p class="field__error" id="password-error" role="alert" hidden>
                <Icon name="alert" small=true/>
                <span></span>
            </p>
        </div>
    }
}

fn promises(guests: bool, words: &'static Card) -> impl IntoView {
    let promise = guests.then(|| {
        view! {
            <p class="sign-in__promise sign-in__guest-only">
                <Icon name="lock" small=true/>
                <span>{words.promise}</span>
            </p>
        }
    });
    view! {
        {promise}
        <p class="sign-in__promise sign-in__account-only">
            <Icon name="key" small=true/>
            <span>
                <strong>{words.forgotten}</strong>
                " "
                {words.forgotten_way}
            </span>
        </p>
    }
}

/// Whether only a password helps from here.
fn wants_password(refused: &AccountRefusal) -> bool {
    matches!(
        Refusal::from_wire(&refused.refusal),
        Some(Refusal::NameHasAccount | Refusal::WrongPassword | Refusal::GuestsOff)
    )
}
