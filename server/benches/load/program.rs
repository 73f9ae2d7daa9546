//! The real binary, as somebody who runs it has it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command as Process, Stdio};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chat::{Identity, ServiceSid};
use server::clock::Clock;
use server::keys::Keys;
use server::tokens::Tokens;

use super::RAISED;
use super::person::Person;
use super::rest::Backend;

/// One server, with a database of its own that goes with it.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: String,
    service: ServiceSid,
    tokens: Tokens,
    data: tempfile::TempDir,
}

impl Program {
    pub(crate) fn start() -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let yoriai = || {
            let mut process = Process::new(env!("CARGO_BIN_EXE_yoriai"));
            process.arg("--data").arg(data.path()).envs(RAISED).env("RUST_LOG", "warn");
            process
        };
        let made = yoriai().args(["token", "--identity", "first"]).output();
        let token = String::from_utf8(made.expect("a token is made").stdout).expect("text");
        let keys = Keys::open(data.path(), &Clock::System).expect("keys were made");
        let service = service_in(&token);
        let tokens = Tokens::new(keys, service, 3_600);

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
        Self { child, address, service, tokens, data }
    }

    pub(crate) fn token(&self, identity: &str) -> String {
        let identity = Identity::parse(identity).expect("a name");
        self.tokens
            .sign_for(self.service, &identity, 3_600, Clock::System.now())
            .expect("there is a key")
    }

    /// Somebody who is connected, and has nothing to say yet.
    pub(crate) async fn person(&self, identity: &str) -> Person {
        Person::arrive(&self.address, self.token(identity)).await
    }

    /// The site's backend, on a connection of its own.
    pub(crate) async fn backend(&self) -> Backend {
        let keys = Keys::read(self.data.path()).expect("keys were made");
        Backend::connect(&self.address, &keys, self.service).await
    }

    pub(crate) fn resident_bytes(&self) -> u64 {
        resident_bytes_of(self.child.id())
    }

    pub(crate) fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))
            .expect("Linux tells of its processes");
        let fields: Vec<&str> =
            stat.rsplit(')').next().expect("a name").split_whitespace().collect();
        let ticks: f64 = fields[11..13].iter().filter_map(|text| text.parse::<f64>().ok()).sum();
        ticks / 100.0
    }
}

/// What a process holds in memory; nothing once it has ended.
pub(crate) fn resident_bytes_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))
        .expect("Linux tells of its processes");
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1_024
}

/// The service that a token is for, as its claims say.
fn service_in(token: &str) -> ServiceSid {
    let claims = token.split('.').nth(1).expect("a JWT");
    let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64");
    let claims: serde_json::Value = serde_json::from_slice(&claims).expect("JSON");
    let sid = claims["grants"]["chat"]["service_sid"].as_str().expect("a service");
    sid.parse().expect("a SID")
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
