//! Who asks, and what the rules let them do.

use chat::{ChannelSid, Permissions, Refusal, Rights, User, UserSid};

use crate::commands::{CommandError, present_user};
use crate::store::{LiveChannel, LiveMember, Tx};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A user, with the rights that their roles give.
    User(UserSid),
    /// The operator's backend in a user's name, with every right.
    Operator(UserSid),
}

impl From<UserSid> for Actor {
    fn from(user: UserSid) -> Self {
        Self::User(user)
    }
}

/// Who asks, as the rules need to know them.
pub(crate) struct Asker {
    pub(crate) user: User,
    /// Nothing for the operator, who may do anything.
    permissions: Option<Permissions>,
}

/// Somebody's standing in a channel that they know of.
pub(crate) struct Standing {
    pub(crate) channel: LiveChannel,
    pub(crate) member: Option<LiveMember>,
    pub(crate) rights: Rights,
}

impl Asker {
    /// One that is gone is told that the session is over.
    pub(crate) fn load(tx: &mut dyn Tx, by: impl Into<Actor>) -> Result<Self, CommandError> {
        match by.into() {
            Actor::User(sid) => {
                let user = present_user(tx, sid)?;
                let permissions = tx.permissions(user.role)?;
                Ok(Self { user, permissions: Some(permissions) })
            }
            Actor::Operator(sid) => Ok(Self { user: present_user(tx, sid)?, permissions: None }),
        }
    }

    pub(crate) fn is_operator(&self) -> bool {
        self.permissions.is_none()
    }

    /// What they may do outside of channels.
    pub(crate) fn rights(&self) -> Rights {
        self.rights_of(None)
    }

    fn rights_of(&self, member: Option<&LiveMember>) -> Rights {
        match self.permissions {
            Some(service) => Rights::new(service, member.map(|member| member.permissions)),
            None => Rights::ALL,
        }
    }

    /// Nothing where a channel is not there, or not for them: a private one is there for its
    /// members, its creator, and whom they invited.
    pub(crate) fn standing_in(
        &self,
        tx: &mut dyn Tx,
        channel: ChannelSid,
    ) -> Result<Option<Standing>, CommandError> {
        let Some(channel) = tx.channel(channel)? else { return Ok(None) };
        let member = tx.member(channel.sid, self.user.sid)?;
        let knows = !channel.details.private
            || member.is_some()
            || self.is_operator()
            || channel.creator == Some(self.user.sid)
            || tx.invited(channel.sid, self.user.sid)?.is_some();
        let rights = self.rights_of(member.as_ref());
        Ok(knows.then_some(Standing { channel, member, rights }))
    }

    /// Their standing in a channel that has to be there.
    pub(crate) fn known_channel(
        &self,
        tx: &mut dyn Tx,
        channel: ChannelSid,
    ) -> Result<Standing, CommandError> {
        Ok(self.standing_in(tx, channel)?.ok_or(Refusal::ChannelNotFound)?)
    }
}
