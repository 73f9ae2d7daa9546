//! Load on a real server, this machine's own. Prints what it measured and the limits that it raised.
//! `cargo bench --bench load` measures everything; behind `--` may stand what alone to measure, each
//! with a number of its own: `posts`, `deliveries=1000`, `idle=5000`, `tunnel=5000`, `rest`,
//! `history=1000000`, `welcome=1000`, `members=100000`, `import=1000000`.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]

mod depth;
mod moving;
mod person;
mod program;
mod rest;
mod tunnel;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use program::Program;

/// The limits that would otherwise be measured instead of the server.
const RAISED: [(&str, &str); 5] = [
    ("YORIAI_CONNECTIONS", "1000000"),
    ("YORIAI_RATE_MESSAGES", "1000000/s, burst 1000000"),
    ("YORIAI_RATE_FRAMES", "1000000/s, burst 1000000"),
    ("YORIAI_RATE_CHANNEL", "1000000/s, burst 1000000"),
    ("YORIAI_RATE_CHANNELS", "1000000/s, burst 1000000"),
];

const WRITERS: usize = 256;
/// Few, for all of them are in one channel: what is on its way is on its way to everyone.
const IN_FLIGHT: usize = 4;
const POSTS_EACH: usize = 400;
const ROUNDS_ALONE: usize = 200;
const BURST: usize = 20;
const BURSTS: usize = 50;

#[tokio::main]
async fn main() {
    let wished: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    println!("Raised for this run: {RAISED:?}");
    for (what, usual) in FIGURES {
        let mut named = wished.iter().filter_map(|wish| wish.strip_prefix(what));
        let number = match named.find(|rest| rest.is_empty() || rest.starts_with('=')) {
            Some(rest) => rest.trim_start_matches('=').parse().unwrap_or(usual),
            None if wished.is_empty() => usual,
            None => continue,
        };
        measure(what, number).await;
    }
}

/// What can be measured, and with how many.
const FIGURES: [(&str, usize); 9] = [
    ("posts", 100),
    ("deliveries", 1_000),
    ("idle", 5_000),
    ("tunnel", 5_000),
    ("rest", 0),
    ("history", 1_000_000),
    ("welcome", 1_000),
    ("members", 100_000),
    ("import", 1_000_000),
];

async fn measure(what: &str, number: usize) {
    match what {
        "posts" => {
            for channels in [1, number] {
                post_into(channels).await;
            }
        }
        "deliveries" => deliver_to(number).await,
        "idle" => stand_idle(number).await,
        "tunnel" => tunnel::stand_idle(number).await,
        "rest" => rest::read_and_write().await,
        "history" => depth::history_of(number).await,
        "welcome" => depth::welcome_to(number).await,
        "members" => depth::members_of(number).await,
        "import" => moving::import(number),
        _ => unreachable!("each figure is measured"),
    }
}

/// How many posts a second are accepted, durable, from many sockets at once.
async fn post_into(channels: usize) {
    let server = Program::start();
    let mut founder = server.person("founder").await;
    // General alone holds any number.
    let mut rooms = vec![founder.general];
    for number in 1..channels {
        rooms.push(founder.create(&format!("Room {number}")).await);
    }
    let mut people = Vec::new();
    for number in 0..WRITERS {
        let mut person = server.person(&format!("writer-{number}")).await;
        let room = rooms[number % rooms.len()];
        person.join(room).await;
        people.push((person, room));
    }

    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for (person, room) in people {
        tasks.spawn(person.post_many(room, POSTS_EACH));
    }
    let mut waits = Histogram::<u64>::new(3).expect("three digits are allowed");
    while let Some(one) = tasks.join_next().await {
        waits.add(one.expect("no writer panics")).expect("one shape");
    }
    let posts = (WRITERS * POSTS_EACH) as f64;
    println!(
        "{posts:.0} durable posts into {channels} channel(s) from {WRITERS} sockets, {IN_FLIGHT} in \
         flight each: {:.0}/s, acknowledged p50 {:.1} ms, p99 {:.1} ms",
        posts / begun.elapsed().as_secs_f64(),
        milliseconds(waits.value_at_quantile(0.5)),
        milliseconds(waits.value_at_quantile(0.99)),
    );
}

/// How long a message takes to everyone in General, which holds any number: one in flight, then in
/// bursts.
async fn deliver_to(listeners: usize) {
    let server = Program::start();
    let mut author = server.person("author").await;
    let general = author.general;
    author.join(general).await;

    let clock = Instant::now();
    let heard = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for number in 0..listeners {
        let mut person = server.person(&format!("listener-{number}")).await;
        person.join(general).await;
        tasks.spawn(person.listen(general, clock, heard.clone()));
    }
    author.settle().await;

    let cpu = server.cpu_seconds();
    let begun = Instant::now();
    let mut lasts = Histogram::<u64>::new(3).expect("three digits are allowed");
    for round in 0..ROUNDS_ALONE {
        let posted = Instant::now();
        author.post_at(general, clock).await;
        reached(&heard, ((round + 1) * listeners) as u64).await;
        lasts.record(micros(posted.elapsed())).expect("it fits");
    }
    let alone = (ROUNDS_ALONE * listeners) as f64;
    println!(
        "{listeners} listeners, one message in flight: {:.0} deliveries/s, {:.2} us of server CPU \
         each; to the last listener p50 {:.1} ms, p99 {:.1} ms",
        alone / begun.elapsed().as_secs_f64(),
        (server.cpu_seconds() - cpu) * 1e6 / alone,
        milliseconds(lasts.value_at_quantile(0.5)),
        milliseconds(lasts.value_at_quantile(0.99)),
    );

    let begun = Instant::now();
    for burst in 0..BURSTS {
        for _ in 0..BURST {
            author.post_at(general, clock).await;
        }
        let rounds = ROUNDS_ALONE + (burst + 1) * BURST;
        reached(&heard, (rounds * listeners) as u64).await;
    }
    println!(
        "{listeners} listeners, bursts of {BURST}: {:.0} deliveries/s",
        (BURSTS * BURST * listeners) as f64 / begun.elapsed().as_secs_f64(),
    );

    author.post(general, "end").await;
    let mut waits = Histogram::<u64>::new(3).expect("three digits are allowed");
    while let Some(one) = tasks.join_next().await {
        waits.add(one.expect("no listener panics")).expect("one shape");
    }
    println!(
        "from post to receipt, every delivery: p50 {:.1} ms, p99 {:.1} ms",
        milliseconds(waits.value_at_quantile(0.5)),
        milliseconds(waits.value_at_quantile(0.99)),
    );
}

/// What a connection costs that says nothing.
async fn stand_idle(connections: usize) {
    let server = Program::start();
    let before = server.resident_bytes();
    let mut people = Vec::new();
    for number in 0..connections {
        people.push(server.person(&format!("idle-{number}")).await);
    }
    let after = server.resident_bytes();
    println!(
        "{connections} idle connections: {:.1} MB before, {:.1} MB after, {:.1} kB each",
        before as f64 / 1e6,
        after as f64 / 1e6,
        (after.saturating_sub(before)) as f64 / 1e3 / connections as f64,
    );
}

async fn reached(heard: &AtomicU64, wanted: u64) {
    while heard.load(Ordering::Relaxed) < wanted {
        tokio::time::sleep(Duration::from_micros(50)).await;
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn milliseconds(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}
