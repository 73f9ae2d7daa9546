//! What people say to each other.

use chat::protocol::{Accepted, Answer, Command, Editing};
use chat::{Body, ChannelSid, Draft, MessageIndex, Nonce, Refusal};
use client::Unposted;

use crate::support::{Person, Raw, TestServer, nonce};

#[tokio::test]
async fn two_people_talk() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;

    ada.say("Is this thing on?", "general").await;
    grace.hears("Is this thing on?", "general").await;
    grace.say("Loud and clear", "general").await;

    ada.has_heard(&["Is this thing on?", "Loud and clear"], "general").await;
}

#[tokio::test]
async fn what_is_said_is_on_ones_other_tabs_too() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let other_tab = server.tab_of(&ada).await;

    ada.say("From the first tab", "general").await;
    other_tab.hears("From the first tab", "general").await;
    other_tab.say("From the second tab", "general").await;

    ada.hears("From the second tab", "general").await;
    assert_eq!(ada.user(), other_tab.user());
}

#[tokio::test]
async fn a_sender_keeps_the_order_of_what_was_said_without_waiting() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let general = ada.channel("general").await;
    let said: Vec<String> = (0..40).map(|number| format!("Line {number}")).collect();

    let nonces: Vec<Nonce> = said.iter().map(|text| ada.posts(text, general)).collect();
    for nonce in nonces {
        ada.is_accepted(nonce, general).await;
    }

    let expected: Vec<&str> = said.iter().map(String::as_str).collect();
    ada.has_heard(&expected, "general").await;
    grace.has_heard(&expected, "general").await;
}

#[tokio::test]
async fn a_deleted_message_is_gone_for_everyone_and_after_a_break() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let general = ada.channel("general").await;
    let index = ada.say("I did not mean to say that", "general").await;
    grace.hears("I did not mean to say that", "general").await;
    let missing = Refusal::NotPermitted(chat::Permission::DeleteAnyMessage);
    let refused = grace.is_refused(|client, now| client.delete(general, index, now)).await;
    assert_eq!(refused, missing);
    grace.goes_away().await;

    ada.asks(|client, now| client.delete(general, index, now)).await;
    ada.say("Anyway", "general").await;
    grace.comes_back().await;

    grace.has_heard(&["Anyway"], "general").await;
    ada.has_heard(&["Anyway"], "general").await;
    let linus = server.guest("linus").await;
    linus.has_heard(&["Anyway"], "general").await;
    let refused = ada.is_refused(|client, now| {
        client.edit(general, index, "Or did I?", now).expect("a possible text")
    });
    assert_eq!(refused.await, Refusal::MessageNotFound);
}

#[tokio::test]
async fn an_edited_message_is_another_for_everyone_and_after_a_break() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let general = ada.channel("general").await;
    let index = ada.say("Helo", "general").await;
    grace.hears("Helo", "general").await;
    grace.goes_away().await;

    let edited = ada.client.with(|client, now| client.edit(general, index, "Hello", now).map(drop));
    assert_eq!(edited, Ok(()));
    ada.hears("Hello", "general").await;
    grace.comes_back().await;
    grace.has_heard(&["Hello"], "general").await;
    let late = server.guest("linus").await;
    late.has_heard(&["Hello"], "general").await;

    // Somebody else's words are theirs.
    let mut program = program_of(&server, &grace).await;
    let body = Some("Goodbye".to_owned());
    let editing = Editing { channel: general, index, body, attributes: None };
    let refusal = program.refused(Command::EditMessage(editing)).await;
    assert_eq!((refusal.code, refusal.status), (50107, 403));
}

// The tutorial's defect 9: blank messages and blank channel names are sent.
#[tokio::test]
async fn blank_messages_and_blank_channel_names_are_refused() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let general = ada.channel("general").await;

    let posted = ada.client.with(|client, now| client.post(general, " \n\t ", now));
    assert_eq!(posted, Err(Unposted::Refused(Refusal::BlankBody)));
    let created =
        ada.client.with(|client, now| client.create_channel("  ", None, false, now).map(drop));
    assert_eq!(created, Err(Refusal::FriendlyNameMissing));

    // A program that does not check is told the same by the server.
    let mut program = program_of(&server, &ada).await;
    let blank = Draft { body: " \n".to_owned(), ..draft(general, "") };
    let refusal = program.refused(Command::PostMessage(blank)).await;
    assert_eq!(refusal.code, Refusal::BlankBody.code());
    let refusal = program.refused(Command::CreateChannel(chat::protocol::NewChannel {
        nonce: nonce(),
        friendly_name: "\u{200B} ".to_owned(),
        unique_name: None,
        attributes: String::new(),
        private: false,
        without_joining: false,
    }));
    assert_eq!(refusal.await.code, Refusal::FriendlyNameMissing.code());
}

#[tokio::test]
async fn a_message_too_long_is_refused_and_the_connection_stays() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let general = ada.channel("general").await;
    let mut program = program_of(&server, &ada).await;

    let long = draft(general, &"a".repeat(Body::BYTES_MAX + 1));
    let refusal = program.refused(Command::PostMessage(long)).await;
    assert_eq!(refusal.code, Refusal::BodyTooLong.code());

    let whole = draft(general, &"a".repeat(Body::BYTES_MAX));
    program.accepted(Command::PostMessage(whole)).await;
}

#[tokio::test]
async fn the_same_nonce_from_two_sockets_at_the_same_instant_is_one_message() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let general = ada.channel("general").await;
    let mut phone = program_of(&server, &ada).await;
    let mut desk = program_of(&server, &ada).await;

    let rounds = 100;
    for round in 0..rounds {
        let draft = draft(general, &format!("Once, {round}"));
        let from_phone = phone.request(Command::PostMessage(draft.clone())).await;
        let from_desk = desk.request(Command::PostMessage(draft)).await;
        assert_eq!(phone.reply_to(from_phone).await, desk.reply_to(from_desk).await);
    }

    let page = phone.accepted(Command::History {
        channel: general,
        before: MessageIndex(u64::MAX >> 1),
        limit: 100,
    });
    let Accepted::History(page) = page.await else { panic!("a page was expected") };
    let indexes: Vec<u64> = page.messages.iter().map(|message| message.index.0).collect();
    assert_eq!(indexes, (0..rounds).collect::<Vec<u64>>());
    assert!(!page.earlier);
}

#[tokio::test]
async fn the_same_nonce_with_another_text_is_refused() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let general = ada.channel("general").await;
    let mut program = program_of(&server, &ada).await;

    let first = draft(general, "Yes");
    let second = Draft { body: "No".to_owned(), ..first.clone() };
    let answer = program.accepted(Command::PostMessage(first.clone())).await;
    let refusal = program.refused(Command::PostMessage(second)).await;
    assert_eq!(refusal.code, Refusal::NonceReused.code());
    assert_eq!(program.accepted(Command::PostMessage(first)).await, answer);
}

#[tokio::test]
async fn whoever_says_too_much_is_told_when_to_go_on_and_nothing_is_lost() {
    use server::clock::Clock;
    use server::config::Rate;

    let server = TestServer::start_with(Clock::System, |config| {
        config.rates.messages = Rate::per_second(20, 5);
    })
    .await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let general = ada.channel("general").await;

    let said: Vec<String> = (0..15).map(|number| format!("Quick {number}")).collect();
    let nonces: Vec<Nonce> = said.iter().map(|text| ada.posts(text, general)).collect();
    grace.say("I may still speak", "general").await;
    for nonce in nonces {
        ada.is_accepted(nonce, general).await;
    }
    let mut heard = grace.page("general").await;
    heard.retain(|text| text != "I may still speak");
    assert_eq!(heard, said);

    let mut program = program_of(&server, &ada).await;
    let mut refused = None;
    for number in 0..50 {
        let draft = draft(general, &format!("Too quick {number}"));
        if let chat::protocol::Answer::Refused(refusal) =
            program.ask(Command::PostMessage(draft)).await
        {
            refused = Some(refusal);
            break;
        }
    }
    let refusal = refused.expect("fifty at once are too many");
    assert_eq!(refusal.status, 429);
    assert!(refusal.temporary && refusal.retry_after.is_some());
}

#[tokio::test]
async fn an_edit_takes_from_the_same_rate_as_a_message() {
    use server::clock::{Clock, ManualClock};
    use server::config::Rate;

    let time = ManualClock::new(Clock::System.now());
    let server = TestServer::start_with(Clock::Manual(time.clone()), |config| {
        config.rates.messages = Rate::per_second(1, 1);
    })
    .await;
    let ada = server.guest("ada").await;
    let general = ada.channel("general").await;
    let mut program = program_of(&server, &ada).await;
    program.accepted(Command::PostMessage(draft(general, "Helo"))).await;
    let body = Some("Hello".to_owned());
    let editing = Editing { channel: general, index: MessageIndex(0), body, attributes: None };

    let refusal = program.refused(Command::EditMessage(editing.clone())).await;
    assert_eq!((refusal.code, refusal.temporary), (20429, true));
    time.advance(1_000);
    program.accepted(Command::EditMessage(editing)).await;
    ada.has_heard(&["Hello"], "general").await;
}

#[tokio::test]
async fn whoever_sends_too_many_frames_is_read_more_slowly_and_loses_nothing() {
    use server::clock::{Clock, ManualClock};
    use server::config::Rate;

    let time = ManualClock::new(Clock::System.now());
    let server = TestServer::start_with(Clock::Manual(time.clone()), |config| {
        config.rates.frames = Rate::per_second(1, 50);
    })
    .await;
    let ada = server.guest("ada").await;
    let general = ada.channel("general").await;
    let mut program = program_of(&server, &ada).await;
    let mut asked = Vec::new();
    for number in 0..70 {
        let draft = draft(general, &format!("Line {number}"));
        asked.push(program.request(Command::PostMessage(draft)).await);
    }

    for (number, reference) in asked.into_iter().enumerate() {
        if number == 50 {
            ada.round_trip().await;
            assert!(ada.page("general").await.len() <= 51, "no time has passed since the burst");
        }
        if 50 <= number {
            time.advance(1_000);
        }
        let answer = program.reply_to(reference).await;
        assert!(matches!(answer, Answer::Ok(_)), "{answer:?}");
    }
}

#[tokio::test]
async fn what_one_has_seen_is_seen_on_every_device() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let desk = server.tab_of(&grace).await;
    let tea = ada.creates("Tea").await;
    grace.joins("Tea").await;
    desk.opens("Tea").await;
    grace.opens("general").await;
    desk.opens("general").await;

    ada.say("One", "Tea").await;
    let last = ada.say("Two", "Tea").await;
    for device in [&grace, &desk] {
        device.so("has two unread", |client| unread(client, tea) == 2).await;
    }
    grace.client.with(|client, now| client.seen(tea, last, now));

    for device in [&grace, &desk] {
        device.so("has read it all", |client| unread(client, tea) == 0).await;
    }
    let next = server.tab_of(&grace).await;
    next.so("knows that too", |client| unread(client, tea) == 0).await;
}

fn unread(client: &client::Client, channel: ChannelSid) -> u64 {
    client.unread(channel).map_or(u64::MAX, |unread| unread.count)
}

#[tokio::test]
async fn messages_that_json_makes_six_times_as_large_can_still_be_read() {
    let server = TestServer::start().await;
    let ada = server.guest("ada").await;
    let general = ada.channel("general").await;
    let mut program = program_of(&server, &ada).await;
    let worst = format!("a{}a", "\u{1}".repeat(Body::BYTES_MAX - 2));

    for _ in 0..12 {
        program.accepted(Command::PostMessage(draft(general, &worst))).await;
    }

    let grace = server.guest("grace").await;
    let page = grace.page("general").await;
    assert!(!page.is_empty() && page.iter().all(|text| *text == worst));
    ada.say("Still here", "general").await;
    grace.hears("Still here", "general").await;
}

pub(crate) async fn program_of(server: &TestServer, person: &Person) -> Raw {
    let token = person.pass.good_token().await;
    Raw::welcomed(server.address, &token).await.0
}

pub(crate) fn draft(channel: ChannelSid, body: &str) -> Draft {
    Draft { channel, nonce: nonce(), body: body.to_owned(), attributes: String::new(), media: None }
}
