//! Other names for a channel: the one for people, and its address.

use chat::limits;
use leptos::ev::SubmitEvent;

use crate::browser::dom;
use crate::components::dialog::{Closing, Field, Foot, Modal, Switch};
use crate::components::dialogs::create_channel::is_about_address;
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
    let (name, name_error) = (Live::new(head.name.clone()), Live::new(None));
    let (address, address_error) = (Live::new(head.address.clone()), Live::new(None));
    let (busy, private) = (Live::new(false), Live::new(false));
    let (is_general, may_hide) = (head.is_general, !head.private && !head.is_general);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let wished = address.get_untracked();
        let wished = Some(wished.trim()).filter(|address| *address != head.address);
        let private = private.get_untracked();
        store.rename_channel(
            head.channel,
            &name.get_untracked(),
            wished,
            private,
            move |answered| {
                busy.set(false);
                match answered {
                    Ok(_) => closing.close(),
                    Err(no) if is_about_address(no.refusal) => {
                        address_error.set(Some(no.sentence));
                        dom::focus("channel-address");
                    }
                    Err(no) => {
                        name_error.set(Some(no.sentence));
                        dom::focus("channel-name");
                    }
                }
            },
        );
    };
    view! {
        <form on:submit=on(submit)>
            <div class="dialog__body">
                <Field
                    id="channel-name"
                    label=words.name
                    value=name
                    error=name_error
                    characters_max=limits::LATER_NAME_CHARACTERS_MAX
                    autofocus=true
                />
                {(!is_general).then(|| view! {
                    <Field
                        id="channel-address"
                        label=wording.create.address
                        optional=true
                        hint=wording.create.address_hint
                        value=address
                        error=address_error
                        characters_max=limits::LATER_NAME_CHARACTERS_MAX
                    />
                })}
                {may_hide.then(|| view! {
                    <Switch label=words.private hint=words.private_hint checked=private/>
                })}
            </div>
            <Foot stay=wording.common.cancel submit=words.submit submitting=words.submitting busy/>
        </form>
    }
}
