//! The end of a message, confirmed by a word.

use crate::components::dialog::{Closing, Modal};
use crate::components::field_error::FieldError;
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::MessageView;
use crate::views::{attribute, drawn, on};

#[component]
pub fn DeleteMessage(message: MessageView) -> impl IntoView {
    let store = store();
    let words = &store.wording().delete_message;
    view! {
        <Modal title=words.title lead=words.lead alert=true closed=move |()| store.dialog.set(None)>
            <Ways message/>
        </Modal>
    }
}

#[component]
fn Ways(message: MessageView) -> impl IntoView {
    let store = store();
    let words = &store.wording().delete_message;
    let closing = expect_context::<Closing>();
    let (busy, error) = (Live::new(false), Live::new(None::<String>));
    let delete = move |_: web_sys::MouseEvent| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        store.delete(&message, move |answered| {
            busy.set(false);
            match answered {
                Ok(_) => closing.close(),
                Err(no) => error.set(Some(no.sentence)),
            }
        });
    };
    view! {
        <div class="dialog__body">
            <FieldError id="delete-message-error" error/>
        </div>
        <div class="dialog__foot">
            <button class="button" r#type="button" autofocus on:click=on(move |_| closing.close())>
                {words.keep}
            </button>
            <button
                class="button button--danger"
                r#type="button"
                aria-disabled=attribute(move || busy.get().then_some("true"))
                on:click=on(delete)
            >
                {drawn(move || if busy.get() { words.submitting } else { words.submit })}
            </button>
        </div>
    }
}
