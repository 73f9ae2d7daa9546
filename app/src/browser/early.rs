//! What was typed into the shell's own box before the app was there.

use std::cell::RefCell;

use web_sys::HtmlTextAreaElement;

use super::dom;

thread_local! {
    static EARLY: RefCell<Option<Early>> = const { RefCell::new(None) };
}

struct Early {
    text: String,
    had_focus: bool,
}

/// Looks into the shell's box, before the app replaces it.
pub(crate) fn note() {
    let Some(input) = dom::by_id::<HtmlTextAreaElement>("composer") else { return };
    let had_focus = dom::focused().is_some_and(|focused| focused.id() == "composer");
    let text = input.value();
    if had_focus || !text.is_empty() {
        EARLY.set(Some(Early { text, had_focus }));
    }
}

/// The text, once, for the first composer there is; with the focus, if it was there.
pub(crate) fn take() -> Option<String> {
    let early = EARLY.take()?;
    if early.had_focus {
        dom::focus("composer");
    }
    Some(early.text).filter(|text| !text.is_empty())
}
