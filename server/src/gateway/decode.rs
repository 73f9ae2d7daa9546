//! What a client's text means: a request, a request that cannot be done, or nothing we know.

use chat::Refusal;
use chat::protocol::{ClientFrame, Hello, Request};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::HashMap;

/// A client's frame, as far as it is understood.
#[derive(Debug, PartialEq)]
pub(crate) enum Decoded {
    Hello(Hello),
    Request(Request),
    /// A request of a newer protocol, or with impossible parts: refused, under its `ref`.
    Refused(u32, Refusal),
    Probe,
    Malformed,
}

/// Every command there is.
const COMMANDS: [&str; 27] = [
    "post_message",
    "edit_message",
    "delete_message",
    "create_channel",
    "edit_channel",
    "delete_channel",
    "hand_over_channel",
    "join_channel",
    "leave_channel",
    "add_member",
    "remove_member",
    "invite_member",
    "decline_invite",
    "edit_member",
    "edit_user",
    "set_notification_level",
    "advance_read_horizon",
    "set_read_horizon",
    "set_typing",
    "watch_presence",
    "resume",
    "open_channel",
    "history",
    "members",
    "unread",
    "media_url",
    "renew_token",
];

/// Reads a frame.
pub(crate) fn decode(text: &str) -> Decoded {
    match serde_json::from_str(text) {
        Ok(ClientFrame::Hello(hello)) => Decoded::Hello(hello),
        Ok(ClientFrame::Request(request)) => Decoded::Request(request),
        Ok(ClientFrame::Probe {}) => Decoded::Probe,
        Err(_) => serde_json::from_str(text).map_or(Decoded::Malformed, refuse),
    }
}

#[derive(Deserialize)]
struct Outline {
    request: OutlinedRequest,
}

#[derive(Deserialize)]
struct OutlinedRequest {
    #[serde(rename = "ref")]
    reference: u32,
    command: HashMap<String, IgnoredAny>,
}

fn refuse(outline: Outline) -> Decoded {
    let known = outline.request.command.keys().all(|name| COMMANDS.contains(&name.as_str()));
    let refusal = if known { Refusal::BadParameter } else { Refusal::UnknownCommand };
    Decoded::Refused(outline.request.reference, refusal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::Command;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn an_unknown_command_is_refused_under_its_ref() {
        let newer = r#"{"request":{"ref":7,"command":{"fly":{"to":[1,{"the":"moon"}]}}}}"#;
        assert_eq!(decode(newer), Decoded::Refused(7, Refusal::UnknownCommand));
    }

    #[test]
    fn a_known_command_with_impossible_parts_is_a_bad_parameter() {
        for command in [
            r#"{"set_typing":{"channel":"general"}}"#,
            r#"{"set_typing":{}}"#,
            r#"{"history":{"channel":"CH0190000000007000800000000000002a","before":-1,"limit":5}}"#,
            r#"{"post_message":null}"#,
        ] {
            let text = format!(r#"{{"request":{{"ref":7,"command":{command}}}}}"#);
            assert_eq!(decode(&text), Decoded::Refused(7, Refusal::BadParameter), "{command}");
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        let deep = "[".repeat(100_000);
        for text in [
            "",
            "hello",
            "{}",
            "[]",
            "null",
            r#"{"request":{}}"#,
            r#"{"request":{"ref":-1,"command":{"fly":{}}}}"#,
            r#"{"request":{"ref":1,"command":"fly"}}"#,
            r#"{"fly":{}}"#,
            deep.as_str(),
        ] {
            assert_eq!(decode(text), Decoded::Malformed);
        }
    }

    #[test]
    fn any_part_of_any_command_may_be_of_any_type_and_nothing_panics() {
        let sid = "CH0190000000007000800000000000002a";
        let id = "01900000-0000-7000-8000-00000000002a";
        let parts = json!({
            "channel": sid, "nonce": id, "body": "Hello", "attributes": "{}", "scope": "directory",
            "friendly_name": "Tea", "unique_name": "tea", "to": "US0190000000007000800000000000002a",
            "index": 1, "since": 1, "before": 1, "limit": 1, "after": null, "token": "t",
            "user": "US0190000000007000800000000000002a", "identity": "grace", "level": "muted",
            "role": "RL0190000000007000800000000000002a", "private": true,
            "users": ["US0190000000007000800000000000002a"],
        });
        let wrong =
            [json!(null), json!(-1), json!(1.5), json!("x"), json!([]), json!({}), json!(1)];
        for name in COMMANDS {
            let request = |parts: &Value| {
                json!({"request": {"ref": 3, "command": {name: parts}}}).to_string()
            };
            assert!(matches!(decode(&request(&parts)), Decoded::Request(_)), "{name}");
            for (part, wrong) in parts
                .as_object()
                .into_iter()
                .flatten()
                .flat_map(|(part, _)| wrong.iter().map(move |wrong| (part, wrong)))
            {
                let mut parts = parts.clone();
                parts[part] = wrong.clone();
                let decoded = decode(&request(&parts));
                let refused = Decoded::Refused(3, Refusal::BadParameter);
                assert!(
                    matches!(decoded, Decoded::Request(_)) || decoded == refused,
                    "{decoded:?}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in r#"[{}\[\]":,a-z0-9_ \\-]{0,80}"#) {
            decode(&text);
            decode(&format!(r#"{{"request":{{"ref":1,"command":{text}}}}}"#));
        }
    }

    #[test]
    fn the_list_of_commands_is_the_protocols() {
        let unknown = serde_json::from_str::<Command>(r#"{"fly":{}}"#).expect_err("unknown");
        let names = COMMANDS.map(|name| format!("`{name}`")).join(", ");
        assert!(unknown.to_string().contains(&format!("expected one of {names} at")), "{unknown}");
    }
}
