//! One connection to the server, without I/O, and the fold of what it says into what people see.
//!
//! [`Client`] is the whole of it: feed it an [`Input`] (or call one of its verbs), then run the
//! [`Effect`]s it asks for, and read the rest from it. It owns no clock, no socket, no storage and
//! no randomness, so that what the stories test is what the page ships.
//!
//! ```text
//! loop {
//!     client.handle(input, now);            // or client.post(…, now), client.open(…, now) …
//!     for effect in client.take_effects() { // after every call, verbs included
//!         match effect { … }
//!     }
//! }
//! ```
//!
//! Two thin sockets live in [`socket`], chosen by target; the native one brings a driver.

pub mod client;
pub mod connection;
pub mod dice;
pub mod directory;
pub mod memberships;
pub mod outbox;
pub mod socket;
pub mod timeline;
pub mod typing;
pub mod unread;

pub use client::{
    Client, Departure, Effect, Event, Input, Me, Outcome, SavedOutbox, Ticket, TimelineChange,
};
pub use connection::{Cause, ConnectionState, Denial};
pub use directory::Directory;
pub use memberships::Memberships;
pub use outbox::{Outbox, Pending, PendingState, Unposted, Why};
pub use timeline::{Line, LineKey, Notice, NoticeKind, Timeline};
pub use unread::UnreadCount;
