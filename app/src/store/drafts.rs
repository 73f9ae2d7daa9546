//! What was typed and not sent yet, per channel; also after a reload and in a second tab.

use chat::ChannelSid;

use super::Store;
use crate::browser::storage;

const PREFIX: &str = "yoriai-draft:";

impl Store {
    pub(crate) fn draft(self, channel: ChannelSid) -> String {
        let known = self.inner().drafts.borrow().get(channel).cloned();
        known.or_else(|| storage::kept(&self.draft_key(channel))).unwrap_or_default()
    }

    pub(crate) fn keep_draft(self, channel: ChannelSid, text: &str) {
        self.inner().drafts.borrow_mut().insert(channel, text.to_owned());
        let key = self.draft_key(channel);
        if text.is_empty() {
            storage::forget(&key);
        } else {
            // A draft that finds no room stays on the page; the outbox says so for both.
            let _ = storage::keep(&key, text);
        }
    }

    /// What was being written, if anything; it is kept no longer.
    pub(super) fn take_draft(self, channel: ChannelSid) -> Option<String> {
        let draft = self.draft(channel);
        self.keep_draft(channel, "");
        Some(draft).filter(|draft| !draft.trim().is_empty())
    }

    pub(super) fn forget_drafts(self) {
        for key in storage::keys(&format!("{PREFIX}{}:", self.identity())) {
            storage::forget(&key);
        }
    }

    fn draft_key(self, channel: ChannelSid) -> String {
        format!("{PREFIX}{}:{channel}", self.identity())
    }
}
