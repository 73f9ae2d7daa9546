//! Making a channel: a name, and under "More" an address.

use chat::protocol::Accepted;
use chat::{Refusal, limits};
use leptos::ev::SubmitEvent;

use crate::browser::dom;
use crate::components::dialog::{Closing, Field, Foot, Modal};
use crate::icons::Icon;
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::views::{on, property};

#[component]
pub fn CreateChannel() -> impl IntoView {
    let store = store();
    let words = &store.wording().create;
    view! {
        <Modal title=words.title closed=move |()| store.dialog.set(None)>
            <Form/>
        </Modal>
    }
}

#[component]
fn Form() -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let words = &wording.create;
    let closing = expect_context::<Closing>();
    let (name, name_error) = (Live::new(String::new()), Live::new(None));
    let (address, address_error) = (Live::new(String::new()), Live::new(None));
    let busy = Live::new(false);
    let shows_more = Live::new(false);
    let private = Live::new(false);

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let wished = address.get_untracked();
        let wished = Some(wished.trim()).filter(|address| !address.is_empty());
        let private = private.get_untracked();
        store.create_channel(&name.get_untracked(), wished, private, move |answered| {
            busy.set(false);
            match answered {
                Ok(Accepted::Created(created)) => {
                    closing.close();
                    store.go_to_channel(created.channel);
                }
                Ok(_) => closing.close(),
                Err(no) if is_about_address(no.refusal) => {
                    shows_more.set(true);
                    address_error.set(Some(no.sentence));
                    dom::focus("channel-address");
                }
                Err(no) => {
                    name_error.set(Some(no.sentence));
                    dom::focus("channel-name");
                }
            }
        });
    };

    view! {
        <form on:submit=on(submit)>
            <div class="dialog__body">
                <Field
                    id="channel-name"
                    label=words.name
                    hint=words.name_hint
                    value=name
                    error=name_error
                    characters_max=limits::NAME_OF_CHANNEL_CHARACTERS_MAX
                    autofocus=true
                />
                <fieldset class="field">
                    <legend class="field__label">{words.visibility}</legend>
                    <Visibility icon="hash" label=words.public hint=words.public_hint is_private=false private/>
                    <Visibility icon="lock" label=words.private hint=words.private_hint is_private=true private/>
                </fieldset>
                <details class="field-more" prop:open=property(move || shows_more.get())>
                    <summary class="field-more__summary">{words.more}</summary>
                    <Field
                        id="channel-address"
                        label=words.address
                        optional=true
                        hint=words.address_hint
                        value=address
                        error=address_error
                        characters_max=limits::NAME_OF_CHANNEL_CHARACTERS_MAX
                    />
                </details>
            </div>
            <Foot stay=wording.common.cancel submit=words.submit submitting=words.submitting busy/>
        </form>
    }
}

#[component]
fn Visibility(
    icon: &'static str,
    label: &'static str,
    hint: &'static str,
    is_private: bool,
    private: Live<bool>,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input
                class="choice__input"
                r#type="radio"
                name="visibility"
                prop:checked=property(move || private.get() == is_private)
                on:change=on(move |_| private.set(is_private))
            />
            <span class="choice__label">
                <Icon name=icon small=true/>
                {label}
            </span>
            <span class="choice__hint">{hint}</span>
        </label>
    }
}

/// Whether the address was refused, and not the name.
pub(super) fn is_about_address(refusal: Option<Refusal>) -> bool {
    matches!(
        refusal,
        Some(
            Refusal::UniqueNameInvalid
                | Refusal::UniqueNameTooLong
                | Refusal::UniqueNameLikeSid
                | Refusal::UniqueNameTaken
        )
    )
}
