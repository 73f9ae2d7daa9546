//! Theme and language: a cookie each, so that the next page comes in them, and `<html>` at once.

use super::dom;
use crate::wording::Language;

/// Light, dark, or whatever the system has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    /// In the order of the switch on the page.
    pub(crate) const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Auto => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

pub(crate) fn theme() -> Theme {
    let attribute = dom::root().get_attribute("data-theme");
    Theme::ALL
        .into_iter()
        .find(|theme| theme.attribute() == attribute.as_deref())
        .unwrap_or_default()
}

pub(crate) fn set_theme(theme: Theme) {
    let root = dom::root();
    match theme.attribute() {
        Some(name) => {
            let _ = root.set_attribute("data-theme", name);
        }
        None => {
            let _ = root.remove_attribute("data-theme");
        }
    }
    set_bar_colours(theme);
    set_cookie("theme", theme.attribute());
}

pub(crate) fn language() -> Language {
    dom::root().get_attribute("lang").and_then(|tag| Language::from_tag(&tag)).unwrap_or_default()
}

pub(crate) fn set_language(language: Language) {
    let _ = dom::root().set_attribute("lang", language.tag());
    set_cookie("language", Some(language.tag()));
}

/// The colour of the browser's own bar: each of the shell's two tags names its theme by its media.
fn set_bar_colours(theme: Theme) {
    let Ok(tags) = dom::document().query_selector_all("meta[name=theme-color]") else { return };
    for (place, name) in ["light", "dark"].into_iter().enumerate() {
        let media = match theme.attribute() {
            None => format!("(prefers-color-scheme: {name})"),
            Some(chosen) if chosen == name => "all".to_owned(),
            Some(_) => "not all".to_owned(),
        };
        let tag = tags.get(place as u32).and_then(|node| {
            use wasm_bindgen::JsCast;
            node.dyn_into::<web_sys::Element>().ok()
        });
        if let Some(tag) = tag {
            let _ = tag.set_attribute("media", &media);
        }
    }
}

fn set_cookie(name: &str, value: Option<&str>) {
    use wasm_bindgen::JsCast;
    let Ok(document) = dom::document().dyn_into::<web_sys::HtmlDocument>() else { return };
    let secure = match dom::window().location().protocol() {
        Ok(protocol) if protocol == "https:" => "; Secure",
        _ => "",
    };
    let (value, age) = match value {
        Some(value) => (value, 31_536_000),
        None => ("", 0),
    };
    let _ = document
        .set_cookie(&format!("{name}={value}; Path=/; Max-Age={age}; SameSite=Lax{secure}"));
}
