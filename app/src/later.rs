//! What the first sight of General does without: dialogs, the editor, the tray of chosen files, files
//! beside messages, invitations, and what stands in the place of a channel that is not mine.
//! In a release it is a file of its own, which the page loads once that sight is there, or when
//! somebody asks for a piece.

use chat::ChannelSid;
use leptos::html::Div;
use leptos::task::spawn_local;

use crate::components::dialogs;
use crate::components::file_tray::FileTray;
use crate::components::invited_channel::InvitedChannel;
use crate::components::message_row::editor::Editor;
use crate::components::message_row::file::content::FileContent;
use crate::components::notice::{GoneNotice, PreviewNotice};
use crate::live::Live;
use crate::prelude::*;
use crate::store::view::{Dialog, InvitationView, RowView, Told};
use crate::store::{Store, store};
use crate::views::drawn;

/// What it draws. Nothing else may draw these, or they are in the first file after all.
pub(crate) struct Later {
    pub(crate) dialog: fn(Dialog) -> AnyView,
    pub(crate) told: fn(Told) -> AnyView,
    pub(crate) editor: fn(Live<RowView>) -> AnyView,
    pub(crate) tray: fn(ChannelSid) -> AnyView,
    pub(crate) file: fn(Live<RowView>, NodeRef<Div>) -> AnyView,
    pub(crate) invited: fn(InvitationView) -> AnyView,
    pub(crate) preview: fn(ChannelSid) -> AnyView,
    pub(crate) gone: fn() -> AnyView,
}

static LATER: Later = Later {
    dialog: dialogs::asked_for,
    told: dialogs::told_of,
    editor: |row| view! { <Editor row/> }.into_any(),
    tray: |channel| view! { <FileTray channel/> }.into_any(),
    file: |row, place| view! { <FileContent row place/> }.into_any(),
    invited: |invitation| view! { <InvitedChannel invitation/> }.into_any(),
    preview: |channel| view! { <PreviewNotice channel/> }.into_any(),
    gone: || view! { <GoneNotice/> }.into_any(),
};

/// Whether it is here.
#[derive(Clone, Copy, Default)]
pub(crate) enum Arrival {
    #[default]
    Awaited,
    Here(&'static Later),
    /// Somebody has asked for a piece, and the file did not come.
    Failed,
}

type NotLoaded = leptos::wasm_split::SplitLoaderError;

#[cfg(feature = "split")]
#[leptos::wasm_split::wasm_split(later, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load() -> Result<&'static Later, NotLoaded> {
    Ok(&LATER)
}

#[cfg(not(feature = "split"))]
async fn load() -> Result<&'static Later, NotLoaded> {
    Ok(&LATER)
}

/// A piece that somebody asks for, as soon as it is here.
pub(crate) fn later(draw: impl Fn(&'static Later) -> AnyView + Send + 'static) -> AnyView {
    let store = store();
    store.fetch_later();
    drawn(move || match store.later.get() {
        Arrival::Here(later) => Some(draw(later)),
        Arrival::Awaited | Arrival::Failed => None,
    })
}

impl Store {
    /// Loads it, unless it is here. If it does not come, the page says so.
    pub(crate) fn fetch_later(self) {
        self.load_later(Arrival::Failed);
    }

    /// Loads it before anybody asks. If it does not come, nobody has missed it yet.
    pub(crate) fn foresee_later(self) {
        self.load_later(Arrival::Awaited);
    }

    fn load_later(self, otherwise: Arrival) {
        if self.has_later() {
            return;
        }
        spawn_local(async move {
            let loaded = load().await;
            // Meanwhile it may have come to somebody else who asked.
            if !self.has_later() {
                self.later.set(loaded.map_or(otherwise, Arrival::Here));
            }
        });
    }

    fn has_later(self) -> bool {
        self.later.with_untracked(|arrival| matches!(arrival, Arrival::Here(_)))
    }
}
