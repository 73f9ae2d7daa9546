//! Which dialog is open: one that a person asked for, or what happened meanwhile.

pub mod blocked;
pub mod confirm;
pub mod create_channel;
pub mod delete_channel;
pub mod hand_over;
pub mod invite;
pub mod picture;
pub mod rename_channel;
pub mod rename_myself;
pub mod sign_out;
pub mod stale;
pub mod told;

use self::blocked::Blocked;
use self::confirm::{DeleteMessage, RemoveMember};
use self::create_channel::CreateChannel;
use self::delete_channel::DeleteChannel;
use self::hand_over::HandOver;
use self::invite::Invite;
use self::picture::Picture;
use self::rename_channel::RenameChannel;
use self::rename_myself::RenameMyself;
use self::sign_out::SignOut;
use self::stale::Stale;
use self::told::ToldDialog;
use crate::later::later;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::{Dialog, Key, Told};
use crate::views::{drawn, list};

#[component]
pub fn Dialogs() -> impl IntoView {
    let store = store();
    let told = move || {
        let is_free = store.dialog.get().is_none();
        let told = store.told.get();
        told.first().filter(|_| is_free).map(|told| Key::Told(told.number)).into_iter().collect()
    };
    view! {
        {drawn(move || {
            let dialog = store.dialog.get()?;
            Some(later(move |later| (later.dialog)(dialog.clone())))
        })}
        {list(told, move |key| {
            let told = store.told.get_untracked();
            let told = told.into_iter().find(|told| Key::Told(told.number) == key)?;
            Some(later(move |later| (later.told)(told.clone())))
        })}
    }
}

pub(crate) fn asked_for(dialog: Dialog) -> AnyView {
    match dialog {
        Dialog::Create => view! { <CreateChannel/> }.into_any(),
        Dialog::Rename(head) => view! { <RenameChannel head/> }.into_any(),
        Dialog::Delete(head) => view! { <DeleteChannel head/> }.into_any(),
        Dialog::DeleteMessage(channel, message) => {
            view! { <DeleteMessage channel message/> }.into_any()
        }
        Dialog::Invite(head) => view! { <Invite head/> }.into_any(),
        Dialog::Remove(channel, member) => view! { <RemoveMember channel member/> }.into_any(),
        Dialog::HandOver(head) => view! { <HandOver head/> }.into_any(),
        Dialog::RenameMyself => view! { <RenameMyself/> }.into_any(),
        Dialog::SignOut { unsent } => view! { <SignOut unsent/> }.into_any(),
        Dialog::Stale { count } => view! { <Stale count/> }.into_any(),
        Dialog::Picture(_, message) => view! { <Picture message/> }.into_any(),
        Dialog::Blocked => view! { <Blocked/> }.into_any(),
    }
}

pub(crate) fn told_of(told: Told) -> AnyView {
    view! { <ToldDialog told/> }.into_any()
}
