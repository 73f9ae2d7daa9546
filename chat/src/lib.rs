//! What browser and server must agree on: nouns, rules, refusals and the protocol.
//!
//! Plain data and plain functions. Time, ids and randomness come in as arguments.

pub mod channel;
pub mod ids;
pub mod limits;
pub mod media;
pub mod member;
pub mod message;
pub mod protocol;
pub mod refusal;
pub mod role;
#[cfg(feature = "schema")]
pub mod schema;
pub mod time;
pub mod user;

pub use channel::{Attributes, Channel, ChannelDetails, FriendlyName, Listing};
pub use ids::{
    AccountSid, ChannelSid, Identity, InviteSid, KeySid, MediaSid, MemberSid, MessageIndex,
    MessageSid, Nonce, RoleSid, Sequence, ServiceSid, SessionSid, UniqueName, UserSid, WebhookSid,
};
pub use media::{Dimensions, Media};
pub use member::{Invited, Level, Member, Membership};
pub use message::{Body, Draft, Edited, Message};
pub use refusal::Refusal;
pub use role::{Permission, Permissions, Rights, Role, RoleDetails, RoleKind};
pub use time::Timestamp;
pub use user::User;
