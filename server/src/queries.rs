//! What is only read: plain functions over one snapshot, judged by the same rules as commands. One
//! file each.

pub mod changes;
pub mod credentials;
pub mod history;
pub mod members;
pub mod memberships;
pub mod open_channel;
pub mod resume;
pub mod service;
pub mod session;
pub mod session_by_sid;
pub mod unread;
pub mod user_named;
pub mod welcome;

mod reader;

pub use changes::changes;
pub use credentials::credentials;
pub use history::history;
pub use members::members;
pub use memberships::memberships;
pub use open_channel::open_channel;
pub use resume::resume;
pub use service::service;
pub use session::session;
pub use session_by_sid::session_by_sid;
pub use unread::unread;
pub use user_named::user_named;
pub use welcome::welcome;
