//! Which dialog is open: one that a person asked for, or what happened meanwhile.

pub mod blocked;
pub mod create_channel;
pub mod delete_channel;
pub mod delete_message;
pub mod hand_over;
pub mod rename_channel;
pub mod sign_out;
pub mod stale;
pub mod told;

use self::blocked::Blocked;
use self::create_channel::CreateChannel;
use self::delete_channel::DeleteChannel;
use self::delete_message::DeleteMessage;
use self::hand_over::HandOver;
use self::rename_channel::RenameChannel;
use self::sign_out::SignOut;
use self::stale::Stale;
use self::told::ToldDialog;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::{Dialog, Key};
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
        {drawn(move || asked_for(store.dialog.get()))}
        {list(told, move |key| {
            let told = store.told.get_untracked();
            let told = told.into_iter().find(|told| Key::Told(told.number) == key)?;
            Some(view! { <ToldDialog told/> })
        })}
    }
}

fn asked_for(dialog: Option<Dialog>) -> AnyView {
    match dialog {
        Some(Dialog::Create) => view! { <CreateChannel/> }.into_any(),
        Some(Dialog::Rename(head)) => view! { <RenameChannel head/> }.into_any(),
        Some(Dialog::Delete(head)) => view! { <DeleteChannel head/> }.into_any(),
        Some(Dialog::DeleteMessage(message)) => view! { <DeleteMessage message/> }.into_any(),
        Some(Dialog::HandOver(head)) => view! { <HandOver head/> }.into_any(),
        Some(Dialog::SignOut { unsent }) => view! { <SignOut unsent/> }.into_any(),
        Some(Dialog::Stale { count }) => view! { <Stale count/> }.into_any(),
        Some(Dialog::Blocked) => view! { <Blocked/> }.into_any(),
        None => ().into_any(),
    }
}
