//! The file beside a message: its place, which is as large before the file is there as after. What
//! stands in it comes with the page's later part.

pub mod content;
mod kind;
mod way;

use leptos::html::Div;
use web_sys::HtmlElement;

use self::kind::shown_size;
use super::message;
use crate::later::later;
use crate::live::Live;
use crate::prelude::*;
use crate::store::view::RowView;
use crate::views::{attribute, follow};

#[component]
pub fn MessageFile(row: Live<RowView>) -> impl IntoView {
    let place = NodeRef::<Div>::new();
    let file = move || message(row).and_then(|message| message.file);
    // The style sheet is told how large the image is going to be.
    follow(move || {
        let dimensions = file().and_then(|file| file.dimensions);
        let (Some(place), Some(dimensions)) = (place.get(), dimensions) else { return };
        let (width, height) = shown_size(dimensions);
        let style = HtmlElement::style(&place);
        let _ = style.set_property("--width", &format!("{width}px"));
        let _ = style.set_property("--ratio", &format!("{width} / {height}"));
        let _ = style.set_property("--least", "0");
    });
    view! {
        <div
            class=attribute(move || match file() {
                Some(_) => "message-file message-file--kept",
                None => "message-file",
            })
            node_ref=place
        >
            {later(move |later| (later.file)(row, place))}
        </div>
    }
}
