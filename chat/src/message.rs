//! What was said: the draft that asks, and the message that was accepted.

use serde::{Deserialize, Serialize};

use crate::channel::Attributes;
use crate::ids::{
    ChannelSid, Identity, MediaSid, MessageIndex, MessageSid, Nonce, Sequence, UserSid,
};
use crate::limits;
use crate::media::Media;
use crate::refusal::Refusal;
use crate::role::{Permission, Rights};
use crate::time::Timestamp;

/// The text of a message: never blank, never longer than [`Body::BYTES_MAX`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Body(String);

impl Body {
    /// Bytes of UTF-8, as in Programmable Chat.
    pub const BYTES_MAX: usize = limits::BODY_BYTES_MAX;

    /// Checks a text as a person typed it; white space around it goes.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Refusal::BlankBody);
        }
        if Self::BYTES_MAX < text.len() {
            return Err(Refusal::BodyTooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The words of a message: beside a file none are needed, and blank ones are none.
    pub fn parse_beside(has_media: bool, text: &str) -> Result<Option<Self>, Refusal> {
        match Self::parse(text) {
            Err(Refusal::BlankBody) if has_media => Ok(None),
            parsed => parsed.map(Some),
        }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A message that is not yet accepted. The text is checked where the command is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Draft {
    pub channel: ChannelSid,
    pub nonce: Nonce,
    pub body: String,
    /// JSON of any shape, as text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub attributes: String,
    /// A file of the author's own that no message has yet; with one, the text may be empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaSid>,
}

/// A message as its channel tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Message {
    pub sid: MessageSid,
    pub index: MessageIndex,
    pub author: UserSid,
    /// What the author was called when posting.
    pub identity: Identity,
    /// Nothing beside a file that needs no words, and nothing once it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// The author's mark, which joins a pending row to this one.
    pub nonce: Nonce,
    pub posted_at: Timestamp,
    /// Nothing where it stands as it was posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Edited>,
    pub entered: Sequence,
    pub changed: Sequence,
}

impl Message {
    /// Whether only a marker is left of it.
    pub fn is_deleted(&self) -> bool {
        self.body.is_none() && self.media.is_none()
    }
}

/// When a message was edited last, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Edited {
    pub at: Timestamp,
    pub by: Identity,
}

/// What of a message somebody edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Body,
    Attributes,
}

/// Whether somebody may edit a part of a message: one's own by one permission, anybody's by
/// another.
pub fn may_edit(part: Part, is_own: bool, rights: Rights) -> Result<(), Refusal> {
    let (own, any) = match part {
        Part::Body => (Permission::EditOwnMessage, Permission::EditAnyMessage),
        Part::Attributes => {
            (Permission::EditOwnMessageAttributes, Permission::EditAnyMessageAttributes)
        }
    };
    rights.permit_either(is_own, own, any)
}

/// Whether somebody may delete a message.
pub fn may_delete(is_own: bool, rights: Rights) -> Result<(), Refusal> {
    rights.permit_either(is_own, Permission::DeleteOwnMessage, Permission::DeleteAnyMessage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::Permissions;

    #[test]
    fn members_edit_their_own_words_and_admins_everybodys() {
        let member = Rights::new(Permissions::SERVICE_USER, Some(Permissions::CHANNEL_USER));
        let admin = Rights::new(Permissions::SERVICE_USER, Some(Permissions::CHANNEL_ADMIN));
        let stranger = Rights::new(Permissions::SERVICE_USER, None);
        for (is_own, rights, expected) in [
            (true, member, Ok(())),
            (true, admin, Ok(())),
            (false, admin, Ok(())),
            (false, Rights::new(Permissions::SERVICE_ADMIN, None), Ok(())),
            (false, member, Err(Permission::EditAnyMessage)),
            (true, stranger, Err(Permission::EditOwnMessage)),
        ] {
            let judged = may_edit(Part::Body, is_own, rights);
            assert_eq!(judged, expected.map_err(Refusal::NotPermitted), "{is_own} {rights:?}");
        }
        assert_eq!(
            may_edit(Part::Attributes, false, member),
            Err(Refusal::NotPermitted(Permission::EditAnyMessageAttributes))
        );
    }

    #[test]
    fn a_body_is_never_blank_and_measured_in_bytes() {
        assert_eq!(Body::parse(" \n\t"), Err(Refusal::BlankBody));
        assert_eq!(Body::parse(" hello\nyou "), Ok(Body("hello\nyou".to_owned())));
        assert!(Body::parse(&"a".repeat(Body::BYTES_MAX)).is_ok());
        assert_eq!(Body::parse(&"山".repeat(Body::BYTES_MAX / 3 + 1)), Err(Refusal::BodyTooLong));
    }

    #[test]
    fn only_beside_a_file_no_words_are_needed() {
        assert_eq!(Body::parse_beside(false, " "), Err(Refusal::BlankBody));
        assert_eq!(Body::parse_beside(true, " "), Ok(None));
        assert_eq!(Body::parse_beside(true, " hello "), Ok(Some(Body("hello".to_owned()))));
        let long = "a".repeat(Body::BYTES_MAX + 1);
        assert_eq!(Body::parse_beside(true, &long), Err(Refusal::BodyTooLong));
    }
}
