//! What is only read: plain functions over one snapshot, judged by the same rules as commands. One
//! file each.

pub mod called;
pub mod changes;
pub mod credentials;
pub mod history;
pub mod media;
pub mod member_named;
pub mod members;
pub mod memberships;
pub mod missed;
pub mod open_channel;
pub mod resume;
pub mod seen;
pub mod service;
pub mod session;
pub mod session_by_sid;
pub mod settings;
pub mod unread;
pub mod user_by_sid;
pub mod user_named;
pub mod users_of_channel;
pub mod walk;
pub mod welcome;

mod reader;

pub use called::called;
pub use changes::changes;
pub use credentials::credentials;
pub use history::history;
pub use media::{media_at, readable_media};
pub use member_named::member_named;
pub use members::members;
pub use memberships::memberships;
pub use missed::{missed_members, missed_memberships, missed_messages, my_memberships};
pub use open_channel::open_channel;
pub use resume::resume;
pub use seen::{channel_at, my_channels, public_channels, seen};
pub use service::service;
pub use session::session;
pub use session_by_sid::session_by_sid;
pub use settings::settings;
pub use unread::unread;
pub use user_by_sid::user_by_sid;
pub use user_named::user_named;
pub use users_of_channel::users_of_channel;
pub use walk::{message_by_sid, walk_members, walk_messages};
pub use welcome::welcome;
