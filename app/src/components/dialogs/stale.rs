//! Messages that have waited for more than a day: they go out only by a word.

use crate::components::dialog::{Closing, Modal};
use crate::prelude::*;
use crate::store::store;
use crate::views::on;

#[component]
pub fn Stale(count: u64) -> impl IntoView {
    let store = store();
    let words = &store.wording().stale;
    view! {
        <Modal
            title=(words.title)(count)
            lead=words.lead.to_owned()
            closed=move |()| store.dialog.set(None)
        >
            <Ways/>
        </Modal>
    }
}

#[component]
fn Ways() -> impl IntoView {
    let store = store();
    let words = &store.wording().stale;
    let closing = expect_context::<Closing>();
    let settle = move |send: bool| {
        store.settle_stale(send);
        closing.close();
    };
    view! {
        <div class="dialog__foot">
            <button class="button" r#type="button" on:click=on(move |_| settle(false))>
                {words.discard}
            </button>
            <button
                class="button button--primary"
                r#type="button"
                autofocus
                on:click=on(move |_| settle(true))
            >
                {words.send}
            </button>
        </div>
    }
}
