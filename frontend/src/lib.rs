//! Mounts the app in the browser, nothing else.
