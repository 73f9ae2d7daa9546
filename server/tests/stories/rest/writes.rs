//! What a backend makes, changes and deletes, and who hears of it.

use serde_json::{Value, json};

use super::is_no;
use crate::support::{Backend, TestServer};

/// Text that every layer must leave as it is.
const FESTIVAL: &str = "秋祭り 🎃 & ＝ +1%";

fn sid(row: &Value) -> &str {
    row["sid"].as_str().expect("a SID")
}

async fn delete(backend: &Backend, rest: &str) {
    // What is gone stays gone, and saying so again does no harm.
    for _ in 0..2 {
        backend.deletes(rest).await;
    }
}

#[tokio::test]
async fn a_channel_is_made_changed_and_deleted_and_people_hear_of_it() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let backend = server.backend().await;
    let attributes = json!({ "topic": FESTIVAL }).to_string();
    let form = [("FriendlyName", FESTIVAL), ("UniqueName", "秋祭り"), ("Attributes", &attributes)];
    let made = backend.makes("/Channels", &form).await;
    assert_eq!(made["friendly_name"], FESTIVAL);
    assert_eq!((&made["created_by"], &made["members_count"]), (&"system".into(), &0.into()));
    assert_eq!(made["attributes"], attributes);
    ada.joins("秋祭り").await;

    let path = "/Channels/%E7%A7%8B%E7%A5%AD%E3%82%8A";
    assert_eq!(sid(&backend.finds(path).await), sid(&made));
    let changed = backend.changes(path, &[("FriendlyName", "春"), ("UniqueName", "")]).await;
    assert_eq!((&changed["friendly_name"], &changed["unique_name"]), (&"春".into(), &Value::Null));
    assert_eq!(changed["attributes"], attributes);
    ada.channel("春").await;
    is_no(&backend.get(&backend.path(path)).await, 404, 50300);

    let path = format!("/Channels/{}", sid(&made));
    delete(&backend, &path).await;
    is_no(&backend.get(&backend.path(&path)).await, 404, 50300);
    delete(&backend, "/Channels/nowhere").await;
    let general = backend.asks("DELETE", &backend.path("/Channels/general"), "").await;
    is_no(&general, 403, 60030);
}

#[tokio::test]
async fn a_channel_that_breaks_the_rules_is_refused_by_its_code() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let long = "a".repeat(65);
    let looks_like_sid = format!("CH{}", "0".repeat(32));
    for (form, status, code) in [
        (vec![("FriendlyName", long.as_str())], 400, 50003),
        (vec![("FriendlyName", "x"), ("UniqueName", long.as_str())], 400, 50004),
        (vec![("FriendlyName", "x"), ("UniqueName", "general")], 409, 50307),
        (vec![("FriendlyName", "x"), ("UniqueName", &looks_like_sid)], 400, 50306),
        (vec![("FriendlyName", "x"), ("Attributes", "{")], 400, 50304),
        (vec![("FriendlyName", "x"), ("Type", "secret")], 400, 20001),
        (vec![("FriendlyName", "x"), ("DateCreated", "yesterday")], 400, 20001),
        (vec![("FriendlyName", "x"), ("DateCreated", "2999-01-01T00:00:00Z")], 400, 20001),
        (vec![("FriendlyName", "x"), ("CreatedBy", "")], 400, 50204),
        (vec![("FriendlyName", "x"), ("FriendlyName", "y")], 400, 20001),
    ] {
        is_no(&backend.posts("/Channels", &form).await, status, code);
    }
    let channels = backend.finds("/Channels").await;
    assert_eq!(channels["channels"].as_array().map(Vec::len), Some(1), "only General is there");
    let named = backend.makes("/Channels", &[("UniqueName", "only-an-address")]).await;
    assert_eq!(named["friendly_name"], "only-an-address");
    let blank = [("FriendlyName", ""), ("UniqueName", "another-address")];
    assert_eq!(backend.makes("/Channels", &blank).await["friendly_name"], "another-address");
    let nameless = backend.makes("/Channels", &[]).await;
    assert_eq!(nameless["friendly_name"], "Channel");
    // Later, names may be longer.
    let place = format!("/Channels/{}", sid(&nameless));
    let longer = "a".repeat(256);
    let named = [("FriendlyName", longer.as_str()), ("UniqueName", longer.as_str())];
    assert_eq!(backend.changes(&place, &named).await["unique_name"], longer);
    for (name, code) in [("FriendlyName", 50003), ("UniqueName", 50004)] {
        is_no(&backend.posts(&place, &[(name, &"a".repeat(257))]).await, 400, code);
    }
}

#[tokio::test]
async fn a_channel_becomes_private_at_the_address_of_the_next_version() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    backend.makes("/Channels", &[("UniqueName", "tea")]).await;
    let place = backend.path("/Channels/tea").replace("/v2/", "/v3/");
    let changed = backend.asks("POST", &place, "Type=private").await;
    assert_eq!((changed.status, &changed.json()["type"]), (200, &"private".into()));
    is_no(&backend.asks("POST", &place, "Type=public").await, 400, 50393);
    let stranger = Backend::with(server.address, "AC", "guess");
    is_no(&stranger.asks("POST", &place, "Type=private").await, 401, 20003);
}

#[tokio::test]
async fn what_was_elsewhere_is_restored_with_its_dates_and_people() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let (then, later) = ("2015-07-30T20:00:00Z", "2016-01-02T03:04:05Z");
    let form = [
        ("FriendlyName", FESTIVAL),
        ("CreatedBy", "花子"),
        ("DateCreated", then),
        ("DateUpdated", later),
    ];
    let channel = backend.makes("/Channels", &form).await;
    assert_eq!((&channel["created_by"], &channel["date_created"]), (&"花子".into(), &then.into()));
    assert_eq!(channel["date_updated"], later);
    let path = format!("/Channels/{}", sid(&channel));

    let form = [
        ("From", "花子"),
        ("Body", FESTIVAL),
        ("DateCreated", then),
        ("DateUpdated", later),
        ("LastUpdatedBy", "太郎"),
    ];
    let message = backend.makes(&format!("{path}/Messages"), &form).await;
    assert_eq!((&message["from"], &message["body"]), (&"花子".into(), &FESTIVAL.into()));
    assert_eq!((&message["date_created"], &message["date_updated"]), (&then.into(), &later.into()));
    assert_eq!(
        (&message["was_edited"], &message["last_updated_by"]),
        (&true.into(), &"太郎".into())
    );

    let changed = backend.changes(&path, &[("CreatedBy", "太郎"), ("DateCreated", later)]).await;
    assert_eq!((&changed["created_by"], &changed["date_created"]), (&"太郎".into(), &later.into()));

    let form = [("Identity", "花子"), ("DateCreated", then)];
    let member = backend.makes(&format!("{path}/Members"), &form).await;
    assert_eq!(member["date_created"], then);
}

#[tokio::test]
async fn a_message_is_posted_changed_and_deleted_and_the_channel_hears_of_it() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let backend = server.backend().await;
    let list = "/Channels/general/Messages";
    let posted = backend.makes(list, &[("Body", FESTIVAL), ("Attributes", "[1]")]).await;
    assert_eq!((&posted["from"], &posted["attributes"]), (&"system".into(), &"[1]".into()));
    ada.hears(FESTIVAL, "general").await;
    let mine = backend.makes(list, &[("Body", "In her name"), ("From", "ada")]).await;
    assert_eq!(mine["from"], "ada");

    let path = format!("{list}/{}", sid(&posted));
    let changed = backend.changes(&path, &[("Body", "Anew")]).await;
    assert_eq!((&changed["body"], &changed["was_edited"]), (&"Anew".into(), &true.into()));
    assert_eq!(
        (&changed["last_updated_by"], &changed["attributes"]),
        (&"system".into(), &"[1]".into())
    );
    ada.hears("Anew", "general").await;

    delete(&backend, &path).await;
    is_no(&backend.get(&backend.path(&path)).await, 404, 50500);
    is_no(&backend.posts(&path, &[("Body", "Again")]).await, 404, 50500);
    let rest = backend.finds(list).await;
    assert_eq!(rest["messages"].as_array().map(Vec::len), Some(1));
    ada.has_heard(&["In her name"], "general").await;
}

#[tokio::test]
async fn a_message_that_breaks_the_rules_is_refused_by_its_code() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let long = "あ".repeat(chat::limits::BODY_BYTES_MAX / 3 + 1);
    let list = "/Channels/general/Messages";
    for (form, status, code) in [
        (vec![], 400, 50503),
        (vec![("Body", " \n ")], 400, 50503),
        (vec![("Body", long.as_str())], 400, 50504),
        (vec![("Body", "x"), ("Attributes", "{")], 400, 50304),
        (vec![("Body", "x"), ("From", "US01900000000070008000000000000000")], 400, 50206),
        (vec![("Body", "x"), ("MediaSid", "ME1")], 404, 50506),
    ] {
        is_no(&backend.posts(list, &form).await, status, code);
    }
    let hostile = "<img src=x onerror=alert(1)> ' OR 1=1; -- \u{202E}";
    let posted = backend.makes(list, &[("Body", hostile)]).await;
    assert_eq!(posted["body"], hostile);
    let just_fits = "あ".repeat(chat::limits::BODY_BYTES_MAX / 3);
    assert_eq!(backend.makes(list, &[("Body", &just_fits)]).await["body"], just_fits);
}

#[tokio::test]
async fn members_are_added_changed_and_removed() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let ada = server.visitor("ada").await;
    backend.makes("/Channels", &[("FriendlyName", "Harvest"), ("UniqueName", "harvest")]).await;
    let list = "/Channels/harvest/Members";
    let member = backend.makes(list, &[("Identity", "ada")]).await;
    assert_eq!(member["identity"], "ada");
    ada.opens("harvest").await;
    is_no(&backend.posts(list, &[("Identity", "ada")]).await, 409, 50404);
    is_no(&backend.posts(list, &[]).await, 400, 50204);
    let hana = backend.makes(list, &[("Identity", "花子")]).await;
    assert_eq!(backend.finds(&format!("{list}/%E8%8A%B1%E5%AD%90")).await, hana);

    backend.makes("/Channels/harvest/Messages", &[("Body", "Hello")]).await;
    let path = format!("{list}/{}", sid(&member));
    let form = [("Attributes", r#"{"cup":"🍵"}"#), ("LastConsumedMessageIndex", "0")];
    let changed = backend.changes(&path, &form).await;
    assert_eq!(changed["attributes"], r#"{"cup":"🍵"}"#);
    assert_eq!(changed["last_consumed_message_index"], 0);
    is_no(&backend.posts(&path, &[("LastConsumedMessageIndex", "7")]).await, 400, 50405);
    is_no(&backend.posts(&path, &[("LastConsumedMessageIndex", "-1")]).await, 400, 20001);

    delete(&backend, &path).await;
    delete(&backend, &format!("{list}/ada")).await;
    is_no(&backend.posts(&path, &[("Attributes", "{}")]).await, 404, 50402);
    let left = backend.finds(list).await;
    assert_eq!(left["members"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn users_are_made_changed_and_deleted() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let form = [("Identity", "花子"), ("FriendlyName", FESTIVAL), ("Attributes", "{\"a\":1}")];
    let made = backend.makes("/Users", &form).await;
    assert_eq!((&made["identity"], &made["friendly_name"]), (&"花子".into(), &FESTIVAL.into()));
    is_no(&backend.posts("/Users", &form).await, 409, 50201);
    is_no(&backend.posts("/Users", &[]).await, 400, 50204);
    is_no(&backend.posts("/Users", &[("Identity", "system")]).await, 409, 50201);

    let path = format!("/Users/{}", sid(&made));
    let changed = backend.changes(&path, &[("FriendlyName", "花")]).await;
    assert_eq!(
        (&changed["friendly_name"], &changed["attributes"]),
        (&"花".into(), &"{\"a\":1}".into())
    );
    let mut fetched = backend.finds("/Users/%E8%8A%B1%E5%AD%90").await;
    assert_eq!(fetched["is_online"].take(), json!(false), "only who asks for one user learns it");
    assert_eq!(fetched, changed);
    let everybody = backend.finds("/Users").await;
    assert_eq!(everybody["users"], json!([changed]), "the system itself is nobody's user");

    delete(&backend, &path).await;
    is_no(&backend.get(&backend.path(&path)).await, 404, 50200);
    is_no(&backend.get(&backend.path("/Users/system")).await, 404, 50200);
    assert_ne!(sid(&backend.makes("/Users", &[("Identity", "花子")]).await), sid(&made));
}

#[tokio::test]
async fn a_private_channel_is_seen_by_the_backend_and_by_its_people_only() {
    let server = TestServer::start().await;
    let [ada, grace] = [server.visitor("ada").await, server.visitor("grace").await];
    let backend = server.backend().await;
    let form = [("FriendlyName", "Secret"), ("UniqueName", "secret"), ("Type", "private")];
    let made = backend.makes("/Channels", &form).await;
    assert_eq!(made["type"], "private");
    let private = backend.finds("/Channels?Type=private").await;
    assert_eq!(private["channels"], json!([made]));
    let public = backend.finds("/Channels?Type=public").await;
    assert_eq!(public["channels"].as_array().map(Vec::len), Some(1));
    let both = backend.finds("/Channels?Type=public&Type=private").await;
    assert_eq!(both["channels"].as_array().map(Vec::len), Some(2));

    backend.makes("/Channels/secret/Members", &[("Identity", "ada")]).await;
    let secret = sid(&made).parse().expect("a SID");
    ada.so("is in it", |client| client.memberships().contains(secret)).await;
    grace.round_trip().await;
    let sees = |name: &str| {
        grace.client.with(|client, _| client.directory().with_unique_name(name).is_some())
    };
    assert!(sees("general") && !sees("secret"));
    let refused = backend.posts("/Channels/secret", &[("Type", "public")]).await;
    is_no(&refused, 400, 50393);
}

#[tokio::test]
async fn somebody_is_invited_and_the_invitation_can_be_taken_back() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    backend.makes("/Channels", &[("UniqueName", "secret"), ("Type", "private")]).await;
    let list = "/Channels/secret/Invites";
    let invite = backend.makes(list, &[("Identity", "花子")]).await;
    assert_eq!((&invite["identity"], &invite["created_by"]), (&"花子".into(), &"system".into()));
    is_no(&backend.posts(list, &[("Identity", "花子")]).await, 409, 50212);
    assert_eq!(backend.finds(list).await["invites"], json!([invite]));
    let hers = "?Identity=%E8%8A%B1%E5%AD%90&Identity=nobody";
    assert_eq!(backend.finds(&format!("{list}{hers}")).await["invites"], json!([invite]));
    let nobodys = format!("{list}?Identity=nobody&Identity=system");
    assert_eq!(backend.finds(&nobodys).await["invites"], json!([]));
    for place in [list, "/Channels/secret/Members"] {
        is_no(&backend.posts(place, &[("Identity", "system")]).await, 400, 50203);
    }
    let mine = backend.finds("/Users/%E8%8A%B1%E5%AD%90/Channels").await;
    assert_eq!(mine["channels"][0]["status"], "invited");
    assert_eq!(mine["channels"][0]["member_sid"], Value::Null);

    let path = format!("{list}/{}", sid(&invite));
    assert_eq!(backend.finds(&path).await, invite);
    delete(&backend, &path).await;
    is_no(&backend.get(&backend.path(&path)).await, 404, 50601);
    backend.makes("/Channels/secret/Members", &[("Identity", "花子")]).await;
    is_no(&backend.posts(list, &[("Identity", "花子")]).await, 409, 50404);
    let other_role = [("Identity", "太郎"), ("RoleSid", "RL00000000000000000000000000000003")];
    let invite = backend.makes(list, &other_role).await;
    assert_eq!(invite["role_sid"], "RL00000000000000000000000000000003");
    is_no(&backend.posts(list, &[("Identity", "次郎"), ("RoleSid", "RL1")]).await, 404, 50100);
}

#[tokio::test]
async fn a_users_channels_are_read_and_changed_in_their_name() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    backend.makes("/Channels/general/Members", &[("Identity", "ada")]).await;
    for body in ["One", "Two", "Three"] {
        backend.makes("/Channels/general/Messages", &[("Body", body)]).await;
    }
    let path = "/Users/ada/Channels/general";
    let first = backend.finds(path).await;
    assert_eq!((&first["status"], &first["unread_messages_count"]), (&"joined".into(), &3.into()));
    assert_eq!(first["notification_level"], "default");
    let form = [("LastConsumedMessageIndex", "1"), ("NotificationLevel", "muted")];
    let changed = backend.changes(path, &form).await;
    assert_eq!(
        (&changed["unread_messages_count"], &changed["notification_level"]),
        (&1.into(), &"muted".into())
    );
    let back = backend.changes(path, &[("LastConsumedMessageIndex", "0")]).await;
    assert_eq!(back["unread_messages_count"], 2);
    is_no(&backend.posts(path, &[("NotificationLevel", "loud")]).await, 400, 50210);

    assert_eq!(backend.finds("/Users/ada/Channels").await["channels"], json!([back]));
    delete(&backend, path).await;
    is_no(&backend.get(&backend.path(path)).await, 404, 50402);
    assert_eq!(backend.finds("/Users/ada/Channels").await["channels"], json!([]));
}

#[tokio::test]
async fn roles_are_made_given_changed_and_deleted() {
    let server = TestServer::start().await;
    let ada = server.visitor("ada").await;
    let backend = server.backend().await;
    let known = backend.finds("/Roles").await;
    assert_eq!(known["roles"].as_array().map(Vec::len), Some(4));
    let form = [
        ("FriendlyName", "見るだけ"),
        ("Type", "channel"),
        ("Permission", "leaveChannel"),
        ("Permission", "editNotificationLevel"),
    ];
    let role = backend.makes("/Roles", &form).await;
    assert_eq!((&role["friendly_name"], &role["type"]), (&"見るだけ".into(), &"channel".into()));
    assert_eq!(role["permissions"], json!(["leaveChannel", "editNotificationLevel"]));

    let member = "/Channels/general/Members/ada";
    let changed = backend.changes(member, &[("RoleSid", sid(&role))]).await;
    assert_eq!(changed["role_sid"], role["sid"]);
    let general = ada.channel("general").await;
    let refused = ada.is_refused(|client, now| {
        let draft = chat::Draft {
            channel: general,
            nonce: crate::support::nonce(),
            body: "May I?".to_owned(),
            attributes: String::new(),
            media: None,
        };
        client.ask(chat::protocol::Command::PostMessage(draft), now)
    });
    assert_eq!(refused.await.code(), 50107);

    let path = format!("/Roles/{}", sid(&role));
    is_no(&backend.asks("DELETE", &backend.path(&path), "").await, 409, 60051);
    let changed = backend.changes(&path, &[("Permission", "sendMessage")]).await;
    assert_eq!(changed["permissions"], json!(["sendMessage"]));
    for (form, code) in [(vec![("Permission", "fly")], 50104), (vec![], 60050)] {
        is_no(&backend.posts(&path, &form).await, 400, code);
    }
    is_no(&backend.posts(member, &[("RoleSid", "RL1")]).await, 404, 50100);
    let service_role = [("RoleSid", "RL00000000000000000000000000000002")];
    is_no(&backend.posts(member, &service_role).await, 400, 50105);
    backend.changes(member, &[("RoleSid", "RL00000000000000000000000000000004")]).await;
    delete(&backend, &path).await;

    let default = [("DefaultChannelRoleSid", "RL00000000000000000000000000000003")];
    let service = backend.changes("", &default).await;
    assert_eq!(service["default_channel_role_sid"], "RL00000000000000000000000000000003");
    let grace = backend.makes("/Channels/general/Members", &[("Identity", "grace")]).await;
    assert_eq!(grace["role_sid"], "RL00000000000000000000000000000003");
}

#[tokio::test]
async fn writes_are_limited_and_reads_are_not() {
    let time = server::clock::ManualClock::new(server::clock::Clock::System.now());
    let clock = server::clock::Clock::Manual(time.clone());
    let server = TestServer::start_with(clock, |config| {
        config.rates.channel = server::config::Rate::per_second(1, 2);
        config.rates.channels = server::config::Rate::per_second(1, 2);
    })
    .await;
    let backend = server.backend().await;
    let list = "/Channels/general/Messages";
    for _ in 0..2 {
        backend.makes(list, &[("Body", "Hello")]).await;
        backend
            .makes("/Users", &[("Identity", &server::clock::fresh_id(server.now()).to_string())])
            .await;
    }
    let slowed = backend.posts(list, &[("Body", "Hello")]).await;
    is_no(&slowed, 429, 20429);
    assert_eq!(slowed.header("retry-after"), Some("1"));
    is_no(&backend.posts("/Channels", &[("FriendlyName", "x")]).await, 429, 20429);
    for _ in 0..9 {
        backend.finds(list).await;
    }
    time.advance(1_000);
    backend.makes(list, &[("Body", "Hello")]).await;
}

#[tokio::test]
async fn what_the_operator_sets_for_the_service_holds_at_once() {
    let server = TestServer::start().await;
    let [ada, grace, linus] = server.guests(["ada", "grace", "linus"]).await;
    ada.creates("Tea house").await;
    let backend = server.backend().await;
    let service = backend.finds("").await;
    assert_eq!(service["limits"], json!({"channel_members": 100, "user_channels": 250}));
    assert_eq!(service["typing_indicator_timeout"], 5);

    let form = [("Limits.ChannelMembers", "2"), ("TypingIndicatorTimeout", "7")];
    let changed = backend.changes("", &form).await;

    assert_eq!(changed["limits"], json!({"channel_members": 2, "user_channels": 250}));
    assert_eq!(changed["typing_indicator_timeout"], 7);
    grace.joins("Tea house").await;
    let tea = linus.channel("Tea house").await;
    let refused = linus.is_refused(|client, now| client.join(tea, now)).await;
    assert_eq!(refused, chat::Refusal::ChannelFull);
    for impossible in ["0", "100001", "-1", "many"] {
        let answer = backend.posts("", &[("Limits.ChannelMembers", impossible)]).await;
        assert_eq!(answer.status, 400, "{impossible}");
    }
    assert_eq!(backend.finds("").await, changed);
}
