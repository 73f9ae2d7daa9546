//! One row of the timeline: a message with its state, an event, a day, or the new-messages line.
//! A message keeps its node from pending to accepted.

pub mod editor;
pub mod file;
mod links;
pub mod state;

use self::file::MessageFile;
use self::links::{Part, parts};
use self::state::MessageState;
use crate::browser::intl;
use crate::components::avatar::{Avatar, Size};
use crate::icons::Icon;
use crate::later::later;
use crate::live::{ArcLive, Live};
use crate::prelude::*;
use crate::store::store;
use crate::store::view::{Dialog, Editable, MessageView, RowState, RowView, Whose};
use crate::views::{When, attribute, drawn, on};

#[component]
pub fn Row(id: String, row: ArcLive<RowView>) -> impl IntoView {
    let row = Live::from(row);
    match row.get_untracked() {
        RowView::Day { .. } => view! { <DayRow id row/> }.into_any(),
        RowView::New => view! { <NewRow id/> }.into_any(),
        RowView::Event { .. } => view! { <EventRow id row/> }.into_any(),
        RowView::Message(first) => view! { <MessageRow id first row/> }.into_any(),
    }
}

#[component]
fn DayRow(id: String, row: Live<RowView>) -> impl IntoView {
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
            {drawn(label)}
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
fn EventRow(id: String, row: Live<RowView>) -> impl IntoView {
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
fn MessageRow(id: String, first: MessageView, row: Live<RowView>) -> impl IntoView {
    let store = store();
    let (author, own) = (first.author.clone(), first.own);
    let key = first.key;
    // A message keeps its file, until both are deleted.
    let file = first.file.is_some().then(|| view! { <MessageFile row/> });
    let words = &store.wording().message;
    let is_editing = move || store.editing.get() == Some(key);
    let may = move |whose: fn(Editable) -> Whose| {
        let whose = whose(store.editable.get());
        message(row).is_some_and(|message| whose.has(&message)) && !is_editing()
    };
    let (may_edit, may_delete) = (move || may(|of| of.text), move || may(|of| of.deletes));
    // What others said, as far as the server has it, may be kept for later.
    let may_mark = move || may(|_| Whose { own: false, any: true });
    let opens = move || message(row).is_some_and(|message| message.opens);
    let at = move || message(row).map_or(first.at, |message| message.at);

    let class = move || {
        let state = message(row).map(|message| message.state);
        let mut class = "message-row".to_owned();
        for (is_so, suffix) in [
            (opens(), " message-row--opens"),
            (own, " message-row--own"),
            (state.as_ref().is_some_and(RowState::is_pending), " message-row--pending"),
            (state.as_ref().is_some_and(RowState::is_failed), " message-row--failed"),
            (state == Some(RowState::Deleted), " message-row--gone"),
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
                    datetime=intl::iso(at())
                    title=store.locale().full(at())
                    aria-hidden="true"
                >
                    {store.locale().time(at())}
                </time>
            }
        }
    };
    let gutter = {
        let (author, time) = (author.clone(), time.clone());
        move || match opens() {
            true => view! { <Avatar identity=author.clone() size=Size::Full you=own/> }.into_any(),
            false => time("").into_any(),
        }
    };
    let head = move || match opens() {
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
            class=attribute(class)
            id=id
            tabindex="-1"
            data-index=attribute(move || message(row)?.index.map(|index| index.0.to_string()))
            aria-labelledby=labelled_by
        >
            <div class="message-row__gutter">{drawn(gutter)}</div>
            <div class="message-row__content">
                {drawn(head)}
                <When holds=is_editing fallback=move || view! { <MessageText row/> }>
                    {later(move |later| (later.editor)(row))}
                </When>
                {file}
                <MessageState row/>
            </div>
            <When holds=move || may_edit() || may_delete() || may_mark()>
                <div class="message-row__tools">
                    <When holds=may_mark>
                        <button
                            class="icon-button icon-button--small"
                            r#type="button"
                            aria-label=words.mark_unread
                            on:click=on(move |_| {
                                if let Some(message) = message(row) {
                                    store.mark_unread(&message);
                                }
                            })
                        >
                            <Icon name="unread"/>
                        </button>
                    </When>
                    <When holds=may_edit>
                        <button
                            class="icon-button icon-button--small"
                            r#type="button"
                            aria-label=words.edit
                            on:click=on(move |_| store.editing.set(Some(key)))
                        >
                            <Icon name="pencil"/>
                        </button>
                    </When>
                    <When holds=may_delete>
                        <button
                            class="icon-button icon-button--small"
                            r#type="button"
                            aria-label=words.delete
                            on:click=on(move |_| store.ask_about(message(row), Dialog::DeleteMessage))
                        >
                            <Icon name="trash"/>
                        </button>
                    </When>
                </div>
            </When>
        </article>
    }
}

/// The message of a row; the kind of a row never changes.
fn message(row: Live<RowView>) -> Option<MessageView> {
    match row.get() {
        RowView::Message(message) => Some(message),
        _ => None,
    }
}

/// What it says, and whether it was edited.
#[component]
fn MessageText(row: Live<RowView>) -> impl IntoView {
    let store = store();
    let words = &store.wording().message;
    let edited = words.edited;
    let mark = move |at| {
        view! {
            " "
            <small class="message-row__edited" title=store.locale().full(at)>
                {edited}
            </small>
        }
    };
    view! {
        <div class="message-row__body" dir="auto">
            {drawn(move || {
                message(row).map(|message| match message.state {
                    RowState::Deleted => text(words.deleted),
                    _ => text(&message.body),
                })
            })}
            {drawn(move || message(row).and_then(|message| message.edited).map(mark))}
        </div>
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

impl RowState {
    fn is_pending(&self) -> bool {
        match self {
            Self::Sending(_) | Self::Waiting(_) | Self::Stale(_) => true,
            Self::Uploading(_) | Self::UploadWaiting(_) => true,
            Self::Accepted | Self::Deleted | Self::Failed(..) | Self::FileGone(_) => false,
        }
    }

    fn is_failed(&self) -> bool {
        matches!(self, Self::Failed(..) | Self::FileGone(_))
    }
}
