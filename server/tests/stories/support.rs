//! A real server, real sockets and people: what every story needs.

pub(crate) mod backend;
pub(crate) mod http;
pub(crate) mod pass;
pub(crate) mod person;
pub(crate) mod raw;
pub(crate) mod receiver;
pub(crate) mod schemas;
pub(crate) mod sdk;
pub(crate) mod server;
pub(crate) mod wire;

use std::time::Duration;

pub(crate) use backend::Backend;
pub(crate) use person::Person;
pub(crate) use raw::{Came, Raw};
pub(crate) use server::TestServer;

/// Waits for what must happen soon. Only a story that has gone wrong waits to the end.
pub(crate) async fn soon<T>(what: &str, happening: impl Future<Output = T>) -> T {
    match tokio::time::timeout(Duration::from_secs(30), happening).await {
        Ok(happened) => happened,
        Err(_) => panic!("it did not happen that {what}"),
    }
}

/// A fresh mark for a command that a story writes itself.
pub(crate) fn nonce() -> chat::Nonce {
    chat::Nonce(server::fresh_id())
}
