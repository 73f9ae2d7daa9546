//! Actions as the tunnel and the REST API have them.

/// Method, path and body. `{channel}` is where it happens, `{theirs}` the admin's message there, `{own}`
/// one of who asks, `{me}` their name.
pub(super) type Request = (&'static str, &'static str, &'static str);

/// The tunnel's request for an action, if it has one.
pub(super) fn in_tunnel(action: &str) -> Option<Request> {
    const CHANNEL: &str = "/Client/v1/Conversations/{channel}";
    const MESSAGES: &str = "/Client/v1/Conversations/{channel}/Messages";
    const THEIRS: &str = "/Client/v1/Conversations/{channel}/Messages/{theirs}";
    const PEOPLE: &str = "/Client/v1/Conversations/{channel}/Participants";
    const MINE: &str = "/Client/v1/MyConversations/{channel}";
    Some(match action {
        "post_message" => ("POST", MESSAGES, r#"{"body":"Hello?"}"#),
        "edit_channel name" => ("POST", CHANNEL, r#"{"friendly_name":"Mine"}"#),
        "edit_channel attributes" => ("POST", CHANNEL, r#"{"attributes":"[1]"}"#),
        "edit_channel private" => ("POST", CHANNEL, r#"{"type":"private"}"#),
        "delete_channel" => ("DELETE", CHANNEL, ""),
        "join_channel" => ("POST", PEOPLE, r#"{"identity":"{me}"}"#),
        "leave_channel" => ("DELETE", "/Client/v1/Conversations/{channel}/Participants/{me}", ""),
        "add_member" => ("POST", PEOPLE, r#"{"identity":"newcomer"}"#),
        "remove_member" => {
            ("DELETE", "/Client/v1/Conversations/{channel}/Participants/observer", "")
        }
        "invite_member" => {
            ("POST", "/Client/v1/Conversations/{channel}/Invites", r#"{"identity":"newcomer"}"#)
        }
        "decline_invite" => ("DELETE", "/Client/v1/Conversations/{channel}/Invites/{me}", ""),
        "set_notification_level" => ("POST", MINE, r#"{"notification_level":"muted"}"#),
        "set_read_horizon" => ("POST", MINE, r#"{"last_read_message_index":null}"#),
        "set_typing" => ("POST", "/Client/v1/Typing", "ChannelSid={channel}"),
        "find_channel" => ("GET", CHANNEL, ""),
        "find_channel of mine" => ("GET", MINE, ""),
        "find_message" => ("GET", THEIRS, ""),
        "edit_message by SID" => ("POST", THEIRS, r#"{"body":"Bye"}"#),
        "delete_message by SID" => ("DELETE", THEIRS, ""),
        "history" => ("GET", "/v3/Lists/{channel}.messages/Items", ""),
        "members" => ("GET", "/v3/Maps/{channel}.roster/Items", ""),
        "list_channels" => ("GET", "/Client/v1/Conversations", ""),
        "list_channels of mine" => ("GET", "/Client/v1/MyConversations", ""),
        "find_user" => ("GET", "/Client/v1/Users/member", ""),
        "create_channel public" => {
            ("POST", "/Client/v1/Conversations", r#"{"friendly_name":"New","type":"public"}"#)
        }
        "create_channel private" => {
            ("POST", "/Client/v1/Conversations", r#"{"friendly_name":"New","type":"private"}"#)
        }
        "edit_user oneself" => ("POST", "/Client/v1/Users/{me}", r#"{"friendly_name":"Me"}"#),
        "edit_user another" => ("POST", "/Client/v1/Users/newcomer", r#"{"friendly_name":"You"}"#),
        _ => return None,
    })
}

/// The REST API's request for an action, if it has one.
pub(super) fn in_rest(action: &str) -> Option<Request> {
    const CHANNEL: &str = "/Channels/{channel}";
    const MESSAGES: &str = "/Channels/{channel}/Messages";
    const THEIRS: &str = "/Channels/{channel}/Messages/{theirs}";
    const OWN: &str = "/Channels/{channel}/Messages/{own}";
    const MEMBERS: &str = "/Channels/{channel}/Members";
    const OBSERVER: &str = "/Channels/{channel}/Members/observer";
    const THEIR_CHANNEL: &str = "/Users/member/Channels/{channel}";
    Some(match action {
        "post_message" => ("POST", MESSAGES, "Body=Hello"),
        "edit_message of another" => ("POST", THEIRS, "Body=Bye"),
        "edit_message attributes" => ("POST", THEIRS, "Attributes=%7B%7D"),
        "edit_message own" => ("POST", OWN, "Body=Better"),
        "delete_message of another" => ("DELETE", THEIRS, ""),
        "delete_message own" => ("DELETE", OWN, ""),
        "edit_channel name" => ("POST", CHANNEL, "FriendlyName=Mine"),
        "edit_channel attributes" => ("POST", CHANNEL, "Attributes=%5B1%5D"),
        "delete_channel" => ("DELETE", CHANNEL, ""),
        "add_member" => ("POST", MEMBERS, "Identity=newcomer"),
        "remove_member" => ("DELETE", OBSERVER, ""),
        "invite_member" => ("POST", "/Channels/{channel}/Invites", "Identity=newcomer"),
        "edit_member another" => ("POST", OBSERVER, "Attributes=%5B1%5D"),
        "set_notification_level" => ("POST", THEIR_CHANNEL, "NotificationLevel=muted"),
        "advance_read_horizon" => ("POST", THEIR_CHANNEL, "LastConsumedMessageIndex=0"),
        "find_channel" => ("GET", CHANNEL, ""),
        "find_channel of mine" => ("GET", THEIR_CHANNEL, ""),
        "find_message" => ("GET", THEIRS, ""),
        "history" => ("GET", MESSAGES, ""),
        "members" => ("GET", MEMBERS, ""),
        "find_member" => ("GET", "/Channels/{channel}/Members/member", ""),
        "list_invites" => ("GET", "/Channels/{channel}/Invites", ""),
        "list_channels" => ("GET", "/Channels", ""),
        "list_channels of mine" => ("GET", "/Users/member/Channels", ""),
        "find_user" => ("GET", "/Users/member", ""),
        "list_users" => ("GET", "/Users", ""),
        "list_roles" => ("GET", "/Roles", ""),
        "create_channel public" => ("POST", "/Channels", "FriendlyName=New"),
        "create_channel private" => ("POST", "/Channels", "FriendlyName=New&Type=private"),
        "edit_user another" => ("POST", "/Users/newcomer", "FriendlyName=You"),
        _ => return None,
    })
}
