//! What is asked before something is done: the answer changes it, refuses it, or does not come.

use chat::protocol::{Accepted, Answer, Command};
use chat::{Draft, Refusal};
use serde_json::json;
use server::clock::{Clock, ManualClock};
use server::limits::{WEBHOOK_BACK_OFF_MS, WEBHOOK_MS};

use super::{asks, log, scene};
use crate::support::receiver::Answer as Reply;
use crate::support::sdk::Sdk;
use crate::support::{Raw, TestServer, nonce};

/// A message by a program that sends its own frames.
fn draft(server: &TestServer, body: &str) -> Draft {
    let channel = server.general();
    Draft { channel, nonce: nonce(), body: body.to_owned(), attributes: String::new(), media: None }
}

async fn member(server: &TestServer, name: &str) -> Raw {
    let token = server.backend_token(name, 3_600);
    let (mut raw, _) = Raw::welcomed(server.address, &token).await;
    let joining = Command::JoinChannel { channel: server.general(), nonce: nonce() };
    assert!(matches!(raw.ask(joining).await, Answer::Ok(Accepted::Joined(_))));
    raw
}

fn code(answer: &Answer) -> Option<u32> {
    match answer {
        Answer::Ok(_) => None,
        Answer::Refused(refusal) => Some(refusal.code),
    }
}

#[tokio::test]
async fn an_answer_changes_what_is_said_and_a_repeat_is_not_asked_about() {
    let (server, backend, mut receiver) = scene(Clock::System).await;
    let grace = server.guest("grace").await;
    let mut ada = member(&server, "ada").await;
    asks(&backend, &receiver, &["onMessageSend", "onMessageUpdate"]).await;
    receiver.answers(200, r#"{"body": "****", "attributes": {"hidden": true}}"#);
    let draft = draft(&server, "Darn");
    let first = ada.ask(Command::PostMessage(draft.clone())).await;
    let Answer::Ok(Accepted::Posted(posted)) = first.clone() else { panic!("{first:?}") };
    let heard = receiver.hears().await;
    assert_eq!((heard.event(), heard.says("Body")), ("onMessageSend", Some("Darn")));
    assert_eq!((heard.says("From"), heard.says("Source")), (Some("ada"), Some("SDK")));
    assert_eq!(heard.says("MessageSid"), None, "there is none yet");
    grace.hears("****", "general").await;
    let messages = backend.finds("/Channels/general/Messages").await;
    assert_eq!(messages["messages"][0]["attributes"], r#"{"hidden":true}"#);

    assert_eq!(ada.ask(Command::PostMessage(draft)).await, first);
    receiver.has_heard_nothing_more();

    // What is no object says nothing but yes.
    receiver.answers(200, "OK");
    let plain = self::draft(&server, "Plainly");
    assert_eq!(code(&ada.ask(Command::PostMessage(plain)).await), None);
    receiver.hears_of(&["onMessageSend"]).await;
    grace.hears("Plainly", "general").await;

    receiver.answers(200, r#"{"body": "Better"}"#);
    let editing = chat::protocol::Editing {
        channel: server.general(),
        index: posted.index,
        body: Some("Good".to_owned()),
        attributes: None,
    };
    assert_eq!(code(&ada.ask(Command::EditMessage(editing)).await), None);
    let heard = receiver.hears().await;
    assert_eq!((heard.event(), heard.says("Body")), ("onMessageUpdate", Some("Good")));
    assert_eq!(heard.says("MessageSid"), Some(posted.sid.to_string().as_str()));
    grace.has_heard(&["Better", "Plainly"], "general").await;
}

#[tokio::test]
async fn an_answer_gives_a_message_to_another_author() {
    let (server, backend, mut receiver) = scene(Clock::System).await;
    let grace = server.guest("grace").await;
    let mut ada = member(&server, "ada").await;
    asks(&backend, &receiver, &["onMessageSend", "onMessageUpdate"]).await;
    receiver.answers(200, r#"{"author": "ada (via bot)"}"#);
    let posted = ada.ask(Command::PostMessage(draft(&server, "Hello"))).await;
    let Answer::Ok(Accepted::Posted(posted)) = posted else { panic!("{posted:?}") };
    receiver.hears_of(&["onMessageSend"]).await;
    grace.hears("Hello", "general").await;
    let message = format!("/Channels/general/Messages/{}", posted.sid);
    assert_eq!(backend.finds(&message).await["from"], "ada (via bot)");

    // It is hers no more.
    let mut editing = chat::protocol::Editing {
        channel: server.general(),
        index: posted.index,
        body: Some("Hello!".to_owned()),
        attributes: None,
    };
    let answer = ada.ask(Command::EditMessage(editing.clone())).await;
    assert_eq!(code(&answer), Some(50107));
    receiver.hears_of(&["onMessageUpdate"]).await;

    receiver.answers(200, "");
    let posted = ada.ask(Command::PostMessage(draft(&server, "Mine"))).await;
    let Answer::Ok(Accepted::Posted(posted)) = posted else { panic!("{posted:?}") };
    receiver.hears_of(&["onMessageSend"]).await;
    receiver.answers(200, r#"{"author": "grace"}"#);
    editing.index = posted.index;
    assert_eq!(code(&ada.ask(Command::EditMessage(editing)).await), None);
    receiver.hears_of(&["onMessageUpdate"]).await;
    let message = backend.finds(&format!("/Channels/general/Messages/{}", posted.sid)).await;
    let told = (&message["from"], &message["body"], &message["last_updated_by"]);
    assert_eq!(told, (&json!("grace"), &json!("Hello!"), &json!("ada")));

    receiver.answers(200, &format!(r#"{{"author": "{}"}}"#, "x".repeat(257)));
    let answer = ada.ask(Command::PostMessage(draft(&server, "Whose?"))).await;
    assert_eq!(code(&answer), Some(50_207), "judged like what people send");
}

#[tokio::test]
async fn what_is_refused_is_not_done_and_what_makes_no_sense_is_a_failure() {
    let (server, backend, mut receiver) = scene(Clock::System).await;
    let mut ada = member(&server, "ada").await;
    let before = ["onMessageSend", "onChannelAdd", "onMemberRemove", "onMemberAdd", "onUserUpdate"];
    asks(&backend, &receiver, &before).await;
    for (status, body, expected) in [
        (403, "", 50056),
        (500, r#"{"body": "not this"}"#, 50056),
        (204, "", 50056),
        (302, "", 50056),
        (503, "", 50056),
        (200, "{no}", 50057),
        (200, "{", 50057),
        (200, r#"{"body": 5}"#, 50057),
        (200, r#"{"body": " "}"#, 50503),
        (200, &"x".repeat(65_537), 50057),
    ] {
        receiver.answers(status, body);
        let answer = ada.ask(Command::PostMessage(draft(&server, "Hello"))).await;
        assert_eq!(code(&answer), Some(expected), "{status} {body:.20}");
        receiver.hears_of(&["onMessageSend"]).await;
    }
    receiver.will(Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec()));
    let answer = ada.ask(Command::PostMessage(draft(&server, "Hello"))).await;
    assert_eq!(code(&answer), Some(50057), "it broke off");
    receiver.hears_of(&["onMessageSend"]).await;

    receiver.answers(403, "");
    let leaving = Command::LeaveChannel { channel: server.general() };
    let answer = ada.ask(leaving).await;
    assert_eq!(code(&answer), Some(50056));
    receiver.hears_of(&["onMemberRemove"]).await;
    let members = backend.finds("/Channels/general/Members").await;
    assert_eq!(members["members"][0]["identity"], "ada", "she is still there");
    let messages = backend.finds("/Channels/general/Messages").await;
    assert_eq!(messages["messages"], json!([]));

    // The operator reads why, and never what was said.
    let log = log(&server).await;
    assert_eq!(log.len(), 11, "what was agreed to is not among them: {log:?}");
    let noted = |event: &str, status, failure: &str| {
        (event.to_owned(), 1, status, Some(failure.to_owned()))
    };
    assert_eq!(log[0], noted("onMessageSend", Some(403), "it answered 403"));
    assert_eq!(log[5], noted("onMessageSend", Some(200), "the answer made no sense"));
    assert_eq!(log[9], noted("onMessageSend", None, "the answer broke off, or was too long"));
    assert_eq!(log[10], noted("onMemberRemove", Some(403), "it answered 403"));

    // What a backend does itself, it is not asked about.
    backend.makes("/Channels/general/Messages", &[("Body", "From the backend")]).await;
    receiver.has_heard_nothing_more();
}

#[tokio::test]
async fn a_channel_gets_the_name_that_the_answer_gives_it() {
    let (server, backend, mut receiver) = scene(Clock::System).await;
    asks(&backend, &receiver, &["onChannelAdd", "onMemberAdd"]).await;
    let mut ada = Sdk::arrive(server.address, &server.backend_token("ada", 3_600)).await;
    receiver.answers(200, r#"{"friendly_name": "Spring", "unique_name": "spring"}"#);
    let path = "/Client/v1/Conversations";
    let wish = json!({"friendly_name": "Harvest", "type": "public"});
    let made = ada.mutate("once", path, wish.clone()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let heard = receiver.hears().await;
    assert_eq!((heard.event(), heard.says("FriendlyName")), ("onChannelAdd", Some("Harvest")));
    assert_eq!(backend.finds("/Channels/spring").await["friendly_name"], "Spring");
    let again = ada.mutate("once", path, wish).await;
    assert_eq!(again.body["sid"], made.body["sid"]);
    receiver.has_heard_nothing_more();

    receiver.answers(403, "");
    let entering = json!({"identity": "ada"});
    let refused = ada.post(&format!("{path}/spring/Participants"), entering).await;
    assert_eq!((refused.status, &refused.body["code"]), (403, &json!(50056)));
    receiver.hears_of(&["onMemberAdd"]).await;
}

#[tokio::test]
async fn who_does_not_answer_in_time_is_asked_again_as_often_as_was_said() {
    let clock = ManualClock::new(Clock::System.now());
    let (server, backend, mut receiver) = scene(Clock::Manual(clock.clone())).await;
    let mut ada = member(&server, "ada").await;
    asks(&backend, &receiver, &["onMessageSend"]).await;

    let held = receiver.hangs();
    let asked = ada.request(Command::PostMessage(draft(&server, "One"))).await;
    receiver.hears().await;
    clock.advance(WEBHOOK_MS);
    let answer = ada.reply_to(asked).await;
    assert_eq!(code(&answer), Some(Refusal::WebhookTimeout.code()));
    drop(held);

    backend.changes("", &[("PreWebhookRetryCount", "1")]).await;
    receiver.answers(503, "");
    let asked = ada.request(Command::PostMessage(draft(&server, "Two"))).await;
    assert_eq!(receiver.hears().await.says("RetryCount"), Some("0"));
    // The pause begins once the answer is here: time moves until the second call came.
    let second = loop {
        tokio::select! {
            biased;
            heard = receiver.hears() => break heard,
            () = tokio::task::yield_now() => clock.advance(WEBHOOK_BACK_OFF_MS / 10),
        }
    };
    assert_eq!((second.says("Body"), second.says("RetryCount")), (Some("Two"), Some("1")));
    assert_eq!(code(&ada.reply_to(asked).await), None);
}

#[tokio::test]
async fn who_is_not_there_fails_the_request() {
    let (server, backend, receiver) = scene(Clock::System).await;
    let mut ada = member(&server, "ada").await;
    asks(&backend, &receiver, &["onMessageSend"]).await;
    drop(receiver);
    let answer = ada.ask(Command::PostMessage(draft(&server, "Hello"))).await;
    let Answer::Refused(refusal) = answer else { panic!("nobody agreed") };
    assert_eq!((refusal.code, refusal.temporary), (50057, true));
}

#[tokio::test]
async fn ones_own_messages_keep_their_order_and_others_do_not_wait() {
    let (server, backend, mut receiver) = scene(Clock::System).await;
    let linus = server.guest("linus").await;
    let mut ada = member(&server, "ada").await;
    asks(&backend, &receiver, &["onMessageSend"]).await;
    let held = receiver.hangs();
    let first = ada.request(Command::PostMessage(draft(&server, "One"))).await;
    assert_eq!(receiver.hears().await.says("Body"), Some("One"));
    receiver.answers(200, "");
    let second = ada.request(Command::PostMessage(draft(&server, "Two"))).await;
    let third = ada.request(Command::LeaveChannel { channel: server.general() }).await;
    ada.accepted(Command::Unread { channel: server.general() }).await;

    // Somebody else's webhook is answered meanwhile.
    linus.say("Meanwhile", "general").await;
    assert_eq!(receiver.hears().await.says("Body"), Some("Meanwhile"));
    receiver.has_heard_nothing_more();

    drop(held);
    assert_eq!(code(&ada.reply_to(first).await), Some(50057));
    assert_eq!(code(&ada.reply_to(second).await), None);
    assert_eq!(code(&ada.reply_to(third).await), None);
    linus.hears("Two", "general").await;
}
