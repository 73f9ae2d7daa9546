//! Load on a real server, this machine's own: durable posts, deliveries, memory. Prints what it
//! measured and the limits that it raised. `cargo bench --bench load`, or with a number of listeners
//! and of idle connections behind `--`.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chat::protocol::{
    Accepted, Answer, ClientFrame, Command, Hello, NewChannel, Request, Row, SUBPROTOCOL,
    ServerFrame,
};
use chat::{ChannelSid, Draft, Identity, Nonce, ServiceSid};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use hdrhistogram::Histogram;
use server::clock::Clock;
use server::keys::Keys;
use server::tokens::Tokens;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

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
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let listeners = numbers.next().unwrap_or(1_000);
    let idle = numbers.next().unwrap_or(5_000);

    println!("Raised for this run: {RAISED:?}");
    for channels in [1, 100] {
        post_into(channels).await;
    }
    deliver_to(listeners).await;
    stand_idle(idle).await;
}

/// How many posts a second are accepted, durable, from many sockets at once.
async fn post_into(channels: usize) {
    let server = Server::start();
    let mut founder = server.person("founder").await;
    let mut rooms = Vec::new();
    for number in 0..channels {
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

/// How long a message takes to all of a channel's listeners: one in flight, then in bursts.
async fn deliver_to(listeners: usize) {
    let server = Server::start();
    let mut author = server.person("author").await;
    let room = author.create("Hall").await;

    let clock = Instant::now();
    let heard = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for number in 0..listeners {
        let mut person = server.person(&format!("listener-{number}")).await;
        person.join(room).await;
        tasks.spawn(person.listen(room, clock, heard.clone()));
    }
    author.settle().await;

    let cpu = server.cpu_seconds();
    let begun = Instant::now();
    let mut lasts = Histogram::<u64>::new(3).expect("three digits are allowed");
    for round in 0..ROUNDS_ALONE {
        let posted = Instant::now();
        author.post_at(room, clock).await;
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
            author.post_at(room, clock).await;
        }
        let rounds = ROUNDS_ALONE + (burst + 1) * BURST;
        reached(&heard, (rounds * listeners) as u64).await;
    }
    println!(
        "{listeners} listeners, bursts of {BURST}: {:.0} deliveries/s",
        (BURSTS * BURST * listeners) as f64 / begun.elapsed().as_secs_f64(),
    );

    author.post(room, "end").await;
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
    let server = Server::start();
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

/// The real binary, with a database of its own that goes with it.
struct Server {
    child: Child,
    address: String,
    tokens: Tokens,
    _data: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let yoriai = || {
            let mut process = Process::new(env!("CARGO_BIN_EXE_yoriai"));
            process.arg("--data").arg(data.path()).envs(RAISED).env("RUST_LOG", "warn");
            process
        };
        let made = yoriai().args(["token", "--identity", "first"]).output();
        let token = String::from_utf8(made.expect("a token is made").stdout).expect("text");
        let keys = Keys::open(data.path(), &Clock::System).expect("keys were made");
        let tokens = Tokens::new(keys, service_in(&token), 3_600);

        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("it is bound").to_string();
        drop(free);
        let mut child = yoriai()
            .args(["serve", "--listen", &address])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        lines.next().expect("the server says that it is ready").expect("text");
        Self { child, address, tokens, _data: data }
    }

    fn token(&self, identity: &str) -> String {
        let identity = Identity::parse(identity).expect("a name");
        self.tokens.sign_for(&identity, 3_600, Clock::System.now()).expect("there is a key")
    }

    async fn person(&self, identity: &str) -> Person {
        let stream = TcpStream::connect(&self.address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        let mut request =
            format!("ws://{}/ws", self.address).into_client_request().expect("an address");
        request
            .headers_mut()
            .insert("sec-websocket-protocol", SUBPROTOCOL.parse().expect("a header"));
        let config = WebSocketConfig::default().read_buffer_size(4_096).write_buffer_size(0);
        let (socket, _) = client_async_with_config(request, stream, Some(config))
            .await
            .expect("the server upgrades");
        let (sink, stream) = socket.split();
        let mut person = Person { sink, stream, reference: 0, nonces: nonces() };
        person.send(ClientFrame::Hello(Hello { token: self.token(identity) })).await;
        match person.frame().await {
            ServerFrame::Welcome(_) => person,
            other => panic!("instead of a welcome: {other:?}"),
        }
    }

    fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .expect("Linux tells of its processes");
        let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("it has memory");
        let kilobytes: u64 =
            line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).expect("a number");
        kilobytes * 1_024
    }

    fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))
            .expect("Linux tells of its processes");
        let fields: Vec<&str> =
            stat.rsplit(')').next().expect("a name").split_whitespace().collect();
        let ticks: f64 = fields[11..13].iter().filter_map(|text| text.parse::<f64>().ok()).sum();
        ticks / 100.0
    }
}

/// The service that a token is for, as its claims say.
fn service_in(token: &str) -> ServiceSid {
    let claims = token.split('.').nth(1).expect("a JWT");
    let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64");
    let claims: serde_json::Value = serde_json::from_slice(&claims).expect("JSON");
    let sid = claims["grants"]["chat"]["service_sid"].as_str().expect("a service");
    sid.parse().expect("a SID")
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Person {
    sink: SplitSink<WebSocketStream<TcpStream>, Message>,
    stream: SplitStream<WebSocketStream<TcpStream>>,
    reference: u32,
    nonces: Box<dyn FnMut() -> Nonce + Send>,
}

impl Person {
    async fn send(&mut self, frame: ClientFrame) {
        let text = serde_json::to_string(&frame).expect("plain data");
        self.sink.send(Message::text(text)).await.expect("the server reads");
    }

    async fn text(&mut self) -> Utf8Bytes {
        loop {
            match self.stream.next().await.expect("the server stays").expect("a whole frame") {
                Message::Text(text) => return text,
                Message::Close(close) => panic!("the server closed: {close:?}"),
                _ => {}
            }
        }
    }

    async fn frame(&mut self) -> ServerFrame {
        let text = self.text().await;
        serde_json::from_str(&text).expect("a frame of the protocol")
    }

    async fn request(&mut self, command: Command) -> u32 {
        self.reference += 1;
        let reference = self.reference;
        self.send(ClientFrame::Request(Request { reference, command })).await;
        reference
    }

    async fn ask(&mut self, command: Command) -> Accepted {
        let reference = self.request(command).await;
        loop {
            if let ServerFrame::Reply(reply) = self.frame().await
                && reply.reference == reference
            {
                match reply.answer {
                    Answer::Ok(accepted) => return accepted,
                    Answer::Refused(refusal) if refusal.temporary => {
                        panic!("too fast for the server's rates: {refusal:?}")
                    }
                    Answer::Refused(refusal) => panic!("refused: {refusal:?}"),
                }
            }
        }
    }

    async fn create(&mut self, name: &str) -> ChannelSid {
        let wish = NewChannel {
            nonce: (self.nonces)(),
            friendly_name: name.to_owned(),
            unique_name: None,
            attributes: String::new(),
        };
        match self.ask(Command::CreateChannel(wish)).await {
            Accepted::Created(created) => created.channel,
            other => panic!("instead of a channel: {other:?}"),
        }
    }

    async fn join(&mut self, channel: ChannelSid) {
        let nonce = (self.nonces)();
        self.ask(Command::JoinChannel { channel, nonce }).await;
    }

    fn draft(&mut self, channel: ChannelSid, body: String) -> Command {
        let nonce = (self.nonces)();
        Command::PostMessage(Draft { channel, nonce, body, attributes: String::new() })
    }

    async fn post(&mut self, channel: ChannelSid, body: &str) {
        let draft = self.draft(channel, body.to_owned());
        self.request(draft).await;
    }

    /// Posts the present moment and some words, and waits for nothing.
    async fn post_at(&mut self, channel: ChannelSid, clock: Instant) {
        let body = format!("{:012} {}", micros(clock.elapsed()), "x".repeat(187));
        self.post(channel, &body).await;
    }

    /// Reads until the server has said all that it had to say.
    async fn settle(&mut self) {
        self.send(ClientFrame::Probe {}).await;
        while self.frame().await != (ServerFrame::Heartbeat {}) {}
    }

    /// Posts with a window of unanswered ones; gives how long each answer took.
    async fn post_many(mut self, channel: ChannelSid, count: usize) -> Histogram<u64> {
        let mut waits = Histogram::new(3).expect("three digits are allowed");
        let mut sent = HashMap::new();
        let mut posted = 0;
        while posted < count || !sent.is_empty() {
            while posted < count && sent.len() < IN_FLIGHT {
                let draft = self.draft(channel, "x".repeat(200));
                let reference = self.request(draft).await;
                sent.insert(reference, Instant::now());
                posted += 1;
            }
            let text = self.text().await;
            if !text.starts_with("{\"reply\"") {
                continue;
            }
            let ServerFrame::Reply(reply) = serde_json::from_str(&text).expect("a reply") else {
                continue;
            };
            assert!(matches!(reply.answer, Answer::Ok(Accepted::Posted(_))), "{reply:?}");
            let since = sent.remove(&reply.reference).expect("each is answered once");
            waits.record(micros(since.elapsed())).expect("it fits");
        }
        waits
    }

    /// Hears messages until one says "end"; gives how long each took, and checks their order.
    async fn listen(
        mut self,
        channel: ChannelSid,
        clock: Instant,
        heard: Arc<AtomicU64>,
    ) -> Histogram<u64> {
        let mut waits = Histogram::new(3).expect("three digits are allowed");
        let mut next = None;
        loop {
            let ServerFrame::Change(change) = self.frame().await else { continue };
            if change.scope != chat::protocol::Scope::Channel(channel) {
                continue;
            }
            for row in change.rows {
                let Row::Message(message) = row else { continue };
                assert!(next.is_none_or(|next| next == message.index.0), "lost or doubled");
                next = Some(message.index.0 + 1);
                let Ok(posted) =
                    message.body.as_str()[..12.min(message.body.as_str().len())].parse::<u64>()
                else {
                    return waits;
                };
                waits.record(micros(clock.elapsed()).saturating_sub(posted)).expect("it fits");
                heard.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

async fn reached(heard: &AtomicU64, wanted: u64) {
    while heard.load(Ordering::Relaxed) < wanted {
        tokio::time::sleep(Duration::from_micros(50)).await;
    }
}

/// Marks that no other run or person makes: a random start, then one after the other.
fn nonces() -> Box<dyn FnMut() -> Nonce + Send> {
    let mut seed = [0; 16];
    getrandom::fill(&mut seed).expect("the system has randomness");
    let mut number = u128::from_le_bytes(seed);
    Box::new(move || {
        number = number.wrapping_add(1);
        Nonce(uuid::Uuid::from_u128(number))
    })
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn milliseconds(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}
