//! The mark: 合, the roof, the beam, and the voices under it.

use crate::prelude::*;

#[component]
pub fn Mark(#[prop(optional)] large: bool) -> impl IntoView {
    let class = if large { "mark mark--large" } else { "mark" };
    view! {
        <svg class=class viewBox="0 0 28 28" aria-hidden="true">
            <rect class="mark__seal" width="28" height="28" rx="7.5"></rect>
            <path
                class="mark__strokes"
                d="M6 13.1 14 6.25l8 6.85M10.9 14.1h6.2M9.4 18.1h9.2v4.15H9.4z"
            ></path>
        </svg>
    }
}
