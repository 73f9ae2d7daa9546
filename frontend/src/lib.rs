//! Mounts the app in the browser, nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's one script, once the app is here.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    app::mount();
}
