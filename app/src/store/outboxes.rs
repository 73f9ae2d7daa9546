//! The outbox on this device: kept under the epoch, the user and the tab; a tab holds the lock of
//! its own, and takes over one whose tab is gone.

use client::SavedOutbox;
use web_sys::StorageEvent;

use super::Store;
use super::apply::set_if_new;
use crate::browser::{clock, dom, locks, storage};

const PREFIX: &str = "yoriai-outbox:";

impl Store {
    /// Keeps what is not sent yet, so that a reload or a crash loses nothing.
    pub(super) fn save_outbox(self, saved: &SavedOutbox) {
        let inner = self.inner();
        let key = format!("{PREFIX}{}:{}", saved.key, inner.tab);
        let before = inner.outbox_key.borrow_mut().replace(key.clone());
        if before.as_ref() != Some(&key) {
            locks::hold(&key);
        }
        match &saved.text {
            Some(text) => {
                let not_kept = storage::keep(&key, text).err();
                set_if_new(self.not_kept, not_kept);
            }
            None => storage::forget(&key),
        }
        if let Some(before) = before.filter(|before| *before != key) {
            storage::forget(&before);
        }
    }

    /// Takes over what tabs that are gone have left behind; those of living tabs when they go.
    pub(super) fn adopt_outboxes(self) {
        for key in storage::keys(PREFIX) {
            self.adopt_when_free(key);
        }
    }

    /// A tab that comes later may go earlier.
    pub(super) fn listen_to_other_tabs(self) {
        dom::listen(&dom::window(), "storage", move |event: StorageEvent| {
            let is_new = event.old_value().is_none() && event.new_value().is_some();
            if let Some(key) = event.key().filter(|key| is_new && key.starts_with(PREFIX))
                && locks::are_there()
            {
                self.adopt_when_free(key);
            }
        });
    }

    /// Messages of this person that are not sent, in this tab and in others.
    pub(crate) fn unsent_on_this_device(self) -> u64 {
        let own = self.inner().outbox_key.borrow().clone();
        let others = storage::keys(PREFIX).into_iter().filter(|key| Some(key) != own.as_ref());
        let kept: Vec<String> = others.filter_map(|key| storage::kept(&key)).collect();
        self.read(|client| {
            let outbox = client.outbox();
            let of_others: usize = kept.iter().map(|text| outbox.count_in(text)).sum();
            (outbox.unsent() + of_others) as u64
        })
    }

    /// Signing out: what was not sent is deleted from this device, whichever tab kept it.
    pub(super) fn forget_outboxes(self) {
        let own = self.inner().outbox_key.borrow().clone();
        let of_this_person = own.as_deref().and_then(|key| key.rsplit_once(':'));
        if let Some((prefix, _tab)) = of_this_person {
            for key in storage::keys(&format!("{prefix}:")) {
                storage::forget(&key);
            }
        }
    }

    fn adopt_when_free(self, key: String) {
        if self.inner().outbox_key.borrow().as_ref() == Some(&key) {
            return;
        }
        if locks::are_there() {
            let name = key.clone();
            locks::when_free(&name, move || self.adopt(&key));
        } else {
            self.adopt(&key);
        }
    }

    fn adopt(self, key: &str) {
        let Some(text) = storage::kept(key) else { return };
        // Ours is kept before theirs goes: a crash between the two sends nothing twice, because
        // each message keeps its nonce.
        if self.drive(|client| client.adopt(&text, clock::now())) {
            storage::forget(key);
        }
    }
}
