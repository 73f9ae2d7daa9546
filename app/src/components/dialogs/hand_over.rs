//! Giving a channel to another member.

use chat::UserSid;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::components::avatar::{Avatar, Size};
use crate::components::dialog::{Closing, Foot, Modal};
use crate::icons::Icon;
use crate::store::view::{Head, MemberView};
use crate::store::{Store, store};

#[component]
pub fn HandOver(head: Head) -> impl IntoView {
    let store = store();
    let words = &store.wording().hand_over;
    let title = (words.title)(&head.name);
    view! {
        <Modal title lead=words.lead.to_owned() closed=move || store.dialog.set(None)>
            <Form head/>
        </Modal>
    }
}

#[component]
fn Form(head: Head) -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let words = &wording.hand_over;
    let closing = expect_context::<Closing>();
    let chosen = RwSignal::new(None::<UserSid>);
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let others = move || {
        let is_other = |member: &MemberView| !member.you && !member.admin;
        store
            .members
            .with(|members| members.known.iter().filter(|m| is_other(m)).cloned().collect())
    };
    let nobody = Memo::new(move |_| {
        let others: Vec<MemberView> = others();
        others.is_empty()
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(to) = chosen.get_untracked().filter(|_| !busy.get_untracked()) else {
            error.set(Some(words.nobody_chosen.to_owned()));
            return;
        };
        busy.set(true);
        store.hand_over(head.channel, to, move |answered| {
            busy.set(false);
            match answered {
                Ok(_) => {
                    store.murmured.set(sentence_of(store, to, words.done));
                    closing.close();
                }
                Err(no) => error.set(Some(no.sentence)),
            }
        });
    };
    view! {
        <form on:submit=submit>
            <div class="dialog__body">
                <fieldset class="field">
                    <legend class="field__label">{words.new_admin}</legend>
                    <Show when=move || nobody.get()>
                        <p class="field__hint">{words.nobody_else}</p>
                    </Show>
                    <div class="choice-list">
                        <For
                            each=others
                            key=|member| member.user
                            children=move |member| view! { <Choice member chosen error/> }
                        />
                    </div>
                    <p class="field__error" role="alert">
                        {move || error.get().map(|sentence| view! {
                            <Icon name="alert" small=true/>
                            <span>{sentence}</span>
                        })}
                    </p>
                </fieldset>
            </div>
            <Foot stay=wording.common.cancel submit=words.submit submitting=words.submitting busy/>
        </form>
    }
}

#[component]
fn Choice(
    member: MemberView,
    chosen: RwSignal<Option<UserSid>>,
    error: RwSignal<Option<String>>,
) -> impl IntoView {
    let user = member.user;
    let choose = move |_| {
        chosen.set(Some(user));
        error.set(None);
    };
    view! {
        <label class="choice">
            <input class="choice__input" r#type="radio" name="new-admin" on:change=choose/>
            <span class="choice__label">
                <Avatar identity=member.identity.clone() size=Size::Medium you=false/>
                <bdi>{member.identity.to_string()}</bdi>
            </span>
        </label>
    }
}

fn sentence_of(store: Store, user: UserSid, ending: &str) -> String {
    let name = store.members.with_untracked(|members| {
        let member = members.known.iter().find(|member| member.user == user);
        member.map(|member| member.identity.to_string())
    });
    format!("{}{ending}", name.unwrap_or_default())
}
