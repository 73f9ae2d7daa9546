//! Asking somebody to join, by name; one after the other.

use leptos::ev::SubmitEvent;

use crate::browser::dom;
use crate::components::dialog::{Field, Foot, Modal, Switch};
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::Head;
use crate::views::{drawn, on};

#[component]
pub fn Invite(head: Head) -> impl IntoView {
    let store = store();
    let words = &store.wording().invite;
    let title = (words.title)(&head.name);
    view! {
        <Modal title lead=words.lead.to_owned() closed=move |()| store.dialog.set(None)>
            <Form head/>
        </Modal>
    }
}

#[component]
fn Form(head: Head) -> impl IntoView {
    let store = store();
    let words = &store.wording().invite;
    let (name, error) = (Live::new(String::new()), Live::new(None));
    let (busy, done) = (Live::new(false), Live::new(String::new()));
    let at_once = Live::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let wished = name.get_untracked();
        if wished.trim().is_empty() {
            error.set(Some(words.nobody.to_owned()));
            return;
        }
        busy.set(true);
        done.set(String::new());
        let at_once = at_once.get_untracked();
        store.invite(head.channel, &wished.clone(), at_once, move |answered| {
            busy.set(false);
            match answered {
                Ok(_) => {
                    name.set(String::new());
                    let said = if at_once { words.added } else { words.done };
                    done.set(said(wished.trim()));
                    dom::focus("invite-name");
                }
                Err(no) => error.set(Some(no.sentence)),
            }
        });
    };
    view! {
        <form on:submit=on(submit)>
            <div class="dialog__body">
                <Field id="invite-name" label=words.name value=name error autofocus=true icon="people"/>
                {head.may_add.then(|| view! {
                    <Switch label=words.at_once hint=words.at_once_hint checked=at_once/>
                })}
                <p class="field__hint" role="status">
                    {drawn(move || done.get())}
                </p>
            </div>
            <Foot stay=words.close submit=words.submit submitting=words.submitting busy/>
        </form>
    }
}
