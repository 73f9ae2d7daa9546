//! The box to write in, and what is to go along. Enter sends, Shift and Enter break the line, and
//! an Enter that confirms an input method never sends.

use chat::{Body, ChannelSid};
use leptos::ev::{ClipboardEvent, KeyboardEvent, SubmitEvent};
use leptos::html::{Input, Textarea};

use crate::browser::{dom, early, files};
use crate::components::field_error::FieldError;
use crate::components::writing::{grow, sends};
use crate::icons::Icon;
use crate::later::later;
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
    let words_of_files = &store.wording().files;
    let input = NodeRef::<Textarea>::new();
    let length = Live::new(0_usize);
    let blank = Live::new(true);
    let picker = NodeRef::<Input>::new();
    let error = store.not_written;
    error.set(None);
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
        match store.send(channel, &text) {
            Ok(()) => {
                input.set_value("");
                store.keep_draft(channel, "");
                measure("");
                grow(&input);
            }
            Err(sentence) => error.set(Some(sentence)),
        }
    };
    let pasted = move |event: ClipboardEvent| {
        let files = files::pasted(&event);
        if !files.is_empty() {
            event.prevent_default();
            store.choose(files);
        }
    };
    let pick = move |_: web_sys::Event| {
        if let Some(picker) = picker.get_untracked() {
            store.choose(files::taken_from(&picker));
        }
    };
    let open_picker = move || {
        if let Some(picker) = picker.get_untracked() {
            picker.click();
        }
    };
    let may_attach = move || store.head.with(|head| head.as_ref().is_some_and(|it| it.may_attach));
    let is_idle = move || (blank.get() && !store.has_chosen(channel)) || left() < 0;
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

    // What was written before stays, should it be permitted again.
    let may_write = move || {
        store.head.with(|head| head.as_ref().is_none_or(|head| head.may_write || head.may_attach))
    };
    view! {
        <When holds=move || !may_write()>
            <div class="composer">
                <p class="composer__closed">{words.read_only}</p>
            </div>
        </When>
        <form
            class="composer"
            hidden=attribute(move || (!may_write()).then_some(""))
            on:submit=on(submit)
        >
            <FieldError id="composer-error" error/>
            <When holds=move || store.has_chosen(channel)>
                {later(move |later| (later.tray)(channel))}
            </When>
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
                        on:paste=on(pasted)
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
                    <When holds=may_attach>
                        <input r#type="file" multiple=true hidden=true node_ref=picker on:change=on(pick)/>
                        <button
                            class="icon-button composer__attach"
                            r#type="button"
                            aria-label=words_of_files.attach
                            on:click=on(move |_| open_picker())
                        >
                            <Icon name="attach"/>
                        </button>
                    </When>
                    <button
                        class="composer__send"
                        r#type="submit"
                        aria-label=words.send
                        aria-disabled=attribute(move || is_idle().then_some("true"))
                    >
                        <Icon name="send"/>
                    </button>
                </div>
            </div>
        </form>
    }
}
