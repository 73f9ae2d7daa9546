//! Signing out while messages are waiting: ask first.

use crate::components::dialog::{Closing, Modal};
use crate::components::field_error::FieldError;
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::views::{When, on};

#[component]
pub fn SignOut(unsent: u64) -> impl IntoView {
    let store = store();
    let words = &store.wording().sign_out;
    view! {
        <Modal
            title=(words.title)(unsent)
            lead=words.lead.to_owned()
            alert=true
            closed=move |()| store.dialog.set(None)
        >
            <Ways/>
        </Modal>
    }
}

#[component]
fn Ways() -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let closing = expect_context::<Closing>();
    let error = Live::new(None);
    let sign_out = move |_| {
        store.discard_unsent();
        store.sign_out(move || error.set(Some(wording.account.sign_out_failed.to_owned())));
    };
    view! {
        <When holds=move || error.with(Option::is_some)>
            <div class="dialog__body">
                <FieldError id="sign-out-error" error/>
            </div>
        </When>
        <div class="dialog__foot">
            <button class="button" r#type="button" autofocus on:click=on(move |_| closing.close())>
                {wording.sign_out.stay}
            </button>
            <button class="button button--danger" r#type="button" on:click=on(sign_out)>
                {wording.sign_out.sign_out}
            </button>
        </div>
    }
}
