//! Where somebody reads: keeps that row where it is, asks for older messages in time, and tells
//! what has been seen.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use chat::{ChannelSid, MessageIndex};
use gloo_timers::callback::Timeout;
use leptos::html::Div;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlCollection, HtmlDivElement, ResizeObserver};

use crate::browser::{clock, dom};
use crate::live::Live;
use crate::prelude::*;
use crate::store::layout::ItemKey;
use crate::store::view::{Earlier, ScrollPlace};
use crate::store::{Store, store};
use crate::views::follow;

/// So near to the end, somebody is at the end.
const END_PX: f64 = 24.0;
/// So near to the beginning, older messages are asked for.
const OLDER_PX: f64 = 800.0;
/// A message counts as seen when it has been in sight for this long.
const SEEN_AFTER_MS: i64 = 300;

#[derive(Clone, Copy)]
pub(super) struct Reading {
    store: Store,
    channel: ChannelSid,
    list: NodeRef<Div>,
    at_end: Live<bool>,
    state: StoredValue<Rc<State>, LocalStorage>,
}

#[derive(Default)]
struct State {
    /// Where the list should stand; nothing until rows are there for the first time.
    place: RefCell<Option<ScrollPlace>>,
    /// Rows have changed, and the list has not been set right yet.
    is_turning: Cell<bool>,
    seen_timer: RefCell<Option<Timeout>>,
    observer: RefCell<Option<Observed>>,
}

/// An observer, and what it calls: they live and end together.
type Observed = (ResizeObserver, Closure<dyn FnMut()>);

impl Reading {
    pub(super) fn new(channel: ChannelSid, list: NodeRef<Div>) -> Self {
        let reading = Self {
            store: store(),
            channel,
            list,
            at_end: Live::new(true),
            state: StoredValue::new_local(Rc::default()),
        };
        reading.store.before_turn(move || reading.before_turn());
        // The frame comes after everything that this turn draws, and before it is painted.
        follow(move || {
            reading.store.turned.track();
            request_animation_frame(move || reading.settle());
        });
        follow(move || {
            if reading.store.visible.get() {
                reading.look();
            }
        });
        follow(move || {
            if let Some(element) = list.get() {
                reading.observe(&element);
            }
        });
        on_cleanup(move || reading.stop());
        reading
    }

    pub(super) fn is_at_end(self) -> bool {
        self.at_end.get()
    }

    pub(super) fn to_end(self) {
        self.keep(ScrollPlace::End);
        self.settle();
        dom::focus("message-list");
    }

    pub(super) fn scrolled(self) {
        let Some(state) = self.state() else { return };
        if !state.is_turning.get() && state.place.borrow().is_some() {
            self.note();
            self.look();
        }
    }

    fn state(self) -> Option<Rc<State>> {
        self.state.try_get_value()
    }

    fn element(self) -> Option<HtmlDivElement> {
        self.list.try_get_untracked().flatten()
    }

    /// The last moment at which the old rows stand where they stood.
    fn before_turn(self) {
        let Some(state) = self.state() else { return };
        if self.store.take_wish_for_end() {
            self.keep(ScrollPlace::End);
        } else if !state.is_turning.get() && state.place.borrow().is_some() {
            self.note();
        }
        state.is_turning.set(true);
    }

    /// Sets the list right after rows or sizes have changed.
    fn settle(self) {
        let (Some(state), Some(list)) = (self.state(), self.element()) else { return };
        state.is_turning.set(false);
        if self.store.items.with_untracked(Vec::is_empty) || list.client_height() == 0 {
            return;
        }
        let place = state.place.borrow().clone();
        match place.unwrap_or_else(|| self.first_place(&list)) {
            ScrollPlace::End => list.set_scroll_top(list.scroll_height()),
            ScrollPlace::Row(id, offset) => {
                if let Some(row) = dom::by_id::<Element>(&id) {
                    let moved = top(&row) - top(&list) - offset;
                    list.scroll_by_with_x_and_y(0.0, moved);
                }
            }
        }
        self.note();
        self.look();
    }

    /// Where somebody was who was here before; else the first unread message, with what stands
    /// above it still in sight; else the end.
    fn first_place(self, list: &Element) -> ScrollPlace {
        if let Some(place) = self.store.scroll_place(self.channel) {
            return place;
        }
        let has_new = self.store.items.with_untracked(|items| items.contains(&ItemKey::New));
        if has_new {
            return ScrollPlace::Row(ItemKey::New.id(), f64::from(list.client_height()) / 4.0);
        }
        ScrollPlace::End
    }

    /// Notes where the list stands now.
    fn note(self) {
        let Some(list) = self.element().filter(|list| 0 < list.client_height()) else { return };
        let left = list.scroll_height() - list.scroll_top() - list.client_height();
        if f64::from(left) <= END_PX {
            return self.keep(ScrollPlace::End);
        }
        let rows = list.children();
        let upper_edge = top(&list);
        let first = first_where(&rows, |row| upper_edge < row.get_bounding_client_rect().bottom());
        let row = (first..rows.length()).filter_map(|place| rows.item(place)).find(is_anchor);
        if let Some(row) = row {
            self.keep(ScrollPlace::Row(row.id(), top(&row) - upper_edge));
        }
    }

    fn keep(self, place: ScrollPlace) {
        let is_end = place == ScrollPlace::End;
        if self.at_end.get_untracked() != is_end {
            self.at_end.set(is_end);
        }
        if let Some(state) = self.state() {
            *state.place.borrow_mut() = Some(place.clone());
        }
        self.store.keep_scroll_place(self.channel, place);
    }

    /// Asks for what is about to be needed, and tells what is in sight.
    fn look(self) {
        let (Some(state), Some(list)) = (self.state(), self.element()) else { return };
        if list.client_height() == 0 || state.place.borrow().is_none() {
            return;
        }
        let is_more = self.store.earlier.get_untracked() == Earlier::More;
        if is_more && f64::from(list.scroll_top()) < OLDER_PX {
            self.store.older(self.channel);
        }
        if dom::is_visible() {
            let timer = clock::after(SEEN_AFTER_MS, move || self.tell_seen());
            *state.seen_timer.borrow_mut() = Some(timer);
        }
    }

    fn tell_seen(self) {
        let Some(list) = self.element().filter(|list| 0 < list.client_height()) else { return };
        if !dom::is_visible() {
            return;
        }
        let rows = list.children();
        let lower_edge = list.get_bounding_client_rect().bottom() + 1.0;
        let below = first_where(&rows, |row| lower_edge < row.get_bounding_client_rect().bottom());
        let seen =
            (0..below).rev().filter_map(|place| rows.item(place)).find_map(|row| index(&row));
        if let Some(index) = seen {
            self.store.seen(self.channel, index);
        }
    }

    /// A composer that grows, a keyboard that opens, a window that narrows: the row stays.
    fn observe(self, list: &HtmlDivElement) {
        let Some(state) = self.state() else { return };
        let resized = Closure::<dyn FnMut()>::new(move || self.settle());
        if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            observer.observe(list);
            *state.observer.borrow_mut() = Some((observer, resized));
        }
    }

    fn stop(self) {
        if let Some(state) = self.state() {
            state.seen_timer.borrow_mut().take();
            if let Some((observer, _)) = state.observer.borrow_mut().take() {
                observer.disconnect();
            }
        }
    }
}

fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}

/// Whether a list can hold on to this row. Not to a day's line: that stands above whatever is
/// loaded of its day.
fn is_anchor(row: &Element) -> bool {
    !row.id().is_empty() && !row.matches(".day-separator").unwrap_or_default()
}

fn index(row: &Element) -> Option<MessageIndex> {
    row.get_attribute("data-index")?.parse().ok().map(MessageIndex)
}

/// The place of the first row that is so, where from some row on all are.
fn first_where(rows: &HtmlCollection, is_so: impl Fn(&Element) -> bool) -> u32 {
    let (mut from, mut to) = (0, rows.length());
    while from < to {
        let middle = from + (to - from) / 2;
        if rows.item(middle).is_some_and(|row| is_so(&row)) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}
