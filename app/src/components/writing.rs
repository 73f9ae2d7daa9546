//! What the fields have in common in which people write.

use web_sys::{HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use crate::browser::dom;

/// Whether a key sends. An input method that is composing keeps its Enter.
pub(crate) fn sends(event: &KeyboardEvent) -> bool {
    is_send(&event.key(), event.shift_key(), composes(event))
}

/// Whether a key belongs to an input method.
pub(crate) fn composes(event: &KeyboardEvent) -> bool {
    is_composed(event.is_composing(), event.key_code())
}

fn is_send(key: &str, shift: bool, is_composed: bool) -> bool {
    key == "Enter" && !shift && !is_composed
}

/// Some browsers say so by the flag, others by the key code 229.
fn is_composed(flag: bool, key_code: u32) -> bool {
    flag || key_code == 229
}

/// Grows with its text, where the browser does not do so by itself.
pub(crate) fn grow(input: &HtmlTextAreaElement) {
    if dom::grows_fields() {
        return;
    }
    let style = HtmlElement::style(input);
    let _ = style.set_property("block-size", "auto");
    let _ = style.set_property("block-size", &format!("{}px", input.scroll_height()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enter_sends_and_shift_enter_breaks_the_line() {
        assert!(is_send("Enter", false, false));
        assert!(!is_send("Enter", true, false));
        assert!(!is_send("a", false, false));
    }

    #[test]
    fn enter_that_confirms_an_input_method_never_sends() {
        assert!(is_composed(true, 13));
        assert!(is_composed(false, 229));
        assert!(!is_composed(false, 13));
        assert!(!is_send("Enter", false, true));
    }
}
