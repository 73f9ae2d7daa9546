//! Whether something comes near to what can be seen of the list that it scrolls in.

use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// So far beyond the edge, something is near.
const NEAR: &str = "600px";

/// Watches for as long as it lives.
pub(crate) struct Watch {
    observer: IntersectionObserver,
    _seen: Closure<dyn FnMut(Array)>,
}

impl Watch {
    /// Runs whenever the element has come near. Nothing where the browser cannot tell.
    pub(crate) fn start(
        element: &Element,
        list: &Element,
        mut near: Box<dyn FnMut()>,
    ) -> Option<Self> {
        let seen = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
            let entry = entries.pop().unchecked_into::<IntersectionObserverEntry>();
            if entry.is_intersecting() {
                near();
            }
        });
        let options = IntersectionObserverInit::new();
        options.set_root(Some(list));
        options.set_root_margin(NEAR);
        let callback = seen.as_ref().unchecked_ref();
        let observer = IntersectionObserver::new_with_options(callback, &options).ok()?;
        observer.observe(element);
        Some(Self { observer, _seen: seen })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
