//! What people see.

// Natively, where no component is erased, the chat is one deep type.
#![recursion_limit = "256"]

pub mod account;
mod browser;
pub mod components;
pub mod icons;
mod later;
pub mod live;
pub mod pages;
mod place;
mod prelude;
mod sentences;
pub mod shell;
pub mod store;
pub mod views;
pub mod wording;

use chat::Identity;
use leptos::mount::mount_to;
use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::browser::{dom, early};
use crate::pages::chat::Chat;
use crate::pages::sign_in;
use crate::store::Store;

/// Takes over the server's page: the sign-in card where nobody is signed in, else the chat.
pub fn mount() {
    let signed_in = dom::shell_data("identity").and_then(|name| Identity::parse(&name).ok());
    match signed_in {
        Some(identity) => mount_chat(identity, false),
        None => {
            sign_in::adopt(|identity| {
                if let Some(card) = dom::by_id::<HtmlElement>("sign-in") {
                    card.remove();
                }
                mount_chat(identity, true);
            });
        }
    }
}

/// Draws the chat in place of the shell's columns, and goes online. Who has just signed in was
/// typing, and may go on.
fn mount_chat(identity: Identity, just_signed_in: bool) {
    let Some(place) = dom::by_id::<HtmlElement>("app") else { return dom::reload() };
    early::note();
    place.set_text_content(None);
    place.set_hidden(false);
    let mounted = mount_to(place, move || {
        let store = Store::new(identity);
        provide_context(store);
        if just_signed_in {
            store.wish_for_focus();
        }
        store.start();
        view! { <Chat/> }
    });
    mounted.forget();
}
