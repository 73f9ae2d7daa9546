//! What the SDK asks first: where everything is, and what is on.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::media::address_of;
use crate::tunnel::call::Answer;
use crate::tunnel::objects::Object;
use crate::tunnel::session::Session;

/// Users whom the SDK follows at a time, as in Programmable Chat.
const USERS_FOLLOWED_MAX: u32 = 100;

pub(super) fn configuration(session: &Session, version: &str) -> Answer {
    let who = &session.desk.who;
    let client = format!("{}/Client/{version}", session.base);
    let media = address_of(&session.base, session.desk.gateway.service.sid);
    let me = utf8_percent_encode(who.identity.as_str(), NON_ALPHANUMERIC);
    Answer::ok(json!({
        "identity": who.identity,
        "links": {
            "my_conversations": format!("{client}/MyConversations"),
            "conversations": format!("{client}/Conversations"),
            "users": format!("{client}/Users"),
            "current_user": format!("{client}/Users/{me}"),
            "typing": format!("{client}/Typing"),
            // Without these two the SDK does not start.
            "media_service": media,
            "media_set_service": format!("{media}Set"),
            "messages_receipts": format!("{client}/Receipts"),
        },
        "sync_objects": {
            "my_conversations": Object::Mine(who.user).to_string(),
            "my_user_info": Object::Info(who.user).to_string(),
        },
        "options": {
            "reachability_enabled": who.settings.reachability,
            "typing_indicator_timeout": who.settings.typing_interval_ms / 1_000,
            "consumption_report_interval": format!("PT{}S", who.settings.horizon_interval_ms / 1_000),
            // A longer one shows the first visitor of an empty place an old, empty directory.
            "http_cache_interval": "PT0S",
            "user_infos_to_subscribe": USERS_FOLLOWED_MAX,
            "media_attachments_count_limit": 1,
            "media_attachment_size_limit_in_mb": session.file_mb_max,
            "media_attachments_total_size_limit_in_mb": session.file_mb_max,
            "email_histories_allowed_mime_types": [],
            "email_bodies_allowed_mime_types": [],
        },
    }))
}
