//! What cannot be undone, confirmed by a word: the end of a message, or of a membership.

use chat::ChannelSid;

use crate::components::dialog::{Closing, Modal};
use crate::components::field_error::FieldError;
use crate::live::Live;
use crate::prelude::*;
use crate::store::actions::Answered;
use crate::store::store;
use crate::store::view::{MemberView, MessageView};
use crate::views::{When, attribute, drawn, on};
use crate::wording::Confirm;

#[component]
pub fn DeleteMessage(channel: ChannelSid, message: MessageView) -> impl IntoView {
    let store = store();
    let words = &store.wording().delete_message;
    let title = (words.title)(message.author.as_str());
    let delete = move |answered: Callback<Answered>| {
        store.delete(channel, &message, move |answer| answered.run(answer));
    };
    confirm(title, words, Callback::new(delete))
}

#[component]
pub fn RemoveMember(channel: ChannelSid, member: MemberView) -> impl IntoView {
    let store = store();
    let words = &store.wording().remove_member;
    let remove = move |answered: Callback<Answered>| {
        store.remove(channel, member.user, move |answer| answered.run(answer));
    };
    let title = (words.title)(member.identity.as_str());
    confirm(title, words, Callback::new(remove))
}

fn confirm(
    title: String,
    words: &'static Confirm,
    act: Callback<Callback<Answered>>,
) -> impl IntoView {
    let closed = move |()| store().dialog.set(None);
    view! {
        <Modal title lead=words.lead.to_owned() alert=true closed>
            <Ways words act/>
        </Modal>
    }
}

#[component]
fn Ways(words: &'static Confirm, act: Callback<Callback<Answered>>) -> impl IntoView {
    let closing = expect_context::<Closing>();
    let (busy, error) = (Live::new(false), Live::new(None::<String>));
    let answered = Callback::new(move |answer: Answered| {
        busy.set(false);
        match answer {
            Ok(_) => closing.close(),
            Err(no) => error.set(Some(no.sentence)),
        }
    });
    let go = move |_: web_sys::MouseEvent| {
        if !busy.get_untracked() {
            busy.set(true);
            act.run(answered);
        }
    };
    view! {
        <When holds=move || error.with(Option::is_some)>
            <div class="dialog__body">
                <FieldError id="confirm-error" error/>
            </div>
        </When>
        <div class="dialog__foot">
            <button class="button" r#type="button" autofocus on:click=on(move |_| closing.close())>
                {words.keep}
            </button>
            <button
                class="button button--danger"
                r#type="button"
                aria-disabled=attribute(move || busy.get().then_some("true"))
                on:click=on(go)
            >
                {drawn(move || if busy.get() { words.submitting } else { words.submit })}
            </button>
        </div>
    }
}
