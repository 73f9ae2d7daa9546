//! The box to write in. Enter sends, Shift and Enter break the line, and an Enter that confirms an
//! input method never sends.

use chat::{Body, ChannelSid};
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html::Textarea;
use leptos::prelude::*;
use web_sys::HtmlTextAreaElement;

use crate::browser::{dom, early};
use crate::icons::Icon;
use crate::live::{When, drawn, follow, live, on};
use crate::signal::Live;
use crate::store::store;

/// From so many bytes left on, the composer says how many.
const LEFT_SHOWN: i64 = 1_000;

#[component]
pub fn Composer(channel: ChannelSid) -> impl IntoView {
    let store = store();
    let words = &store.wording().composer;
    let input = NodeRef::<Textarea>::new();
    let length = Live::new(0_usize);
    let blank = Live::new(true);
    let error = Live::new(None::<String>);
    let left = move || Body::BYTES_MAX as i64 - length.get() as i64;

    let measure = move |text: &str| {
        length.set(text.trim().len());
        blank.set(text.trim().is_empty());
        error.set(None);
    };
    follow(move || {
        if let Some(input) = input.get() {
            let draft = early::take().unwrap_or_else(|| store.draft(channel));
            input.set_value(&draft);
            store.keep_draft(channel, &draft);
            measure(&draft);
            grow(&input);
            if store.take_wish_for_focus() && !dom::matches("(pointer: coarse)") {
                let _ = input.focus();
            }
        }
    });
    let typed = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let text = input.value();
        measure(&text);
        store.keep_draft(channel, &text);
        if !text.is_empty() {
            store.composing(channel);
        }
        grow(&input);
    };
    let send = move || {
        let Some(input) = input.get_untracked() else { return };
        let text = input.value();
        if text.trim().is_empty() {
            return;
        }
        match store.post(channel, &text) {
            Ok(()) => {
                input.set_value("");
                store.keep_draft(channel, "");
                measure("");
                grow(&input);
            }
            Err(sentence) => error.set(Some(sentence)),
        }
    };
    let keydown = move |event: KeyboardEvent| {
        if sends(&event.key(), event.shift_key(), event.is_composing(), event.key_code()) {
            event.prevent_default();
            send();
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
        if let Some(input) = input.get_untracked() {
            let _ = input.focus();
        }
    };
    let name = move || store.head.with(|head| head.as_ref().map(|head| head.name.clone()));
    let named = move |sentence: fn(&str) -> String| {
        name().map_or_else(|| words.first.to_owned(), |name| sentence(&name))
    };

    view! {
        <form class="composer" on:submit=on(submit)>
            <p class="field__error" id="composer-error" role="alert">
                {drawn(move || error.get().map(|sentence| view! {
                    <Icon name="alert" small=true/>
                    <span>{sentence}</span>
                }))}
            </p>
            <div class="composer__box">
                <div class="composer__row">
                    <textarea
                        class="composer__input"
                        id="composer"
                        rows="1"
                        dir="auto"
                        aria-label=live(move || named(words.label))
                        aria-describedby="composer-error composer-left"
                        aria-invalid=live(move || (left() < 0).then_some("true"))
                        placeholder=live(move || named(words.placeholder))
                        node_ref=input
                        on:input=on(typed)
                        on:keydown=on(keydown)
                    ></textarea>
                    <When holds=move || left() < LEFT_SHOWN>
                        <span
                            class=live(move || match left() {
                                0.. => "composer__left",
                                _ => "composer__left composer__left--over",
                            })
                            id="composer-left"
                            role="status"
                        >
                            {drawn(move || if left() < 0 { words.too_long } else { words.nearly_too_long })}
                            " "
                            {left}
                        </span>
                    </When>
                    <button
                        class="composer__send"
                        r#type="submit"
                        aria-label=words.send
                        aria-disabled=live(move || (blank.get() || left() < 0).then_some("true"))
                    >
                        <Icon name="send"/>
                    </button>
                </div>
            </div>
        </form>
    }
}

/// Whether a key sends. An input method that is composing keeps its Enter: some browsers say so by
/// the flag, others by the key code 229.
fn sends(key: &str, shift: bool, is_composing: bool, key_code: u32) -> bool {
    key == "Enter" && !shift && !is_composing && key_code != 229
}

/// Grows with its text, where the browser does not do so by itself.
fn grow(input: &HtmlTextAreaElement) {
    if dom::grows_fields() {
        return;
    }
    let style = web_sys::HtmlElement::style(input);
    let _ = style.set_property("block-size", "auto");
    let _ = style.set_property("block-size", &format!("{}px", input.scroll_height()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enter_sends_and_shift_enter_breaks_the_line() {
        assert!(sends("Enter", false, false, 13));
        assert!(!sends("Enter", true, false, 13));
        assert!(!sends("a", false, false, 65));
    }

    #[test]
    fn enter_that_confirms_an_input_method_never_sends() {
        assert!(!sends("Enter", false, true, 13));
        assert!(!sends("Enter", false, false, 229));
        assert!(!sends("Enter", false, true, 229));
    }
}
