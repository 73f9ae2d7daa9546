//! What went wrong in other chats, and must not here: each story is named after its lesson.
//! `docs/lessons.md` says which went wrong where, and which of the other stories teach the rest.

use std::fs;
use std::path::Path;
use std::time::Duration;

use chat::protocol::{
    Accepted, Answer, ChannelEditing, CloseCode, Command, Editing, MemberEditing, NewChannel, Row,
    Scope, ServerFrame, UserEditing,
};
use chat::{ChannelSid, Level, MessageIndex, Refusal, RoleKind, RoleSid, Sequence, UserSid};
use serde_json::{Value, json};
use server::commands::{self, delete_user, edit_member, edit_user};
use tokio::time::timeout;

use crate::messages::draft;
use crate::support::http;
use crate::support::sdk::Sdk;
use crate::support::{Raw, TestServer, nonce};

const PROTOCOL: &str = include_str!("../../../docs/protocol.md");
const LESSONS: &str = include_str!("../../../docs/lessons.md");
const SECOND: Duration = Duration::from_secs(1);
const WORDS: &str = "the harvest is hidden";

async fn on_socket(server: &TestServer, name: &str) -> (Raw, UserSid) {
    let (raw, welcome) = Raw::welcomed(server.address, &server.backend_token(name, 3_600)).await;
    (raw, welcome.user)
}

async fn in_tunnel(server: &TestServer, name: &str) -> Sdk {
    Sdk::arrive(server.address, &server.backend_token(name, 3_600)).await
}

/// A channel that its maker has joined.
async fn channel(maker: &mut Raw, private: bool) -> ChannelSid {
    let wish = NewChannel {
        nonce: nonce(),
        friendly_name: "Harvest".to_owned(),
        unique_name: None,
        attributes: String::new(),
        private,
        without_joining: false,
    };
    match maker.accepted(Command::CreateChannel(wish)).await {
        Accepted::Created(created) => created.channel,
        other => panic!("a channel was expected: {other:?}"),
    }
}

async fn add(member: &mut Raw, channel: ChannelSid, name: &str) {
    let identity = name.to_owned();
    member.accepted(Command::AddMember { channel, identity, nonce: nonce() }).await;
}

async fn say(author: &mut Raw, channel: ChannelSid, body: &str) {
    author.accepted(Command::PostMessage(draft(channel, body))).await;
}

/// All that came unasked, as it travelled.
pub(crate) async fn heard(raw: &mut Raw) -> String {
    raw.round_trip().await;
    let frames = raw.take_unheard();
    frames.iter().map(|frame| serde_json::to_string(frame).expect("plain data") + "\n").collect()
}

/// All that came unasked through the tunnel.
async fn heard_in_tunnel(sdk: &mut Sdk) -> String {
    sdk.heard().await.iter().map(|(kind, _, event)| format!("{kind} {event}\n")).collect()
}

/// Whatever can be asked of what a channel holds.
fn questions(channel: ChannelSid) -> Vec<Command> {
    let since =
        |sequence| Command::Resume { scope: Scope::Channel(channel), since: Sequence(sequence) };
    vec![
        since(0),
        since(1),
        since(1 << 40),
        Command::OpenChannel { channel },
        Command::History { channel, before: MessageIndex(99), limit: 99 },
        Command::Members { channel, after: None },
        Command::Unread { channel },
        Command::SetTyping { channel },
    ]
}

/// Nothing of what a channel holds is answered, on the socket or in the tunnel.
async fn reads_nothing(raw: &mut Raw, sdk: &mut Sdk, channel: ChannelSid) {
    for question in questions(channel) {
        let answer = raw.ask(question.clone()).await;
        assert!(matches!(answer, Answer::Refused(_)), "{question:?}: {answer:?}");
    }
    for part in ["messages", "roster"] {
        let kinds = sdk.follow(&[(&format!("{channel}.{part}"), 0)]).await;
        assert_eq!(kinds[0].0, "subscription_failed", "{part}");
    }
    for path in
        [format!("/v3/Lists/{channel}.messages/Items"), format!("/v3/Maps/{channel}.roster/Items")]
    {
        let answer = sdk.get(&path).await;
        assert!([403, 404].contains(&answer.status), "{path}: {answer:?}");
        assert!(!answer.body.to_string().contains(WORDS));
    }
}

#[tokio::test]
async fn whoever_is_revoked_is_gone_from_every_socket_within_the_second() {
    let server = TestServer::start().await;
    let (mut grace, _) = on_socket(&server, "grace").await;
    let harvest = channel(&mut grace, true).await;
    let (mut first, ada) = on_socket(&server, "ada").await;
    add(&mut grace, harvest, "ada").await;
    let (mut second, _) = on_socket(&server, "ada").await;
    let mut third = in_tunnel(&server, "ada").await;

    server.operates(move |tx, m| delete_user(tx, ada, m)).await;

    for raw in [&mut first, &mut second] {
        let closed = timeout(SECOND, raw.closed()).await.expect("within the second");
        assert_eq!(closed, Some(CloseCode::SessionEnded));
    }
    timeout(SECOND, third.closed()).await.expect("within the second");
    say(&mut grace, harvest, WORDS).await;
    let (mut again, other) = on_socket(&server, "ada").await;
    assert_ne!(other, ada, "somebody new, who inherits nothing");
    let mut sdk = in_tunnel(&server, "ada").await;
    reads_nothing(&mut again, &mut sdk, harvest).await;
}

#[tokio::test]
async fn a_demotion_counts_for_sockets_that_are_open_already() {
    let server = TestServer::start().await;
    let (mut ada, _) = on_socket(&server, "ada").await;
    let harvest = channel(&mut ada, false).await;
    say(&mut ada, harvest, "Hello").await;
    let (mut root, user) = on_socket(&server, "root").await;
    let mut sdk = in_tunnel(&server, "root").await;
    let operator = server.operator();
    let role_of = async |role| {
        let wish = UserEditing { user, friendly_name: None, role: Some(role), attributes: None };
        server.operates(move |tx, m| edit_user(tx, operator, &wish, m)).await;
    };
    let edit = |body: &str| {
        let (index, body) = (MessageIndex(0), Some(body.to_owned()));
        Command::EditMessage(Editing { channel: harvest, index, body, attributes: None })
    };
    let path = format!("/Client/v1/Conversations/{harvest}");
    role_of(RoleSid::SERVICE_ADMIN).await;
    root.accepted(edit("Edited")).await;
    assert_eq!(sdk.post(&path, json!({"friendly_name": "Mine"})).await.status, 200);

    role_of(RoleSid::SERVICE_USER).await;

    let refusal = root.refused(edit("Edited again")).await;
    assert_eq!(refusal.code, 50_107);
    assert_eq!(sdk.post(&path, json!({"friendly_name": "Still mine"})).await.body["code"], 50_107);

    // And a role in one channel.
    add(&mut ada, harvest, "root").await;
    say(&mut root, harvest, "As a member").await;
    let permissions = vec!["leaveChannel".to_owned()];
    let make = move |tx: &mut dyn server::store::Tx, m: &commands::Moment| {
        commands::create_role(tx, "observer", RoleKind::Channel, &permissions, m)
    };
    let role = Some(server.operates(make).await);
    let wish = MemberEditing { channel: harvest, user, role, attributes: None };
    server.operates(move |tx, m| edit_member(tx, operator, &wish, m)).await;
    let refusal = root.refused(Command::PostMessage(draft(harvest, "Hello?"))).await;
    assert_eq!(refusal.code, 50_107);
    let said = sdk.post(&format!("{path}/Messages"), json!({"body": "Hello?"})).await;
    assert_eq!(said.body["code"], 50_107);
}

#[tokio::test]
async fn what_is_said_in_a_public_channel_reaches_its_members_only() {
    let server = TestServer::start().await;
    let (mut ada, _) = on_socket(&server, "ada").await;
    let harvest = channel(&mut ada, false).await;
    let (mut eve, _) = on_socket(&server, "eve").await;
    let mut sdk = in_tunnel(&server, "eve").await;
    eve.accepted(Command::Resume { scope: Scope::Directory, since: Sequence(0) }).await;
    sdk.follow(&[(&format!("{harvest}.channel"), 0)]).await;
    reads_nothing(&mut eve, &mut sdk, harvest).await;

    say(&mut ada, harvest, "Soon forgotten").await;
    let body = Some(WORDS.to_owned());
    let editing = Editing { channel: harvest, index: MessageIndex(0), body, attributes: None };
    ada.accepted(Command::EditMessage(editing)).await;
    ada.accepted(Command::DeleteMessage { channel: harvest, index: MessageIndex(0) }).await;

    let (on_socket, in_tunnel) = (heard(&mut eve).await, heard_in_tunnel(&mut sdk).await);
    for frames in [&on_socket, &in_tunnel] {
        assert!(!frames.contains(WORDS) && !frames.contains("forgotten"), "{frames}");
    }
    assert!(!on_socket.contains(&format!(r#""channel":"{harvest}""#)), "{on_socket}");
}

#[tokio::test]
async fn a_former_member_reads_nothing_by_any_way_of_resuming() {
    let server = TestServer::start().await;
    let (mut ada, _) = on_socket(&server, "ada").await;
    for private in [false, true] {
        let harvest = channel(&mut ada, private).await;
        let (mut grace, user) = on_socket(&server, "grace").await;
        add(&mut ada, harvest, "grace").await;
        let mut sdk = in_tunnel(&server, "grace").await;
        grace.accepted(Command::OpenChannel { channel: harvest }).await;
        sdk.follow(&[(&format!("{harvest}.messages"), 0)]).await;

        ada.accepted(Command::RemoveMember { channel: harvest, user }).await;
        say(&mut ada, harvest, WORDS).await;

        reads_nothing(&mut grace, &mut sdk, harvest).await;
        assert!(!heard(&mut grace).await.contains(WORDS));
        assert!(!heard_in_tunnel(&mut sdk).await.contains(WORDS));
    }
}

#[tokio::test]
async fn old_frames_and_old_tokens_let_a_removed_member_in_no_more() {
    let server = TestServer::start().await;
    let (mut ada, _) = on_socket(&server, "ada").await;
    let harvest = channel(&mut ada, true).await;
    let token = server.backend_token("grace", 3_600);
    let (mut grace, welcome) = Raw::welcomed(server.address, &token).await;
    let identity = "grace".to_owned();
    ada.accepted(Command::InviteMember { channel: harvest, identity, nonce: nonce() }).await;
    let join = Command::JoinChannel { channel: harvest, nonce: nonce() };
    grace.accepted(join.clone()).await;
    ada.accepted(Command::RemoveMember { channel: harvest, user: welcome.user }).await;

    let (mut back, welcome) = Raw::welcomed(server.address, &token).await;
    assert!(welcome.channels.iter().all(|state| state.sid != harvest));
    let mut sdk = Sdk::arrive(server.address, &token).await;
    for raw in [&mut grace, &mut back] {
        // A repeat gets the first answer, and opens nothing.
        raw.ask(join.clone()).await;
        reads_nothing(raw, &mut sdk, harvest).await;
    }
    say(&mut ada, harvest, WORDS).await;
    for raw in [&mut grace, &mut back] {
        assert!(!heard(raw).await.contains(WORDS));
    }
}

#[tokio::test]
async fn signs_of_life_in_a_private_channel_reach_nobody_outside() {
    let server = TestServer::start().await;
    let (mut ada, _) = on_socket(&server, "ada").await;
    let (mut eve, _) = on_socket(&server, "eve").await;
    let mut sdk = in_tunnel(&server, "eve").await;
    eve.accepted(Command::Resume { scope: Scope::Directory, since: Sequence(0) }).await;

    let harvest = channel(&mut ada, true).await;
    let (mut grace, user) = on_socket(&server, "grace").await;
    add(&mut ada, harvest, "grace").await;
    say(&mut grace, harvest, WORDS).await;
    grace.accepted(Command::SetTyping { channel: harvest }).await;
    ada.accepted(Command::AdvanceReadHorizon { channel: harvest, index: MessageIndex(0) }).await;
    let friendly_name = Some("Winter".to_owned());
    let renaming = ChannelEditing { friendly_name, ..ChannelEditing::of(harvest) };
    ada.accepted(Command::EditChannel(renaming)).await;
    ada.accepted(Command::RemoveMember { channel: harvest, user }).await;
    ada.accepted(Command::DeleteChannel { channel: harvest }).await;

    let frames = heard(&mut eve).await + &heard_in_tunnel(&mut sdk).await;
    assert!(!frames.contains(&harvest.to_string()), "{frames}");
    assert!(!frames.contains("Winter"), "{frames}");
}

#[tokio::test]
async fn what_is_ones_own_is_in_nobody_elses_frames() {
    let server = TestServer::start().await;
    let (mut ada, me) = on_socket(&server, "ada").await;
    let harvest = channel(&mut ada, false).await;
    let (mut grace, _) = on_socket(&server, "grace").await;
    grace.accepted(Command::JoinChannel { channel: harvest, nonce: nonce() }).await;
    say(&mut ada, harvest, "Hello").await;
    let muting = Command::SetNotificationLevel { channel: harvest, level: Level::Muted };
    grace.accepted(muting).await;
    let other = channel(&mut grace, true).await;
    grace.accepted(Command::SetReadHorizon { channel: other, index: None }).await;

    ada.round_trip().await;
    for frame in ada.take_unheard() {
        let ServerFrame::Change(change) = &frame else { continue };
        let own = change.scope == Scope::User(me);
        let memberships = change.rows.iter().any(|row| matches!(row, Row::Membership(_)));
        assert!(own || !memberships, "{frame:?}");
        let text = serde_json::to_string(&frame).expect("plain data");
        assert!(!text.contains("muted") && !text.contains(&other.to_string()), "{text}");
    }
}

#[tokio::test]
async fn what_is_deleted_travels_without_what_it_said() {
    let server = TestServer::start().await;
    let (mut ada, _) = on_socket(&server, "ada").await;
    let harvest = channel(&mut ada, false).await;
    let (mut grace, _) = on_socket(&server, "grace").await;
    grace.accepted(Command::JoinChannel { channel: harvest, nonce: nonce() }).await;
    let mut sdk = in_tunnel(&server, "grace").await;
    say(&mut ada, harvest, WORDS).await;
    sdk.follow(&[(&format!("{harvest}.messages"), 1 << 40)]).await;
    let before = heard(&mut grace).await;
    assert!(before.contains(WORDS), "it was heard while it was there: {before}");

    ada.accepted(Command::DeleteMessage { channel: harvest, index: MessageIndex(0) }).await;

    let after = heard(&mut grace).await + &heard_in_tunnel(&mut sdk).await;
    let missed = Command::Resume { scope: Scope::Channel(harvest), since: Sequence(0) };
    let missed = serde_json::to_string(&grace.accepted(missed).await).expect("plain data");
    assert!(missed.contains(r#""index":0"#), "its place stays: {missed}");
    for text in [after, missed] {
        assert!(!text.contains(WORDS), "{text}");
    }
}

#[tokio::test]
async fn a_sid_of_another_kind_or_place_opens_nothing() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let [one, other] = [
        backend.makes("/Channels", &[("FriendlyName", "One")]).await,
        backend.makes("/Channels", &[("FriendlyName", "Other"), ("Type", "private")]).await,
    ]
    .map(|channel| channel["sid"].as_str().expect("a SID").to_owned());
    let sid = |made: &Value| made["sid"].as_str().expect("a SID").to_owned();
    let hidden = format!("/Channels/{other}");
    let message = backend.makes(&format!("{hidden}/Messages"), &[("Body", WORDS)]).await;
    let member = backend.makes(&format!("{hidden}/Members"), &[("Identity", "ada")]).await;
    let invite = backend.makes(&format!("{hidden}/Invites"), &[("Identity", "eve")]).await;
    let (message, member, invite) = (sid(&message), sid(&member), sid(&invite));

    for path in [
        // What belongs to one channel is not found in another.
        format!("/Channels/{one}/Messages/{message}"),
        format!("/Channels/{one}/Members/{member}"),
        format!("/Channels/{one}/Invites/{invite}"),
        // The same digits under another kind's letters.
        format!("/Channels/IM{}", &other[2..]),
        format!("/Users/US{}", &other[2..]),
        format!("/Channels/CH{}", &message[2..]),
        format!("/Roles/RL{}", &other[2..]),
        format!("{hidden}/Members/MB{}", &invite[2..]),
        format!("{hidden}/Messages/{member}"),
    ] {
        let answer = backend.get(&backend.path(&path)).await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
    }
    let (mut eve, _) = on_socket(&server, "eve").await;
    let mut sdk = in_tunnel(&server, "eve").await;
    for letters in ["CH", "US", "IM", "MB", "IS", "IN", "RL"] {
        let sid = format!("{letters}{}", &other[2..]);
        let open = format!(
            r#"{{"request":{{"ref":4000,"command":{{"history":{{"channel":"{sid}","before":9,"limit":9}}}}}}}}"#
        );
        eve.send_text(open).await;
        let answer = eve.reply_to(4_000).await;
        assert!(matches!(answer, Answer::Refused(_)), "{letters}: {answer:?}");
        for path in [
            format!("/Client/v1/Conversations/{sid}/Messages"),
            format!("/v3/Lists/{sid}.messages/Items"),
        ] {
            let answer = sdk.get(&path).await;
            assert!(400 <= answer.status && !answer.body.to_string().contains(WORDS), "{path}");
        }
    }
}

#[tokio::test]
async fn an_invitation_opens_its_own_channel_in_its_own_service_only() {
    let server = TestServer::start().await;
    let (mut ada, _) = on_socket(&server, "ada").await;
    let [one, other] = [channel(&mut ada, true).await, channel(&mut ada, true).await];
    let (mut grace, _) = on_socket(&server, "grace").await;
    let identity = "grace".to_owned();
    ada.accepted(Command::InviteMember { channel: one, identity, nonce: nonce() }).await;
    let join = |channel| Command::JoinChannel { channel, nonce: nonce() };

    let backend = server.backend().await;
    let made = backend.asks("POST", "/v2/Services", "FriendlyName=Elsewhere").await.json();
    let service = made["sid"].as_str().expect("a SID").parse().expect("a SID");
    let token = server.token_for(service, "grace", 3_600);
    let (mut elsewhere, _) = Raw::welcomed(server.address, &token).await;
    let (mut eve, _) = on_socket(&server, "eve").await;

    let refusals = [
        elsewhere.refused(join(one)).await,
        grace.refused(join(other)).await,
        eve.refused(join(one)).await,
    ];
    for refusal in refusals {
        assert_eq!(refusal.code, Refusal::ChannelNotFound.code());
    }
    grace.accepted(join(one)).await;
}

/// The page's examples of what a client says.
fn examples() -> Vec<Value> {
    let blocks = PROTOCOL.split("```json client\n").skip(1);
    let texts = blocks.map(|block| block.split("```").next().expect("a block ends"));
    texts.map(|text| serde_json::from_str(text).expect("JSON")).collect()
}

/// Every place in some JSON, as a pointer.
fn places(json: &Value, at: &str, found: &mut Vec<String>) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                let place = format!("{at}/{name}");
                found.push(place.clone());
                places(value, &place, found);
            }
        }
        Value::Array(items) => {
            for (number, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{number}"), found);
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn a_field_of_the_wrong_kind_breaks_nothing() {
    let server = TestServer::start().await;
    let wrong = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e308),
        json!(u64::MAX),
        json!("\u{0}\u{202E}"),
        json!([[]]),
        json!({"": {}}),
    ];
    let mut sockets = 0;
    let mut come = async || {
        sockets += 1;
        on_socket(&server, &format!("fuzz {}", sockets / 10)).await.0
    };
    let mut raw = come().await;
    let mut tried = 0;
    for example in examples() {
        let mut found = Vec::new();
        places(&example, "", &mut found);
        for place in &found {
            for value in &wrong {
                let mut frame = example.clone();
                *frame.pointer_mut(place).expect("it is there") = value.clone();
                raw.send_text(frame.to_string()).await;
                tried += 1;
                let nobodys = ChannelSid::from_bytes([0; 16]);
                if raw.ask_or_close(Command::Unread { channel: nobodys }).await.is_none() {
                    raw = come().await;
                }
            }
        }
    }
    assert!(500 < tried, "{tried}");
    let mut raw = come().await;
    raw.send_invalid_text(&[0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x7D]).await;
    raw.closed().await;
    let (mut ada, _) = on_socket(&server, "ada").await;
    let harvest = channel(&mut ada, false).await;
    say(&mut ada, harvest, "All is well").await;
}

#[tokio::test]
async fn nothing_but_a_hello_counts_before_the_hello() {
    let server = TestServer::start().await;
    let mut tried = 0;
    for example in examples().iter().filter(|example| example.get("hello").is_none()) {
        let mut raw = Raw::open(server.address).await;
        raw.send_text(example.to_string()).await;
        assert_eq!(raw.closed().await, Some(CloseCode::Malformed), "{example}");
        tried += 1;
    }
    assert!(20 < tried, "{tried}");
}

#[tokio::test]
async fn a_path_that_climbs_leads_nowhere() {
    let server = TestServer::start().await;
    let keys = server.keys();
    let secrets: Vec<&str> = keys.keys.iter().map(|key| key.secret.reveal()).collect();
    for root in ["", "/pkg", "/schemas", "/channels", "/v2", "/v2/errors", "/api", "/v3"] {
        for climb in [
            "/../../keys.json",
            "/..%2f..%2fkeys.json",
            "/%2e%2e/%2e%2e/keys.json",
            "/..%252f..%252fkeys.json",
            "/....//....//keys.json",
            "/..\\..\\keys.json",
            "/..%5c..%5ckeys.json",
            "/..%c0%af..%c0%afkeys.json",
            "/%00/keys.json",
            "//etc/passwd",
            "/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
            "/;/../keys.json",
        ] {
            let path = format!("{root}{climb}");
            let answer = http::request(server.address, &format!("GET {path}"), &[], "").await;
            let Some(answer) = answer else { continue };
            let leaked = secrets.iter().any(|secret| answer.body.contains(secret));
            assert!(!leaked && !answer.body.contains("root:"), "{path}: {answer:?}");
            let is_page = path.starts_with("/channels") && [200, 503].contains(&answer.status);
            assert!(is_page || (400..500).contains(&answer.status), "{path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn no_door_shows_a_secret() {
    let server = TestServer::start().await;
    let name = server::store::ChosenName::parse("hana").expect("a name");
    let hash = server::passwords::hash("correct horse battery").expect("a password");
    let kept = hash.clone();
    let role = RoleSid::SERVICE_USER;
    server.operates(move |tx, m| commands::add_user(tx, &name, &kept, role, m)).await;
    let backend = server.backend().await;
    let (mut ada, _) = on_socket(&server, "ada").await;
    let harvest = channel(&mut ada, false).await;
    let service = backend.service();
    let mut said = String::new();
    for path in [
        "/v2/Services".to_owned(),
        format!("/v2/Services/{service}"),
        format!("/v2/Services/{service}/Users"),
        format!("/v2/Services/{service}/Users/hana"),
        format!("/v2/Services/{service}/Roles"),
        format!("/v2/Services/{service}/Channels/{harvest}/Members"),
        "/v2/openapi.json".to_owned(),
        "/v2/Credentials".to_owned(),
        "/healthz".to_owned(),
        "/readyz".to_owned(),
        "/".to_owned(),
    ] {
        said += &backend.get(&path).await.body;
    }
    for scope in [Scope::Directory, Scope::Channel(harvest)] {
        let changes = ada.accepted(Command::Resume { scope, since: Sequence(0) }).await;
        said += &serde_json::to_string(&changes).expect("plain data");
    }
    said += &heard(&mut ada).await;
    let keys = server.keys();
    let secrets = keys.keys.iter().map(|key| &key.secret).chain(&keys.auth_token);
    for secret in secrets.map(|secret| secret.reveal()).chain([hash.as_str(), "argon2"]) {
        assert!(!said.contains(secret), "{secret}");
    }
    assert!(said.contains("hana"), "the user was shown");
}

#[tokio::test]
async fn json_where_a_text_is_expected_is_no_question_to_the_database() {
    let server = TestServer::start().await;
    let origin = format!("http://{}", server.address);
    for (kind, body) in [
        ("application/json", r#"{"identity": {"$gt": ""}}"#),
        ("application/json", r#"{"identity": {"$regex": "^a"}}"#),
        ("application/json", r#"{"identity": ["ada"]}"#),
        ("application/json", r#"{"identity": 7}"#),
        ("application/json", r#"{"identity": true}"#),
        ("application/json", r#""ada""#),
        ("application/x-www-form-urlencoded", "identity[$ne]=x"),
        ("application/x-www-form-urlencoded", "identity%5B%24gt%5D="),
    ] {
        let headers = [("Content-Type", kind), ("Origin", origin.as_str())];
        let answer = http::request(server.address, "POST /token", &headers, body).await;
        let answer = answer.expect("it answers");
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        assert_eq!(answer.header("set-cookie"), None, "{body}");
    }
}

#[tokio::test]
async fn what_anybody_may_ask_tells_of_no_channel_and_no_person() {
    let server = TestServer::start().await;
    let (mut ada, user) = on_socket(&server, "Zerubbabel").await;
    let harvest = channel(&mut ada, false).await;
    say(&mut ada, harvest, WORDS).await;
    for path in [
        "/healthz",
        "/readyz",
        "/metrics",
        "/",
        "/channels/general",
        "/sign-in",
        "/v2/openapi.json",
        "/v2/errors",
        "/v2/Services",
        "/schemas/server-frame.json",
        "/nothing",
    ] {
        let answer = http::request(server.address, &format!("GET {path}"), &[], "").await;
        let body = answer.expect("it answers").body;
        for word in ["Zerubbabel", WORDS, &harvest.to_string(), &user.to_string()] {
            assert!(!body.contains(word), "{path}: {word}");
        }
    }
}

#[tokio::test]
async fn whatever_was_stored_is_listed_on_every_path() {
    let server = TestServer::start().await;
    let (mut ada, _) = on_socket(&server, "ada").await;
    let harvest = channel(&mut ada, false).await;
    let bodies = [
        "\u{0}\u{1}\u{7F}\u{85}".to_owned() + "x",
        "\u{202E}\u{2066}\u{200B}x\u{FEFF}".to_owned(),
        "e\u{301}".repeat(200) + &"\u{301}".repeat(2_000),
        "\u{2028}\u{2029}\\\"\r\n\t".to_owned() + "</script><!--",
        "👩‍👩‍👧‍👦🏳️‍🌈\u{10FFFF}\u{FFFE}\u{FDD0}".to_owned(),
        "\u{1}".repeat(32_768),
        "'; DROP TABLE messages; --".to_owned(),
        "%00%0a{}$&\u{FFFD}".to_owned(),
        "null".to_owned(),
    ];
    for body in &bodies {
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        let attributes = format!(r#"{{"\u0000":{deep},"n":1e999999,"b":9223372036854775808}}"#);
        let mut one = draft(harvest, body);
        one.attributes = attributes;
        // Where attributes like these are refused, the words come without them.
        if let Answer::Refused(_) = ada.ask(Command::PostMessage(one)).await {
            say(&mut ada, harvest, body).await;
        }
    }
    let count = bodies.len();
    let question = Command::History { channel: harvest, before: MessageIndex(99), limit: 99 };
    let Accepted::History(page) = ada.accepted(question).await else {
        panic!("a page was expected");
    };
    assert_eq!(page.messages.len(), count);
    let (mut grace, _) = on_socket(&server, "grace").await;
    grace.accepted(Command::JoinChannel { channel: harvest, nonce: nonce() }).await;
    let mut sdk = in_tunnel(&server, "grace").await;
    let (mut since, mut resumed) = (Sequence(0), 0);
    loop {
        let scope = Scope::Channel(harvest);
        let Accepted::Changes(changes) = grace.accepted(Command::Resume { scope, since }).await
        else {
            panic!("changes were expected");
        };
        let rows = changes.change.rows.iter();
        resumed += rows.filter(|row| matches!(row, Row::Message(_))).count();
        since = changes.change.sequence;
        if !changes.more {
            break;
        }
    }
    assert_eq!(resumed, count);
    let page = sdk.get(&format!("/v3/Lists/{harvest}.messages/Items?PageSize=50")).await.body;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(count));
    let listed = server.backend().await.finds(&format!("/Channels/{harvest}/Messages")).await;
    assert_eq!(listed["messages"].as_array().map(Vec::len), Some(count));
}

#[tokio::test]
async fn what_is_personal_is_kept_by_no_cache() {
    let server = TestServer::start().await;
    let origin = format!("http://{}", server.address);
    let json = ("Content-Type", "application/json");
    let entered = http::request(
        server.address,
        "POST /token",
        &[json, ("Origin", &origin)],
        r#"{"identity": "ada"}"#,
    )
    .await
    .expect("it answers");
    let cookie = entered.header("set-cookie").expect("a session").split(';').next();
    let cookie = cookie.expect("a pair").to_owned();
    let mut answers = vec![("POST /token".to_owned(), entered)];
    for line in [
        "GET /",
        "GET /channels/general",
        "GET /sign-in",
        "POST /token",
        "POST /api/access_token",
        "POST /sign-out",
    ] {
        let headers = [json, ("Origin", origin.as_str()), ("Cookie", cookie.as_str())];
        let body = if line == "POST /token" { r#"{"identity": "ada"}"# } else { "" };
        let answer = http::request(server.address, line, &headers, body).await;
        answers.push((line.to_owned(), answer.expect("it answers")));
    }
    let backend = server.backend().await;
    for path in ["/Users", "/Users/ada", "/Channels/general/Messages", "/Users/ada/Channels"] {
        answers.push((path.to_owned(), backend.get(&backend.path(path)).await));
    }
    for (line, answer) in answers {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{line}: {answer:?}");
    }
}

/// The text of every file of Rust in a folder.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("it is there").path();
        if path.is_dir() {
            text += &sources(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text += &fs::read_to_string(&path).expect("text");
        }
    }
    text
}

#[test]
fn every_test_that_the_page_names_is_there() {
    let server = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests = sources(&server.join("tests")) + &sources(&server.join("src"));
    let named: Vec<&str> = LESSONS
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| !name.contains(['.', '/', ' ']) && name.contains('_'))
        .collect();
    assert!(30 < named.len(), "{named:?}");
    for name in named {
        assert!(tests.contains(&format!("fn {name}(")), "{name}");
    }
}
