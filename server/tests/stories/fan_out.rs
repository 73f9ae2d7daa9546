//! One thing said, many who hear it; and one who does not listen.

use chat::protocol::{Accepted, Command, Row, Scope, ServerFrame};
use chat::{MessageIndex, Sequence};

use crate::messages::{draft, program_of};
use crate::support::{Came, Raw, TestServer, soon};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_and_twelve_posts_at_once_reach_everyone_once_and_in_order() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let general = ada.channel("general").await;
    let mut reader = program_of(&server, &grace).await;
    let mut writers = Vec::new();
    for _ in 0..8 {
        writers.push(program_of(&server, &ada).await);
    }

    let posting = writers.into_iter().enumerate().map(|(writer, mut socket)| {
        tokio::spawn(async move {
            let mut asked = Vec::new();
            for number in 0..64 {
                let draft = draft(general, &format!("{writer}/{number}"));
                asked.push(socket.request(Command::PostMessage(draft)).await);
            }
            let mut indexes = Vec::new();
            for reference in asked {
                match socket.reply_to(reference).await {
                    chat::protocol::Answer::Ok(Accepted::Posted(posted)) => {
                        indexes.push(posted.index);
                    }
                    other => panic!("{other:?}"),
                }
            }
            assert!(indexes.is_sorted(), "a sender's own messages keep their order");
        })
    });
    for writer in posting.collect::<Vec<_>>() {
        soon("a writer is done", writer).await.expect("no writer fails");
    }

    let heard = hear_messages(&mut reader, general, 512).await;
    assert_eq!(heard, (0..512).map(MessageIndex).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_slows_nobody_and_hears_everything_in_the_end() {
    let server = TestServer::start().await;
    let [ada, grace] = server.guests(["ada", "grace"]).await;
    let general = ada.channel("general").await;
    let token = server.pass("hedy").good_token().await;
    let mut slow = Raw::open_narrow(server.address).await;
    slow.hello(&token).await;
    let Came::Frame(ServerFrame::Welcome(_)) = slow.next().await else {
        panic!("a welcome was expected");
    };
    let joined =
        slow.accepted(Command::JoinChannel { channel: general, nonce: crate::support::nonce() });
    joined.await;
    let since = slow.now_at(general).await;

    // From here on she does not read. What is said is more than any buffer on the way holds.
    let mut writer = program_of(&server, &ada).await;
    let mut reader = program_of(&server, &grace).await;
    let large = "x".repeat(32_000);
    let count = 400;
    let hearing = tokio::spawn(async move { hear_messages(&mut reader, general, count).await });
    let mut asked = Vec::new();
    for number in 0..count {
        let body = format!("{number} {large}");
        asked.push(writer.request(Command::PostMessage(draft(general, &body))).await);
        if asked.len() == 20 {
            writer.all_accepted(&mut asked).await;
        }
    }
    let heard = soon("the other hears it all", hearing).await.expect("she stays connected");
    assert_eq!(heard, (0..count as u64).map(MessageIndex).collect::<Vec<_>>());

    // She was disconnected; not all of it waits for her in the server's memory.
    let mut got = 0;
    while let Came::Frame(_) = slow.next().await {
        got += 1;
    }
    assert!(got < count, "the server kept {got} frames for one who did not read");
    let (mut back, _) = Raw::welcomed(server.address, &token).await;
    assert_eq!(resumed_messages(&mut back, general, since).await, count);
}

#[tokio::test]
async fn everyone_in_a_channel_hears_and_nobody_else() {
    let server = TestServer::start().await;
    let people = server.guests(["ada", "grace", "hedy", "joan", "mary"]).await;
    let [ada, grace, hedy, joan, mary] = &people;
    ada.creates("Tea").await;
    grace.joins("Tea").await;
    hedy.joins("Tea").await;

    ada.say("For the three of us", "Tea").await;
    joan.say("For all", "general").await;

    for member in [ada, grace, hedy] {
        member.has_heard(&["For the three of us"], "Tea").await;
    }
    for person in &people {
        person.has_heard(&["For all"], "general").await;
    }
    let tea = mary.channel("Tea").await;
    assert!(mary.client.with(|client, _| client.timeline(tea).is_none()));
}

async fn hear_messages(
    reader: &mut Raw,
    channel: chat::ChannelSid,
    count: usize,
) -> Vec<MessageIndex> {
    let mut heard = Vec::new();
    while heard.len() < count {
        match reader.next().await {
            Came::Frame(ServerFrame::Change(change)) if change.scope == Scope::Channel(channel) => {
                heard.extend(change.rows.iter().filter_map(|row| match row {
                    Row::Message(message) => Some(message.index),
                    _ => None,
                }));
            }
            Came::Frame(_) => {}
            Came::Closed(code) => panic!("closed with {code:?} after {} messages", heard.len()),
        }
    }
    heard
}

async fn resumed_messages(raw: &mut Raw, channel: chat::ChannelSid, since: Sequence) -> usize {
    let (mut since, mut count) = (since, 0);
    loop {
        let resume = Command::Resume { scope: Scope::Channel(channel), since };
        let Accepted::Changes(changes) = raw.accepted(resume).await else {
            panic!("changes were expected");
        };
        assert_eq!(changes.change.after, since, "no hole");
        let messages = changes.change.rows.iter().filter(|row| matches!(row, Row::Message(_)));
        count += messages.count();
        since = changes.change.sequence;
        if !changes.more {
            return count;
        }
    }
}
