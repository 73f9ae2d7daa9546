//! What things are called: SIDs, identities, names, indexes, sequences and nonces.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::limits;
use crate::refusal::Refusal;

/// The text was not a SID of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotASid;

impl fmt::Display for NotASid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a SID: two letters and 32 hexadecimal digits are expected")
    }
}

impl std::error::Error for NotASid {}

macro_rules! sids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name(
            #[cfg_attr(feature = "schema", schemars(
                with = "String",
                regex(pattern = concat!("^", $prefix, "[0-9a-f]{32}$"))
            ))]
            Uuid,
        );

        impl $name {
            /// The two letters in front of the digits.
            pub const PREFIX: &str = $prefix;

            /// Names a row by a UUIDv7 that the caller made.
            pub fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The 16 bytes behind the digits; ordered by the time of their making.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The SID with these 16 bytes.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0.as_simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotASid;

            fn from_str(text: &str) -> Result<Self, NotASid> {
                digits_after($prefix, text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

sids! {
    /// The account that owns keys and services.
    AccountSid "AC";
    /// An API key that signs tokens.
    KeySid "SK";
    /// A service: one separate world of users and channels.
    ServiceSid "IS";
    /// A user.
    UserSid "US";
    /// A channel.
    ChannelSid "CH";
    /// A user in one channel.
    MemberSid "MB";
    /// A message.
    MessageSid "IM";
    /// One sign-in of one browser.
    SessionSid "SS";
    /// A role: what whoever bears it may do.
    RoleSid "RL";
    /// An invitation to a channel.
    InviteSid "IN";
    /// A file that was uploaded.
    MediaSid "ME";
    /// An address that is called when something happens in a channel.
    WebhookSid "WH";
}

impl RoleSid {
    /// The four roles that every service begins with have the same SIDs everywhere.
    pub const SERVICE_ADMIN: Self = Self(Uuid::from_u128(1));
    /// What a user bears who was given nothing else.
    pub const SERVICE_USER: Self = Self(Uuid::from_u128(2));
    /// What a channel's creator bears on joining it.
    pub const CHANNEL_ADMIN: Self = Self(Uuid::from_u128(3));
    /// What a member bears who was given nothing else.
    pub const CHANNEL_USER: Self = Self(Uuid::from_u128(4));
}

fn digits_after(prefix: &str, text: &str) -> Result<Uuid, NotASid> {
    let digits = text.strip_prefix(prefix).ok_or(NotASid)?;
    if digits.len() != 32 || digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(NotASid);
    }
    Uuid::try_parse(digits).map_err(|_| NotASid)
}

/// A place among a channel's messages, from 0, never used again.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct MessageIndex(pub u64);

/// The number of a committed change in one scope, from 1, without holes; 0 is before the first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Sequence(pub u64);

impl Sequence {
    /// The number after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The sender's own mark on a creating command (a UUIDv7), unique for its author for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Nonce(
    #[cfg_attr(feature = "schema", schemars(with = "String", regex(pattern = crate::schema::UUID)))]
    pub Uuid,
);

/// The stable string that names a user in tokens and on messages.
///
/// Never blank, at most [`limits::IDENTITY_CHARACTERS_MAX`] characters, no control or invisible
/// characters, and never shaped like a user's SID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Identity(String);

impl Identity {
    /// Checks an identity as a token carries it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.trim().is_empty() {
            return Err(Refusal::IdentityMissing);
        }
        if limits::IDENTITY_CHARACTERS_MAX < text.chars().count() {
            return Err(Refusal::IdentityTooLong);
        }
        if text.parse::<UserSid>().is_ok() {
            return Err(Refusal::IdentityLikeSid);
        }
        if text.chars().any(is_invisible) {
            return Err(Refusal::NameInvisible);
        }
        Ok(Self(text.to_owned()))
    }

    /// Checks a name that a person chose on the page: trimmed, and 2 to 32 characters long.
    /// The caller has brought it to NFKC.
    pub fn parse_chosen(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Refusal::NameBlank);
        }
        let length = text.chars().count();
        if length < limits::NAME_CHARACTERS_MIN {
            return Err(Refusal::NameTooShort);
        }
        if limits::NAME_CHARACTERS_MAX < length {
            return Err(Refusal::NameTooLong);
        }
        Self::parse(text)
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A channel's optional address, unique among the channels of its service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct UniqueName(String);

impl UniqueName {
    /// The address of the General Channel.
    pub const GENERAL: &str = "general";

    /// Checks an address: trimmed, not blank, at most [`limits::LATER_NAME_CHARACTERS_MAX`]
    /// characters, and never shaped like a channel's SID.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.is_empty() || text.chars().any(is_invisible) {
            return Err(Refusal::UniqueNameInvalid);
        }
        if limits::LATER_NAME_CHARACTERS_MAX < text.chars().count() {
            return Err(Refusal::UniqueNameTooLong);
        }
        if text.parse::<ChannelSid>().is_ok() {
            return Err(Refusal::UniqueNameLikeSid);
        }
        Ok(Self(text.to_owned()))
    }

    /// The same for something that is made: at most [`limits::NAME_OF_CHANNEL_CHARACTERS_MAX`].
    pub fn parse_first(text: &str) -> Result<Self, Refusal> {
        let name = Self::parse(text)?;
        if limits::NAME_OF_CHANNEL_CHARACTERS_MAX < name.0.chars().count() {
            return Err(Refusal::UniqueNameTooLong);
        }
        Ok(name)
    }

    /// The General Channel's own.
    pub fn general() -> Self {
        Self(Self::GENERAL.to_owned())
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UniqueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a character cannot be seen, or changes the direction of what follows: control
/// characters, soft hyphen, zero-width and bidirectional controls, fillers, variation selectors,
/// tags, and what Unicode keeps for private use.
pub fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}'
                | '\u{E000}'..='\u{F8FF}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
                | '\u{F0000}'..='\u{10FFFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_reads_back_what_it_prints() {
        let sid = ChannelSid::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_002a));
        assert_eq!(sid.to_string(), "CH0190000000007000800000000000002a");
        assert_eq!(sid.to_string().parse(), Ok(sid));
        assert_eq!(ChannelSid::from_bytes(*sid.as_bytes()), sid);
    }

    #[test]
    fn a_sid_of_another_kind_or_shape_is_refused() {
        for text in [
            "",
            "CH",
            "MB0190000000007000800000000000002a",
            "CH0190000000007000800000000000002",
            "CH0190000000007000800000000000002A",
            "CH0190000-00007000-80000000-000002a",
        ] {
            assert_eq!(text.parse::<ChannelSid>(), Err(NotASid), "{text}");
        }
    }

    #[test]
    fn a_chosen_name_is_trimmed_and_measured_in_characters() {
        assert_eq!(Identity::parse_chosen("  Ada ").map(|name| name.0), Ok("Ada".to_owned()));
        assert_eq!(Identity::parse_chosen(" \t "), Err(Refusal::NameBlank));
        assert_eq!(Identity::parse_chosen("山"), Err(Refusal::NameTooShort));
        assert!(Identity::parse_chosen("山田").is_ok());
        assert!(Identity::parse_chosen(&"山".repeat(32)).is_ok());
        assert_eq!(Identity::parse_chosen(&"山".repeat(33)), Err(Refusal::NameTooLong));
        assert_eq!(Identity::parse_chosen("A\u{200B}da"), Err(Refusal::NameInvisible));
        assert_eq!(Identity::parse_chosen("A\u{202E}da"), Err(Refusal::NameInvisible));
        assert_eq!(
            Identity::parse("US0190000000007000800000000000002a"),
            Err(Refusal::IdentityLikeSid)
        );
    }

    #[test]
    fn an_address_never_looks_like_a_sid() {
        assert_eq!(
            UniqueName::parse("CH0190000000007000800000000000002a"),
            Err(Refusal::UniqueNameLikeSid)
        );
        assert_eq!(UniqueName::parse("  "), Err(Refusal::UniqueNameInvalid));
        assert_eq!(UniqueName::parse_first(&"a".repeat(65)), Err(Refusal::UniqueNameTooLong));
        assert!(UniqueName::parse(&"a".repeat(256)).is_ok());
        assert_eq!(UniqueName::parse(&"a".repeat(257)), Err(Refusal::UniqueNameTooLong));
        assert!(UniqueName::parse("water-gates").is_ok());
    }
}
