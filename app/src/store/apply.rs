//! Applies what the client says. Events only mark what is out of date; then everything is brought
//! up to date at once, each signal at most once.

use chat::ChannelSid;
use client::{ConnectionState, Denial, Departure, Event, LineKey, SortedSet, TimelineChange};

use super::Store;
use super::farewell::Farewell;
use super::view::{Dialog, Pane, Told};
use crate::live::Live;
use crate::sentences;

/// What is out of date on the page.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    connection: bool,
    lists: bool,
    entries: SortedSet<ChannelSid>,
    timeline: bool,
    /// Lines whose own content is another now.
    pub(super) lines: SortedSet<LineKey>,
    /// All lines: a change of language or of the connection too.
    pub(super) all_lines: bool,
    head: bool,
    members: bool,
    typing: bool,
}

impl Dirty {
    fn is_clean(&self) -> bool {
        !(self.connection
            || self.lists
            || !self.entries.is_empty()
            || self.timeline
            || self.head
            || self.members
            || self.typing)
    }

    /// Everything of the open channel, as when another one is opened.
    pub(super) fn mark_open_channel(&mut self) {
        self.timeline = true;
        self.all_lines = true;
        self.head = true;
        self.members = true;
        self.typing = true;
    }

    pub(super) fn mark_lists(&mut self) {
        self.lists = true;
    }
}

impl Store {
    pub(super) fn mark(self, mark: impl FnOnce(&mut Dirty)) {
        mark(&mut self.inner().dirty.borrow_mut());
    }

    pub(super) fn apply(self, event: Event) {
        match event {
            Event::State => self.mark(|dirty| {
                dirty.connection = true;
                dirty.timeline = true;
            }),
            Event::Welcomed { anew } => self.welcomed(anew),
            Event::CaughtUp => {
                self.inner().caught_up.set(true);
                self.mark(Dirty::mark_lists);
                self.foresee_later();
            }
            Event::Directory(_) | Event::Memberships(_) => self.mark(|dirty| {
                dirty.lists = true;
                dirty.head = true;
                dirty.members = true;
            }),
            Event::Timeline { channel, change } => self.timeline_changed(channel, change),
            Event::Unread(channel) => self.mark(|dirty| {
                dirty.entries.insert(channel, ());
            }),
            Event::Typing(channel) if self.open() == Some(channel) => {
                self.mark(|dirty| dirty.typing = true);
            }
            Event::Typing(_) => {}
            Event::People => {
                set_if_new(self.people, self.read(|client| client.people().clone()));
            }
            Event::Answered { ticket, outcome } => {
                let answer = self.inner().answers.borrow_mut().remove(ticket);
                if let Some(answer) = answer {
                    answer(outcome);
                }
            }
            Event::ChannelGone { channel, friendly_name, departure, unsent } => {
                let was_open = [self.open(), self.inner().lost.get()].contains(&Some(channel));
                let number = self.inner().next_number();
                let is_general = self.read(|client| client.general()) == Some(channel);
                let to_general = was_open && !is_general;
                let told =
                    Told { number, name: friendly_name, departure, unsent, was_open, to_general };
                self.channel_gone(channel, told);
            }
            Event::NewerServer { .. } => self.newer_server.set(true),
        }
    }

    fn welcomed(self, anew: bool) {
        self.mark(|dirty| {
            dirty.connection = true;
            dirty.lists = true;
            if anew {
                dirty.mark_open_channel();
            }
        });
        self.adopt_outboxes();
    }

    fn timeline_changed(self, channel: ChannelSid, change: TimelineChange) {
        self.mark(|dirty| {
            dirty.connection = true;
            if change == TimelineChange::Details {
                dirty.lists = true;
            }
        });
        if self.open() != Some(channel) {
            return;
        }
        self.mark(|dirty| match change {
            TimelineChange::Reset => dirty.mark_open_channel(),
            TimelineChange::Lines { added, changed, gone: _ } => {
                dirty.timeline = true;
                for line in added.into_iter().chain(changed) {
                    dirty.lines.insert(line, ());
                }
            }
            TimelineChange::Earlier => dirty.timeline = true,
            TimelineChange::Members => {
                dirty.members = true;
                dirty.head = true;
            }
            TimelineChange::Details => dirty.head = true,
        });
    }

    fn channel_gone(self, channel: ChannelSid, mut told: Told) {
        let inner = self.inner();
        if told.departure == Departure::Deleted {
            told.unsent.extend(self.take_draft(channel));
        }
        inner.places.borrow_mut().remove(channel);
        self.unchoose_all_of(channel);
        let by_myself = inner.left_here.borrow_mut().remove(channel).is_some();
        if by_myself && told.unsent.is_empty() {
            self.murmured.set(sentences::gone(self.wording(), &told));
        } else if matters(&told, !inner.caught_up.get()) {
            self.told.update(|all| all.push(told.clone()));
        }
        if told.was_open && is_news(&told) {
            self.to_general();
        }
        self.mark(Dirty::mark_lists);
    }

    /// Brings the page up to date. Says whether there was anything to do.
    pub(super) fn turn(self) -> bool {
        let dirty = std::mem::take(&mut *self.inner().dirty.borrow_mut());
        if dirty.is_clean() {
            return false;
        }
        if dirty.connection {
            self.show_connection();
        }
        if dirty.lists {
            self.show_myself();
            self.show_lists();
            self.resolve();
        }
        for channel in dirty.entries.keys() {
            self.show_entry(channel);
        }
        if dirty.lists || !dirty.entries.is_empty() {
            self.show_unseen_anywhere();
        }
        if self.open().is_some_and(|open| dirty.entries.contains(open)) || dirty.timeline {
            self.show_unseen();
        }
        if matches!(self.pane.get_untracked(), Pane::Channel(_)) {
            self.show_open_channel(&dirty);
        }
        true
    }

    fn show_connection(self) {
        let (state, waiting) =
            self.read(|client| (client.state().clone(), client.outbox().unsent() as u64));
        if !state.is_online() {
            self.inner().caught_up.set(false);
        }
        // Another tab has signed out, say. Who still has something to copy may stay and read.
        let is_over = state == ConnectionState::Denied(Denial::SessionEnded);
        if is_over && waiting == 0 && !self.inner().is_leaving.replace(true) {
            self.to_card(Farewell::SessionEnded);
        }
        let is_back = state.is_online() && self.was_online.get_untracked();
        if is_back && self.connection.with_untracked(|before| !before.is_online()) {
            self.murmured.set(self.wording().connection.connected_again.to_owned());
        }
        self.was_online.update(|was_online| *was_online |= state.is_online());
        set_if_new(self.connection, state);
        set_if_new(self.waiting, waiting);
        self.ask_for_stale();
    }

    /// Asks once what should become of messages that have waited for too long.
    fn ask_for_stale(self) {
        let count = self.read(super::actions::stale).len() as u64;
        let is_free = self.dialog.with_untracked(Option::is_none);
        if 0 < count && is_free && !self.inner().asked_for_stale.replace(true) {
            self.dialog.set(Some(Dialog::Stale { count }));
        }
    }

    fn show_open_channel(self, dirty: &Dirty) {
        let Some(open) = self.open() else { return };
        if dirty.head || dirty.lists || dirty.timeline {
            self.show_head(open);
        }
        if dirty.timeline {
            self.show_timeline(open, dirty);
        }
        if dirty.members {
            self.show_members(open);
        }
        if dirty.typing || dirty.timeline {
            self.show_typing(open);
        }
    }
}

/// Whether somebody must be told that a channel is gone: they were in it, had something to say
/// there, or were away when it was deleted.
fn matters(told: &Told, was_away: bool) -> bool {
    let is_missed = was_away && told.departure == Departure::Deleted;
    is_news(told) && (told.was_open || !told.unsent.is_empty() || is_missed)
}

/// A channel that this page never knew by name was gone before it came, and the sheet says so.
fn is_news(told: &Told) -> bool {
    told.name.is_some() || !told.unsent.is_empty()
}

/// Sets a signal only where that says something new, so that nothing is drawn twice.
pub(super) fn set_if_new<T>(signal: Live<T>, value: T)
where
    T: PartialEq + Send + Sync + 'static,
{
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}
