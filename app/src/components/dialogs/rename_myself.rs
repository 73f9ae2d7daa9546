//! A name for oneself, beside the one that one signed in with.

use chat::limits;
use leptos::ev::SubmitEvent;

use crate::components::dialog::{Closing, Field, Foot, Modal};
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::views::on;

#[component]
pub fn RenameMyself() -> impl IntoView {
    let store = store();
    let title = store.wording().rename_myself.title;
    view! {
        <Modal title closed=move |()| store.dialog.set(None)>
            <Form/>
        </Modal>
    }
}

#[component]
fn Form() -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let words = &wording.rename_myself;
    let closing = expect_context::<Closing>();
    let name = Live::new(store.myself.with_untracked(|myself| myself.name.clone()));
    let (error, busy) = (Live::new(None), Live::new(false));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        store.rename_myself(name.get_untracked(), move |answered| {
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
                    id="display-name"
                    label=words.name
                    optional=true
                    hint=words.hint
                    value=name
                    error
                    characters_max=limits::LATER_NAME_CHARACTERS_MAX
                    autofocus=true
                    icon="pencil"
                />
            </div>
            <Foot stay=wording.common.cancel submit=words.submit submitting=words.submitting busy/>
        </form>
    }
}
