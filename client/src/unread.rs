//! How much of each of my channels I have not seen.

use chat::{MessageIndex, limits};

/// What I have not seen of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadCount {
    /// The last message I have read, as far as known here.
    pub horizon: Option<MessageIndex>,
    /// Messages by others beyond it.
    pub count: u64,
}

impl UnreadCount {
    /// Whether the count means "as many, or more".
    pub fn is_capped(self) -> bool {
        limits::UNREAD_COUNT_MAX <= self.count
    }
}
