//! Web Locks: a tab holds one for as long as it lives. Plain http has none.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::dom;

/// Whether this browser has locks for this page.
pub(crate) fn are_there() -> bool {
    manager().is_some()
}

/// Takes a lock for as long as this page lives, and says so when it has it. Never waits in the way
/// of another: `wait` decides whether to queue behind its present holder, or to let it be.
pub(crate) fn hold(name: &str, wait: bool, held: impl FnOnce(bool) + 'static) {
    let Some((manager, request)) = manager() else { return };
    let granted = Closure::once_into_js(move |lock: JsValue| -> Promise {
        let is_held = !lock.is_null();
        held(is_held);
        if is_held { Promise::new(&mut |_, _| ()) } else { Promise::resolve(&JsValue::NULL) }
    });
    let options = js_sys::Object::new();
    let _ = Reflect::set(&options, &"ifAvailable".into(), &(!wait).into());
    let _ = request.call3(&manager, &name.into(), &options, &granted);
}

fn manager() -> Option<(JsValue, Function)> {
    let manager = Reflect::get(&dom::window().navigator(), &"locks".into()).ok()?;
    let request = Reflect::get(&manager, &"request".into()).ok()?.dyn_into().ok()?;
    Some((manager, request))
}
