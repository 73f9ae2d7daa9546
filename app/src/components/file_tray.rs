//! The files that are to go with the next message, above the box to write in.

use chat::ChannelSid;
use leptos::ev::Event;
use wasm_bindgen::JsCast;
use web_sys::HtmlImageElement;

use crate::browser::files;
use crate::icons::Icon;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::{Chosen, Key};
use crate::views::{list, on};
use crate::wording::name_of_file;

#[component]
pub fn FileTray(channel: ChannelSid) -> impl IntoView {
    let store = store();
    let of_channel = move || {
        let chosen = store.chosen.get().into_iter().filter(|chosen| chosen.channel == channel);
        chosen.map(|chosen| Key::Chosen(chosen.number)).collect()
    };
    view! {
        <ul class="file-tray" aria-label=store.wording().files.chosen>
            {list(of_channel, move |key| {
                let chosen = store.chosen.get_untracked();
                let chosen = chosen.into_iter().find(|it| Key::Chosen(it.number) == key)?;
                Some(view! { <ChosenFile chosen/> })
            })}
        </ul>
    }
}

#[component]
fn ChosenFile(chosen: Chosen) -> impl IntoView {
    let store = store();
    let words = &store.wording().files;
    let name = name_of_file(words, &chosen.attachment);
    let size = store.locale().size(chosen.attachment.size);
    let number = chosen.number;
    // Whoever draws it knows its size.
    let loaded = move |event: Event| {
        let image = event.target().and_then(|it| it.dyn_into::<HtmlImageElement>().ok());
        store.measured(number, image.as_ref().and_then(files::dimensions));
    };
    let picture = match chosen.is_picture() {
        true => view! {
            <img class="file-tray__picture" alt="" src=chosen.url on:load=on(loaded)/>
        }
        .into_any(),
        false => view! { <Icon name="file"/> }.into_any(),
    };
    view! {
        <li class="file-tray__file">
            <span class="file-tray__look">{picture}</span>
            <bdi class="file-tray__name">{name.clone()}</bdi>
            <span class="file-tray__size">{size}</span>
            <button
                class="icon-button icon-button--small"
                r#type="button"
                aria-label=(words.remove)(&name)
                on:click=on(move |_| store.unchoose(number))
            >
                <Icon name="close"/>
            </button>
        </li>
    }
}
