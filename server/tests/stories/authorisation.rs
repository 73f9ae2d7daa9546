//! Who may do what: each actor tries each command in a public and in a private channel, and the
//! answers are those of `authorisation.txt`, which people review. Over the socket, through the tunnel,
//! by the REST API and by the page's own functions.

use chat::protocol::{
    Accepted, Answer, ChannelEditing, Command, Editing, MemberEditing, NewChannel, Scope,
    ServerFrame, UserEditing,
};
use chat::{
    ChannelSid, Draft, Identity, Level, Media, MediaSid, MessageIndex, RoleKind, RoleSid, Sequence,
    UserSid,
};
use server::commands::{self, Announced, MessageWish, Moment, Quotas};
use server::store::Tx;

use crate::messages::draft;
use crate::support::http;
use crate::support::sdk::Sdk;
use crate::support::{Backend, Came, Raw, TestServer, nonce};

/// Cells are `ok`, the code of the refusal, or `closed` where nobody says anything any more.
const TABLE: &str = include_str!("authorisation.txt");

/// Outside of the channel are also the guest, and `bare`, whose service role permits next to nothing.
const INSIDE: [&str; 9] = [
    "outsider",
    "invited",
    "former",
    "observer",
    "member",
    "admin",
    "service-admin",
    "guest",
    "bare",
];
/// Who is not let in at all: one without a token, and one whose user was deleted.
const OUTSIDE: [&str; 2] = ["anonymous", "deleted"];

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let server = TestServer::start().await;
    let mut stage = Stage::set(&server).await;
    let actors: Vec<String> = INSIDE.iter().chain(&OUTSIDE).copied().map(str::to_owned).collect();
    let mut table = format!("{:8}{:26}{}\n", "", "", row_of(&actors));
    for (kind, actions) in
        [("public", in_a_channel()), ("private", in_a_channel()), ("any", elsewhere())]
    {
        for (action, command) in actions {
            let mut cells = Vec::new();
            for (actor, name) in INSIDE.into_iter().enumerate() {
                let channel = stage.channel(&server, kind, name).await;
                let command = command(&Case { channel, me: stage.users[actor], stage: &stage });
                let answer = stage.people[actor].ask(command).await;
                cells.push(match answer {
                    Answer::Ok(_) => "ok".to_owned(),
                    Answer::Refused(refusal) => refusal.code.to_string(),
                });
            }
            let channel = stage.channel(&server, kind, "member").await;
            for token in ["", &stage.deleted] {
                let me = UserSid::from_bytes([0; 16]);
                let command = command(&Case { channel, me, stage: &stage });
                cells.push(from_outside(&server, token, command).await);
            }
            table += &format!("{kind:8}{action:26}{}\n", row_of(&cells));
        }
    }
    assert_eq!(table.trim_end(), TABLE.trim_end(), "the table as it is:\n{table}");
}

// The same table, asked through the tunnel, as far as it has a request for a command. It names
// messages by their SIDs, which only members can know.
#[tokio::test]
async fn the_tunnel_permits_what_the_socket_permits() {
    let server = TestServer::start().await;
    let mut stage = Stage::set(&server).await;
    let mut tunnels = Vec::new();
    for token in &stage.tokens[..INSIDE.len()] {
        tunnels.push(Sdk::arrive(server.address, token).await);
    }
    assert_eq!(Sdk::open(server.address, &[]).await.init("").await["errorCode"], 20_101);
    let deleted = Sdk::open(server.address, &[]).await.init(&stage.deleted).await;
    assert_eq!(deleted["errorCode"], 20_104, "to the SDK it is as good as expired");
    for row in TABLE.lines().skip(1) {
        let (kind, rest) = row.split_at(8);
        let (action, cells) = rest.split_at(26);
        let Some((method, path, body)) = in_tunnel(action.trim()) else { continue };
        for ((actor, cell), sdk) in cells.split_whitespace().enumerate().zip(&mut tunnels) {
            let channel = stage.channel(&server, kind.trim(), INSIDE[actor]).await;
            let named = |text: &str| {
                text.replace("{channel}", &channel.to_string()).replace("{me}", INSIDE[actor])
            };
            let body = named(body).parse().ok();
            let reply = sdk.request(method, &named(path), serde_json::json!({}), body).await;
            let answer = match reply.status {
                200..300 => "ok".to_owned(),
                _ => reply.body["code"].to_string(),
            };
            assert_eq!(answer, cell, "{kind}{action}by {}: {reply:?}", INSIDE[actor]);
        }
    }
}

/// The request that becomes a command, if there is one.
fn in_tunnel(action: &str) -> Option<(&'static str, &'static str, &'static str)> {
    const CHANNEL: &str = "/Client/v1/Conversations/{channel}";
    const MESSAGES: &str = "/Client/v1/Conversations/{channel}/Messages";
    const PEOPLE: &str = "/Client/v1/Conversations/{channel}/Participants";
    const MINE: &str = "/Client/v1/MyConversations/{channel}";
    Some(match action {
        "post_message" => ("POST", MESSAGES, r#"{"body":"Hello?"}"#),
        "edit_channel name" => ("POST", CHANNEL, r#"{"friendly_name":"Mine"}"#),
        "edit_channel attributes" => ("POST", CHANNEL, r#"{"attributes":"[1]"}"#),
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

fn row_of(cells: &[String]) -> String {
    let wide: String = cells.iter().map(|cell| format!("{cell:14}")).collect();
    wide.trim_end().to_owned()
}

/// One actor, one channel.
struct Case<'a> {
    channel: ChannelSid,
    me: UserSid,
    stage: &'a Stage,
}

/// What becomes of a command from somebody who is not let in.
async fn from_outside(server: &TestServer, token: &str, command: Command) -> String {
    let mut raw = Raw::open(server.address).await;
    if !token.is_empty() {
        raw.hello(token).await;
    }
    raw.request(command).await;
    match raw.next().await {
        Came::Frame(ServerFrame::Refused(refusal)) => refusal.code.to_string(),
        Came::Frame(frame) => panic!("nobody was let in: {frame:?}"),
        Came::Closed(_) => "closed".to_owned(),
    }
}

/// The actors with their sockets, and two who are talked about.
struct Stage {
    tokens: Vec<String>,
    deleted: String,
    people: Vec<Raw>,
    users: Vec<UserSid>,
    member: UserSid,
    observer_role: RoleSid,
}

impl Stage {
    async fn set(server: &TestServer) -> Self {
        server.allows_many_channels().await;
        let (mut people, mut users, mut tokens) = (Vec::new(), Vec::new(), Vec::new());
        for name in INSIDE.into_iter().chain(["newcomer"]) {
            let token = match name {
                "guest" => server.pass(name).good_token().await,
                _ => server.backend_token(name, 3_600),
            };
            let (raw, welcome) = Raw::welcomed(server.address, &token).await;
            people.push(raw);
            users.push(welcome.user);
            tokens.push(token);
        }
        let deleted = server.pass("deleted").good_token().await;
        let (_, welcome) = Raw::welcomed(server.address, &deleted).await;
        server.operates(move |tx, m| commands::delete_user(tx, welcome.user, m)).await;
        let (operator, root) = (server.operator(), users[6]);
        let role = Some(RoleSid::SERVICE_ADMIN);
        let wish = UserEditing { user: root, friendly_name: None, role, attributes: None };
        server.operates(move |tx, m| commands::edit_user(tx, operator, &wish, m)).await;
        let little = vec!["editOwnUserInfo".to_owned()];
        let bare = server.operates(move |tx, m| {
            commands::create_role(tx, "bare", RoleKind::Service, &little, m)
        });
        let (user, role) = (users[8], Some(bare.await));
        let wish = UserEditing { user, friendly_name: None, role, attributes: None };
        server.operates(move |tx, m| commands::edit_user(tx, operator, &wish, m)).await;
        let permissions = vec!["leaveChannel".to_owned()];
        let observer_role = server.operates(move |tx, m| {
            commands::create_role(tx, "observer", RoleKind::Channel, &permissions, m)
        });
        let (member, observer_role) = (users[4], observer_role.await);
        Self { tokens, deleted, member, observer_role, people, users }
    }

    /// A channel in which everybody is what they are called. Its first message is the admin's, and
    /// has a file, its second one this author's, wherever they are now. What is asked of `any` needs none.
    async fn channel(&mut self, server: &TestServer, kind: &str, author: &str) -> ChannelSid {
        if kind == "any" {
            return ChannelSid::from_bytes([0; 16]);
        }
        let wish = new_channel(kind == "private");
        let admin = &mut self.people[5];
        let Accepted::Created(created) = admin.accepted(Command::CreateChannel(wish)).await else {
            panic!("a channel was expected");
        };
        let channel = created.channel;
        for name in ["former", "observer", "member"] {
            let identity = name.to_owned();
            admin.accepted(Command::AddMember { channel, identity, nonce: nonce() }).await;
        }
        let identity = "invited".to_owned();
        admin.accepted(Command::InviteMember { channel, identity, nonce: nonce() }).await;
        let former = self.users[2];
        admin.accepted(Command::RemoveMember { channel, user: former }).await;
        let file = file_of(server, self.users[5]).await;
        let first = Draft { media: Some(file), ..draft(channel, "Hello") };
        admin.accepted(Command::PostMessage(first)).await;
        let (operator, role) = (server.operator(), Some(self.observer_role));
        let user = self.users[3];
        let wish = MemberEditing { channel, user, role, attributes: None };
        server.operates(move |tx, m| commands::edit_member(tx, operator, &wish, m)).await;
        let from = Some(Identity::parse(author).expect("a name"));
        let body = Some("By me".to_owned());
        let wish = MessageWish { body, from, ..MessageWish::default() };
        let record = move |tx: &mut dyn Tx, m: &Moment| {
            commands::record_message(tx, operator, channel, &wish, m)
        };
        server.operates(record).await;
        channel
    }
}

/// A file of somebody's that waits for a message.
async fn file_of(server: &TestServer, user: UserSid) -> MediaSid {
    let room = Quotas { of_user: u64::MAX, of_all: u64::MAX };
    let begin = move |tx: &mut dyn Tx, m: &Moment| {
        commands::begin_upload(tx, user, &Announced::default(), room, m)
    };
    let sid = server.operates(begin).await;
    let (filename, content_type) = (String::new(), "text/plain".to_owned());
    let media = Media { sid, filename, content_type, size: 1, dimensions: None };
    server.operates(move |tx, m| commands::keep_upload(tx, user, &media, room, m)).await;
    sid
}

type Action = fn(&Case<'_>) -> Command;

/// Every command that names a channel.
fn in_a_channel() -> Vec<(&'static str, Action)> {
    let actions: [(&str, Action); 31] = [
        ("post_message", |case| Command::PostMessage(draft(case.channel, "Hello?"))),
        ("edit_message of another", |case| Command::EditMessage(editing(case, Some("Bye"), None))),
        ("edit_message attributes", |case| Command::EditMessage(editing(case, None, Some("{}")))),
        ("delete_message of another", |case| Command::DeleteMessage {
            channel: case.channel,
            index: MessageIndex(0),
        }),
        ("edit_channel name", |case| {
            let friendly_name = Some("Mine".to_owned());
            Command::EditChannel(ChannelEditing {
                friendly_name,
                ..ChannelEditing::of(case.channel)
            })
        }),
        ("edit_channel attributes", |case| {
            let attributes = Some("[1]".to_owned());
            Command::EditChannel(ChannelEditing { attributes, ..ChannelEditing::of(case.channel) })
        }),
        ("edit_channel private", |case| {
            let private = Some(true);
            Command::EditChannel(ChannelEditing { private, ..ChannelEditing::of(case.channel) })
        }),
        ("delete_channel", |case| Command::DeleteChannel { channel: case.channel }),
        ("hand_over_channel", |case| Command::HandOverChannel {
            channel: case.channel,
            to: case.stage.member,
        }),
        ("join_channel", |case| Command::JoinChannel { channel: case.channel, nonce: nonce() }),
        ("leave_channel", |case| Command::LeaveChannel { channel: case.channel }),
        ("add_member", |case| Command::AddMember {
            channel: case.channel,
            identity: "newcomer".to_owned(),
            nonce: nonce(),
        }),
        ("remove_member", |case| Command::RemoveMember {
            channel: case.channel,
            user: case.stage.users[3],
        }),
        ("invite_member", |case| Command::InviteMember {
            channel: case.channel,
            identity: "newcomer".to_owned(),
            nonce: nonce(),
        }),
        ("decline_invite", |case| Command::DeclineInvite { channel: case.channel }),
        ("edit_member oneself", |case| Command::EditMember(about(case, case.me, None))),
        ("edit_member another", |case| Command::EditMember(about(case, case.stage.users[3], None))),
        ("edit_member role", |case| {
            Command::EditMember(about(case, case.me, Some(RoleSid::CHANNEL_ADMIN)))
        }),
        ("set_notification_level", |case| Command::SetNotificationLevel {
            channel: case.channel,
            level: Level::Muted,
        }),
        ("advance_read_horizon", |case| Command::AdvanceReadHorizon {
            channel: case.channel,
            index: MessageIndex(0),
        }),
        ("set_read_horizon", |case| Command::SetReadHorizon { channel: case.channel, index: None }),
        ("set_typing", |case| Command::SetTyping { channel: case.channel }),
        ("watch_presence", |case| Command::WatchPresence { users: vec![case.stage.member] }),
        ("resume", |case| Command::Resume {
            scope: Scope::Channel(case.channel),
            since: Sequence(0),
        }),
        ("open_channel", |case| Command::OpenChannel { channel: case.channel }),
        ("history", |case| Command::History {
            channel: case.channel,
            before: MessageIndex(9),
            limit: 9,
        }),
        ("members", |case| Command::Members { channel: case.channel, after: None }),
        ("unread", |case| Command::Unread { channel: case.channel }),
        ("media_url", |case| Command::MediaUrl { channel: case.channel, index: MessageIndex(0) }),
        ("edit_message own", |case| {
            let index = MessageIndex(1);
            Command::EditMessage(Editing { index, ..editing(case, Some("Better"), None) })
        }),
        ("delete_message own", |case| Command::DeleteMessage {
            channel: case.channel,
            index: MessageIndex(1),
        }),
    ];
    actions.into()
}

/// Every other command.
fn elsewhere() -> Vec<(&'static str, Action)> {
    let actions: [(&str, Action); 8] = [
        ("create_channel public", |_| Command::CreateChannel(new_channel(false))),
        ("create_channel private", |_| Command::CreateChannel(new_channel(true))),
        ("edit_user oneself", |case| Command::EditUser(called(case.me, None))),
        ("edit_user another", |case| Command::EditUser(called(case.stage.users[9], None))),
        ("edit_user role", |case| Command::EditUser(called(case.me, Some(RoleSid::SERVICE_ADMIN)))),
        ("resume directory", |_| resumed(Scope::Directory)),
        ("resume own things", |case| resumed(Scope::User(case.me))),
        ("resume another's things", |case| resumed(Scope::User(case.stage.users[9]))),
    ];
    actions.into()
}

fn new_channel(private: bool) -> NewChannel {
    NewChannel {
        nonce: nonce(),
        friendly_name: "A channel".to_owned(),
        unique_name: None,
        attributes: String::new(),
        private,
        without_joining: false,
    }
}

fn called(user: UserSid, role: Option<RoleSid>) -> UserEditing {
    let friendly_name = role.is_none().then(|| "Somebody".to_owned());
    UserEditing { user, friendly_name, role, attributes: None }
}

fn resumed(scope: Scope) -> Command {
    Command::Resume { scope, since: Sequence(0) }
}

fn editing(case: &Case<'_>, body: Option<&str>, attributes: Option<&str>) -> Editing {
    Editing {
        channel: case.channel,
        index: MessageIndex(0),
        body: body.map(str::to_owned),
        attributes: attributes.map(str::to_owned),
    }
}

fn about(case: &Case<'_>, user: UserSid, role: Option<RoleSid>) -> MemberEditing {
    let attributes = role.is_none().then(|| "[1]".to_owned());
    MemberEditing { channel: case.channel, user, role, attributes }
}

// The REST API is the operator's: it may do everything, and only for who knows a secret.
#[tokio::test]
async fn the_backend_may_do_everything_and_nobody_else_anything() {
    let server = TestServer::start().await;
    let mut stage = Stage::set(&server).await;
    let backend = server.backend().await;
    let keys = server.keys();
    let (own, key) = (keys.own().expect("there"), keys.newest_for_backend().expect("there"));
    let strangers = [
        Backend::with(server.address, "", ""),
        Backend::with(server.address, &keys.account_sid.to_string(), key.secret.reveal()),
        Backend::with(server.address, &own.sid.to_string(), own.secret.reveal()),
        Backend::with(server.address, &key.sid.to_string(), &stage.tokens[6]),
    ];
    for kind in ["public", "private"] {
        let channel = stage.channel(&server, kind, "member").await;
        let place = format!("/Channels/{channel}");
        for (method, rest, form, status) in [
            ("POST", "/Channels".to_owned(), "FriendlyName=New", 201),
            ("GET", "/Channels".to_owned(), "", 200),
            ("GET", place.clone(), "", 200),
            ("POST", place.clone(), "FriendlyName=Other", 200),
            ("GET", format!("{place}/Members"), "", 200),
            ("POST", format!("{place}/Members"), "Identity=newcomer", 201),
            ("GET", format!("{place}/Members/member"), "", 200),
            ("POST", format!("{place}/Members/member"), "Attributes=%5B1%5D", 200),
            ("DELETE", format!("{place}/Members/member"), "", 204),
            ("GET", format!("{place}/Messages"), "", 200),
            ("POST", format!("{place}/Messages"), "Body=Hello", 201),
            ("POST", format!("{place}/Invites"), "Identity=outsider", 201),
            ("GET", format!("{place}/Invites"), "", 200),
            ("GET", "/Users".to_owned(), "", 200),
            ("GET", "/Users/member".to_owned(), "", 200),
            ("POST", "/Users/member".to_owned(), "FriendlyName=You", 200),
            ("GET", "/Users/member/Channels".to_owned(), "", 200),
            ("GET", "/Roles".to_owned(), "", 200),
            ("DELETE", place.clone(), "", 204),
        ] {
            let path = backend.path(&rest);
            for stranger in &strangers {
                let no = stranger.asks(method, &path, form).await;
                assert!([401, 429].contains(&no.status), "{method} {rest}: {no:?}");
            }
            let yes = backend.asks(method, &path, form).await;
            assert_eq!(yes.status, status, "{method} {rest}: {yes:?}");
        }
    }
}

// The page's own functions are for the session whose cookie comes along, and only for that.
#[tokio::test]
async fn the_pages_functions_are_for_ones_own_session() {
    let server = TestServer::start().await;
    let origin = format!("http://{}", server.address);
    let asks = async |function: &str, cookie: &str, body: &str| {
        let mut headers = vec![("Content-Type", "application/json"), ("Origin", origin.as_str())];
        if !cookie.is_empty() {
            headers.push(("Cookie", cookie));
        }
        let line = format!("POST {function}");
        http::request(server.address, &line, &headers, body).await.expect("it answers")
    };
    let enters = async |name: &str| {
        let entered = asks("/token", "", &format!(r#"{{"identity":"{name}"}}"#)).await;
        let cookie = entered.header("set-cookie").expect("a session").split(';').next();
        cookie.expect("a pair").to_owned()
    };
    let [guest, gone, deleted] =
        [enters("guest").await, enters("gone").await, enters("deleted").await];
    let token = asks("/token", &deleted, r#"{"identity":"deleted"}"#).await.json();
    let (_, welcome) =
        Raw::welcomed(server.address, token["token"].as_str().expect("a token")).await;
    server.operates(move |tx, m| commands::delete_user(tx, welcome.user, m)).await;
    asks("/api/sign_out", &gone, "{}").await;

    let own = asks("/api/access_token", &guest, "{}").await;
    assert!(own.status == 200 && own.body.contains("\"identity\":\"guest\""), "{own:?}");
    for (actor, cookie) in [
        ("anonymous", String::new()),
        ("signed out", gone),
        ("deleted", deleted),
        ("forged", format!("{}x", guest)),
        ("of another kind", "__Host-yoriai=' OR 1=1 --".to_owned()),
    ] {
        let no = asks("/api/access_token", &cookie, "{}").await;
        assert!(no.body.contains("60010") && !no.body.contains("eyJ"), "{actor}: {no:?}");
    }
    // Nobody's session gets a token for another name.
    let other = asks("/token", &guest, r#"{"identity":"member"}"#).await;
    assert_eq!((other.status, other.json()["code"].as_u64()), (403, Some(60_011)));
}
