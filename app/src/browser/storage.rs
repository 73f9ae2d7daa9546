//! `localStorage` and `sessionStorage`, which a browser may forbid or which may be full.

use web_sys::Storage;

use super::dom;

/// Why something was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotKept {
    Forbidden,
    Full,
}

/// Whether this page may keep anything on this device.
pub(crate) fn is_allowed() -> bool {
    local().is_some()
}

pub(crate) fn keep(key: &str, value: &str) -> Result<(), NotKept> {
    local().ok_or(NotKept::Forbidden)?.set_item(key, value).map_err(|_| NotKept::Full)
}

pub(crate) fn kept(key: &str) -> Option<String> {
    local()?.get_item(key).ok().flatten()
}

pub(crate) fn forget(key: &str) {
    if let Some(storage) = local() {
        let _ = storage.remove_item(key);
    }
}

/// All keys that begin so.
pub(crate) fn keys(prefix: &str) -> Vec<String> {
    let Some(storage) = local() else { return Vec::new() };
    let count = storage.length().unwrap_or(0);
    (0..count)
        .filter_map(|place| storage.key(place).ok().flatten())
        .filter(|key| key.starts_with(prefix))
        .collect()
}

/// Keeps something until this tab closes.
pub(crate) fn keep_in_tab(key: &str, value: &str) {
    if let Some(storage) = session() {
        let _ = storage.set_item(key, value);
    }
}

pub(crate) fn kept_in_tab(key: &str) -> Option<String> {
    session()?.get_item(key).ok().flatten()
}

/// Takes what was kept in this tab.
pub(crate) fn take_from_tab(key: &str) -> Option<String> {
    let value = kept_in_tab(key)?;
    let _ = session()?.remove_item(key);
    Some(value)
}

fn local() -> Option<Storage> {
    dom::window().local_storage().ok().flatten()
}

fn session() -> Option<Storage> {
    dom::window().session_storage().ok().flatten()
}
