//! Giving a channel to another member.

use chat::UserSid;
use leptos::ev::SubmitEvent;

use crate::components::avatar::{Avatar, Size};
use crate::components::dialog::{Closing, Foot, Modal};
use crate::components::field_error::FieldError;
use crate::components::member_list::MoreMembers;
use crate::live::Live;
use crate::prelude::*;
use crate::store::view::{Head, Key, MemberView};
use crate::store::{Store, store};
use crate::views::{When, list, on};

#[component]
pub fn HandOver(head: Head) -> impl IntoView {
    let store = store();
    let words = &store.wording().hand_over;
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
    let wording = store.wording();
    let words = &wording.hand_over;
    let closing = expect_context::<Closing>();
    let chosen = Live::new(None::<UserSid>);
    let error = Live::new(None::<String>);
    let busy = Live::new(false);
    let others = move || {
        let is_other = |member: &MemberView| !member.you && !member.admin;
        let known = store.members.get().known.into_iter();
        known.filter(is_other).map(Key::Member).collect::<Vec<_>>()
    };
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
        <form on:submit=on(submit)>
            <div class="dialog__body">
                <fieldset class="field">
                    <legend class="field__label">{words.new_admin}</legend>
                    <When holds=move || others().is_empty() && !store.members.get().more>
                        <p class="field__hint">{words.nobody_else}</p>
                    </When>
                    <div class="choice-list">
                        {list(others, move |key| match key {
                            Key::Member(member) => Some(view! { <Choice member chosen error/> }),
                            _ => None,
                        })}
                        <MoreMembers/>
                    </div>
                    <FieldError id="new-admin-error" error/>
                </fieldset>
            </div>
            <Foot stay=wording.common.cancel submit=words.submit submitting=words.submitting busy/>
        </form>
    }
}

#[component]
fn Choice(
    member: MemberView,
    chosen: Live<Option<UserSid>>,
    error: Live<Option<String>>,
) -> impl IntoView {
    let user = member.user;
    let choose = move |_| {
        chosen.set(Some(user));
        error.set(None);
    };
    view! {
        <label class="choice">
            <input class="choice__input" r#type="radio" name="new-admin" on:change=on(choose)/>
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
