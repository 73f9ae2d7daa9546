//! The browser as the app needs it: events, timers, storage, cookies, locks, files,
//! `Intl`. Thin, and the
//! only place that knows how these are called.

pub(crate) mod clock;
pub(crate) mod dom;
pub(crate) mod early;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod intl;
pub(crate) mod locks;
pub(crate) mod nearness;
pub(crate) mod preferences;
pub(crate) mod socket;
pub(crate) mod storage;
pub(crate) mod upload;
