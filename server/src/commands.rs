//! What changes things. A command is a plain function over a [`Tx`]: load, judge, write; the store
//! commits and tells. One file each.

pub mod add_member;
pub mod add_user;
pub mod admit_identity;
pub mod amend_membership;
pub mod begin_upload;
pub mod change_settings;
pub mod create_channel;
pub mod create_user;
pub mod decline_invite;
pub mod delete_channel;
pub mod delete_message;
pub mod delete_user;
pub mod edit_channel;
pub mod edit_member;
pub mod edit_message;
pub mod edit_user;
pub mod end_leases;
pub mod enrol_member;
pub mod found_service;
pub mod hand_over_channel;
pub mod invite_member;
pub mod join_channel;
pub mod keep_upload;
pub mod lease_name;
pub mod leave_channel;
pub mod leave_upload;
pub mod name_service;
pub mod post_message;
pub mod purge;
pub mod record_channel;
pub mod record_invite;
pub mod record_message;
pub mod record_role;
pub mod remove_member;
pub mod roles;
pub mod set_notification_level;
pub mod set_read_horizon;
pub mod sign_in;
pub mod sign_out;
pub mod sweep_uploads;
pub mod touch_user;
pub mod webhooks;

mod asked;
mod asker;
mod retire;
mod stamps;

pub use add_member::add_member;
pub use add_user::add_user;
pub use admit_identity::admit_identity;
pub use amend_membership::amend_membership;
pub use asker::Actor;
pub(crate) use asker::Asker;
pub use begin_upload::{Announced, Quotas, begin_upload};
pub use change_settings::change_settings;
pub use create_channel::{NAMELESS, create_agreed_channel, create_channel};
pub use create_user::{NewcomerWish, create_user};
pub use decline_invite::decline_invite;
pub use delete_channel::delete_channel;
pub use delete_message::delete_message;
pub use delete_user::delete_user;
pub use edit_channel::edit_channel;
pub use edit_member::edit_member;
pub use edit_message::{edit_agreed_message, edit_message};
pub use edit_user::edit_user;
pub use end_leases::end_leases;
pub use enrol_member::{MemberWish, amend_member, enrol_member};
pub use found_service::found_service;
pub use hand_over_channel::hand_over_channel;
pub use invite_member::{Invitee, invite_member};
pub use join_channel::join_channel;
pub use keep_upload::keep_upload;
pub use lease_name::lease_name;
pub use leave_channel::leave_channel;
pub use leave_upload::leave_upload;
pub use name_service::name_service;
pub use post_message::{post_agreed_message, post_message};
pub use purge::purge;
pub use record_channel::{ChannelStamps, amend_channel, record_channel};
pub use record_invite::{InviteWish, record_invite};
pub use record_message::{MessageWish, amend_message, record_message};
pub use record_role::{RoleWish, record_role};
pub use remove_member::remove_member;
pub use roles::{create_role, delete_role, edit_role};
pub use set_notification_level::set_notification_level;
pub use set_read_horizon::{advance_read_horizon, set_read_horizon};
pub use sign_in::sign_in;
pub use sign_out::sign_out;
pub use sweep_uploads::{forget_uploads, sweep_uploads};
pub use touch_user::touch_user;
pub use webhooks::{WebhookWish, create_webhook, delete_webhook, edit_webhook, set_webhooks};

use chat::protocol::{CloseCode, Row, Scope};
use chat::{Refusal, SessionSid, Timestamp, User, UserSid};
use uuid::Uuid;

use crate::store::{Broken, Tx};

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The rules said no. Nothing was written.
    #[error("refused: {}", .0.message())]
    Refused(Refusal),
    /// Something broke. Nothing was written.
    #[error(transparent)]
    Broken(#[from] Broken),
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What a command gives: its reply, and everything that changed.
pub type Outcome<R> = Result<Done<R>, CommandError>;

/// A reply, the rows that changed, in order, and the sessions that ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Done<R> {
    pub reply: R,
    pub rows: Vec<(Scope, Row)>,
    pub ended: Vec<(SessionSid, CloseCode)>,
}

impl<R> Done<R> {
    /// Nothing changed: a repeat, or what was wished was so already. Nobody is told.
    pub fn unchanged(reply: R) -> Self {
        Self { reply, rows: Vec::new(), ended: Vec::new() }
    }

    /// These rows changed.
    pub fn changed(reply: R, rows: impl IntoIterator<Item = (Scope, Row)>) -> Self {
        Self { reply, rows: rows.into_iter().collect(), ended: Vec::new() }
    }

    /// The same, with this reply.
    pub fn replied<S>(self, reply: S) -> Done<S> {
        Done { reply, rows: self.rows, ended: self.ended }
    }

    /// This, too, was done by the same command.
    pub fn and(mut self, other: Done<()>) -> Self {
        self.rows.extend(other.rows);
        self.ended.extend(other.ended);
        self
    }
}

/// When a command runs, and one fresh id for the rows that it makes: rows of different kinds may
/// share its digits.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub now: Timestamp,
    /// A UUIDv7.
    pub id: Uuid,
}

/// The user who asks. One that is gone is told that the session is over.
pub fn present_user(tx: &mut dyn Tx, user: UserSid) -> Result<User, CommandError> {
    let user = tx.user(user)?.filter(|user| !user.retired);
    Ok(user.ok_or(Refusal::SessionEnded)?)
}
