//! Files that somebody chooses, to go with the next message of a channel.

use chat::ChannelSid;
use chat::limits::OUTBOX_MESSAGES_MAX;
use chat::media::Dimensions;
use web_sys::{DragEvent, File};

use super::Store;
use super::apply::set_if_new;
use super::view::{Chosen, Pane};
use crate::browser::dom;
use crate::browser::files::{self, LocalFile};

impl Store {
    /// Files may be dropped anywhere on the page: missing the conversation must not lead away.
    pub(super) fn listen_to_dragging(self) {
        let document = dom::document();
        dom::listen(&document, "dragover", move |event: DragEvent| {
            if files::are_dragged(&event) {
                event.prevent_default();
                set_if_new(self.dragging, self.attaches_to().is_some());
            }
        });
        dom::listen(&document, "dragleave", move |event: DragEvent| {
            if event.related_target().is_none() {
                set_if_new(self.dragging, false);
            }
        });
        dom::listen(&document, "drop", move |event: DragEvent| {
            if files::are_dragged(&event) {
                event.prevent_default();
                set_if_new(self.dragging, false);
                self.choose(files::dropped(&event));
            }
        });
    }

    /// Takes files to be sent with the next message of the open channel.
    pub(crate) fn choose(self, files: Vec<File>) {
        let Some(channel) = self.attaches_to().filter(|_| !files.is_empty()) else { return };
        let words = &self.wording().files;
        if OUTBOX_MESSAGES_MAX < self.chosen.with_untracked(Vec::len) + files.len() {
            self.not_written.set(Some(words.too_many.to_owned()));
            return;
        }
        let count = files.len() as u64;
        let inner = self.inner();
        for file in files {
            let file = LocalFile::new(file);
            let number = inner.next_number();
            let (attachment, url) = (file.attachment(), file.url.clone());
            inner.chosen.borrow_mut().insert(number, file);
            self.chosen.update(|all| all.push(Chosen { number, channel, attachment, url }));
        }
        self.not_written.set(None);
        self.murmured.set((words.attached)(count));
        write_on();
    }

    pub(crate) fn has_chosen(self, channel: ChannelSid) -> bool {
        self.chosen.with(|all| all.iter().any(|chosen| chosen.channel == channel))
    }

    /// Puts a file back.
    pub(crate) fn unchoose(self, number: u32) {
        drop(self.take_chosen(number));
        write_on();
    }

    /// Nothing can be said any more where these were to go.
    pub(super) fn unchoose_all_of(self, channel: ChannelSid) {
        for file in self.chosen_for(channel) {
            drop(self.take_chosen(file.number));
        }
    }

    pub(super) fn chosen_for(self, channel: ChannelSid) -> Vec<Chosen> {
        let chosen = self.chosen.get_untracked().into_iter();
        chosen.filter(|chosen| chosen.channel == channel).collect()
    }

    pub(super) fn take_chosen(self, number: u32) -> Option<LocalFile> {
        self.chosen.update(|all| all.retain(|chosen| chosen.number != number));
        self.inner().chosen.borrow_mut().remove(number)
    }

    /// The browser has looked into a chosen file, and it is an image of this size.
    pub(crate) fn measured(self, number: u32, dimensions: Option<Dimensions>) {
        self.chosen.update(|all| {
            if let Some(chosen) = all.iter_mut().find(|chosen| chosen.number == number)
                && is_shown_in_place(&chosen.attachment.content_type)
            {
                chosen.attachment.dimensions = dimensions;
            }
        });
    }

    /// The channel whose next message a file would go with.
    fn attaches_to(self) -> Option<ChannelSid> {
        let is_free = self.dialog.with_untracked(Option::is_none);
        let may =
            self.head.with_untracked(|head| head.as_ref().is_some_and(|head| head.may_attach));
        match self.pane.get_untracked() {
            Pane::Channel(channel) if is_free && may => Some(channel),
            _ => None,
        }
    }
}

/// Back to the box, unless that would bring a keyboard over half of the screen.
fn write_on() {
    if !dom::matches("(pointer: coarse)") {
        dom::focus("composer");
    }
}

/// Whether the server, too, will call it an image to be shown in its place.
fn is_shown_in_place(content_type: &str) -> bool {
    matches!(content_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif")
}

impl Chosen {
    /// Whether a small picture of it can be shown.
    pub(crate) fn is_picture(&self) -> bool {
        is_shown_in_place(&self.attachment.content_type)
    }
}
