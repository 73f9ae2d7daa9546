//! Web Locks: a tab holds one for as long as it lives. Plain http has none.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::dom;

/// Whether this browser has locks for this page.
pub(crate) fn are_there() -> bool {
    manager().is_some()
}

/// Holds a lock from now on, for as long as this page lives.
pub(crate) fn hold(name: &str) {
    request(name, |_| Promise::new(&mut |_, _| ()));
}

/// Runs when nobody holds a lock any more: at once, or when its holder is gone.
pub(crate) fn when_free(name: &str, run: impl FnOnce() + 'static) {
    request(name, |_| {
        run();
        Promise::resolve(&JsValue::NULL)
    });
}

fn request(name: &str, granted: impl FnOnce(JsValue) -> Promise + 'static) {
    let Some((manager, request)) = manager() else { return };
    let granted = Closure::once_into_js(granted);
    let _ = request.call2(&manager, &name.into(), &granted);
}

fn manager() -> Option<(JsValue, Function)> {
    let manager = Reflect::get(&dom::window().navigator(), &"locks".into()).ok()?;
    let request = Reflect::get(&manager, &"request".into()).ok()?.dyn_into().ok()?;
    Some((manager, request))
}
