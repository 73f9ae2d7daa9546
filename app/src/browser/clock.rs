//! The browser's clock and timers, and its randomness.

use chat::Timestamp;
use gloo_timers::callback::Timeout;

pub(crate) fn now() -> Timestamp {
    Timestamp(js_sys::Date::now() as i64)
}

/// Runs once, later. The one timer of the app: dropping it cancels.
pub(crate) fn after(milliseconds: i64, run: impl FnOnce() + 'static) -> Timeout {
    let milliseconds = milliseconds.clamp(0, i64::from(i32::MAX));
    Timeout::new(milliseconds as u32, run)
}

/// A seed for jitter and nonces: 128 bits of the browser's own randomness.
pub(crate) fn seed() -> [u64; 2] {
    let mut bytes = [0_u8; 16];
    if let Ok(crypto) = super::dom::window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    let (first, second) = bytes.split_at(8);
    [first, second].map(|half| half.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}
