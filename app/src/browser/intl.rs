//! The browser's own knowledge of languages: times, days, and the order of names.

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
