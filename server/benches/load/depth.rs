//! What grows: a long history, many channels of one person, many members of one channel.

use std::time::Instant;

use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use super::program::Program;
use super::{micros, milliseconds};

const WRITERS: usize = 256;
const PAGES: usize = 2_000;
const PAGE: u64 = 50;
/// Connections over which members are added.
const HOSTS: usize = 32;
const WELCOMES: usize = 20;
/// In each channel of the one with many.
const UNREAD: usize = 10;

/// Pages of a long history: the newest, and any.
pub(crate) async fn history_of(messages: usize) {
    let server = Program::start();
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for number in 0..WRITERS {
        let mut person = server.person(&format!("writer-{number}")).await;
        let general = person.general;
        person.join(general).await;
        tasks.spawn(person.post_many(general, messages.div_ceil(WRITERS)));
    }
    tasks.join_all().await;
    let total = (messages.div_ceil(WRITERS) * WRITERS) as u64;
    println!("{total} messages in one channel, posted in {:.0} s", begun.elapsed().as_secs_f64());

    let mut reader = server.person("reader").await;
    let general = reader.general;
    reader.join(general).await;
    let mut random = 1_u64;
    for (what, newest) in [("the newest", true), ("any", false)] {
        let mut waits = Histogram::<u64>::new(3).expect("three digits are allowed");
        for _ in 0..PAGES {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let before = if newest { total } else { PAGE + (random >> 33) % (total - PAGE) };
            let asked = Instant::now();
            let page = reader.history(general, before, PAGE as u32).await;
            waits.record(micros(asked.elapsed())).expect("it fits");
            assert_eq!(page as u64, PAGE);
        }
        tell(&format!("{what} page of {PAGE} of {total} messages"), &waits);
    }
}

/// A welcome that counts what is unread in many channels.
pub(crate) async fn welcome_to(channels: usize) {
    let server = Program::start();
    let mut backend = server.backend().await;
    backend.post("", &format!("Limits.UserChannels={channels}")).await;
    backend.post("/Users", "Identity=busy").await;
    let mut tasks = JoinSet::new();
    for host in 0..HOSTS {
        let mut backend = server.backend().await;
        tasks.spawn(async move {
            for number in (host..channels).step_by(HOSTS) {
                let channel = format!("room-{number}");
                backend.post("/Channels", &format!("UniqueName={channel}")).await;
                backend.post(&format!("/Channels/{channel}/Members"), "Identity=busy").await;
                for _ in 0..UNREAD {
                    backend.post(&format!("/Channels/{channel}/Messages"), "Body=Unread").await;
                }
            }
        });
    }
    tasks.join_all().await;
    let mut waits = Histogram::<u64>::new(3).expect("three digits are allowed");
    for _ in 0..WELCOMES {
        let token = server.token("busy");
        let asked = Instant::now();
        let (_person, counts) = super::person::Person::welcomed(&server.address, token).await;
        waits.record(micros(asked.elapsed())).expect("it fits");
        assert_eq!(counts, vec![UNREAD as u64; channels]);
    }
    tell(&format!("a welcome with the unread counts of {channels} channels"), &waits);
}

/// One channel of very many members.
pub(crate) async fn members_of(members: usize) {
    let server = Program::start();
    let mut backend = server.backend().await;
    backend.post("", &format!("Limits.ChannelMembers={members}")).await;
    backend.post("/Channels", "UniqueName=town").await;
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for host in 0..HOSTS {
        let mut backend = server.backend().await;
        tasks.spawn(async move {
            for number in (host..members).step_by(HOSTS) {
                let form = format!("Identity=citizen-{number}");
                backend.post("/Channels/town/Members", &form).await;
            }
        });
    }
    tasks.join_all().await;
    println!("{members} members added in {:.0} s", begun.elapsed().as_secs_f64());

    // The first one has been idle for longer than a connection may be.
    let town = server.backend().await.get("/Channels/town").await;
    assert_eq!(town["members_count"], members);
    let town = town["sid"].as_str().expect("a SID").parse().expect("a SID");
    let mut citizen = server.person("citizen-0").await;
    let (mut pages, mut posts) = (
        Histogram::<u64>::new(3).expect("three digits are allowed"),
        Histogram::<u64>::new(3).expect("three digits are allowed"),
    );
    let mut after = None;
    let mut seen = 0;
    loop {
        let asked = Instant::now();
        let page = citizen.members(town, after).await;
        pages.record(micros(asked.elapsed())).expect("it fits");
        seen += page.members.len();
        after = page.members.last().map(|member| member.user);
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, members);
    for _ in 0..PAGES {
        let asked = Instant::now();
        citizen.say(town, "Hear, hear").await;
        posts.record(micros(asked.elapsed())).expect("it fits");
    }
    tell(&format!("a page of the members of a channel with {members}"), &pages);
    tell(&format!("a post into a channel with {members} members"), &posts);
}

fn tell(what: &str, waits: &Histogram<u64>) {
    println!(
        "{what}: p50 {:.2} ms, p99 {:.2} ms",
        milliseconds(waits.value_at_quantile(0.5)),
        milliseconds(waits.value_at_quantile(0.99)),
    );
}
