//! The reason why what was written was refused, beside it.

use crate::icons::Icon;
use crate::live::Live;
use crate::prelude::*;
use crate::views::drawn;

#[component]
pub fn FieldError(#[prop(into)] id: String, error: Live<Option<String>>) -> impl IntoView {
    let reason = move |sentence: String| {
        view! {
            <Icon name="alert" small=true/>
            <span>{sentence}</span>
        }
    };
    view! {
        <p class="field__error" id=id role="alert">
            {drawn(move || error.get().map(reason))}
        </p>
    }
}
