//! A channel is gone: said before somebody writes on in another one, with the texts that were
//! still waiting for it.

use crate::browser::dom;
use crate::components::dialog::{Done, Modal};
use crate::icons::Icon;
use crate::live::Live;
use crate::prelude::*;
use crate::sentences;
use crate::store::store;
use crate::store::view::Told;
use crate::views::{drawn, on};

#[component]
pub fn ToldDialog(told: Told) -> impl IntoView {
    let store = store();
    let words = &store.wording().gone;
    let title = sentences::gone(store.wording(), &told);
    let lead = if told.to_general { words.now_in_general } else { "" }.to_owned();
    let closed = move || {
        store.told.update(|all| all.retain(|other| other.number != told.number));
        dom::focus("composer");
    };
    view! {
        <Modal title lead alert=true closed>
            <Unsent texts=told.unsent/>
        </Modal>
    }
}

#[component]
fn Unsent(texts: Vec<String>) -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let count = texts.len() as u64;
    let all = texts.join("\n\n");
    let copied = Live::new(false);
    let copy = move |_| {
        dom::copy(&all);
        copied.set(true);
    };
    let kept = (0 < count).then(|| {
        let texts: Vec<_> = texts
            .into_iter()
            .map(|text| view! { <p class="kept-text" dir="auto" tabindex="0">{text}</p> })
            .collect();
        view! {
            <div class="dialog__body">
                <p>{(wording.gone.unsent)(count)}</p>
                <div>{texts}</div>
            </div>
        }
    });
    let copy_button = (0 < count).then(|| {
        view! {
            <button class="button" r#type="button" on:click=on(copy)>
                <Icon name="copy" small=true/>
                {drawn(move || if copied.get() { wording.common.copied } else { wording.common.copy })}
            </button>
        }
    });
    view! {
        {kept}
        <Done other=copy_button.into_any()/>
    }
}
