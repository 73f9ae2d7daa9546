//! A message's text, to be changed in its place. Enter saves, Escape leaves it as it was.

use leptos::ev::KeyboardEvent;
use leptos::html::{P, Textarea};
use web_sys::Element;

use crate::browser::dom;
use crate::components::field_error::FieldError;
use crate::components::writing::{composes, grow, sends};
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::RowView;
use crate::views::{attribute, drawn, follow, on};

#[component]
pub fn Editor(row: Live<RowView>) -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let words = &wording.message;
    let (input, foot) = (NodeRef::<Textarea>::new(), NodeRef::<P>::new());
    let error = Live::new(None::<String>);
    let is_saving = Live::new(false);
    let RowView::Message(before) = row.get_untracked() else { return ().into_any() };
    let key = before.key;
    let before = StoredValue::new(before.body);

    follow(move || {
        if let Some(input) = input.get() {
            let text = before.get_value();
            input.set_value(&text);
            grow(&input);
            let _ = input.focus();
            let end = text.encode_utf16().count() as u32;
            let _ = input.set_selection_range(end, end);
            // Its buttons, too, have to be in sight.
            if let (Some(foot), Some(list)) = (foot.get(), dom::by_id::<Element>("message-list"))
                && list.get_bounding_client_rect().bottom()
                    < foot.get_bounding_client_rect().bottom()
            {
                foot.scroll_into_view_with_bool(false);
            }
        }
    });
    // When an answer comes late, another message may be edited by now.
    let is_open = move || store.editing.get_untracked() == Some(key);
    let close = move || {
        if is_open() {
            store.editing.set(None);
            dom::focus("composer");
        }
    };
    let save = move || {
        let Some(input) = input.get_untracked().filter(|_| !is_saving.get_untracked()) else {
            return;
        };
        let text = input.value();
        if text.trim() == before.get_value() {
            return close();
        }
        let RowView::Message(message) = row.get_untracked() else { return };
        is_saving.set(true);
        store.edit(&message, &text, move |answered| {
            is_saving.set(false);
            match answered {
                Ok(_) => close(),
                Err(no) if is_open() => error.set(Some(no.sentence)),
                Err(no) => store.complain(no.sentence),
            }
        });
    };
    let keydown = move |event: KeyboardEvent| {
        if sends(&event) {
            event.prevent_default();
            save();
        } else if event.key() == "Escape" && !composes(&event) {
            event.prevent_default();
            close();
        }
    };
    let typed = move |_: web_sys::Event| {
        error.set(None);
        if let Some(input) = input.get_untracked() {
            grow(&input);
        }
    };

    view! {
        <div class="composer__box message-row__editor">
            <div class="composer__row">
                <textarea
                    class="composer__input"
                    rows="1"
                    dir="auto"
                    aria-label=words.edit
                    aria-describedby="edit-error"
                    aria-invalid=attribute(move || error.with(Option::is_some).then_some("true"))
                    node_ref=input
                    on:input=on(typed)
                    on:keydown=on(keydown)
                ></textarea>
            </div>
        </div>
        <FieldError id="edit-error" error/>
        <p class="message-row__editor-foot" node_ref=foot>
            <button
                class="button button--small button--primary"
                r#type="button"
                aria-disabled=attribute(move || is_saving.get().then_some("true"))
                on:click=on(move |_| save())
            >
                {drawn(move || if is_saving.get() { words.saving } else { words.save })}
            </button>
            <button class="button button--small" r#type="button" on:click=on(move |_| close())>
                {wording.common.cancel}
            </button>
        </p>
    }
    .into_any()
}
