//! What the files hold, by the names of the REST API, which its libraries spell in another way. What
//! is not named here is ignored.

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

/// `service.json`: which roles come by themselves, and what is set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ServiceRow {
    pub(super) sid: ServiceSid,
    #[serde(alias = "defaultServiceRoleSid")]
    pub(super) default_service_role_sid: Option<RoleSid>,
    #[serde(alias = "defaultChannelRoleSid")]
    pub(super) default_channel_role_sid: Option<RoleSid>,
    #[serde(alias = "defaultChannelCreatorRoleSid")]
    pub(super) default_channel_creator_role_sid: Option<RoleSid>,
    pub(super) limits: Option<LimitsRow>,
    /// In seconds.
    #[serde(alias = "typingIndicatorTimeout")]
    pub(super) typing_indicator_timeout: Option<i64>,
    /// In seconds.
    #[serde(alias = "consumptionReportInterval")]
    pub(super) consumption_report_interval: Option<i64>,
    #[serde(alias = "reachabilityEnabled")]
    pub(super) reachability_enabled: Option<bool>,
    #[serde(alias = "readStatusEnabled")]
    pub(super) read_status_enabled: Option<bool>,
}

/// How many members a channel, and how many channels a user may have.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct LimitsRow {
    #[serde(alias = "channelMembers")]
    pub(super) channel_members: Option<u64>,
    #[serde(alias = "userChannels")]
    pub(super) user_channels: Option<u64>,
}

/// A line of `roles.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RoleRow {
    pub(super) sid: RoleSid,
    #[serde(alias = "friendlyName")]
    pub(super) friendly_name: String,
    pub(super) r#type: RoleType,
    pub(super) permissions: Vec<String>,
    #[serde(default, alias = "dateCreated", with = "dates")]
    pub(super) date_created: Option<Timestamp>,
    #[serde(default, alias = "dateUpdated", with = "dates")]
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
    #[serde(default, alias = "friendlyName")]
    pub(super) friendly_name: Option<String>,
    #[serde(default, alias = "roleSid")]
    pub(super) role_sid: Option<RoleSid>,
    #[serde(default, deserialize_with = "attributes")]
    pub(super) attributes: String,
    #[serde(default, alias = "dateCreated", with = "dates")]
    pub(super) date_created: Option<Timestamp>,
}

/// A line of `channels.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ChannelRow {
    pub(super) sid: ChannelSid,
    #[serde(default, alias = "friendlyName")]
    pub(super) friendly_name: Option<String>,
    #[serde(default, alias = "uniqueName")]
    pub(super) unique_name: Option<String>,
    #[serde(default, deserialize_with = "attributes")]
    pub(super) attributes: String,
    pub(super) r#type: ChannelType,
    #[serde(default, alias = "createdBy")]
    pub(super) created_by: Option<String>,
    #[serde(default, alias = "dateCreated", with = "dates")]
    pub(super) date_created: Option<Timestamp>,
    #[serde(default, alias = "dateUpdated", with = "dates")]
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
    #[serde(default, alias = "roleSid")]
    pub(super) role_sid: Option<RoleSid>,
    #[serde(default, deserialize_with = "attributes")]
    pub(super) attributes: String,
    #[serde(default, alias = "lastConsumedMessageIndex")]
    pub(super) last_consumed_message_index: Option<u64>,
    #[serde(default, alias = "lastConsumptionTimestamp", with = "dates")]
    pub(super) last_consumption_timestamp: Option<Timestamp>,
    /// The API has it elsewhere, with the user's channels.
    #[serde(default, alias = "notificationLevel")]
    pub(super) notification_level: Option<Level>,
    #[serde(default, alias = "dateCreated", with = "dates")]
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
    #[serde(default, alias = "dateCreated", with = "dates")]
    pub(super) date_created: Option<Timestamp>,
    #[serde(default, alias = "dateUpdated", with = "dates")]
    pub(super) date_updated: Option<Timestamp>,
    #[serde(default, alias = "wasEdited")]
    pub(super) was_edited: Option<bool>,
    #[serde(default, alias = "lastUpdatedBy")]
    pub(super) last_updated_by: Option<String>,
}

/// The file of a message, which lies beside the list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MediaRow {
    pub(super) sid: MediaSid,
    #[serde(default)]
    pub(super) filename: Option<String>,
    #[serde(default, alias = "contentType")]
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
    #[serde(default, alias = "roleSid")]
    pub(super) role_sid: Option<RoleSid>,
    #[serde(default, alias = "createdBy")]
    pub(super) created_by: Option<Identity>,
    #[serde(default, alias = "dateCreated", with = "dates")]
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sid(prefix: &str) -> String {
        format!("{prefix}{:032x}", 0xAB)
    }

    /// As the API's libraries spell names.
    fn respelled(row: &Value) -> Value {
        let Value::Object(fields) = row else { return row.clone() };
        let fields = fields.iter().map(|(name, value)| {
            let mut words = name.split('_');
            let mut spelled = words.next().unwrap_or_default().to_owned();
            for word in words {
                spelled.push_str(&word[..1].to_uppercase());
                spelled.push_str(&word[1..]);
            }
            (spelled, respelled(value))
        });
        Value::Object(fields.collect())
    }

    #[track_caller]
    fn reads_both<T: Kind + Serialize>(row: &Value) {
        for written in [row.clone(), respelled(row)] {
            let read: T = serde_json::from_value(written).expect("a row");
            assert_eq!(serde_json::to_value(read).expect("JSON"), *row, "{}", T::NAME);
        }
    }

    #[test]
    fn a_row_is_read_as_the_api_writes_it_and_as_its_libraries_do() {
        let date = "2016-03-24T20:37:57.123Z";
        reads_both::<ServiceRow>(&json!({"sid": sid("IS"), "default_service_role_sid": sid("RL"),
            "default_channel_role_sid": sid("RL"), "default_channel_creator_role_sid": sid("RL"),
            "limits": {"channel_members": 150, "user_channels": 300},
            "typing_indicator_timeout": 7, "consumption_report_interval": 8,
            "reachability_enabled": false, "read_status_enabled": false}));
        reads_both::<RoleRow>(&json!({"sid": sid("RL"), "friendly_name": "reader",
            "type": "channel", "permissions": ["leaveChannel"], "date_created": date,
            "date_updated": date}));
        reads_both::<UserRow>(&json!({"sid": sid("US"), "identity": "ada",
            "friendly_name": "Ada", "role_sid": sid("RL"), "attributes": "[1]",
            "date_created": date}));
        reads_both::<ChannelRow>(&json!({"sid": sid("CH"), "friendly_name": "Harvest",
            "unique_name": "harvest", "attributes": "[1]", "type": "private",
            "created_by": "ada", "date_created": date, "date_updated": date}));
        reads_both::<MemberRow>(&json!({"sid": sid("MB"), "identity": "ada",
            "role_sid": sid("RL"), "attributes": "[1]", "last_consumed_message_index": 3,
            "last_consumption_timestamp": date, "notification_level": "muted",
            "date_created": date}));
        let media = json!({"sid": sid("ME"), "filename": "a.png", "content_type": "image/png",
            "size": 7});
        reads_both::<MessageRow>(&json!({"sid": sid("IM"), "index": 3, "from": "ada",
            "body": "Hello", "media": media, "attributes": "[1]", "date_created": date,
            "date_updated": date, "was_edited": true, "last_updated_by": "grace"}));
        reads_both::<InviteRow>(&json!({"sid": sid("IN"), "identity": "ada",
            "role_sid": sid("RL"), "created_by": "grace", "date_created": date}));
    }
}
