//! People move in with what they had elsewhere, and out again with everything.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chat::protocol::{MemberEditing, NewChannel, Scope, UserEditing};
use chat::{
    Body, ChannelSid, Draft, FriendlyName, Identity, Level, Message, MessageIndex, RoleKind,
    RoleSid, Timestamp, User, UserSid,
};
use serde_json::{Value, json};
use server::clock::Clock;
use server::commands::{self, Actor, Moment, Outcome};
use server::moving::{Import, Report, Tally, export};
use server::occupied::Occupied;
use server::store::pieces::Room;
use server::store::{ChosenName, Database, DefaultRoles, NewSession, Service, Settings, Store, Tx};
use tempfile::TempDir;

use crate::support::nonce;

/// A store that nobody is connected to.
struct Ground {
    store: Store,
    service: Service,
}

impl Ground {
    async fn new() -> Self {
        let (store, mut told) = Store::open(&Database::Memory, Clock::System).expect("it opens");
        tokio::spawn(async move { while told.recv().await.is_some() {} });
        let service = store.read(server::queries::service).await.expect("it was founded");
        Self { store, service }
    }

    fn operator(&self) -> Actor {
        Actor::Operator(self.service.system())
    }

    async fn does<R: Send + 'static>(
        &self,
        command: impl Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    ) -> R {
        self.store.write(Scope::Directory, command).await.expect("nothing speaks against it")
    }

    async fn asks<R: Send + 'static>(
        &self,
        query: impl Fn(&mut dyn Tx) -> Result<R, commands::CommandError> + Send + 'static,
    ) -> R {
        self.store.read(query).await.expect("it can be read")
    }

    async fn person(&self, name: &str) -> UserSid {
        let identity = identity(name);
        self.does(move |tx, m| commands::admit_identity(tx, &identity, m)).await.sid
    }

    async fn channel(&self, by: UserSid, name: &str, private: bool) -> ChannelSid {
        let wish = NewChannel {
            nonce: nonce(),
            friendly_name: name.to_owned(),
            unique_name: Some(format!("{name} 🎐")),
            attributes: "{\"色\":\"紺\"}".to_owned(),
            private,
            without_joining: false,
        };
        self.does(move |tx, m| commands::create_channel(tx, by, &wish, m)).await.channel
    }

    async fn joins(&self, user: UserSid, channel: ChannelSid) {
        let asked = nonce();
        self.does(move |tx, m| commands::join_channel(tx, user, channel, asked, m)).await;
    }

    async fn says(&self, author: UserSid, channel: ChannelSid, text: &str) -> MessageIndex {
        let draft = Draft {
            channel,
            nonce: nonce(),
            body: text.to_owned(),
            attributes: String::new(),
            media: None,
        };
        self.does(move |tx, m| commands::post_message(tx, author, &draft, m)).await.index
    }

    async fn messages(&self, channel: ChannelSid) -> Vec<Message> {
        self.asks(move |tx| Ok(tx.messages_from(channel, MessageIndex(0), Room::page(500))?.rows))
            .await
    }

    /// What is left of a folder after an import: the report, and how often each kind came.
    async fn imports(&self, folder: &Path) -> (String, BTreeMap<&'static str, Tally>) {
        let mut output = Vec::new();
        let mut report = Report::to(&mut output);
        let import = Import::new(&self.store, self.service, Clock::System, folder, &mut report);
        import.run().await.expect("it comes to its end");
        let kinds = ["service", "roles", "users", "channels", "members", "messages", "invites"];
        let tallies = kinds.map(|kind| (kind, report.tally(kind))).into_iter().collect();
        (String::from_utf8(output).expect("text"), tallies)
    }

    /// Every row of every file, the own SIDs of this store made alike.
    async fn exports(&self) -> (TempDir, BTreeMap<String, Vec<Value>>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().to_owned();
        self.asks(move |tx| export(tx, &path)).await;
        let mut rows = BTreeMap::new();
        gather(folder.path(), folder.path(), &mut rows);
        let general = self.service.general.to_string();
        let service = self.service.sid.to_string();
        let alike = |text: String| text.replace(&general, "CHgeneral").replace(&service, "ISours");
        let text = |value: &Value| alike(value.to_string());
        let rows = rows.into_iter().map(|(file, rows): (String, Vec<Value>)| {
            let rows = rows.iter().map(|row| serde_json::from_str(&text(row)).expect("JSON"));
            (alike(file), rows.collect())
        });
        let mut rows: BTreeMap<String, Vec<Value>> = rows.collect();
        // General has a SID of this store's, and channels come in the order of theirs.
        rows.get_mut("channels.json")
            .expect("it is there")
            .sort_by_key(|row| row["sid"].to_string());
        (folder, rows)
    }
}

fn gather(root: &Path, folder: &Path, rows: &mut BTreeMap<String, Vec<Value>>) {
    for entry in fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it is there").path();
        if path.is_dir() {
            gather(root, &path, rows);
            continue;
        }
        let file: Value =
            serde_json::from_slice(&fs::read(&path).expect("it can be read")).expect("JSON");
        let list = file.as_object().expect("an object").values().find_map(Value::as_array);
        let own = list.cloned().unwrap_or_else(|| vec![file.clone()]);
        let name = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
        rows.insert(name, own);
    }
}

fn identity(name: &str) -> Identity {
    Identity::parse(name).expect("a name")
}

fn tally(imported: u64, already_here: u64, skipped: u64) -> Tally {
    Tally { imported, already_here, skipped }
}

/// Channels public and private, a guest, one who is gone, edits, deletions, roles, invitations.
async fn lively() -> Ground {
    let ground = Ground::new().await;
    let (operator, general) = (ground.operator(), ground.service.general);
    let [ada, grace] = [ground.person("ada").await, ground.person("小春 🌸").await];
    ground.person("Linus").await;
    let lease = |name: &str| {
        let name = ChosenName::parse(name).expect("a name");
        let mut secret_hash = [0; 32];
        secret_hash[..16].copy_from_slice(nonce().0.as_bytes());
        let session = NewSession { secret_hash, expires_at: Timestamp(i64::MAX) };
        ground.does(move |tx, m| commands::lease_name(tx, &name, &session, m))
    };
    let (guest, ghost) = (lease("Gast").await.user.sid, lease("Geist").await);
    for user in [ada, grace, guest, ghost.user.sid] {
        ground.joins(user, general).await;
    }
    ground.says(ghost.user.sid, general, "I was here").await;
    ground.does(move |tx, m| commands::sign_out(tx, ghost.session, m)).await;
    ground.says(ada, general, "寄り合いへようこそ 🎉").await;
    let gone = ground.says(grace, general, "Never mind").await;
    ground.says(guest, general, "Hello\nthere").await;
    let edited = ground.says(ada, general, "Harvets").await;
    ground.does(move |tx, m| commands::delete_message(tx, grace, general, gone, m)).await;
    let wish = commands::MessageWish {
        body: Some("Harvest".to_owned()),
        attributes: Some("[1,\"二\"]".to_owned()),
        ..commands::MessageWish::default()
    };
    ground
        .does(move |tx, m| commands::amend_message(tx, operator, general, edited, &wish, m))
        .await;
    let read = Some(edited);
    ground.does(move |tx, m| commands::set_read_horizon(tx, grace, general, read, m)).await;

    let secret = ground.channel(ada, "秘密", true).await;
    ground.says(ada, secret, "Nobody knows").await;
    let (linus, invitation) = (identity("Linus"), nonce());
    ground
        .does(move |tx, m| {
            commands::invite_member(tx, ada, secret, commands::Invitee::of(&linus), invitation, m)
        })
        .await;
    let harvest = ground.channel(grace, "Harvest", false).await;
    ground.joins(ada, harvest).await;
    let permissions = ["sendMessage".to_owned()];
    let role = ground
        .does(move |tx, m| commands::create_role(tx, "speaker", RoleKind::Channel, &permissions, m))
        .await;
    let editing = MemberEditing {
        channel: harvest,
        user: ada,
        role: Some(role),
        attributes: Some("{\"seat\":7}".to_owned()),
    };
    ground.does(move |tx, m| commands::edit_member(tx, operator, &editing, m)).await;
    ground
        .does(move |tx, m| {
            commands::set_notification_level(tx, operator_as(grace), harvest, Level::Muted, m)
        })
        .await;
    let editing = UserEditing {
        user: ada,
        friendly_name: Some("Ada L.".to_owned()),
        attributes: Some("{\"born\":1815}".to_owned()),
        role: None,
    };
    ground.does(move |tx, m| commands::edit_user(tx, operator, &editing, m)).await;
    ground
}

fn operator_as(user: UserSid) -> Actor {
    Actor::Operator(user)
}

#[tokio::test]
async fn what_moved_out_and_in_moves_out_the_same() {
    let old = lively().await;
    let (folder, mut before) = old.exports().await;
    let new = Ground::new().await;
    let (report, tallies) = new.imports(folder.path()).await;
    assert!(tallies.values().all(|tally| tally.skipped == 0), "{report}");

    let (_folder, mut after) = new.exports().await;
    // Places close the gap that a deleted message left, and everybody's horizon goes with them.
    let general = "channels/CHgeneral";
    let texts = |rows: &BTreeMap<String, Vec<Value>>| -> Vec<(Value, Value)> {
        let messages = rows[&format!("{general}/messages.json")].iter();
        messages.map(|row| (row["index"].clone(), row["body"].clone())).collect()
    };
    let old_places: Vec<_> = texts(&before).into_iter().map(|(index, _)| index).collect();
    let new_places: Vec<_> = texts(&after).into_iter().map(|(index, _)| index).collect();
    assert_eq!(old_places, [json!(0), json!(1), json!(3), json!(4)]);
    assert_eq!(new_places, [json!(0), json!(1), json!(2), json!(3)]);
    // Somebody who is gone wrote a message, so the name belongs to a user again.
    let ghosts = after
        .get_mut("users.json")
        .expect("people")
        .extract_if(.., |row| row["identity"] == "Geist")
        .count();
    assert_eq!(ghosts, 1);
    for rows in [&mut before, &mut after] {
        for (file, rows) in rows.iter_mut() {
            for row in rows.iter_mut() {
                // The default roles are as old as their server.
                if file == "roles.json" && row["friendly_name"] != "speaker" {
                    row["date_created"] = Value::Null;
                    row["date_updated"] = Value::Null;
                }
                if file.starts_with(general) {
                    row["index"] = Value::Null;
                    if let Some(horizon) = row["last_consumed_message_index"].as_u64() {
                        row["last_consumed_message_index"] = (horizon.min(3)).into();
                    }
                }
            }
        }
    }
    assert_eq!(before, after);
}

#[tokio::test]
async fn who_moves_in_twice_is_there_once() {
    let old = lively().await;
    let (folder, _) = old.exports().await;
    let new = Ground::new().await;
    let (_, first) = new.imports(folder.path()).await;
    let (_, once) = new.exports().await;
    let (report, second) = new.imports(folder.path()).await;
    for (kind, Tally { imported, already_here, skipped }) in second {
        let before = first[kind];
        assert_eq!((imported, skipped), (0, 0), "{kind}: {report}");
        assert_eq!(already_here, before.imported + before.already_here, "{kind}");
    }
    assert_eq!(new.exports().await.1, once);
    // Into the very store that it came from, it brings nothing either.
    let (report, again) = old.imports(folder.path()).await;
    let users = again["users"];
    assert!(again.values().all(|tally| tally.imported == 0), "{report}: {users:?}");
}

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
    fs::write(path, text).expect("it is written");
}

fn sid(prefix: &str, number: u8) -> String {
    format!("{prefix}{:032x}", u128::from(number) + (0xAB << 96))
}

/// As the API listed them, with what cannot come along.
fn dump() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let date = "2016-03-24T20:37:57Z";
    let users = json!({"meta": {"page": 0, "key": "users"}, "users": [
        {"sid": sid("US", 1), "identity": "ada", "friendly_name": null, "attributes": "{}",
         "role_sid": sid("RL", 2), "is_online": null, "date_created": date},
        {"sid": sid("US", 2), "identity": "", "date_created": date},
        {"sid": "US2", "identity": "short"},
    ]});
    write(root, "users.json", &serde_json::to_string_pretty(&users).expect("JSON"));
    let roles = json!([
        {"sid": sid("RL", 2), "friendly_name": "service user", "type": "deployment",
         "permissions": ["createChannel", "joinChannel", "editOwnUserInfo"]},
        {"sid": sid("RL", 3), "friendly_name": "reader", "type": "channel",
         "permissions": ["leaveChannel"], "date_created": date},
    ]);
    write(root, "roles.json", &roles.to_string());
    let channel = |number, unique_name: Value, kind: &str| {
        json!({"sid": sid("CH", number), "unique_name": unique_name, "friendly_name": null,
            "attributes": "", "type": kind, "created_by": "system", "date_created": date,
            "date_updated": date, "members_count": 1})
    };
    let first = channel(1, "general".into(), "public");
    write(root, "channels.0.json", &json!({"channels": [first]}).to_string());
    let second = channel(2, Value::Null, "private");
    write(root, "channels.1.json", &json!({"channels": [second]}).to_string());
    write(root, &format!("channels/{}/messages.json", sid("CH", 9)), "[]");

    let inside = format!("channels/{}", sid("CH", 1));
    let message = |number: u8, index: u64, body: Value, media: Value| {
        json!({"sid": sid("IM", number), "index": index, "from": "grace", "body": body,
            "media": media, "type": "text", "attributes": "{}", "date_created": date,
            "date_updated": date, "was_edited": false, "last_updated_by": null})
    };
    let lines = [
        message(1, 2, "こんにちは 🍵".into(), Value::Null).to_string(),
        message(2, 3, Value::Null, json!({"sid": sid("ME", 1)})).to_string(),
        "{\"sid\": oops".to_owned(),
        message(3, 5, " ".into(), Value::Null).to_string(),
        message(4, 7, "Second".into(), Value::Null).to_string(),
        message(5, 4, "Too late".into(), Value::Null).to_string(),
        message(6, 9, "Third".into(), Value::Null).to_string(),
    ];
    write(root, &format!("{inside}/messages.json"), &lines.join("\n"));
    let members = json!({"members": [
        {"sid": sid("MB", 1), "identity": "ada", "role_sid": sid("RL", 3), "attributes": {"a": 1},
         "last_consumed_message_index": 8, "last_consumption_timestamp": date,
         "date_created": date},
        {"sid": sid("MB", 12), "identity": "Mary", "role_sid": sid("RL", 8)},
        {"sid": sid("MB", 3), "identity": "Rosa", "date_created": date},
    ]});
    write(root, &format!("{inside}/members.json"), &members.to_string());
    folder
}

#[tokio::test]
async fn a_dump_of_the_old_api_comes_in_and_what_does_not_is_named() {
    let (ground, folder) = (Ground::new().await, dump());
    let (report, tallies) = ground.imports(folder.path()).await;
    let expected = [
        ("users", tally(1, 0, 2)),
        ("roles", tally(1, 1, 0)),
        ("channels", tally(2, 0, 1)),
        ("members", tally(3, 0, 0)),
        ("messages", tally(3, 0, 4)),
    ];
    for (kind, expected) in expected {
        assert_eq!(tallies[kind], expected, "{kind}: {report}");
    }
    let inside = sid("CH", 1);
    for line in [
        format!("messages.json line 2, {}: It has a file, and none are kept here.", sid("IM", 2)),
        format!("{inside}/messages.json line 3: It cannot be read"),
        format!("messages.json line 4, {}: A message needs a text.", sid("IM", 3)),
        format!("messages.json line 6, {}: It stands behind a later one", sid("IM", 5)),
        format!("Note: roles.json, {}: This role is neither there nor here.", sid("RL", 8)),
        format!("row 2, {}: The identity is missing.", sid("US", 2)),
        format!("channels/{}: channels.json does not list it.", sid("CH", 9)),
    ] {
        assert!(report.contains(&line), "{line} is not in\n{report}");
    }

    let general = ground.service.general;
    let messages = ground.messages(general).await;
    let texts: Vec<_> =
        messages.iter().filter_map(|one| one.body.as_ref()).map(Body::as_str).collect();
    assert_eq!(texts, ["こんにちは 🍵", "Second", "Third"]);
    let then = Timestamp(1_458_851_877_000);
    assert!(messages.iter().all(|message| message.posted_at == then && message.edited.is_none()));
    assert_eq!(messages[0].sid.to_string(), sid("IM", 1));

    let ada = ground.person("ada").await;
    assert_eq!(ada.to_string(), sid("US", 1));
    let listed = ground.asks(move |tx| Ok(tx.listed_member(general, ada)?)).await.expect("she is");
    // She had read up to 8; what is here of that are two messages.
    assert_eq!(listed.horizon, Some(MessageIndex(1)));
    assert_eq!(listed.member.read_at, Some(then));
    assert_eq!(listed.member.attributes.as_str(), "{\"a\":1}");
    assert_eq!(listed.member.role.map(|role| role.to_string()), Some(sid("RL", 3)));
    let rosa = ground.person("Rosa").await;
    for (user, unread) in [(ada, 1), (rosa, 0)] {
        let member = ground.asks(move |tx| Ok(tx.member(general, user)?)).await.expect("a member");
        let counted = ground.asks(move |tx| Ok(tx.unread(general, user, member.floor())?)).await;
        assert_eq!(counted, unread);
    }
    let nameless: ChannelSid = sid("CH", 2).parse().expect("a SID");
    let nameless = ground.asks(move |tx| Ok(tx.channel(nameless)?)).await.expect("it came");
    assert_eq!(nameless.details.friendly_name.as_str(), sid("CH", 2));
    assert!(nameless.details.private);
}

#[tokio::test]
async fn what_was_private_is_never_brought_into_general() {
    let (ground, folder) = (Ground::new().await, dump());
    let channels = json!([{"sid": sid("CH", 1), "unique_name": "general", "type": "private"}]);
    write(folder.path(), "channels.0.json", &channels.to_string());
    let (report, tallies) = ground.imports(folder.path()).await;
    assert_eq!(tallies["messages"], Tally::default());
    assert!(
        report.contains("The General Channel stays as it is. Its folder is not read."),
        "{report}"
    );
    assert!(ground.messages(ground.service.general).await.is_empty());
}

#[tokio::test]
async fn an_import_goes_on_where_it_was_cut_off() {
    let (ground, folder) = (Ground::new().await, dump());
    let file = format!("channels/{}/messages.json", sid("CH", 1));
    let whole = fs::read_to_string(folder.path().join(&file)).expect("it is there");
    let first = whole.lines().next().expect("a line");
    write(folder.path(), &file, first);
    ground.imports(folder.path()).await;
    assert_eq!(ground.messages(ground.service.general).await.len(), 1);
    write(folder.path(), &file, &whole);
    let (report, tallies) = ground.imports(folder.path()).await;
    assert_eq!(tallies["messages"], tally(2, 1, 4), "{report}");
    assert_eq!(ground.messages(ground.service.general).await.len(), 3);
}

/// Two people and a channel of both. Their roles are in no list yet.
fn without_roles() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let service = json!({"sid": sid("IS", 1), "default_channel_creator_role_sid": sid("RL", 2)});
    write(root, "service.json", &service.to_string());
    let user = |number, identity: &str| {
        json!({"sid": sid("US", number), "identity": identity, "friendly_name": "As there",
            "attributes": "[\"there\"]", "role_sid": sid("RL", 1)})
    };
    write(root, "users.json", &json!([user(1, "ada"), user(2, "grace")]).to_string());
    let channel = json!({"sid": sid("CH", 200), "unique_name": "harvest", "type": "public"});
    write(root, "channels.json", &json!([channel]).to_string());
    let member = |number, identity: &str, role| {
        json!({"sid": sid("MB", number), "identity": identity, "role_sid": sid("RL", role),
            "attributes": "[\"there\"]"})
    };
    let members = json!([member(11, "ada", 2), member(12, "grace", 3)]);
    let file = format!("channels/{}/members.json", sid("CH", 200));
    write(root, &file, &members.to_string());
    folder
}

/// The roles that were missing.
fn find_roles(folder: &Path) {
    let role = |number, name: &str, kind: &str, permissions: &[&str]| {
        json!({"sid": sid("RL", number), "friendly_name": name, "type": kind,
            "permissions": permissions})
    };
    let roles = json!([
        role(1, "helper", "deployment", &["createChannel", "joinChannel"]),
        role(2, "channel admin", "channel", &["sendMessage", "destroyChannel"]),
        role(3, "reader", "channel", &["leaveChannel"]),
    ]);
    write(folder, "roles.json", &roles.to_string());
}

impl Ground {
    async fn user(&self, name: &str) -> User {
        let named = identity(name);
        self.asks(move |tx| Ok(tx.user_named(&named)?)).await.expect("somebody")
    }

    async fn role_in(&self, channel: ChannelSid, name: &str) -> RoleSid {
        let user = self.user(name).await.sid;
        self.asks(move |tx| Ok(tx.member(channel, user)?)).await.expect("a member").role
    }

    async fn edits(&self, editing: UserEditing) {
        let operator = self.operator();
        self.does(move |tx, m| commands::edit_user(tx, operator, &editing, m)).await;
    }
}

fn editing(user: UserSid) -> UserEditing {
    UserEditing { user, friendly_name: None, attributes: None, role: None }
}

#[tokio::test]
async fn whose_role_is_gone_comes_with_the_default_one_until_it_is_found() {
    let (ground, folder) = (Ground::new().await, without_roles());
    let harvest: ChannelSid = sid("CH", 200).parse().expect("a SID");
    let role = |number| sid("RL", number).parse::<RoleSid>().expect("a SID");
    let (report, tallies) = ground.imports(folder.path()).await;
    assert_eq!(tallies["users"], tally(2, 0, 0), "{report}");
    assert_eq!(tallies["members"], tally(2, 0, 0), "{report}");
    for (number, rows) in [(1, 2), (2, 1), (3, 1)] {
        let line = format!(
            "Note: roles.json, {}: This role is neither there nor here. Rows that came with the \
             default one instead: {rows}.\n",
            role(number)
        );
        assert_eq!(report.matches(&line).count(), 1, "{report}");
    }
    assert!(!report.contains("There is no such role."), "{report}");
    assert_eq!(ground.user("ada").await.role, RoleSid::SERVICE_USER);
    // What made channels' creators, service.json tells.
    assert_eq!(ground.role_in(harvest, "ada").await, RoleSid::CHANNEL_ADMIN);
    assert_eq!(ground.role_in(harvest, "grace").await, RoleSid::CHANNEL_USER);

    find_roles(folder.path());
    let (report, tallies) = ground.imports(folder.path()).await;
    assert!(tallies.values().all(|tally| tally.skipped == 0), "{report}");
    assert_eq!(ground.user("ada").await.role, role(1));
    assert_eq!(ground.role_in(harvest, "ada").await, RoleSid::CHANNEL_ADMIN);
    assert_eq!(ground.role_in(harvest, "grace").await, role(3));

    // What was taken here does not come back.
    let ada = ground.user("ada").await.sid;
    ground.edits(UserEditing { role: Some(RoleSid::SERVICE_USER), ..editing(ada) }).await;
    let (report, tallies) = ground.imports(folder.path()).await;
    assert_eq!(tallies["users"], tally(0, 2, 0), "{report}");
    assert_eq!(ground.user("ada").await.role, RoleSid::SERVICE_USER);
}

#[tokio::test]
async fn who_came_before_the_import_is_given_what_they_lack_once() {
    let (ground, folder) = (Ground::new().await, without_roles());
    find_roles(folder.path());
    let general = ground.service.general;
    let channel = json!({"sid": sid("CH", 200), "unique_name": "general", "type": "public"});
    write(folder.path(), "channels.json", &json!([channel]).to_string());
    let ada = ground.person("ada").await;
    let grace = ground.person("grace").await;
    ground.joins(grace, general).await;
    ground.edits(UserEditing { friendly_name: Some("Mine".to_owned()), ..editing(grace) }).await;

    let (report, tallies) = ground.imports(folder.path()).await;
    assert_eq!(tallies["users"], tally(2, 0, 0), "{report}");
    assert_eq!(tallies["members"], tally(2, 0, 0), "{report}");
    let role = |number| sid("RL", number).parse::<RoleSid>().expect("a SID");
    for (name, friendly_name, here) in [("ada", "As there", ada), ("grace", "Mine", grace)] {
        let user = ground.user(name).await;
        assert_eq!(user.friendly_name.as_ref().map(FriendlyName::as_str), Some(friendly_name));
        assert_eq!((user.attributes.as_str(), user.role), ("[\"there\"]", role(1)));
        let note = format!("It is here as {here}, and keeps that SID.");
        assert_eq!(report.matches(&note).count(), 1, "{report}");
    }
    let member = ground.asks(move |tx| Ok(tx.member(general, grace)?)).await.expect("a member");
    assert_eq!((member.attributes.as_str(), member.role), ("[\"there\"]", role(3)));
    assert!(report.contains(&format!("It is here as {}, and", member.sid)), "{report}");

    let bare = UserEditing {
        friendly_name: Some(String::new()),
        attributes: Some(String::new()),
        role: Some(RoleSid::SERVICE_USER),
        ..editing(ada)
    };
    ground.edits(bare).await;
    let before = ground.user("ada").await;
    let (report, tallies) = ground.imports(folder.path()).await;
    assert_eq!(tallies["users"], tally(0, 2, 0), "{report}");
    assert_eq!(ground.user("ada").await, before);
}

#[tokio::test]
async fn limits_of_there_hold_before_anybody_comes_unless_the_operator_set_others() {
    let (ground, folder) = (Ground::new().await, without_roles());
    let service = json!({"sid": sid("IS", 1), "read_status_enabled": true,
        "limits": {"channel_members": 150, "user_channels": 250}});
    write(folder.path(), "service.json", &service.to_string());
    let members = (11..=160)
        .map(|number| json!({"sid": sid("MB", number), "identity": format!("user {number}")}));
    let file = format!("channels/{}/members.json", sid("CH", 200));
    write(folder.path(), &file, &Value::from_iter(members).to_string());
    let (report, tallies) = ground.imports(folder.path()).await;
    assert_eq!(tallies["members"], tally(150, 0, 0), "{report}");
    let settings = ground.asks(|tx| Ok(tx.settings()?)).await;
    assert_eq!(settings, Settings { members_of_channel: 150, ..Settings::default() });
    let (report, tallies) = ground.imports(folder.path()).await;
    assert_eq!(tallies["service"], tally(0, 1, 0), "{report}");
    assert!(!report.contains("stay as they were set here"), "{report}");

    let ground = Ground::new().await;
    let ours = Settings { channels_of_user: 7, ..Settings::default() };
    ground.does(move |tx, m| commands::change_settings(tx, ours, DefaultRoles::default(), m)).await;
    let (report, tallies) = ground.imports(folder.path()).await;
    assert_eq!(tallies["service"], tally(0, 1, 0), "{report}");
    assert!(report.contains("Limits and settings stay as they were set here."), "{report}");
    assert_eq!(ground.asks(|tx| Ok(tx.settings()?)).await, ours);
}

#[tokio::test]
async fn lists_come_as_the_librarys_objects_too_and_behind_a_byte_order_mark() {
    let (ground, folder) = (Ground::new().await, dump());
    let date = "2016-03-24T20:37:57.000Z";
    let channel = json!({"sid": sid("CH", 3), "friendlyName": "Harvest", "uniqueName": "harvest",
        "attributes": "{}", "type": "private", "dateCreated": date, "dateUpdated": date,
        "createdBy": "ada", "membersCount": 1, "links": {}});
    write(folder.path(), "channels.2.json", &format!("\u{feff}{}", json!([channel])));
    let message = json!({"sid": sid("IM", 9), "index": 0, "from": "ada", "body": "Hello",
        "type": "text", "media": null, "attributes": "{}", "wasEdited": false,
        "lastUpdatedBy": null, "dateCreated": date, "dateUpdated": date});
    let file = format!("channels/{}/messages.json", sid("CH", 3));
    write(folder.path(), &file, &format!("\u{feff}{}", json!([message])));
    let (report, _) = ground.imports(folder.path()).await;

    let harvest: ChannelSid = sid("CH", 3).parse().expect("a SID");
    let channel = ground.asks(move |tx| Ok(tx.channel(harvest)?)).await.expect("it came");
    let then = Timestamp(1_458_851_877_000);
    assert_eq!(channel.details.friendly_name.as_str(), "Harvest", "{report}");
    assert_eq!((channel.details.created_by.as_str(), channel.details.created_at), ("ada", then));
    let messages = ground.messages(harvest).await;
    assert!(matches!(&messages[..], [one] if one.posted_at == then && one.edited.is_none()));
}

async fn yoriai(data: &Path, words: &[&str]) -> (Option<i32>, String) {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_yoriai"));
    command.current_dir(data).arg("--data").arg(data).args(words);
    let output = command.kill_on_drop(true).output().await.expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).expect("text"))
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_changes_nothing() {
    let (data, folder) = (tempfile::tempdir().expect("a folder"), dump());
    let dir = folder.path().to_str().expect("text");
    let import = ["import", "programmable-chat", dir];
    let dry = [&import[..], &["--dry-run"]].concat();
    let (code, report) = yoriai(data.path(), &dry).await;
    assert_eq!(code, Some(3), "{report}");
    assert!(fs::read_dir(data.path()).expect("it is there").next().is_none());
    assert_eq!(yoriai(data.path(), &import).await, (Some(3), report.clone()));
    let (_, again) = yoriai(data.path(), &dry).await;
    assert_ne!(again, report, "everything is here already");
    assert_eq!(yoriai(data.path(), &import).await, (Some(3), again));
}

#[tokio::test]
async fn nothing_comes_in_beside_a_server_or_goes_out_over_other_files() {
    let (data, folder) = (tempfile::tempdir().expect("a folder"), dump());
    let dir = folder.path().to_str().expect("text");
    let serving = Occupied::by_server(data.path()).expect("nobody is there");
    let (code, said) = yoriai(data.path(), &["import", "programmable-chat", dir]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("A server runs on this data folder. Stop it first."), "{said}");
    drop(serving);

    let (code, said) = yoriai(data.path(), &["export", dir]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("it is not empty"), "{said}");
    let (code, _) = yoriai(data.path(), &["export", "out"]).await;
    assert_eq!(code, Some(0));
    assert_eq!(yoriai(data.path(), &["import", "programmable-chat", "out"]).await.0, Some(0));
    let (code, said) = yoriai(data.path(), &["import", "programmable-chat", "nowhere"]).await;
    assert_eq!(code, Some(1), "{said}");
}

#[tokio::test]
async fn an_export_is_for_its_maker_alone() {
    use std::os::unix::fs::PermissionsExt;

    let ground = Ground::new().await;
    let ada = ground.person("Ada").await;
    ground.channel(ada, "Harvest", true).await;
    let (folder, rows) = ground.exports().await;
    let mut files = 0;
    for file in rows.keys() {
        let Ok(metadata) = fs::metadata(folder.path().join(file)) else { continue };
        assert_eq!(metadata.permissions().mode() & 0o077, 0, "{file}");
        files += 1;
    }
    assert!(0 < files);
}
