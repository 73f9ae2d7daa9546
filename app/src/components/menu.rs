//! A menu and the button that opens it. Arrow keys walk, Escape and a click elsewhere close, and
//! the focus goes back to the button.

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html::{Button, Div};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::icons::Icon;
use crate::live::Live;
use crate::prelude::*;
use crate::views::{attribute, follow, on};

#[component]
pub fn Menu(
    id: &'static str,
    label: &'static str,
    /// Opens upwards.
    #[prop(optional)]
    above: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let is_open = Live::new(false);
    let button = NodeRef::<Button>::new();
    let menu = NodeRef::<Div>::new();
    let close = move || {
        is_open.set(false);
        if let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
    };
    // The menu is shown before its first item can take the focus.
    follow(move || {
        if is_open.get() {
            request_animation_frame(move || {
                let first = menu.get_untracked().and_then(|menu| items(&menu).into_iter().next());
                let _ = first.map(|first| first.focus());
            });
        }
    });
    let keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            close();
        } else if let Some(menu) = menu.get_untracked() {
            walk(&menu, &event);
        }
    };
    let focusout = move |event: FocusEvent| {
        // A menu that is just going loses the focus, too.
        let Some(menu) = menu.try_get_untracked().flatten() else { return };
        let next = event.related_target().and_then(|next| next.dyn_into::<web_sys::Node>().ok());
        let stays = menu.contains(next.as_ref())
            || button.get_untracked().is_some_and(|button| button.contains(next.as_ref()));
        if !stays && next.is_some() {
            is_open.set(false);
        }
    };
    let click_elsewhere = leptos::ev::click;
    let listener = window_event_listener(click_elsewhere, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let inside = menu.get_untracked().is_some_and(|menu| menu.contains(target.as_ref()))
            || button.get_untracked().is_some_and(|button| button.contains(target.as_ref()));
        if is_open.get_untracked() && !inside {
            is_open.set(false);
        }
    });
    on_cleanup(move || listener.remove());

    let class = if above { "menu menu--above" } else { "menu" };
    view! {
        <div class="menu-anchor" on:focusout=on(focusout)>
            <button
                class="icon-button"
                id=format!("{id}-button")
                r#type="button"
                node_ref=button
                aria-label=label
                aria-haspopup="menu"
                aria-controls=id
                aria-expanded=attribute(move || is_open.get().to_string())
                on:click=on(move |_| is_open.update(|open| *open = !*open))
            >
                <Icon name="more"/>
            </button>
            // Hidden, never unmounted: an item's own handler runs after the menu has closed.
            <div
                class=class
                id=id
                role="menu"
                aria-label=label
                hidden=attribute(move || (!is_open.get()).then_some(""))
                node_ref=menu
                on:keydown=on(keydown)
                // An item that does something closes the menu first, so that a dialog that
                // opens then gives the focus back to the button.
                on:click:capture=on(move |event: web_sys::MouseEvent| {
                    if is_final(&event) {
                        close();
                    }
                })
            >
                {children()}
            </div>
        </div>
    }
}

fn items(menu: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = menu.query_selector_all("[role^=menuitem]") else { return Vec::new() };
    (0..found.length())
        .filter_map(|place| found.get(place)?.dyn_into::<HtmlElement>().ok())
        .collect()
}

/// Moves the focus by arrow keys, Home and End.
fn walk(menu: &HtmlElement, event: &KeyboardEvent) {
    let items = items(menu);
    let focused = crate::browser::dom::focused();
    let here = items.iter().position(|item| Some(item) == focused.as_ref());
    let Some(next) = next_place(&event.key(), here, items.len()) else { return };
    event.prevent_default();
    let _ = items[next].focus();
}

fn next_place(key: &str, here: Option<usize>, count: usize) -> Option<usize> {
    if count == 0 {
        return None;
    }
    match key {
        "ArrowDown" | "ArrowRight" => Some(here.map_or(0, |here| (here + 1) % count)),
        "ArrowUp" | "ArrowLeft" => Some(here.map_or(count - 1, |here| (here + count - 1) % count)),
        "Home" => Some(0),
        "End" => Some(count - 1),
        _ => None,
    }
}

/// Whether a click was on an item that acts, not on one that only chooses.
fn is_final(event: &web_sys::MouseEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.closest("[role=menuitem]").ok().flatten().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrow_keys_walk_in_a_ring() {
        assert_eq!(next_place("ArrowDown", None, 3), Some(0));
        assert_eq!(next_place("ArrowDown", Some(2), 3), Some(0));
        assert_eq!(next_place("ArrowUp", Some(0), 3), Some(2));
        assert_eq!(next_place("End", Some(0), 3), Some(2));
        assert_eq!(next_place("a", Some(0), 3), None);
        assert_eq!(next_place("ArrowDown", None, 0), None);
    }
}
