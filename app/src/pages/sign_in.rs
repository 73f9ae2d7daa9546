//! The sign-in card. The server wrote it, and it works without us; here it is adopted: it answers
//! without a reload, and what was typed stays.

use chat::{Identity, Refusal};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, HtmlButtonElement, HtmlElement, HtmlFormElement, HtmlInputElement};

use crate::account::{self, AccountRefusal, Credentials};
use crate::browser::{dom, preferences, storage};
use crate::sentences::refused_sign_in;
use crate::store::farewell::{self, Farewell};
use crate::wording::Wording;

const TYPED_NAME: &str = "yoriai-typed-name";

/// Adopts the card that is on the page. Says whether there is one.
pub(crate) fn adopt(signed_in: impl Fn(Identity) + Copy + 'static) -> bool {
    let Some(form) = dom::by_id::<HtmlFormElement>("sign-in-form") else { return false };
    tell_why();
    keep_name_over_language_switch();
    adopt_password_button();
    dom::listen(&form, "submit", move |event: Event| {
        event.prevent_default();
        submit(signed_in);
    });
    // The suggestion is a button of a form of its own, so that it works without us.
    if let Some(suggestion) = dom::by_id::<HtmlElement>("name-suggestions") {
        dom::listen(&suggestion, "click", move |event: Event| {
            event.prevent_default();
            let chosen = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
            let name = chosen.and_then(|chosen| chosen.text_content()).unwrap_or_default();
            if let Some(field) = name_field() {
                field.set_value(&name);
                submit(signed_in);
            }
        });
    }
    true
}

fn wording() -> &'static Wording {
    preferences::language().wording()
}

fn name_field() -> Option<HtmlInputElement> {
    dom::by_id("name")
}

fn submit(signed_in: impl Fn(Identity) + Copy + 'static) {
    let Some(field) = name_field() else { return };
    let name = field.value();
    let as_account = wants_account();
    let password = dom::by_id::<HtmlInputElement>("password").map(|field| field.value());
    clear_errors();

    let normal = js_sys::JsString::from(name.as_str()).normalize("NFKC");
    if let Err(refusal) = Identity::parse_chosen(&String::from(normal)) {
        let refused = AccountRefusal { refusal: refusal.to_wire(), suggestion: None };
        return show_refusal(&refused, &name);
    }
    if as_account && password.as_ref().is_none_or(String::is_empty) {
        return show_error("password", wording().sign_in.password_missing);
    }
    if set_busy(true) {
        return;
    }
    let password = password.filter(|_| as_account);
    spawn_local(async move {
        let answer = account::sign_in(Credentials { name: name.clone(), password }).await;
        set_busy(false);
        match answer {
            Ok(Ok(identity)) => signed_in(identity),
            Ok(Err(refused)) => show_refusal(&refused, &name),
            Err(_) => show_error("name", wording().common.no_answer),
        }
    });
}

fn wants_account() -> bool {
    let chosen =
        dom::document().query_selector("input[name=way]:checked, input[name=way][type=hidden]");
    let chosen =
        chosen.ok().flatten().and_then(|chosen| chosen.dyn_into::<HtmlInputElement>().ok());
    chosen.is_some_and(|chosen| chosen.value() == "account")
}

fn show_refusal(refused: &AccountRefusal, name: &str) {
    let sentence = refused_sign_in(wording(), refused, name);
    match Refusal::from_wire(&refused.refusal) {
        Some(Refusal::WrongPassword) => show_error("password", &sentence),
        Some(Refusal::NameHasAccount) => {
            choose_account();
            show_error("password", &sentence);
        }
        _ => show_error("name", &sentence),
    }
    let suggestion = refused.suggestion.as_deref();
    dom::set_hidden("name-suggestions", suggestion.is_none());
    let button = dom::document().query_selector("#name-suggestions button").ok().flatten();
    if let (Some(button), Some(suggestion)) = (button, suggestion) {
        button.set_text_content(Some(suggestion));
        let _ = button.set_attribute("aria-label", &(wording().sign_in.use_name)(suggestion));
    }
}

fn choose_account() {
    let account = dom::document().query_selector("input[data-way=account]").ok().flatten();
    if let Some(account) = account.and_then(|way| way.dyn_into::<HtmlInputElement>().ok()) {
        account.set_checked(true);
    }
}

fn show_error(field: &str, sentence: &str) {
    let error = format!("{field}-error");
    if let Some(text) = dom::by_id::<Element>(&error).and_then(|error| error.last_element_child()) {
        text.set_text_content(Some(sentence));
    }
    dom::set_hidden(&error, false);
    if let Some(field) = dom::by_id::<HtmlInputElement>(field) {
        let _ = field.set_attribute("aria-invalid", "true");
        let _ = field.focus();
    }
}

fn clear_errors() {
    for field in ["name", "password"] {
        dom::set_hidden(&format!("{field}-error"), true);
        if let Some(field) = dom::by_id::<HtmlInputElement>(field) {
            let _ = field.remove_attribute("aria-invalid");
        }
    }
    dom::set_hidden("name-suggestions", true);
}

/// Marks the button while the server is asked. Says whether it was marked already.
fn set_busy(busy: bool) -> bool {
    let Some(button) = dom::by_id::<HtmlButtonElement>("sign-in-submit") else { return false };
    let was_busy = button.get_attribute("aria-disabled").is_some();
    if busy {
        let _ = button.set_attribute("aria-disabled", "true");
    } else {
        let _ = button.remove_attribute("aria-disabled");
    }
    was_busy && busy
}

/// Says why somebody who was in the chat is back here.
fn tell_why() {
    let Some((farewell, name)) = farewell::take() else { return };
    let words = &wording().sign_in;
    let sentence = match farewell {
        Farewell::SignedOut => words.told_signed_out.to_owned(),
        Farewell::SessionEnded => words.told_session_ended.to_owned(),
        Farewell::NameTaken => (words.told_name_taken_by_key)(&name),
    };
    let text = dom::by_id::<Element>("sign-in-told").and_then(|told| told.last_element_child());
    if let Some(text) = text {
        text.set_text_content(Some(&sentence));
        dom::set_hidden("sign-in-told", false);
    }
}

/// The switch loads the card again in the other language; the name that was typed comes along.
fn keep_name_over_language_switch() {
    if let (Some(field), Some(name)) = (name_field(), storage::take_from_tab(TYPED_NAME))
        && field.value().is_empty()
    {
        field.set_value(&name);
    }
    if let Some(switch) = dom::by_id::<HtmlFormElement>("language-switch") {
        dom::listen(&switch, "submit", |_: Event| {
            if let Some(field) = name_field() {
                storage::keep_in_tab(TYPED_NAME, &field.value());
            }
        });
    }
}

/// Showing a password needs us, so the button comes with us.
fn adopt_password_button() {
    let Some(button) = dom::by_id::<HtmlButtonElement>("show-password") else { return };
    button.set_hidden(false);
    let pressed = button.clone();
    dom::listen(&button, "click", move |_: Event| {
        let Some(field) = dom::by_id::<HtmlInputElement>("password") else { return };
        let shows = field.type_() == "password";
        field.set_type(if shows { "text" } else { "password" });
        let _ = pressed.set_attribute("aria-pressed", &shows.to_string());
    });
}
