//! What stands in a file's place: an image; sound and film under the browser's own controls; anything
//! else as a card. It is fetched when its row comes near.

use leptos::ev::ErrorEvent;
use leptos::html::Div;
use web_sys::Element;

use super::kind::Kind;
use super::way::Way;
use crate::browser::dom;
use crate::browser::nearness::Watch;
use crate::components::message_row::message;
use crate::icons::Icon;
use crate::live::Live;
use crate::prelude::*;
use crate::store::view::{Dialog, MessageView, RowView};
use crate::store::{Store, store};
use crate::views::{When, attribute, drawn, follow, on};
use crate::wording::name_of_file;

/// One file, and what its pieces share.
#[derive(Clone, Copy)]
struct Shown {
    store: Store,
    row: Live<RowView>,
    way: Live<Way>,
}

#[component]
pub fn FileContent(row: Live<RowView>, place: NodeRef<Div>) -> impl IntoView {
    let store = store();
    let shown = Shown { store, row, way: Live::new(Way::Unknown) };
    let first = shown.message();
    let local = first.as_ref().and_then(|first| store.local_url(first.key));
    if let Some(url) = local {
        shown.way.set(Way::Known(url));
    }
    let way = shown.way;
    let kind = Live::new(Kind::of(first.and_then(|first| first.file).as_deref()));
    follow(move || {
        let now = Kind::of(message(row).and_then(|message| message.file).as_deref());
        if kind.with_untracked(|before| *before != now) {
            kind.set(now);
        }
    });
    shown.fetch_when_near(place, kind);

    drawn(move || match kind.get() {
        Kind::Nothing => ().into_any(),
        Kind::Picture => shown.picture(),
        Kind::Sound => view! {
            <audio
                class="message-file__sound"
                controls=true
                preload="metadata"
                aria-label=shown.name()
                src=attribute(move || way.with(Way::url))
                on:error=on(move |_: ErrorEvent| shown.failed())
            ></audio>
            {shown.caption()}
            {shown.retry_when_lost()}
            {shown.download()}
        }
        .into_any(),
        Kind::Film => view! {
            <video
                class="message-file__film"
                controls=true
                preload="metadata"
                playsinline=true
                aria-label=shown.name()
                src=attribute(move || way.with(Way::url))
                on:error=on(move |_: ErrorEvent| shown.failed())
            ></video>
            {shown.caption()}
            {shown.retry_when_lost()}
            {shown.download()}
        }
        .into_any(),
        Kind::Card(icon) => view! {
            <div class="message-file__card">
                <Icon name=icon/>
                {shown.caption()}
                {shown.download()}
            </div>
        }
        .into_any(),
    })
}

impl Shown {
    fn fetch_when_near(self, place: NodeRef<Div>, kind: Live<Kind>) {
        let is_near = Live::new(false);
        let watch = StoredValue::new_local(None);
        follow(move || {
            let list = dom::by_id::<Element>("message-list");
            let (Some(place), Some(list)) = (place.get(), list) else { return };
            let near = Box::new(move || is_near.set(true));
            watch.set_value(Watch::start(&place, &list, near));
            if watch.with_value(Option::is_none) {
                is_near.set(true);
            }
        });
        follow(move || {
            let is_wanted = is_near.get()
                && kind.with(|kind| kind.is_fetched())
                && self.way.with(|way| *way == Way::Unknown);
            let Some(message) = message(self.row).filter(is_stored).filter(|_| is_wanted) else {
                return;
            };
            self.way.set(Way::Asked);
            self.store.find_file(&message, move |path| {
                self.way.set(path.map_or(Way::Lost, Way::Known));
            });
        });
    }

    fn failed(self) {
        let Some(message) = self.message() else { return };
        let has_ended = self.store.has_ended(&message);
        let next = self.way.with_untracked(|way| way.after_failure(has_ended));
        self.way.set(next);
    }

    /// The message as it is now.
    fn message(self) -> Option<MessageView> {
        match self.row.get_untracked() {
            RowView::Message(message) => Some(message),
            _ => None,
        }
    }

    fn name(self) -> String {
        let file = self.message().and_then(|message| message.file);
        file.map_or_else(String::new, |file| name_of_file(&self.store.wording().files, &file))
    }

    fn picture(self) -> AnyView {
        let words = &self.store.wording().files;
        let open = move |_| self.store.ask_about(self.message(), Dialog::Picture);
        view! {
            <div class="message-file__frame">
                <button class="message-file__picture" r#type="button" aria-haspopup="dialog" on:click=on(open)>
                    <img
                        class="message-file__image"
                        alt=self.name()
                        draggable="false"
                        src=attribute(move || self.way.with(Way::url))
                        on:error=on(move |_: ErrorEvent| self.failed())
                    />
                </button>
                <When holds=move || self.is_lost()>
                    <p class="message-file__lost">
                        {words.not_loaded}
                        {self.retry_when_lost()}
                    </p>
                </When>
            </div>
        }
        .into_any()
    }

    /// What it is called, and how large it is.
    fn caption(self) -> AnyView {
        let not_loaded = self.store.wording().files.not_loaded;
        let size = self.message().and_then(|message| message.file).map_or(0, |file| file.size);
        let size = self.store.locale().size(size);
        let detail = move || match self.is_lost() {
            true => not_loaded.to_owned(),
            false => size.clone(),
        };
        view! {
            <p class="message-file__caption">
                <bdi class="message-file__name">{self.name()}</bdi>
                <span class="message-file__size">{drawn(detail)}</span>
            </p>
        }
        .into_any()
    }

    fn download(self) -> AnyView {
        let store = self.store;
        let label = (store.wording().files.download)(&self.name());
        let save = move || {
            if let Some(message) = self.message() {
                store.save_file(&message, move || self.way.set(Way::Lost));
            }
        };
        view! {
            <When holds=move || message(self.row).is_some_and(|message| is_stored(&message))>
                <button
                    class="icon-button"
                    r#type="button"
                    aria-label=label.clone()
                    on:click=on(move |_| save())
                >
                    <Icon name="download"/>
                </button>
            </When>
        }
        .into_any()
    }

    fn is_lost(self) -> bool {
        self.way.with(|way| *way == Way::Lost)
    }

    fn retry_when_lost(self) -> AnyView {
        view! {
            <When holds=move || self.is_lost()>
                <button
                    class="button button--small"
                    r#type="button"
                    on:click=on(move |_| self.way.set(Way::Unknown))
                >
                    <Icon name="retry" small=true/>
                    {self.store.wording().common.try_again}
                </button>
            </When>
        }
        .into_any()
    }
}

/// Whether the server has the file, and can be asked for it by the message's index.
fn is_stored(message: &MessageView) -> bool {
    message.index.is_some() && message.file.as_ref().is_some_and(|file| file.sid.is_some())
}
