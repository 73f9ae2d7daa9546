//! One row of the timeline: a message with its state, an event, a day, or the new-messages line.
//! A message keeps its node from pending to accepted.

mod links;

use chat::Nonce;
use leptos::prelude::*;

use self::links::{Part, parts};
use crate::browser::intl;
use crate::components::avatar::{Avatar, Size};
use crate::icons::Icon;
use crate::sentences;
use crate::store::store;
use crate::store::view::{MessageView, RowState, RowView};

#[component]
pub fn Row(id: String, row: ArcRwSignal<RowView>) -> impl IntoView {
    let row = RwSignal::from(row);
    match row.get_untracked() {
        RowView::Day { .. } => view! { <DayRow id row/> }.into_any(),
        RowView::New => view! { <NewRow id/> }.into_any(),
        RowView::Event { .. } => view! { <EventRow id row/> }.into_any(),
        RowView::Message(first) => view! { <MessageRow id first row/> }.into_any(),
    }
}

#[component]
fn DayRow(id: String, row: RwSignal<RowView>) -> impl IntoView {
    let store = store();
    let words = &store.wording().timeline;
    let label = move || match row.get() {
        RowView::Day { days_ago: 0, .. } => words.today.to_owned(),
        RowView::Day { days_ago: 1, .. } => words.yesterday.to_owned(),
        RowView::Day { at, .. } => store.locale().day(at, crate::browser::clock::now()),
        _ => String::new(),
    };
    view! {
        <h2 class="day-separator" id=id>
            {label}
        </h2>
    }
}

#[component]
fn NewRow(id: String) -> impl IntoView {
    let label = store().wording().timeline.new;
    view! {
        <div class="new-line" id=id role="separator" aria-label=label>
            <span aria-hidden="true">{label}</span>
        </div>
    }
}

#[component]
fn EventRow(id: String, row: RwSignal<RowView>) -> impl IntoView {
    let store = store();
    let words = &store.wording().timeline;
    let RowView::Event { identity, joined, at } = row.get_untracked() else {
        return ().into_any();
    };
    view! {
        <p class="event-line" id=id>
            <Icon name=if joined { "join" } else { "leave" } directional=true/>
            <span>
                <strong>
                    <bdi>{identity.to_string()}</bdi>
                </strong>
                {if joined { words.joined } else { words.left }}
                <time datetime=intl::iso(at)>{store.locale().time(at)}</time>
            </span>
        </p>
    }
    .into_any()
}

#[component]
fn MessageRow(id: String, first: MessageView, row: RwSignal<RowView>) -> impl IntoView {
    let store = store();
    // The kind of a row never changes, so what it was at first stands in where it is gone.
    let message = move || match row.get() {
        RowView::Message(message) => message,
        _ => first.clone(),
    };
    let message = Memo::new(move |_| message());
    let opens = Memo::new(move |_| message.with(|message| message.opens));
    let body = Memo::new(move |_| message.with(|message| message.body.clone()));
    let at = Memo::new(move |_| message.with(|message| message.at));
    let state = Memo::new(move |_| message.with(|message| message.state.clone()));
    let (author, own) = message.with_untracked(|message| (message.author.clone(), message.own));

    let class = move || {
        let mut class = "message-row".to_owned();
        for (is_so, suffix) in [
            (opens.get(), " message-row--opens"),
            (own, " message-row--own"),
            (state.with(RowState::is_pending), " message-row--pending"),
            (state.with(RowState::is_failed), " message-row--failed"),
        ] {
            if is_so {
                class.push_str(suffix);
            }
        }
        class
    };
    let (author_id, time_id) = (format!("{id}-author"), format!("{id}-time"));
    let labelled_by = format!("{author_id} {time_id}");
    let time = {
        let time_id = time_id.clone();
        move |class: &'static str| {
            view! {
                <time
                    class=class
                    id=time_id.clone()
                    datetime=intl::iso(at.get())
                    title=store.locale().full(at.get())
                    aria-hidden="true"
                >
                    {store.locale().time(at.get())}
                </time>
            }
        }
    };
    let gutter = {
        let (author, time) = (author.clone(), time.clone());
        move || match opens.get() {
            true => view! { <Avatar identity=author.clone() size=Size::Full you=own/> }.into_any(),
            false => time("").into_any(),
        }
    };
    let head = move || match opens.get() {
        true => {
            let you = own.then(|| {
                view! { <span class="message-row__you">{store.wording().common.you}</span> }
            });
            view! {
                <header class="message-row__head">
                    <bdi class="message-row__author" id=author_id.clone()>
                        {author.to_string()}
                    </bdi>
                    {you}
                    {time("message-row__time")}
                </header>
            }
            .into_any()
        }
        false => view! {
            <span class="visually-hidden" id=author_id.clone()>
                {author.to_string()}
            </span>
        }
        .into_any(),
    };

    view! {
        <article
            class=class
            id=id
            data-index=move || message.with(|message| message.index.map(|index| index.0.to_string()))
            aria-labelledby=labelled_by
        >
            <div class="message-row__gutter">{gutter}</div>
            <div class="message-row__content">
                {head}
                <div class="message-row__body" dir="auto">
                    {move || body.with(|body| text(body))}
                </div>
                <MessageState state/>
            </div>
        </article>
    }
}

/// The text as it was written, with its links as links.
fn text(body: &str) -> impl IntoView + use<> {
    let part = |part: Part<'_>| match part {
        Part::Text(text) => text.to_owned().into_any(),
        Part::Link(address) => view! {
            <a href=address.to_owned() target="_blank" rel="noopener noreferrer nofollow ugc">
                {address.to_owned()}
            </a>
        }
        .into_any(),
    };
    parts(body).into_iter().map(part).collect_view()
}

/// What has become of a message of one's own, and what can be done about it.
#[component]
fn MessageState(state: Memo<RowState>) -> impl IntoView {
    let store = store();
    let wording = store.wording();
    let words = &wording.message;
    let quiet = |sentence: &'static str| {
        view! {
            <p class="message-row__state">
                <span class="message-row__reason">
                    <Icon name="clock"/>
                    {sentence}
                </span>
            </p>
        }
        .into_any()
    };
    let asking = move |icon: &'static str, sentence: String, action: &'static str, nonce: Nonce| {
        view! {
            <div class="message-row__state">
                <span class="message-row__reason">
                    <Icon name=icon/>
                    {sentence}
                </span>
                <button class="button button--small" r#type="button" on:click=move |_| store.retry(nonce)>
                    <Icon name="retry" small=true/>
                    {action}
                </button>
                <button
                    class="button button--quiet button--small"
                    r#type="button"
                    on:click=move |_| store.discard(nonce)
                >
                    {words.discard}
                </button>
            </div>
        }
        .into_any()
    };
    move || match state.get() {
        RowState::Accepted => ().into_any(),
        RowState::Sending(_) => quiet(words.sending),
        RowState::Waiting(_) => quiet(words.waiting),
        RowState::Stale(nonce) => asking("clock", words.stale.to_owned(), words.send_now, nonce),
        RowState::Failed(nonce, refusal) => {
            let reason = sentences::refused(wording, &refusal);
            asking("alert", (words.not_sent)(&reason), wording.common.try_again, nonce)
        }
    }
}

impl RowState {
    fn is_pending(&self) -> bool {
        matches!(self, Self::Sending(_) | Self::Waiting(_) | Self::Stale(_))
    }

    fn is_failed(&self) -> bool {
        matches!(self, Self::Failed(..))
    }
}
