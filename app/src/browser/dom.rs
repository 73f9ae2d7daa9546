//! The document: finding elements, listening, moving the focus.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, Window};

pub(crate) fn window() -> Window {
    web_sys::window().expect("the app runs in a window")
}

pub(crate) fn document() -> Document {
    window().document().expect("a window has a document")
}

pub(crate) fn root() -> Element {
    document().document_element().expect("a document has a root")
}

/// The element with this id, if it is there and of this kind.
pub(crate) fn by_id<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// What the shell wrote on its root, such as `server-name`.
pub(crate) fn shell_data(name: &str) -> Option<String> {
    root().get_attribute(&format!("data-{name}"))
}

/// Listens for as long as the page lives.
pub(crate) fn listen<E: JsCast + 'static>(
    target: &EventTarget,
    event: &str,
    mut heard: impl FnMut(E) + 'static,
) {
    listen_boxed(target, event, Box::new(move |event| heard(event.unchecked_into())));
}

fn listen_boxed(target: &EventTarget, event: &str, heard: Box<dyn FnMut(Event)>) {
    let closure = Closure::wrap(heard);
    // It fails only for a target that is no event target.
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Shows or hides by the attribute, as the shell does.
pub(crate) fn set_hidden(id: &str, hidden: bool) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        element.set_hidden(hidden);
    }
}

pub(crate) fn focus(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.focus();
    }
}

/// Where the focus is, to bring it back there.
pub(crate) fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// Whether somebody may be looking.
pub(crate) fn is_visible() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Visible
}

/// Whether the style sheet alone makes a field grow with its text.
pub(crate) fn grows_fields() -> bool {
    web_sys::css::supports_with_value("field-sizing", "content").unwrap_or(false)
}

/// Copies a text for pasting elsewhere.
pub(crate) fn copy(text: &str) {
    let clipboard = window().navigator().clipboard();
    // Where there is none (plain http), the text can still be selected.
    if !clipboard.is_undefined() {
        let _ = clipboard.write_text(text);
    }
}

/// Whether a media query holds.
pub(crate) fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|query| query.matches())
}

/// Tells whenever a media query comes to hold, or no longer does.
pub(crate) fn when_matching(query: &str, mut heard: impl FnMut(bool) + 'static) {
    if let Ok(Some(query)) = window().match_media(query) {
        let target = query.clone();
        listen(&target, "change", move |_: Event| heard(query.matches()));
    }
}
