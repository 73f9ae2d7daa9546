//! A channel: its names, who may rename, hand over and delete it, and its place in the directory.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::ids::{ChannelSid, Identity, Sequence, UniqueName, is_invisible};
use crate::limits;
use crate::refusal::Refusal;
use crate::role::{Permission, Rights};
use crate::time::Timestamp;

/// A channel as its own scope tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Channel {
    pub sid: ChannelSid,
    /// What it is like; nothing once it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<ChannelDetails>,
    pub entered: Sequence,
    pub changed: Sequence,
}

/// A public channel as the directory tells it; without details it is gone from the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Listing {
    pub sid: ChannelSid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<ChannelDetails>,
    pub entered: Sequence,
    pub changed: Sequence,
}

/// What a channel is like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChannelDetails {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_name: Option<UniqueName>,
    pub friendly_name: FriendlyName,
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// Whether only its members and whom they invite know of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
    /// The identity of its creator, as it was then; `system` for the General Channel.
    pub created_by: Identity,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl ChannelDetails {
    /// Whether this is the General Channel, which nobody deletes, hands over or re-addresses.
    pub fn is_general(&self) -> bool {
        self.unique_name.as_ref().is_some_and(|name| name.as_str() == UniqueName::GENERAL)
    }

    /// Whether somebody may give it another name.
    pub fn may_rename(&self, rights: Rights) -> Result<(), Refusal> {
        rights.permit(Permission::EditChannelName)
    }

    /// Whether somebody may hang other JSON on it.
    pub fn may_change_attributes(&self, rights: Rights) -> Result<(), Refusal> {
        rights.permit(Permission::EditChannelAttributes)
    }

    /// Whether it may become private or public: private once, and for ever.
    pub fn may_become(&self, private: bool) -> Result<(), Refusal> {
        if self.is_general() && private {
            return Err(Refusal::GeneralStays);
        }
        if self.private && !private {
            return Err(Refusal::StaysPrivate);
        }
        Ok(())
    }

    /// Whether somebody may delete it.
    pub fn may_delete(&self, rights: Rights) -> Result<(), Refusal> {
        if self.is_general() {
            return Err(Refusal::GeneralStays);
        }
        rights.permit(Permission::DestroyChannel)
    }

    /// Whether somebody may make another member its admin.
    pub fn may_hand_over(&self, rights: Rights) -> Result<(), Refusal> {
        self.may_delete(rights)
    }
}

/// A channel's name for people: never blank, at most
/// [`limits::LATER_NAME_CHARACTERS_MAX`] characters, nothing invisible in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct FriendlyName(String);

impl FriendlyName {
    /// The General Channel's.
    pub const GENERAL: &str = "General Channel";

    /// Checks a name as a person typed it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.chars().all(|character| character.is_whitespace() || is_invisible(character)) {
            return Err(Refusal::FriendlyNameMissing);
        }
        if limits::LATER_NAME_CHARACTERS_MAX < text.chars().count() {
            return Err(Refusal::FriendlyNameTooLong);
        }
        // A joiner or a variation selector inside an emoji is no disguise; these are.
        if text.chars().any(|character| {
            character.is_control()
                || matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        }) {
            return Err(Refusal::NameInvisible);
        }
        Ok(Self(text.to_owned()))
    }

    /// The same for something that is made: at most [`limits::NAME_OF_CHANNEL_CHARACTERS_MAX`].
    pub fn parse_first(text: &str) -> Result<Self, Refusal> {
        let name = Self::parse(text)?;
        if limits::NAME_OF_CHANNEL_CHARACTERS_MAX < name.0.chars().count() {
            return Err(Refusal::FriendlyNameTooLong);
        }
        Ok(name)
    }

    /// The General Channel's.
    pub fn general() -> Self {
        Self(Self::GENERAL.to_owned())
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Free JSON that a developer hangs on a thing, kept as it was written; empty where none was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Attributes(String);

impl Attributes {
    /// Checks that the text is JSON of any shape and at most `bytes_max` long.
    pub fn parse(text: &str, bytes_max: usize) -> Result<Self, Refusal> {
        let text = text.trim();
        if bytes_max < text.len() {
            return Err(Refusal::AttributesTooLong);
        }
        if !text.is_empty() && serde_json::from_str::<&RawValue>(text).is_err() {
            return Err(Refusal::AttributesNotJson);
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether none were given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The JSON text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::Permissions;

    fn details(unique_name: Option<UniqueName>) -> ChannelDetails {
        ChannelDetails {
            unique_name,
            friendly_name: FriendlyName::general(),
            attributes: Attributes::default(),
            private: false,
            created_by: Identity::parse("system").expect("a fixed name"),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        }
    }

    #[test]
    fn nobody_deletes_or_hands_over_general() {
        let general = details(Some(UniqueName::general()));
        assert_eq!(general.may_delete(Rights::ALL), Err(Refusal::GeneralStays));
        assert_eq!(general.may_hand_over(Rights::ALL), Err(Refusal::GeneralStays));
    }

    #[test]
    fn a_channel_becomes_private_once_and_general_never() {
        let public = details(None);
        let private = ChannelDetails { private: true, ..public.clone() };
        assert_eq!(public.may_become(true), Ok(()));
        assert_eq!(public.may_become(false), Ok(()));
        assert_eq!(private.may_become(true), Ok(()));
        assert_eq!(private.may_become(false), Err(Refusal::StaysPrivate));
        let general = details(Some(UniqueName::general()));
        assert_eq!(general.may_become(true), Err(Refusal::GeneralStays));
    }

    #[test]
    fn a_channel_merely_named_like_general_is_like_any_other() {
        let rights = |role| Rights::new(Permissions::SERVICE_USER, Some(role));
        assert_eq!(details(None).may_delete(rights(Permissions::CHANNEL_ADMIN)), Ok(()));
        assert_eq!(
            details(None).may_delete(rights(Permissions::CHANNEL_USER)),
            Err(Refusal::NotPermitted(Permission::DestroyChannel))
        );
    }

    #[test]
    fn a_friendly_name_is_never_blank_and_never_a_disguise() {
        assert_eq!(FriendlyName::parse(" \u{200B} "), Err(Refusal::FriendlyNameMissing));
        assert_eq!(FriendlyName::parse_first(&"é".repeat(65)), Err(Refusal::FriendlyNameTooLong));
        assert!(FriendlyName::parse(&"é".repeat(256)).is_ok());
        assert_eq!(FriendlyName::parse(&"é".repeat(257)), Err(Refusal::FriendlyNameTooLong));
        assert_eq!(FriendlyName::parse("a\u{202E}b"), Err(Refusal::NameInvisible));
        assert!(FriendlyName::parse("  👩‍👩‍👧 秋祭り ").is_ok());
    }

    #[test]
    fn attributes_are_json_of_any_shape() {
        for text in ["{}", "[1]", "\"x\"", "null", "3", ""] {
            assert!(Attributes::parse(text, 16).is_ok(), "{text}");
        }
        assert_eq!(Attributes::parse("{", 16), Err(Refusal::AttributesNotJson));
        assert_eq!(Attributes::parse("[1,2,3]", 6), Err(Refusal::AttributesTooLong));
    }
}
