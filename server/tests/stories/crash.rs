//! The real program, killed while people write: what was accepted is there, once and in order.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;

use chat::protocol::{Accepted, Answer, Command, Posted};
use chat::{ChannelSid, Draft, Message, MessageIndex, Nonce};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio::sync::{Semaphore, watch};

use crate::support::{Came, Raw, nonce, soon};

const CYCLES: usize = 30;
const WRITERS: usize = 4;
/// Acknowledgements after which the server is killed, in each cycle.
const ACKS: u32 = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_accepted_is_lost_doubled_or_reordered_when_the_server_is_killed() {
    let mut program = Program::start().await;
    let (general, tokens) = program.prepare().await;
    let acks = Arc::new(Semaphore::new(0));
    let (stop, stopped) = watch::channel(false);
    let writers = tokens.iter().map(|token| {
        let writer = Writer {
            server: program.address,
            token: token.clone(),
            general,
            acks: Arc::clone(&acks),
            journal: Journal::default(),
        };
        tokio::spawn(writer.write_until(stopped.clone()))
    });
    let writers: Vec<_> = writers.collect();

    for _ in 0..CYCLES {
        let enough = soon("people are answered", acks.acquire_many(ACKS)).await;
        enough.expect("it stays open").forget();
        program.kill_and_start_again().await;
    }
    stop.send_replace(true);
    let mut journals = Vec::new();
    for writer in writers {
        journals.push(soon("a writer ends", writer).await.expect("no writer fails"));
    }

    let history = program.whole_history(general, &tokens[0]).await;
    for (place, message) in history.iter().enumerate() {
        assert_eq!(message.index, MessageIndex(place as u64), "no hole");
    }
    let sent: usize = journals.iter().map(|journal| journal.sent.len()).sum();
    assert_eq!(history.len(), sent, "everything sent is there, and nothing else");
    for journal in &journals {
        journal.check(&history);
    }
}

/// What one writer wrote down: before each send, and after each acknowledgement.
#[derive(Default)]
struct Journal {
    sent: Vec<Nonce>,
    accepted: HashMap<Nonce, Posted>,
}

impl Journal {
    fn check(&self, history: &[Message]) {
        let mine: Vec<&Message> =
            history.iter().filter(|message| self.sent.contains(&message.nonce)).collect();
        let nonces: Vec<Nonce> = mine.iter().map(|message| message.nonce).collect();
        assert_eq!(nonces, self.sent, "each once, in the order of sending");
        for message in mine {
            let posted = self.accepted.get(&message.nonce).expect("all were answered in the end");
            assert_eq!((posted.sid, posted.index), (message.sid, message.index));
        }
    }
}

struct Writer {
    server: SocketAddr,
    token: String,
    general: ChannelSid,
    acks: Arc<Semaphore>,
    journal: Journal,
}

impl Writer {
    /// Writes, four at a time, and asks again for what was not answered when the server died.
    async fn write_until(mut self, stopped: watch::Receiver<bool>) -> Journal {
        let mut unanswered: Vec<Nonce> = Vec::new();
        loop {
            let Some(mut socket) = self.connect().await else { continue };
            loop {
                let is_over = *stopped.borrow();
                while !is_over && unanswered.len() < 4 {
                    let next = nonce();
                    self.journal.sent.push(next);
                    unanswered.push(next);
                }
                if unanswered.is_empty() {
                    return self.journal;
                }
                if !self.post(&mut socket, &mut unanswered).await {
                    break;
                }
            }
        }
    }

    async fn connect(&self) -> Option<Raw> {
        let Ok(mut socket) = Raw::try_open(self.server, &[]).await else {
            tokio::task::yield_now().await;
            return None;
        };
        socket.hello(&self.token).await;
        matches!(socket.next().await, Came::Frame(_)).then_some(socket)
    }

    /// Whether the connection still stands.
    async fn post(&mut self, socket: &mut Raw, unanswered: &mut Vec<Nonce>) -> bool {
        let mut asked = HashMap::new();
        for &nonce in unanswered.iter() {
            let body = format!("{nonce:?}");
            let draft = Draft {
                channel: self.general,
                nonce,
                body,
                attributes: String::new(),
                media: None,
            };
            asked.insert(socket.request(Command::PostMessage(draft)).await, nonce);
        }
        while !asked.is_empty() {
            match socket.next().await {
                Came::Frame(chat::protocol::ServerFrame::Reply(reply)) => {
                    let Some(nonce) = asked.remove(&reply.reference) else { continue };
                    let Answer::Ok(Accepted::Posted(posted)) = reply.answer else {
                        panic!("refused: {:?}", reply.answer);
                    };
                    let before = self.journal.accepted.insert(nonce, posted);
                    assert!(before.is_none_or(|before| before == posted));
                    unanswered.retain(|other| *other != nonce);
                    self.acks.add_permits(1);
                }
                Came::Frame(_) => {}
                Came::Closed(_) => return false,
            }
        }
        true
    }
}

/// The real binary, and its data.
struct Program {
    address: SocketAddr,
    data: TempDir,
    child: Child,
}

impl Program {
    async fn start() -> Self {
        let data = TempDir::new().expect("a folder for the story");
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("it is bound");
        drop(free);
        let child = Self::spawn(address, &data).await;
        Self { address, data, child }
    }

    async fn spawn(address: SocketAddr, data: &TempDir) -> Child {
        let mut command = Self::command(data);
        command.args(["serve", "--listen", &address.to_string()]);
        for rate in ["messages", "frames", "channel", "channels", "guests"] {
            command.args([format!("--rate-{rate}"), "1000000/s, burst 1000000".to_owned()]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let output = child.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(output).lines();
        let said = soon("the program is ready", lines.next_line()).await;
        let said = said.expect("it speaks").expect("it says that it is ready");
        assert!(said.contains("ready"), "{said}");
        child
    }

    fn command(data: &TempDir) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_yoriai"));
        command.current_dir(data.path()).arg("--data").arg(data.path());
        command.env("RUST_LOG", "error").kill_on_drop(true);
        command
    }

    /// Everybody's token, and all of them in General.
    async fn prepare(&self) -> (ChannelSid, Vec<String>) {
        let mut tokens = Vec::new();
        let mut general = None;
        for number in 0..WRITERS {
            let name = format!("writer {number}");
            let output = Self::command(&self.data).args(["token", "--identity", &name]).output();
            let output = soon("a token is made", output).await.expect("the program runs");
            let token = String::from_utf8(output.stdout).expect("text").trim().to_owned();
            let (mut socket, welcome) = Raw::welcomed(self.address, &token).await;
            let channel = welcome.general;
            socket.accepted(Command::JoinChannel { channel, nonce: nonce() }).await;
            general = Some(channel);
            tokens.push(token);
        }
        (general.expect("somebody writes"), tokens)
    }

    /// As `kill -9` does it.
    async fn kill_and_start_again(&mut self) {
        soon("the program dies", self.child.kill()).await.expect("it can be killed");
        self.child = Self::spawn(self.address, &self.data).await;
    }

    async fn whole_history(&self, channel: ChannelSid, token: &str) -> Vec<Message> {
        let (mut socket, _) = Raw::welcomed(self.address, token).await;
        let mut before = MessageIndex(u64::MAX >> 1);
        let mut history: Vec<Message> = Vec::new();
        loop {
            let page = socket.accepted(Command::History { channel, before, limit: 100 }).await;
            let Accepted::History(page) = page else { panic!("a page was expected") };
            let earlier = page.earlier;
            history.splice(0..0, page.messages);
            if !earlier {
                return history;
            }
            before = history.first().expect("a page that has earlier ones is not empty").index;
        }
    }
}
