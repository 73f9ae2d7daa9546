//! The outbox as text, so that it survives a reload, and another tab can take it over.

use chat::{ChannelSid, Nonce, UserSid};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Outbox, Pending, PendingState, Why};
use crate::json;

/// Whose words these are, and for which store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    pub(crate) epoch: Uuid,
    pub(crate) user: UserSid,
}

impl Owner {
    fn key(self) -> String {
        format!("{}.{}", self.epoch.as_simple(), self.user)
    }
}

/// What to store, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedOutbox {
    /// The epoch and the user; the page adds the tab's own mark.
    pub key: String,
    /// Nothing when the outbox is empty: remove what is stored.
    pub text: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    owner: Owner,
    pending: Vec<Pending>,
}

impl Outbox {
    /// The outbox as text, and where to store it; nothing until it is known whose it is.
    pub(crate) fn save(&self) -> Option<SavedOutbox> {
        let owner = self.owner?;
        let pending: Vec<_> =
            self.iter().filter(|pending| pending.is_unsent()).cloned().map(at_rest).collect();
        if pending.is_empty() {
            return Some(SavedOutbox { key: owner.key(), text: None });
        }
        let text = serde_json::to_string(&Saved { owner, pending }).expect("plain data");
        Some(SavedOutbox { key: owner.key(), text: Some(text) })
    }

    /// Takes over what was saved. Nothing comes of another person's, or of what cannot be read;
    /// otherwise, the messages that are new here.
    pub(crate) fn adopt(&mut self, text: &str) -> Option<Vec<(ChannelSid, Nonce)>> {
        let owner = self.owner?;
        let saved: Saved = json::read(text).ok()?;
        if saved.owner.user != owner.user {
            return None;
        }
        let mut adopted = Vec::new();
        for mut pending in saved.pending.into_iter().map(at_rest) {
            if !pending.is_unsent() || self.get(pending.nonce).is_some() {
                continue;
            }
            if saved.owner.epoch != owner.epoch {
                pending.doubt();
            }
            if pending.waits_for_file() {
                pending.lose_file();
            }
            adopted.push((pending.channel, pending.nonce));
            self.insert(pending);
        }
        Some(adopted)
    }

    /// How many of this person's messages are kept in a text; none in what cannot be read.
    pub fn count_in(&self, text: &str) -> usize {
        let saved: Option<Saved> = json::read(text).ok();
        let own = saved.filter(|saved| Some(saved.owner.user) == self.owner.map(|own| own.user));
        own.map_or(0, |saved| saved.pending.iter().filter(|pending| pending.is_unsent()).count())
    }

    /// From now on these are this owner's words. Those for another store wait for the person's
    /// word; another person's are not ours to keep. Says what is to be removed from where it was
    /// stored: only what lives on here.
    pub(crate) fn belong_to(&mut self, owner: Owner) -> Option<SavedOutbox> {
        let before = self.owner.replace(owner).filter(|before| *before != owner)?;
        if before.user != owner.user {
            self.pending.clear();
            return None;
        }
        self.pending.retain(Pending::is_unsent);
        self.pending.iter_mut().for_each(Pending::doubt);
        Some(SavedOutbox { key: before.key(), text: None })
    }

    /// Puts an adopted message where it belongs by the time it was said.
    fn insert(&mut self, pending: Pending) {
        let at = self.pending.partition_point(|own| own.queued_at <= pending.queued_at);
        self.pending.insert(at, pending);
    }
}

impl Pending {
    fn doubt(&mut self) {
        if !matches!(self.state, PendingState::Failed(_) | PendingState::FileGone) {
            self.state = PendingState::NeedsWord(Why::OtherEpoch);
        }
    }
}

/// Whether a message was on its way is not known any more once it is stored.
fn at_rest(mut pending: Pending) -> Pending {
    if pending.state == PendingState::Sent {
        pending.state = PendingState::Queued;
    }
    pending
}
