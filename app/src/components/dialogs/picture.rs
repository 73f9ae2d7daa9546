//! An image in its full size, as far as the window has room for it.

use crate::components::dialog::{Done, Modal};
use crate::icons::Icon;
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::store::view::MessageView;
use crate::views::{When, attribute, drawn, on};
use crate::wording::name_of_file;

#[component]
pub fn Picture(message: MessageView) -> impl IntoView {
    let store = store();
    let file = message.file.as_ref();
    let title = file.map_or_else(String::new, |it| name_of_file(&store.wording().files, it));
    view! {
        <Modal title=title.clone() closed=move |()| store.dialog.set(None)>
            <InFull message name=title/>
        </Modal>
    }
}

#[component]
fn InFull(message: MessageView, name: String) -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let url = Live::new(store.local_url(message.key));
    let is_lost = Live::new(false);
    if url.with_untracked(Option::is_none) {
        store.find_file(&message, move |path| {
            is_lost.set(path.is_none());
            url.set(path);
        });
    }
    let is_stored = message.index.is_some();
    let save = move || store.save_file(&message, move || is_lost.set(true));
    let download = is_stored.then(|| {
        view! {
            <button class="button" r#type="button" on:click=on(move |_| save())>
                <Icon name="download" small=true/>
                {wording.files.download_short}
            </button>
        }
    });
    view! {
        <div class="dialog__body picture">
            <img
                class="picture__image"
                alt=name
                src=attribute(move || url.get())
                on:error=on(move |_: leptos::ev::ErrorEvent| is_lost.set(true))
            />
            <When holds=move || is_lost.get()>
                <p role="alert">{drawn(move || wording.files.not_loaded)}</p>
            </When>
        </div>
        <Done other=download.into_any()/>
    }
}
