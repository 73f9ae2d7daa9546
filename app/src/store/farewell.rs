//! Leaving the chat for the sign-in card, which says why.

use super::Store;
use crate::browser::{dom, storage};

/// What the sign-in card should say when the page comes back to it.
const KEY: &str = "yoriai-farewell";

/// Why somebody is back on the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Farewell {
    SignedOut,
    SessionEnded,
    NameTaken,
}

impl Farewell {
    const ALL: [Self; 3] = [Self::SignedOut, Self::SessionEnded, Self::NameTaken];

    fn name(self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::SessionEnded => "session-ended",
            Self::NameTaken => "name-taken",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|farewell| farewell.name() == name)
    }
}

impl Store {
    /// Leaves the chat for the sign-in card, which says why.
    pub(crate) fn to_card(self, farewell: Farewell) {
        storage::keep_in_tab(KEY, &format!("{} {}", farewell.name(), self.identity()));
        let _ = dom::window().location().assign("/");
    }
}

/// Why somebody came to the card just now, and under which name; said once.
pub(crate) fn take() -> Option<(Farewell, String)> {
    let kept = storage::take_from_tab(KEY)?;
    let (farewell, name) = kept.split_once(' ')?;
    Some((Farewell::from_name(farewell)?, name.to_owned()))
}
