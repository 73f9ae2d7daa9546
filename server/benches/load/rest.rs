//! The REST API under load, over connections that are kept.

use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chat::ServiceSid;
use hdrhistogram::Histogram;
use serde_json::Value;
use server::keys::Keys;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::program::Program;
use super::{micros, milliseconds};

/// A backend's connection.
pub(crate) struct Backend {
    stream: BufReader<TcpStream>,
    authorization: String,
    service: ServiceSid,
}

impl Backend {
    /// Connects with the account's credentials.
    pub(crate) async fn connect(address: &str, keys: &Keys, service: ServiceSid) -> Self {
        let auth_token = keys.auth_token.as_ref().expect("made at first start").reveal();
        let authorization = STANDARD.encode(format!("{}:{auth_token}", keys.account_sid));
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        Self { stream: BufReader::new(stream), authorization, service }
    }

    /// What is at a place in the service.
    pub(crate) async fn get(&mut self, rest: &str) -> Value {
        self.ask("GET", rest, "").await
    }

    /// Sends a form to a place in the service.
    pub(crate) async fn post(&mut self, rest: &str, form: &str) -> Value {
        self.ask("POST", rest, form).await
    }

    async fn ask(&mut self, method: &str, rest: &str, form: &str) -> Value {
        let request = format!(
            "{method} /v2/Services/{}{rest} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {}\
             \r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.service,
            self.authorization,
            form.len(),
        );
        self.stream.get_mut().write_all(request.as_bytes()).await.expect("the server reads");
        let mut line = String::new();
        self.stream.read_line(&mut line).await.expect("an answer");
        assert!(line.starts_with("HTTP/1.1 20"), "{method} {rest}: {line}");
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            self.stream.read_line(&mut line).await.expect("a header");
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().expect("a number");
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.expect("the whole body");
        serde_json::from_slice(&body).expect("JSON")
    }
}

const CONNECTIONS: usize = 64;
const ASKED_EACH: usize = 400;

/// How many reads and writes a second.
pub(crate) async fn read_and_write() {
    let server = Program::start();
    let form = format!("From=backend&Body={}", "x".repeat(200));
    ask_many(&server, "messages made over REST", "/Channels/general/Messages", Some(form)).await;
    let page = "/Channels/general/Messages?PageSize=20&Order=desc";
    ask_many(&server, "pages of 20 messages over REST", page, None).await;
    ask_many(&server, "channels fetched over REST", "/Channels/general", None).await;
}

async fn ask_many(server: &Program, what: &str, rest: &'static str, form: Option<String>) {
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (mut backend, form) = (server.backend().await, form.clone());
        tasks.spawn(async move {
            let mut waits = Histogram::<u64>::new(3).expect("three digits are allowed");
            for _ in 0..ASKED_EACH {
                let asked = Instant::now();
                match &form {
                    Some(form) => backend.post(rest, form).await,
                    None => backend.get(rest).await,
                };
                waits.record(micros(asked.elapsed())).expect("it fits");
            }
            waits
        });
    }
    let mut waits = Histogram::<u64>::new(3).expect("three digits are allowed");
    while let Some(one) = tasks.join_next().await {
        waits.add(one.expect("none panics")).expect("one shape");
    }
    println!(
        "{what}, {CONNECTIONS} connections: {:.0}/s, p50 {:.1} ms, p99 {:.1} ms",
        (CONNECTIONS * ASKED_EACH) as f64 / begun.elapsed().as_secs_f64(),
        milliseconds(waits.value_at_quantile(0.5)),
        milliseconds(waits.value_at_quantile(0.99)),
    );
}
