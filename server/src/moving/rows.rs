//! What the files hold, by the names of the REST API. What is not named here is ignored.

use chat::{
    Attributes, ChannelSid, Identity, InviteSid, Level, Media, MediaSid, MemberSid, MessageSid,
    RoleKind, RoleSid, ServiceSid, Timestamp, UserSid,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::dates;

/// Rows of one kind, and the files and lists that hold them.
pub(super) trait Kind: for<'de> Deserialize<'de> + Send + 'static {
    /// What their file is called, and the list in it.
    const NAME: &'static str;

    /// How a report calls one.
    fn called(&self) -> String;
}

macro_rules! kinds {
    ($($row:ident $name:literal;)*) => {$(
        impl Kind for $row {
            const NAME: &'static str = $name;

            fn called(&self) -> String {
                self.sid.to_string()
            }
        }
    )*};
}

kinds! {
    ServiceRow "service";
    RoleRow "roles";
    UserRow "users";
    ChannelRow "channels";
    MemberRow "members";
    MessageRow "messages";
    InviteRow "invites";
}

/// `service.json`: which roles come by themselves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ServiceRow {
    pub(super) sid: ServiceSid,
    pub(super) default_service_role_sid: Option<RoleSid>,
    pub(super) default_channel_role_sid: Option<RoleSid>,
    pub(super) default_channel_creator_role_sid: Option<RoleSid>,
}

/// A line of `roles.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RoleRow {
    pub(super) sid: RoleSid,
    pub(super) friendly_name: String,
    pub(super) r#type: RoleType,
    pub(super) permissions: Vec<String>,
    #[serde(default, with = "dates")]
    pub(super) date_created: Option<Timestamp>,
    #[serde(default, with = "dates")]
    pub(super) date_updated: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RoleType {
    Deployment,
    Channel,
}

impl From<RoleType> for RoleKind {
    fn from(kind: RoleType) -> Self {
        match kind {
            RoleType::Deployment => Self::Service,
            RoleType::Channel => Self::Channel,
        }
    }
}

impl From<RoleKind> for RoleType {
    fn from(kind: RoleKind) -> Self {
        match kind {
            RoleKind::Service => Self::Deployment,
            RoleKind::Channel => Self::Channel,
        }
    }
}

/// A line of `users.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct UserRow {
    pub(super) sid: UserSid,
    pub(super) identity: String,
    #[serde(default)]
    pub(super) friendly_name: Option<String>,
    #[serde(default)]
    pub(super) role_sid: Option<RoleSid>,
    #[serde(default, deserialize_with = "attributes")]
    pub(super) attributes: String,
    #[serde(default, with = "dates")]
    pub(super) date_created: Option<Timestamp>,
}

/// A line of `channels.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ChannelRow {
    pub(super) sid: ChannelSid,
    #[serde(default)]
    pub(super) friendly_name: Option<String>,
    #[serde(default)]
    pub(super) unique_name: Option<String>,
    #[serde(default, deserialize_with = "attributes")]
    pub(super) attributes: String,
    pub(super) r#type: ChannelType,
    #[serde(default)]
    pub(super) created_by: Option<String>,
    #[serde(default, with = "dates")]
    pub(super) date_created: Option<Timestamp>,
    #[serde(default, with = "dates")]
    pub(super) date_updated: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ChannelType {
    Public,
    Private,
}

/// A line of a channel's `members.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MemberRow {
    pub(super) sid: MemberSid,
    pub(super) identity: String,
    #[serde(default)]
    pub(super) role_sid: Option<RoleSid>,
    #[serde(default, deserialize_with = "attributes")]
    pub(super) attributes: String,
    #[serde(default)]
    pub(super) last_consumed_message_index: Option<u64>,
    #[serde(default, with = "dates")]
    pub(super) last_consumption_timestamp: Option<Timestamp>,
    /// The API has it elsewhere, with the user's channels.
    #[serde(default)]
    pub(super) notification_level: Option<Level>,
    #[serde(default, with = "dates")]
    pub(super) date_created: Option<Timestamp>,
}

/// A line of a channel's `messages.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MessageRow {
    pub(super) sid: MessageSid,
    pub(super) index: u64,
    #[serde(default)]
    pub(super) from: Option<String>,
    #[serde(default)]
    pub(super) body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) media: Option<MediaRow>,
    #[serde(default, deserialize_with = "attributes")]
    pub(super) attributes: String,
    #[serde(default, with = "dates")]
    pub(super) date_created: Option<Timestamp>,
    #[serde(default, with = "dates")]
    pub(super) date_updated: Option<Timestamp>,
    #[serde(default)]
    pub(super) was_edited: Option<bool>,
    #[serde(default)]
    pub(super) last_updated_by: Option<String>,
}

/// The file of a message, which lies beside the list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MediaRow {
    pub(super) sid: MediaSid,
    #[serde(default)]
    pub(super) filename: Option<String>,
    #[serde(default)]
    pub(super) content_type: Option<String>,
    #[serde(default)]
    pub(super) size: Option<u64>,
}

impl From<Media> for MediaRow {
    fn from(media: Media) -> Self {
        Self {
            sid: media.sid,
            filename: Some(media.filename).filter(|name| !name.is_empty()),
            content_type: Some(media.content_type),
            size: Some(media.size),
        }
    }
}

/// A line of a channel's `invites.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct InviteRow {
    pub(super) sid: InviteSid,
    pub(super) identity: Identity,
    #[serde(default)]
    pub(super) role_sid: Option<RoleSid>,
    #[serde(default)]
    pub(super) created_by: Option<Identity>,
    #[serde(default, with = "dates")]
    pub(super) date_created: Option<Timestamp>,
}

/// JSON as text, as the API writes it; also JSON itself, as some who list write it. An empty object
/// is none.
fn attributes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let text = match serde_json::from_str::<Option<String>>(raw.get()) {
        Ok(text) => text.unwrap_or_default(),
        Err(_) => raw.get().to_owned(),
    };
    Ok(if text.trim() == "{}" { String::new() } else { text })
}

/// As the API shows them: an empty object where none were given.
pub(super) fn shown(attributes: &Attributes) -> String {
    if attributes.is_empty() { "{}".to_owned() } else { attributes.as_str().to_owned() }
}
