//! The address bar: where we are, going somewhere, and hearing of "back".

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MouseEvent};

use super::dom;
use crate::place::Place;

pub(crate) fn place() -> Place {
    Place::from_path(&dom::window().location().pathname().unwrap_or_default())
}

/// Writes a place into the address bar, as a step that "back" undoes or in place of the last one.
pub(crate) fn write(place: &Place, instead: bool) {
    let Ok(history) = dom::window().history() else { return };
    let path = place.path();
    let _ = if instead {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&path))
    } else {
        history.push_state_with_url(&JsValue::NULL, "", Some(&path))
    };
}

/// Hears of "back" and "forward", and of links to places of the app.
pub(crate) fn listen(
    mut went_back: impl FnMut() + 'static,
    mut follow: impl FnMut(Place) + 'static,
) {
    dom::listen(&dom::window(), "popstate", move |_: Event| went_back());
    dom::listen(&dom::document(), "click", move |event: MouseEvent| {
        if let Some(place) = linked_place(&event) {
            event.prevent_default();
            follow(place);
        }
    });
}

/// The place behind a plain click on a link marked `data-place`; any other click is the browser's.
fn linked_place(event: &MouseEvent) -> Option<Place> {
    let is_plain = event.button() == 0
        && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
    if event.default_prevented() || !is_plain {
        return None;
    }
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let link = target.closest("a[data-place]").ok().flatten()?;
    Some(Place::from_path(&link.get_attribute("href")?))
}
