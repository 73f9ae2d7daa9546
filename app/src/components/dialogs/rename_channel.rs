//! Another name for a channel. Its address stays.

use chat::limits;
use leptos::ev::SubmitEvent;

use crate::components::dialog::{Closing, Field, Foot, Modal};
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::Head;
use crate::views::on;

#[component]
pub fn RenameChannel(head: Head) -> impl IntoView {
    let store = store();
    let title = (store.wording().rename.title)(&head.name);
    view! {
        <Modal title closed=move |()| store.dialog.set(None)>
            <Form head/>
        </Modal>
    }
}

#[component]
fn Form(head: Head) -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let words = &wording.rename;
    let closing = expect_context::<Closing>();
    let (name, error) = (Live::new(head.name.clone()), Live::new(None));
    let busy = Live::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        store.rename_channel(head.channel, &name.get_untracked(), move |answered| {
            busy.set(false);
            match answered {
                Ok(_) => closing.close(),
                Err(no) => error.set(Some(no.sentence)),
            }
        });
    };
    view! {
        <form on:submit=on(submit)>
            <div class="dialog__body">
                <Field
                    id="channel-name"
                    label=words.name
                    value=name
                    error
                    characters_max=limits::NAME_OF_CHANNEL_CHARACTERS_MAX
                    autofocus=true
                />
            </div>
            <Foot stay=wording.common.cancel submit=words.submit submitting=words.submitting busy/>
        </form>
    }
}
