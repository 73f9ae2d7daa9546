//! Who is typing. Its height is kept, and it is never read aloud.

use crate::prelude::*;
use crate::store::store;
use crate::views::{When, drawn};
use crate::wording::Piece;

#[component]
pub fn TypingLine() -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let sentence = move || {
        let pieces = (wording.typing)(&store.typing.get());
        let piece = |piece| match piece {
            Piece::Name(name) => view! { <b><bdi>{name}</bdi></b> }.into_any(),
            Piece::Words(words) => words.into_any(),
        };
        pieces.into_iter().map(piece).collect_view()
    };

    view! {
        <div class="typing-line">
            <When holds=move || !store.typing.get().is_empty()>
                <span class="typing-line__dots" aria-hidden="true">
                    <i></i>
                    <i></i>
                    <i></i>
                </span>
            </When>
            <span class="typing-line__text">{drawn(sentence)}</span>
            <span class="typing-line__hint">
                <kbd>"Enter"</kbd>
                {wording.composer.enter_sends}
                <kbd>"Shift Enter"</kbd>
                {wording.composer.shift_enter_breaks}
            </span>
        </div>
    }
}
