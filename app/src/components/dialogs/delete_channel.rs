//! The end of a channel, confirmed by typing its name.

use leptos::ev::SubmitEvent;

use crate::components::dialog::{Closing, Field, Foot, Modal};
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::Head;
use crate::views::on;

#[component]
pub fn DeleteChannel(head: Head) -> impl IntoView {
    let store = store();
    let words = &store.wording().delete;
    let title = (words.title)(&head.name);
    let lead = (words.lead)(head.messages, head.members);
    view! {
        <Modal title lead alert=true closed=move |()| store.dialog.set(None)>
            <Form head/>
        </Modal>
    }
}

#[component]
fn Form(head: Head) -> impl IntoView {
    let store = store();
    let words = &store.wording().delete;
    let closing = expect_context::<Closing>();
    let (name, error) = (Live::new(String::new()), Live::new(None));
    let busy = Live::new(false);
    let channel_name = head.name.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        if !is_same_name(&name.get_untracked(), &channel_name) {
            error.set(Some(words.not_its_name.to_owned()));
            return;
        }
        busy.set(true);
        store.delete_channel(head.channel, move |answered| {
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
                <Field id="delete-name" label=words.type_its_name value=name error autofocus=true/>
            </div>
            <Foot stay=words.keep submit=words.submit submitting=words.submitting danger=true busy/>
        </form>
    }
}

/// A name is the same without the space around it; anything else must be as it is.
fn is_same_name(typed: &str, name: &str) -> bool {
    typed.trim() == name.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_channels_own_name_confirms() {
        assert!(is_same_name(" Lantern workshop ", "Lantern workshop"));
        assert!(!is_same_name("lantern workshop", "Lantern workshop"));
        assert!(!is_same_name("", "Lantern workshop"));
    }
}
