//! The browser's own knowledge of languages: times, days, sizes, and the order of names.

use std::cmp::Ordering;

use chat::Timestamp;
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::wording::Language;

/// Formats and compares in one language. Made once: each of these is slow to make.
#[derive(Clone)]
pub(crate) struct Locale {
    time: Function,
    day: Function,
    day_of_another_year: Function,
    full: Function,
    compare: Function,
    tags: Array,
}

impl Locale {
    pub(crate) fn new(language: Language) -> Self {
        // Where the reader's own variant of the language is known, its habits are kept: 24 hours
        // for en-GB, the week for ja-JP.
        let tags = Array::of1(&JsValue::from(tag_of(language)));
        let format =
            |options: &[(&str, &str)]| Intl::DateTimeFormat::new(&tags, &object(options)).format();
        Self {
            time: format(&[("hour", "2-digit"), ("minute", "2-digit")]),
            day: format(&[("weekday", "long"), ("day", "numeric"), ("month", "long")]),
            day_of_another_year: format(&[
                ("weekday", "long"),
                ("day", "numeric"),
                ("month", "long"),
                ("year", "numeric"),
            ]),
            full: format(&[("dateStyle", "full"), ("timeStyle", "short")]),
            compare: Intl::Collator::new(&tags, &object(&[("numeric", "")])).compare(),
            tags,
        }
    }

    /// `09:10`, or `9:10 AM`.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        self.call(&self.time, at)
    }

    /// `Tuesday 13 October`, with the year where it is not this one.
    pub(crate) fn day(&self, at: Timestamp, now: Timestamp) -> String {
        let same_year = date(at).get_full_year() == date(now).get_full_year();
        self.call(if same_year { &self.day } else { &self.day_of_another_year }, at)
    }

    /// Day and time, for who wants to know exactly.
    pub(crate) fn full(&self, at: Timestamp) -> String {
        self.call(&self.full, at)
    }

    /// `12 bytes`, `1.2 MB`. Few are shown, so what formats them is made each time.
    pub(crate) fn size(&self, bytes: u64) -> String {
        let (number, unit) = in_its_unit(bytes);
        // Short for a byte is the same for one and for many.
        let display = if unit == "byte" { "long" } else { "short" };
        let digits = ("maximumSignificantDigits", "3");
        let options =
            object(&[("style", "unit"), ("unit", unit), ("unitDisplay", display), digits]);
        let format = Intl::NumberFormat::new(&self.tags, &options).format();
        let text = format.call1(&JsValue::UNDEFINED, &number.into());
        text.ok().and_then(|text| text.as_string()).unwrap_or_default()
    }

    /// As the reader's language sorts names.
    pub(crate) fn compare(&self, one: &str, other: &str) -> Ordering {
        let order = self.compare.call2(&JsValue::UNDEFINED, &one.into(), &other.into());
        let order = order.ok().and_then(|order| order.as_f64()).unwrap_or(0.0);
        order.partial_cmp(&0.0).unwrap_or(Ordering::Equal)
    }

    fn call(&self, format: &Function, at: Timestamp) -> String {
        let text = format.call1(&JsValue::UNDEFINED, &date(at));
        text.ok().and_then(|text| text.as_string()).unwrap_or_default()
    }
}

/// A size as a number of a thousand at most, and its unit as `Intl` calls it.
fn in_its_unit(bytes: u64) -> (f64, &'static str) {
    let mut number = bytes as f64;
    for unit in ["byte", "kilobyte", "megabyte"] {
        if number < 999.5 {
            return (number, unit);
        }
        number /= 1_000.0;
    }
    (number, "gigabyte")
}

/// Which day it is for the reader: the same number for all moments of one day, growing by one.
pub(crate) fn day_number(at: Timestamp) -> i64 {
    let offset = date(at).get_timezone_offset() as i64 * 60_000;
    (at.0 - offset).div_euclid(86_400_000)
}

/// For `datetime` attributes.
pub(crate) fn iso(at: Timestamp) -> String {
    date(at).to_iso_string().into()
}

fn date(at: Timestamp) -> Date {
    Date::new(&JsValue::from_f64(at.0 as f64))
}

fn tag_of(language: Language) -> String {
    let navigator = super::dom::window().navigator();
    let liked = navigator.languages();
    let own = liked.iter().filter_map(|tag| tag.as_string());
    own.into_iter()
        .find(|tag| Language::from_tag(tag) == Some(language))
        .unwrap_or_else(|| language.tag().to_owned())
}

fn object(options: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in options {
        let value = match *value {
            "" => JsValue::TRUE,
            text => JsValue::from(text),
        };
        let _ = Reflect::set(&object, &JsValue::from(*name), &value);
    }
    object.unchecked_into()
}

#[cfg(test)]
mod tests {
    use super::in_its_unit;

    #[test]
    fn a_size_is_told_in_the_unit_that_makes_it_short() {
        assert_eq!(in_its_unit(0), (0.0, "byte"));
        assert_eq!(in_its_unit(999), (999.0, "byte"));
        assert_eq!(in_its_unit(1_000), (1.0, "kilobyte"));
        assert_eq!(in_its_unit(999_499), (999.499, "kilobyte"));
        assert_eq!(in_its_unit(999_500), (0.9995, "megabyte"));
        assert_eq!(in_its_unit(150_000_000), (150.0, "megabyte"));
        assert_eq!(in_its_unit(2_500_000_000), (2.5, "gigabyte"));
    }
}
