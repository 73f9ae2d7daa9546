//! One connection to the server, without I/O, and the fold of what it says into what people see.
//!
//! [`Client`] is the whole of it: feed it an [`Input`] (or call one of its verbs), then run the
//! [`Effect`]s it asks for, and read the rest from it. It owns no clock, no socket, no storage and
//! no randomness, so that what the stories test is what the page ships.
//!
//! ```text
//! loop {
//!     client.handle(input, now);            // or client.post(…, now), client.open(…, now) …
//!     for effect in client.take_effects() { // after every call that takes `now`
//!         match effect { … }
//!     }
//! }
//! ```
//!
//! Two thin sockets live in [`socket`], chosen by target; the native one brings a driver.

pub mod socket;

mod back_off;
mod catch_up;
mod client;
mod connection;
mod dice;
mod directory;
mod effect;
mod event;
mod head;
pub mod json;
#[cfg(test)]
mod laws;
mod memberships;
mod outbox;
mod presence;
mod requests;
#[cfg(test)]
mod scene;
mod sorted;
mod timeline;
mod typing;
mod unread;

pub use client::{Client, Me};
pub use connection::{Cause, ConnectionState, Denial};
pub use directory::Directory;
pub use effect::{Effect, Input};
pub use event::{Departure, Event, Outcome, Ticket, TimelineChange};
pub use memberships::Memberships;
pub use outbox::{Attachment, Outbox, Pending, PendingState, SavedOutbox, Unposted, Why};
pub use presence::People;
pub use sorted::{SortedMap, SortedSet};
pub use timeline::{Line, LineKey, Notice, NoticeKind, Timeline};
pub use unread::UnreadCount;
