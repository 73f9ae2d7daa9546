//! What has become of a message of one's own, and what can be done about it.

use chat::Nonce;

use super::message;
use crate::icons::Icon;
use crate::live::Live;
use crate::prelude::*;
use crate::sentences;
use crate::store::store;
use crate::store::view::{RowState, RowView, Uploading};
use crate::views::{attribute, drawn, on};

#[component]
pub fn MessageState(row: Live<RowView>) -> impl IntoView {
    let wording = store().wording();
    let (words, common, files) = (&wording.message, &wording.common, &wording.files);
    let nothing = || ().into_any();
    drawn(move || match message(row).map_or(RowState::Accepted, |message| message.state) {
        RowState::Accepted | RowState::Deleted => nothing(),
        RowState::Sending(_) => state("clock", words.sending.to_owned(), nothing()),
        RowState::Waiting(_) => state("clock", words.waiting.to_owned(), nothing()),
        RowState::Stale(nonce) => {
            let ways = (retry(nonce, words.send_now), discard(nonce, words.discard));
            state("clock", words.stale.to_owned(), ways.into_any())
        }
        RowState::Failed(nonce, refusal) => {
            let reason = sentences::refused(wording, &refusal);
            let ways = (retry(nonce, common.try_again), discard(nonce, words.discard));
            state("alert", (words.not_sent)(&reason), ways.into_any())
        }
        RowState::Uploading(nonce) => {
            let ways = (progress(nonce, files.uploading), discard(nonce, common.cancel));
            state("clock", files.uploading.to_owned(), ways.into_any())
        }
        RowState::UploadWaiting(nonce) => {
            state("clock", words.waiting.to_owned(), discard(nonce, common.cancel))
        }
        RowState::FileGone(nonce) => {
            state("alert", files.gone.to_owned(), discard(nonce, words.discard))
        }
    })
}

fn state(icon: &'static str, sentence: String, ways: AnyView) -> AnyView {
    view! {
        <div class="message-row__state">
            <span class="message-row__reason">
                <Icon name=icon/>
                {sentence}
            </span>
            {ways}
        </div>
    }
    .into_any()
}

fn retry(nonce: Nonce, label: &'static str) -> AnyView {
    let store = store();
    view! {
        <button class="button button--small" r#type="button" on:click=on(move |_| store.retry(nonce))>
            <Icon name="retry" small=true/>
            {label}
        </button>
    }
    .into_any()
}

fn discard(nonce: Nonce, label: &'static str) -> AnyView {
    let store = store();
    view! {
        <button
            class="button button--quiet button--small"
            r#type="button"
            on:click=on(move |_| store.discard(nonce))
        >
            {label}
        </button>
    }
    .into_any()
}

/// A bar and no number: a text that changes in the log would be read aloud each time.
fn progress(nonce: Nonce, label: &'static str) -> AnyView {
    let store = store();
    view! {
        <progress
            class="message-row__progress"
            max="100"
            aria-label=label
            value=attribute(move || percent(store.uploading.get(), nonce))
        ></progress>
    }
    .into_any()
}

/// How much of a message's file is through. One upload runs at a time: the others have not begun.
fn percent(running: Option<Uploading>, nonce: Nonce) -> String {
    let own = running.filter(|running| running.nonce == nonce);
    own.map_or(0, |running| running.percent).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_waits_for_its_turn_has_not_begun() {
        let [one, other] = [7, 8].map(|number| Nonce(uuid::Uuid::from_u128(number)));
        let running = Some(Uploading { nonce: one, percent: 42 });
        assert_eq!(percent(running, one), "42");
        assert_eq!(percent(running, other), "0");
        assert_eq!(percent(None, one), "0");
    }
}
