//! Every reason for a no: its code, its sentence, and whether asking again may help.

use serde::{Deserialize, Serialize};

use crate::role::Permission;

/// Why the rules said no. Codes below 60,000 are Programmable Chat's; the others are ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    BadParameter,
    UnknownCommand,
    MalformedFrame,
    OriginRefused,
    TooManyRequests { retry_after_ms: u32 },
    Unavailable,

    TokenInvalid,
    TokenIssuer,
    TokenExpired,
    TokenNotYetValid,
    TokenSignature,
    SessionEnded,
    OtherUser,

    IdentityMissing,
    IdentityTooLong,
    IdentityLikeSid,
    NameReserved,
    NameBlank,
    NameTooShort,
    NameTooLong,
    NameInvisible,
    NameTaken,
    NameHasAccount,
    GuestsOff,
    WrongPassword,

    NotPermitted(Permission),
    GeneralStays,
    RoleNotFound,
    RoleOfOtherKind,
    PermissionUnknown,
    RoleEmpty,
    RoleInUse,
    TooManyRoles,
    RoleRefused,
    SettingInvalid,
    UserNotFound,

    ChannelNotFound,
    StaysPrivate,
    FriendlyNameMissing,
    FriendlyNameTooLong,
    UniqueNameInvalid,
    UniqueNameTooLong,
    UniqueNameLikeSid,
    UniqueNameTaken,
    AttributesTooLong,
    AttributesNotJson,

    NotAMember,
    AlreadyAMember,
    MemberNotFound,
    AlreadyInvited,
    InviteNotFound,
    ChannelFull,
    TooManyChannels,
    HorizonInvalid,
    LevelInvalid,

    MessageNotFound,
    BlankBody,
    BodyTooLong,
    MediaNotFound,
    MediaTaken,
    MediaEmpty,
    MediaTooLarge,
    MediaRefused,
    ImageTooLarge,
    MediaOverQuota,
    MediaUrlInvalid,
    NonceReused,
    SidTaken,

    WebhookRefused,
    WebhookFailed,
    WebhookTimeout,
    WebhookFiltersInvalid,
    WebhookMethodInvalid,
    WebhookRetriesInvalid,
    PreWebhookUrlInvalid,
    PostWebhookUrlInvalid,
    WebhookNotFound,
    TooManyWebhooks,
    TooManyTriggers,
    WebhookTypeInvalid,
    WebhookFilterInvalid,
    WebhookTriggerInvalid,
    WebhookTypeMissing,
    WebhookUrlMissing,
    WebhookFilterMissing,
    WebhookTriggerMissing,
    WebhookUrlTooLong,
    WebhookUrlInvalid,
}

impl Refusal {
    /// Each reason once. The message, not the code, names the permission that is missing.
    pub const ALL: &[Self] = &[
        Self::BadParameter,
        Self::UnknownCommand,
        Self::MalformedFrame,
        Self::OriginRefused,
        Self::TooManyRequests { retry_after_ms: 0 },
        Self::Unavailable,
        Self::TokenInvalid,
        Self::TokenIssuer,
        Self::TokenExpired,
        Self::TokenNotYetValid,
        Self::TokenSignature,
        Self::SessionEnded,
        Self::OtherUser,
        Self::IdentityMissing,
        Self::IdentityTooLong,
        Self::IdentityLikeSid,
        Self::NameReserved,
        Self::NameBlank,
        Self::NameTooShort,
        Self::NameTooLong,
        Self::NameInvisible,
        Self::NameTaken,
        Self::NameHasAccount,
        Self::GuestsOff,
        Self::WrongPassword,
        Self::NotPermitted(Permission::SendMessage),
        Self::GeneralStays,
        Self::RoleNotFound,
        Self::RoleOfOtherKind,
        Self::PermissionUnknown,
        Self::RoleEmpty,
        Self::RoleInUse,
        Self::TooManyRoles,
        Self::RoleRefused,
        Self::SettingInvalid,
        Self::UserNotFound,
        Self::ChannelNotFound,
        Self::StaysPrivate,
        Self::FriendlyNameMissing,
        Self::FriendlyNameTooLong,
        Self::UniqueNameInvalid,
        Self::UniqueNameTooLong,
        Self::UniqueNameLikeSid,
        Self::UniqueNameTaken,
        Self::AttributesTooLong,
        Self::AttributesNotJson,
        Self::NotAMember,
        Self::AlreadyAMember,
        Self::MemberNotFound,
        Self::AlreadyInvited,
        Self::InviteNotFound,
        Self::ChannelFull,
        Self::TooManyChannels,
        Self::HorizonInvalid,
        Self::LevelInvalid,
        Self::MessageNotFound,
        Self::BlankBody,
        Self::BodyTooLong,
        Self::MediaNotFound,
        Self::MediaTaken,
        Self::MediaEmpty,
        Self::MediaTooLarge,
        Self::MediaRefused,
        Self::ImageTooLarge,
        Self::MediaOverQuota,
        Self::MediaUrlInvalid,
        Self::NonceReused,
        Self::SidTaken,
        Self::WebhookRefused,
        Self::WebhookFailed,
        Self::WebhookTimeout,
        Self::WebhookFiltersInvalid,
        Self::WebhookMethodInvalid,
        Self::WebhookRetriesInvalid,
        Self::PreWebhookUrlInvalid,
        Self::PostWebhookUrlInvalid,
        Self::WebhookNotFound,
        Self::TooManyWebhooks,
        Self::TooManyTriggers,
        Self::WebhookTypeInvalid,
        Self::WebhookFilterInvalid,
        Self::WebhookTriggerInvalid,
        Self::WebhookTypeMissing,
        Self::WebhookUrlMissing,
        Self::WebhookFilterMissing,
        Self::WebhookTriggerMissing,
        Self::WebhookUrlTooLong,
        Self::WebhookUrlInvalid,
    ];

    /// The stable number that programs go by.
    pub fn code(self) -> u32 {
        match self {
            Self::BadParameter => 20001,
            Self::UnknownCommand => 60001,
            Self::MalformedFrame => 60002,
            Self::OriginRefused => 60003,
            Self::TooManyRequests { .. } => 20429,
            Self::Unavailable => 60004,
            Self::TokenInvalid => 20101,
            Self::TokenIssuer => 20103,
            Self::TokenExpired => 20104,
            Self::TokenNotYetValid => 20105,
            Self::TokenSignature => 20107,
            Self::SessionEnded => 60010,
            Self::OtherUser => 60011,
            Self::IdentityMissing => 50204,
            Self::IdentityTooLong => 50207,
            Self::IdentityLikeSid => 50206,
            Self::NameReserved => 50203,
            Self::NameBlank => 60020,
            Self::NameTooShort => 60021,
            Self::NameTooLong => 60022,
            Self::NameInvisible => 60023,
            Self::NameTaken => 50201,
            Self::NameHasAccount => 60024,
            Self::GuestsOff => 60025,
            Self::WrongPassword => 60026,
            Self::NotPermitted(_) => 50107,
            Self::GeneralStays => 60030,
            Self::RoleNotFound => 50100,
            Self::RoleOfOtherKind => 50105,
            Self::PermissionUnknown => 50104,
            Self::RoleEmpty => 60050,
            Self::RoleInUse => 60051,
            Self::TooManyRoles => 60052,
            Self::RoleRefused => 50205,
            Self::SettingInvalid => 50053,
            Self::UserNotFound => 50200,
            Self::ChannelNotFound => 50300,
            Self::StaysPrivate => 50393,
            Self::FriendlyNameMissing => 50000,
            Self::FriendlyNameTooLong => 50003,
            Self::UniqueNameInvalid => 60031,
            Self::UniqueNameTooLong => 50004,
            Self::UniqueNameLikeSid => 50306,
            Self::UniqueNameTaken => 50307,
            Self::AttributesTooLong => 50303,
            Self::AttributesNotJson => 50304,
            Self::NotAMember => 50400,
            Self::AlreadyAMember => 50404,
            Self::MemberNotFound => 50402,
            Self::AlreadyInvited => 50212,
            Self::InviteNotFound => 50601,
            Self::ChannelFull => 50403,
            Self::TooManyChannels => 50208,
            Self::HorizonInvalid => 50405,
            Self::LevelInvalid => 50210,
            Self::MessageNotFound => 50500,
            Self::BlankBody => 50503,
            Self::BodyTooLong => 50504,
            Self::MediaNotFound => 50506,
            Self::MediaTaken => 50507,
            Self::MediaEmpty => 60070,
            Self::MediaTooLarge => 60071,
            Self::MediaRefused => 60072,
            Self::ImageTooLarge => 60073,
            Self::MediaOverQuota => 60074,
            Self::MediaUrlInvalid => 60075,
            Self::NonceReused => 60040,
            Self::SidTaken => 60041,
            Self::WebhookRefused => 50056,
            Self::WebhookFailed => 50057,
            Self::WebhookTimeout => 50076,
            Self::WebhookFiltersInvalid => 50054,
            Self::WebhookMethodInvalid => 50055,
            Self::WebhookRetriesInvalid => 50065,
            Self::PreWebhookUrlInvalid => 50077,
            Self::PostWebhookUrlInvalid => 50078,
            Self::WebhookNotFound => 50320,
            Self::TooManyWebhooks => 50321,
            Self::TooManyTriggers => 50322,
            Self::WebhookTypeInvalid => 50324,
            Self::WebhookFilterInvalid => 50325,
            Self::WebhookTriggerInvalid => 50326,
            Self::WebhookTypeMissing => 50328,
            Self::WebhookUrlMissing => 50329,
            Self::WebhookFilterMissing => 50330,
            Self::WebhookTriggerMissing => 50331,
            Self::WebhookUrlTooLong => 50332,
            Self::WebhookUrlInvalid => 60080,
        }
    }

    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        match self {
            Self::TokenInvalid
            | Self::TokenIssuer
            | Self::TokenExpired
            | Self::TokenNotYetValid
            | Self::TokenSignature
            | Self::SessionEnded
            | Self::NameHasAccount
            | Self::GuestsOff
            | Self::WrongPassword => 401,
            Self::OriginRefused
            | Self::OtherUser
            | Self::NotPermitted(_)
            | Self::GeneralStays
            | Self::NotAMember
            | Self::ChannelFull
            | Self::TooManyChannels
            | Self::TooManyRoles
            | Self::RoleRefused
            | Self::MediaOverQuota
            | Self::MediaUrlInvalid
            | Self::WebhookRefused
            | Self::TooManyWebhooks => 403,
            Self::ChannelNotFound
            | Self::MemberNotFound
            | Self::MessageNotFound
            | Self::MediaNotFound
            | Self::RoleNotFound
            | Self::UserNotFound
            | Self::InviteNotFound
            | Self::WebhookNotFound => 404,
            Self::NameTaken
            | Self::UniqueNameTaken
            | Self::AlreadyAMember
            | Self::MediaTaken
            | Self::NonceReused
            | Self::SidTaken
            | Self::RoleInUse
            | Self::AlreadyInvited => 409,
            Self::MediaTooLarge => 413,
            Self::MediaRefused => 415,
            Self::TooManyRequests { .. } => 429,
            Self::WebhookFailed => 502,
            Self::Unavailable => 503,
            Self::WebhookTimeout => 504,
            Self::BadParameter
            | Self::UnknownCommand
            | Self::MalformedFrame
            | Self::IdentityMissing
            | Self::IdentityTooLong
            | Self::IdentityLikeSid
            | Self::NameReserved
            | Self::NameBlank
            | Self::NameTooShort
            | Self::NameTooLong
            | Self::NameInvisible
            | Self::FriendlyNameMissing
            | Self::FriendlyNameTooLong
            | Self::UniqueNameInvalid
            | Self::UniqueNameTooLong
            | Self::UniqueNameLikeSid
            | Self::AttributesTooLong
            | Self::AttributesNotJson
            | Self::HorizonInvalid
            | Self::BlankBody
            | Self::BodyTooLong
            | Self::MediaEmpty
            | Self::ImageTooLarge
            | Self::RoleOfOtherKind
            | Self::PermissionUnknown
            | Self::RoleEmpty
            | Self::StaysPrivate
            | Self::LevelInvalid
            | Self::SettingInvalid
            | Self::WebhookFiltersInvalid
            | Self::WebhookMethodInvalid
            | Self::WebhookRetriesInvalid
            | Self::PreWebhookUrlInvalid
            | Self::PostWebhookUrlInvalid
            | Self::TooManyTriggers
            | Self::WebhookTypeInvalid
            | Self::WebhookFilterInvalid
            | Self::WebhookTriggerInvalid
            | Self::WebhookTypeMissing
            | Self::WebhookUrlMissing
            | Self::WebhookFilterMissing
            | Self::WebhookTriggerMissing
            | Self::WebhookUrlTooLong
            | Self::WebhookUrlInvalid => 400,
        }
    }

    /// Whether the same request may succeed later, unchanged.
    pub fn is_temporary(self) -> bool {
        match self {
            Self::TooManyRequests { .. }
            | Self::Unavailable
            | Self::WebhookFailed
            | Self::WebhookTimeout => true,
            Self::BadParameter
            | Self::UnknownCommand
            | Self::MalformedFrame
            | Self::OriginRefused
            | Self::TokenInvalid
            | Self::TokenIssuer
            | Self::TokenExpired
            | Self::TokenNotYetValid
            | Self::TokenSignature
            | Self::SessionEnded
            | Self::OtherUser
            | Self::IdentityMissing
            | Self::IdentityTooLong
            | Self::IdentityLikeSid
            | Self::NameReserved
            | Self::NameBlank
            | Self::NameTooShort
            | Self::NameTooLong
            | Self::NameInvisible
            | Self::NameTaken
            | Self::NameHasAccount
            | Self::GuestsOff
            | Self::WrongPassword
            | Self::NotPermitted(_)
            | Self::GeneralStays
            | Self::RoleNotFound
            | Self::RoleOfOtherKind
            | Self::PermissionUnknown
            | Self::RoleEmpty
            | Self::RoleInUse
            | Self::TooManyRoles
            | Self::RoleRefused
            | Self::UserNotFound
            | Self::StaysPrivate
            | Self::AlreadyInvited
            | Self::InviteNotFound
            | Self::LevelInvalid
            | Self::SettingInvalid
            | Self::ChannelNotFound
            | Self::FriendlyNameMissing
            | Self::FriendlyNameTooLong
            | Self::UniqueNameInvalid
            | Self::UniqueNameTooLong
            | Self::UniqueNameLikeSid
            | Self::UniqueNameTaken
            | Self::AttributesTooLong
            | Self::AttributesNotJson
            | Self::NotAMember
            | Self::AlreadyAMember
            | Self::MemberNotFound
            | Self::ChannelFull
            | Self::TooManyChannels
            | Self::HorizonInvalid
            | Self::MessageNotFound
            | Self::BlankBody
            | Self::BodyTooLong
            | Self::MediaNotFound
            | Self::MediaTaken
            | Self::MediaEmpty
            | Self::MediaTooLarge
            | Self::MediaRefused
            | Self::ImageTooLarge
            | Self::MediaOverQuota
            | Self::MediaUrlInvalid
            | Self::NonceReused
            | Self::SidTaken
            | Self::WebhookRefused
            | Self::WebhookFiltersInvalid
            | Self::WebhookMethodInvalid
            | Self::WebhookRetriesInvalid
            | Self::PreWebhookUrlInvalid
            | Self::PostWebhookUrlInvalid
            | Self::WebhookNotFound
            | Self::TooManyWebhooks
            | Self::TooManyTriggers
            | Self::WebhookTypeInvalid
            | Self::WebhookFilterInvalid
            | Self::WebhookTriggerInvalid
            | Self::WebhookTypeMissing
            | Self::WebhookUrlMissing
            | Self::WebhookFilterMissing
            | Self::WebhookTriggerMissing
            | Self::WebhookUrlTooLong
            | Self::WebhookUrlInvalid => false,
        }
    }

    /// One plain sentence in English, for programs' logs; the page has its own words.
    pub fn message(self) -> String {
        let sentence = match self {
            Self::NotPermitted(permission) => {
                return format!("Your role lacks the permission {}.", permission.name());
            }
            Self::TooManyRequests { retry_after_ms } => {
                let seconds = retry_after_ms.div_ceil(1_000);
                return format!("Too many requests. Try again in {seconds} s.");
            }
            Self::BadParameter => "A parameter is missing or not valid.",
            Self::UnknownCommand => "This server does not know that command.",
            Self::MalformedFrame => "The frame is not what the protocol expects.",
            Self::OriginRefused => {
                "The request comes from another site. Set --public-url to the address people use."
            }
            Self::Unavailable => "The server cannot do this right now. Try again.",
            Self::TokenInvalid => "The token is not a valid access token.",
            Self::TokenIssuer => "The token's issuer or subject is not known here.",
            Self::TokenExpired => "The token has expired, or is valid too far ahead.",
            Self::TokenNotYetValid => "The token is not valid yet.",
            Self::TokenSignature => "The token's signature does not match.",
            Self::SessionEnded => "The session has ended. Sign in again.",
            Self::OtherUser => "The token belongs to another user.",
            Self::IdentityMissing => "The identity is missing.",
            Self::IdentityTooLong => "The identity is longer than 256 characters.",
            Self::IdentityLikeSid => "An identity must not look like a SID.",
            Self::NameReserved => "This name is reserved.",
            Self::NameBlank => "A name is needed.",
            Self::NameTooShort => "A name has at least 2 characters.",
            Self::NameTooLong => "A name has at most 32 characters.",
            Self::NameInvisible => "The name contains characters that cannot be seen.",
            Self::NameTaken => "This name, or one that looks like it, is taken.",
            Self::NameHasAccount => "This name has an account. Its password is needed.",
            Self::GuestsOff => "Guests are not admitted here. An account is needed.",
            Self::WrongPassword => "The name and the password do not match.",
            Self::RoleNotFound => "There is no such role.",
            Self::RoleOfOtherKind => {
                "This role does not count there: users have service roles, members channel roles."
            }
            Self::PermissionUnknown => "A permission is not known.",
            Self::RoleEmpty => "A role permits at least one thing.",
            Self::RoleInUse => "The role is a default, or somebody bears it.",
            Self::TooManyRoles => "There are as many roles as there may be.",
            Self::SettingInvalid => "A setting is beyond what it may be.",
            Self::RoleRefused => "Only the operator gives roles.",
            Self::UserNotFound => "There is no such user.",
            Self::StaysPrivate => "A private channel stays private.",
            Self::AlreadyInvited => "They are invited already.",
            Self::InviteNotFound => "There is no such invitation.",
            Self::LevelInvalid => "The notification level is default or muted.",
            Self::GeneralStays => "The General Channel stays as it is.",
            Self::ChannelNotFound => "There is no such channel.",
            Self::FriendlyNameMissing => "A name is needed here.",
            Self::FriendlyNameTooLong => {
                "A friendly name has at most 64 characters at first, and 256 later."
            }
            Self::UniqueNameInvalid => {
                "The address is blank or has characters that cannot be seen."
            }
            Self::UniqueNameTooLong => {
                "A channel's address has at most 64 characters at first, and 256 later."
            }
            Self::UniqueNameLikeSid => "An address must not look like a SID.",
            Self::UniqueNameTaken => "Another channel has this address.",
            Self::AttributesTooLong => "The attributes are too long.",
            Self::AttributesNotJson => "The attributes are not JSON.",
            Self::NotAMember => "You are not a member of this channel.",
            Self::AlreadyAMember => "A member of this channel already.",
            Self::MemberNotFound => "There is no such member.",
            Self::ChannelFull => "The channel has as many members as it may have.",
            Self::TooManyChannels => "You are in as many channels as you may be.",
            Self::HorizonInvalid => "There is no message with this index.",
            Self::MessageNotFound => "There is no such message.",
            Self::BlankBody => "A message needs a text.",
            Self::BodyTooLong => "A message has at most 32,768 bytes.",
            Self::MediaNotFound => "There is no such file of yours.",
            Self::MediaTaken => "Another message has this file already.",
            Self::MediaEmpty => "The file is empty.",
            Self::MediaTooLarge => "The file is larger than this server takes.",
            Self::MediaRefused => {
                "Files of this kind are not taken: only images, audio, video, PDF, ZIP and plain text."
            }
            Self::ImageTooLarge => "The image has more pixels than this server takes.",
            Self::MediaOverQuota => "There is no room for this file.",
            Self::MediaUrlInvalid => "This address of a file is over, or was never valid.",
            Self::NonceReused => "This nonce was used for another request.",
            Self::SidTaken => "This SID is in use here, or was.",
            Self::WebhookRefused => "The site's own backend refused this.",
            Self::WebhookFailed => {
                "The site's own backend, which is asked first, could not be reached or understood."
            }
            Self::WebhookTimeout => {
                "The site's own backend, which is asked first, did not answer in time."
            }
            Self::WebhookFiltersInvalid => "A webhook filter is not the name of an event.",
            Self::WebhookMethodInvalid => "A webhook's method is GET or POST.",
            Self::WebhookRetriesInvalid => "A webhook is tried again 0 to 3 times.",
            Self::PreWebhookUrlInvalid => {
                "The pre-event webhook's address is not one that this server calls."
            }
            Self::PostWebhookUrlInvalid => {
                "The post-event webhook's address is not one that this server calls."
            }
            Self::WebhookNotFound => "There is no such webhook.",
            Self::TooManyWebhooks => "A channel has at most 5 webhooks.",
            Self::TooManyTriggers => "A webhook has at most 5 trigger words.",
            Self::WebhookTypeInvalid => "A webhook's type is webhook or trigger.",
            Self::WebhookFilterInvalid => {
                "A channel webhook's filter is not the name of an event that comes after something was done in a channel."
            }
            Self::WebhookTriggerInvalid => "A trigger word is blank or longer than 64 characters.",
            Self::WebhookTypeMissing => "The webhook's type is missing.",
            Self::WebhookUrlMissing => "The webhook's address is missing.",
            Self::WebhookFilterMissing => "The webhook's filters are missing.",
            Self::WebhookTriggerMissing => "The webhook's trigger words are missing.",
            Self::WebhookUrlTooLong => "A webhook's address has at most 512 characters.",
            Self::WebhookUrlInvalid => "The webhook's address is not one that this server calls.",
        };
        sentence.to_owned()
    }

    /// How it travels.
    pub fn to_wire(self) -> WireRefusal {
        WireRefusal {
            code: self.code(),
            status: self.status(),
            message: self.message(),
            temporary: self.is_temporary(),
            retry_after: match self {
                Self::TooManyRequests { retry_after_ms } => Some(retry_after_ms),
                _ => None,
            },
        }
    }

    /// The reason behind a code, or nothing if this build does not know it.
    pub fn from_wire(wire: &WireRefusal) -> Option<Self> {
        let retry_after_ms = wire.retry_after.unwrap_or(1_000);
        let known = Refusal::ALL.iter().copied().find(|refusal| refusal.code() == wire.code)?;
        Some(match known {
            Self::TooManyRequests { .. } => Self::TooManyRequests { retry_after_ms },
            Self::NotPermitted(_) => Permission::ALL
                .iter()
                .copied()
                .map(Self::NotPermitted)
                .find(|refusal| refusal.message() == wire.message)
                .unwrap_or(known),
            other => other,
        })
    }
}

/// A refusal on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WireRefusal {
    pub code: u32,
    pub status: u16,
    pub message: String,
    pub temporary: bool,
    /// Milliseconds to wait before asking again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_means_one_thing() {
        let mut codes: Vec<u32> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Refusal::ALL.len());
    }

    #[test]
    fn a_refusal_survives_the_wire() {
        for &refusal in Refusal::ALL {
            assert_eq!(Refusal::from_wire(&refusal.to_wire()), Some(refusal));
        }
        for &permission in Permission::ALL {
            let refusal = Refusal::NotPermitted(permission);
            assert_eq!(Refusal::from_wire(&refusal.to_wire()), Some(refusal));
        }
        let busy = Refusal::TooManyRequests { retry_after_ms: 700 };
        assert_eq!(Refusal::from_wire(&busy.to_wire()), Some(busy));
    }
}
