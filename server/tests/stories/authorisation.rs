//! Who may do what: each actor tries each command in a public and in a private channel, and the
//! answers are those of `authorisation.txt`, which people review.

use chat::protocol::{
    Accepted, Answer, ChannelEditing, Command, Editing, MemberEditing, NewChannel, Scope,
    UserEditing,
};
use chat::{
    ChannelSid, Draft, Level, Media, MediaSid, MessageIndex, RoleKind, RoleSid, Sequence, UserSid,
};
use server::commands::{self, Announced, Moment, Quotas};
use server::store::Tx;

use crate::messages::draft;
use crate::support::sdk::Sdk;
use crate::support::{Raw, TestServer, nonce};

/// Cells are `ok` or the code of the refusal.
const TABLE: &str = include_str!("authorisation.txt");

const ACTORS: [&str; 7] =
    ["outsider", "invited", "former", "observer", "member", "admin", "service-admin"];

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let server = TestServer::start().await;
    let mut stage = Stage::set(&server).await;
    let mut table = format!("{:8}{:26}{}\n", "", "", row_of(&ACTORS.map(str::to_owned)));
    for kind in ["public", "private"] {
        for (action, command) in actions() {
            let mut cells = Vec::new();
            for actor in 0..ACTORS.len() {
                let channel = stage.channel(&server, kind == "private").await;
                let command = command(&Case { channel, me: stage.users[actor], stage: &stage });
                let answer = stage.people[actor].ask(command).await;
                cells.push(match answer {
                    Answer::Ok(_) => "ok".to_owned(),
                    Answer::Refused(refusal) => refusal.code.to_string(),
                });
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
    for name in ACTORS {
        let token = server.backend_token(name, 3_600);
        tunnels.push(Sdk::arrive(server.address, &token).await);
    }
    for row in TABLE.lines().skip(1) {
        let (kind, rest) = row.split_at(8);
        let (action, cells) = rest.split_at(26);
        let Some((method, path, body)) = in_tunnel(action.trim()) else { continue };
        for ((actor, cell), sdk) in cells.split_whitespace().enumerate().zip(&mut tunnels) {
            let channel = stage.channel(&server, kind.trim() == "private").await;
            let named = |text: &str| {
                text.replace("{channel}", &channel.to_string()).replace("{me}", ACTORS[actor])
            };
            let body = named(body).parse().ok();
            let reply = sdk.request(method, &named(path), serde_json::json!({}), body).await;
            let answer = match reply.status {
                200..300 => "ok".to_owned(),
                _ => reply.body["code"].to_string(),
            };
            assert_eq!(answer, cell, "{kind}{action}by {}: {reply:?}", ACTORS[actor]);
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

/// The actors with their sockets, and two who are talked about.
struct Stage {
    people: Vec<Raw>,
    users: Vec<UserSid>,
    member: UserSid,
    observer_role: RoleSid,
}

impl Stage {
    async fn set(server: &TestServer) -> Self {
        server.allows_many_channels().await;
        let (mut people, mut users) = (Vec::new(), Vec::new());
        for name in ACTORS.into_iter().chain(["newcomer"]) {
            let token = server.backend_token(name, 3_600);
            let (raw, welcome) = Raw::welcomed(server.address, &token).await;
            people.push(raw);
            users.push(welcome.user);
        }
        let (operator, root) = (server.operator(), users[6]);
        let role = Some(RoleSid::SERVICE_ADMIN);
        let wish = UserEditing { user: root, friendly_name: None, role, attributes: None };
        server.operates(move |tx, m| commands::edit_user(tx, operator, &wish, m)).await;
        let permissions = vec!["leaveChannel".to_owned()];
        let observer_role = server.operates(move |tx, m| {
            commands::create_role(tx, "observer", RoleKind::Channel, &permissions, m)
        });
        Self { member: users[4], observer_role: observer_role.await, people, users }
    }

    /// A channel in which everybody is what they are called. Its first message is the admin's, and
    /// has a file.
    async fn channel(&mut self, server: &TestServer, private: bool) -> ChannelSid {
        let wish = NewChannel {
            nonce: nonce(),
            friendly_name: "A channel".to_owned(),
            unique_name: None,
            attributes: String::new(),
            private,
            without_joining: false,
        };
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
fn actions() -> Vec<(&'static str, Action)> {
    let actions: [(&str, Action); 28] = [
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
    ];
    actions.into()
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
