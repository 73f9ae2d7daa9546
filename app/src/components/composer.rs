//! The box to write in. Enter sends, Shift and Enter break the line, and an Enter that confirms an
//! input method never sends.

use chat::{Body, ChannelSid};
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html::Textarea;

use crate::browser::{dom, early};
use crate::components::field_error::FieldError;
use crate::components::writing::{grow, sends};
use crate::icons::Icon;
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::views::{When, attribute, drawn, follow, on};

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
    let is_empty = move || input.get_untracked().is_some_and(|input| input.value().is_empty());
    let keydown = move |event: KeyboardEvent| {
        if sends(&event) {
            event.prevent_default();
            send();
        } else if event.key() == "ArrowUp" && is_empty() && store.edit_last(channel) {
            event.prevent_default();
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
            <FieldError id="composer-error" error/>
            <div class="composer__box">
                <div class="composer__row">
                    <textarea
                        class="composer__input"
                        id="composer"
                        rows="1"
                        dir="auto"
                        aria-label=attribute(move || named(words.label))
                        aria-describedby="composer-error composer-left"
                        aria-invalid=attribute(move || (left() < 0).then_some("true"))
                        placeholder=attribute(move || named(words.placeholder))
                        node_ref=input
                        on:input=on(typed)
                        on:keydown=on(keydown)
                    ></textarea>
                    <When holds=move || left() < LEFT_SHOWN>
                        <span
                            class=attribute(move || match left() {
                                0.. => "composer__left",
                                _ => "composer__left composer__left--over",
                            })
                            id="composer-left"
                            role="status"
                        >
                            {drawn(move || if left() < 0 { words.too_long } else { words.nearly_too_long })}
                            " "
                            {drawn(left)}
                        </span>
                    </When>
                    <button
                        class="composer__send"
                        r#type="submit"
                        aria-label=words.send
                        aria-disabled=attribute(move || (blank.get() || left() < 0).then_some("true"))
                    >
                        <Icon name="send"/>
                    </button>
                </div>
            </div>
        </form>
    }
}
