//! What to do where something refuses WebSockets.

use crate::components::dialog::Modal;
use crate::prelude::*;
use crate::store::store;

#[component]
pub fn Blocked() -> impl IntoView {
    let store = store();
    let words = &store.wording().connection;
    view! {
        <Modal title=words.blocked_help_title closed=move |()| store.dialog.set(None)>
            <div class="dialog__body">
                <p>{words.blocked_help_network}</p>
                <p>{words.blocked_help_proxy}</p>
            </div>
        </Modal>
    }
}
