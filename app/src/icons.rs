//! The icons: one inline sprite on a 20 px grid, and the component that shows one of them.

use crate::prelude::*;

/// Every icon once. It stands in the shell, so that no icon is ever asked for.
pub const SPRITE: &str = r##"<svg hidden aria-hidden="true">
<symbol id="icon-alert" viewBox="0 0 20 20"><circle cx="10" cy="10" r="7"/><path d="M10 6.4v4.2M10 13.4v.1"/></symbol>
<symbol id="icon-arrow-down" viewBox="0 0 20 20"><path d="M10 4.25v11.5M5.1 10.9 10 15.75l4.9-4.85"/></symbol>
<symbol id="icon-arrow-left" viewBox="0 0 20 20"><path d="M15.75 10H4.4M9.25 5 4.25 10l5 5"/></symbol>
<symbol id="icon-archive" viewBox="0 0 20 20"><rect x="3.25" y="4" width="13.5" height="3.5" rx="1"/><path d="M4.5 7.5v7.25c0 .7.55 1.25 1.25 1.25h8.5c.7 0 1.25-.55 1.25-1.25V7.5M8.25 10.5h3.5"/></symbol>
<symbol id="icon-attach" viewBox="0 0 20 20"><path d="m15.9 9.6-5.6 5.6a3.6 3.6 0 0 1-5.1-5.1l5.9-5.9a2.4 2.4 0 0 1 3.4 3.4l-5.7 5.7a1.2 1.2 0 0 1-1.7-1.7l5-5"/></symbol>
<symbol id="icon-check" viewBox="0 0 20 20"><path d="m4.25 10.5 3.75 3.75 7.75-8.5"/></symbol>
<symbol id="icon-chevron-down" viewBox="0 0 20 20"><path d="m5.75 8 4.25 4.25L14.25 8"/></symbol>
<symbol id="icon-clock" viewBox="0 0 20 20"><circle cx="10" cy="10" r="7"/><path d="M10 6v4.2l2.6 1.7"/></symbol>
<symbol id="icon-close" viewBox="0 0 20 20"><path d="m5.25 5.25 9.5 9.5M14.75 5.25l-9.5 9.5"/></symbol>
<symbol id="icon-copy" viewBox="0 0 20 20"><rect x="7.25" y="7.25" width="9" height="9" rx="2"/><path d="M12.75 7V5.5c0-.97-.78-1.75-1.75-1.75H5.5c-.97 0-1.75.78-1.75 1.75V11c0 .97.78 1.75 1.75 1.75H7"/></symbol>
<symbol id="icon-document" viewBox="0 0 20 20"><path d="M11.5 3.25H6.25C5.55 3.25 5 3.8 5 4.5v11c0 .7.55 1.25 1.25 1.25h7.5c.7 0 1.25-.55 1.25-1.25V6.75zM11.5 3.25v3.5H15M7.75 10.25h4.5M7.75 13.25h4.5"/></symbol>
<symbol id="icon-download" viewBox="0 0 20 20"><path d="M10 3.75v8.5M5.9 8.6l4.1 4.15 4.1-4.15M4.25 16.25h11.5"/></symbol>
<symbol id="icon-eye" viewBox="0 0 20 20"><path d="M2.75 10S5.5 5.25 10 5.25 17.25 10 17.25 10 14.5 14.75 10 14.75 2.75 10 2.75 10z"/><circle cx="10" cy="10" r="2.25"/></symbol>
<symbol id="icon-file" viewBox="0 0 20 20"><path d="M11.5 3.25H6.25C5.55 3.25 5 3.8 5 4.5v11c0 .7.55 1.25 1.25 1.25h7.5c.7 0 1.25-.55 1.25-1.25V6.75zM11.5 3.25v3.5H15"/></symbol>
<symbol id="icon-globe" viewBox="0 0 20 20"><circle cx="10" cy="10" r="7"/><path d="M3 10h14M10 3c1.9 2 2.9 4.35 2.9 7s-1 5-2.9 7c-1.9-2-2.9-4.35-2.9-7s1-5 2.9-7z"/></symbol>
<symbol id="icon-hash" viewBox="0 0 20 20"><path d="M7.6 3.5 6 16.5M14 3.5l-1.6 13M3.6 7.6h13.2M3 12.4h13.2"/></symbol>
<symbol id="icon-image" viewBox="0 0 20 20"><rect x="3.25" y="4.25" width="13.5" height="11.5" rx="2"/><circle cx="7.5" cy="8.25" r="1.25"/><path d="m4 14 3.75-3.25 2.5 2 2.75-3L16.25 13"/></symbol>
<symbol id="icon-join" viewBox="0 0 20 20"><path d="M12 4h2.75c.7 0 1.25.55 1.25 1.25v9.5c0 .7-.55 1.25-1.25 1.25H12M8.4 6.6 11.8 10l-3.4 3.4M3.75 10h7.8"/></symbol>
<symbol id="icon-key" viewBox="0 0 20 20"><circle cx="7" cy="13" r="3.25"/><path d="m9.4 10.6 6.1-6.1M13 7l2.25 2.25"/></symbol>
<symbol id="icon-leave" viewBox="0 0 20 20"><path d="M8 4H5.25C4.55 4 4 4.55 4 5.25v9.5c0 .7.55 1.25 1.25 1.25H8M12.6 6.6 16 10l-3.4 3.4M8 10h7.75"/></symbol>
<symbol id="icon-lock" viewBox="0 0 20 20"><rect x="4.25" y="8.75" width="11.5" height="8" rx="2"/><path d="M7 8.75V6.5a3 3 0 0 1 6 0v2.25"/></symbol>
<symbol id="icon-more" viewBox="0 0 20 20"><g fill="currentColor" stroke="none"><circle cx="4.75" cy="10" r="1.35"/><circle cx="10" cy="10" r="1.35"/><circle cx="15.25" cy="10" r="1.35"/></g></symbol>
<symbol id="icon-mute" viewBox="0 0 20 20"><path d="m3.5 3.5 13 13M6 7.9c0 3.4-1.6 4.85-1.6 4.85h8.3M15.4 12.3c-.75-1-1.4-2.5-1.4-4.4a4 4 0 0 0-6.5-3.1M8.4 15.5a1.7 1.7 0 0 0 3.2 0"/></symbol>
<symbol id="icon-offline" viewBox="0 0 20 20"><path d="M3.5 3.5l13 13M10 15.4v.1M7.3 12.6a3.8 3.8 0 0 1 5.4 0M4.6 9.7a7.7 7.7 0 0 1 3.1-1.9M10.7 7.2a7.7 7.7 0 0 1 4.7 2.5"/></symbol>
<symbol id="icon-person-add" viewBox="0 0 20 20"><circle cx="8.25" cy="7" r="2.75"/><path d="M3 16.25c.4-2.9 2.5-4.5 5.25-4.5 1.3 0 2.4.35 3.3 1M15 11.5v5M12.5 14h5"/></symbol>
<symbol id="icon-pencil" viewBox="0 0 20 20"><path d="m12.6 4.4 3 3L7.4 15.6l-3.8.8.8-3.8z"/></symbol>
<symbol id="icon-people" viewBox="0 0 20 20"><circle cx="7.5" cy="7" r="2.75"/><path d="M2.25 16.25c.3-3 2.5-4.75 5.25-4.75s4.95 1.75 5.25 4.75M12.6 4.5a2.75 2.75 0 0 1 0 5M14.75 12c1.75.6 2.8 2.1 3 4.25"/></symbol>
<symbol id="icon-plus" viewBox="0 0 20 20"><path d="M10 4.5v11M4.5 10h11"/></symbol>
<symbol id="icon-retry" viewBox="0 0 20 20"><path d="M16 8.4A6.25 6.25 0 1 0 16.1 12M16.25 4.25V8.5H12"/></symbol>
<symbol id="icon-send" viewBox="0 0 20 20"><path d="M10 16V4.5M4.9 9.4 10 4.25l5.1 5.15"/></symbol>
<symbol id="icon-trash" viewBox="0 0 20 20"><path d="M4 6h12M8 6V4.25h4V6M5.5 6l.65 9.1a1.25 1.25 0 0 0 1.25 1.15h5.2a1.25 1.25 0 0 0 1.25-1.15L14.5 6M8.5 9v4.25M11.5 9v4.25"/></symbol>
<symbol id="icon-unread" viewBox="0 0 20 20"><path d="M16.25 9.5v3.5c0 .97-.78 1.75-1.75 1.75H9.25L6 17.25v-2.5h-.5c-.97 0-1.75-.78-1.75-1.75V6.5c0-.97.78-1.75 1.75-1.75H11"/><circle cx="15" cy="5.5" r="2.25" fill="currentColor" stroke="none"/></symbol>
</svg>"##;

/// One icon, for the eye only: the control around it carries the name.
#[component]
pub fn Icon(
    /// As in the sprite, without `icon-`.
    name: &'static str,
    /// 16 px instead of 20.
    #[prop(optional)]
    small: bool,
    /// Mirrored where writing runs from right to left.
    #[prop(optional)]
    directional: bool,
    /// The place's own class, such as `channel-item__icon`.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    debug_assert!(is_known(name), "the sprite has no icon-{name}");

    view! {
        <svg class=classes(small, directional, class) aria-hidden="true">
            <use_ href=format!("#icon-{name}")></use_>
        </svg>
    }
}

fn is_known(name: &str) -> bool {
    SPRITE.contains(&format!("id=\"icon-{name}\""))
}

fn classes(small: bool, directional: bool, own: &str) -> String {
    let mut classes = "icon".to_owned();
    if small {
        classes.push_str(" icon--small");
    }
    if directional {
        classes.push_str(" icon--directional");
    }
    if !own.is_empty() {
        classes.push(' ');
        classes.push_str(own);
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_is_found_by_its_whole_name() {
        assert!(is_known("hash"));
        assert!(is_known("arrow-left"));
        assert!(!is_known("arrow"));
        assert!(!is_known("smile"));
    }

    #[test]
    fn a_place_may_add_its_class() {
        assert_eq!(classes(false, false, ""), "icon");
        assert_eq!(classes(true, true, "a"), "icon icon--small icon--directional a");
    }
}
