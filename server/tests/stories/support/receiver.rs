//! A site's backend that webhooks call: it notes each call, and answers as the story says.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use super::soon;

/// One that listens on this machine until it is dropped.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    calls: mpsc::UnboundedReceiver<Heard>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    listening: tokio::task::JoinHandle<()>,
}

/// A call that came.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// Method and path, as in `POST /hooks`.
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
}

impl Heard {
    /// A parameter, or nothing.
    pub(crate) fn says(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Which event it is about.
    pub(crate) fn event(&self) -> &str {
        self.says("EventType").expect("each call names its event")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_str())
    }
}

/// What the next call gets; without one, 200 and nothing.
pub(crate) enum Answer {
    Status(u16, String),
    /// Whole bytes, as they are.
    Raw(Vec<u8>),
    /// Nothing until this is dropped.
    Never(oneshot::Receiver<()>),
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (heard, calls) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let listening = tokio::spawn(listen(listener, heard, Arc::clone(&answers)));
        Self { address, calls, answers, listening }
    }

    /// Where it is called.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    /// The next call that has no answer yet gets this status and this body.
    pub(crate) fn answers(&self, status: u16, body: &str) {
        self.will(Answer::Status(status, body.to_owned()));
    }

    pub(crate) fn will(&self, answer: Answer) {
        self.answers.lock().expect("no story panicked here").push_back(answer);
    }

    /// The next call gets no answer until what is given back is dropped.
    pub(crate) fn hangs(&self) -> oneshot::Sender<()> {
        let (held, hanging) = oneshot::channel();
        self.will(Answer::Never(hanging));
        held
    }

    /// The next call that came.
    pub(crate) async fn hears(&mut self) -> Heard {
        let call = soon("the receiver is called", self.calls.recv()).await;
        call.expect("it listens")
    }

    /// The next calls are about these events, in this order.
    pub(crate) async fn hears_of(&mut self, events: &[&str]) -> Vec<Heard> {
        let mut calls = Vec::new();
        for event in events {
            let call = self.hears().await;
            assert_eq!(call.event(), *event, "{call:?}");
            calls.push(call);
        }
        calls
    }

    /// Nothing came that was not heard.
    pub(crate) fn has_heard_nothing_more(&mut self) {
        assert!(self.calls.try_recv().is_err());
    }
}

async fn listen(
    listener: TcpListener,
    heard: mpsc::UnboundedSender<Heard>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, heard.clone(), Arc::clone(&answers)));
    }
}

async fn serve(
    mut stream: TcpStream,
    heard: mpsc::UnboundedSender<Heard>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        let call = loop {
            if let Some((call, length)) = read(&bytes) {
                bytes.drain(..length);
                break call;
            }
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        };
        // Whoever hears of the call may already rely on its answer being taken.
        let answer = answers.lock().expect("no story panicked here").pop_front();
        let _ = heard.send(call);
        match answer {
            None => stream.write_all(&response(200, "")).await.ok()?,
            Some(Answer::Status(status, body)) => {
                stream.write_all(&response(status, &body)).await.ok()?;
            }
            Some(Answer::Raw(bytes)) => {
                stream.write_all(&bytes).await.ok()?;
                return None;
            }
            Some(Answer::Never(hanging)) => {
                let _ = hanging.await;
                return None;
            }
        }
    }
}

/// The first call in these bytes, and how long it is.
fn read(bytes: &[u8]) -> Option<(Heard, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let line = lines.next()?.strip_suffix(" HTTP/1.1")?.to_owned();
    let pair = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    };
    let headers: Vec<_> = lines.filter_map(pair).collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.map_or(0, |(_, value)| value.parse().expect("a length"));
    let body = bytes.get(end + 4..end + 4 + length)?;
    let asked = line.split_once('?').map_or(body, |(_, query)| query.as_bytes());
    let form = serde_html_form::from_bytes(asked).expect("a form");
    Some((Heard { line, headers, form }, end + 4 + length))
}

fn response(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Told\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}
