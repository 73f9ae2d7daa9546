//! A site's backend is told after something was done, and asked before.

mod asking;
mod setting;
mod telling;

use server::clock::Clock;
use server::config::Config;

use crate::support::receiver::Receiver;
use crate::support::{Backend, TestServer};

/// Every event that comes after something was done.
const AFTER: [&str; 12] = [
    "onMessageSent",
    "onMessageUpdated",
    "onMessageRemoved",
    "onMediaMessageSent",
    "onChannelAdded",
    "onChannelUpdated",
    "onChannelDestroyed",
    "onMemberAdded",
    "onMemberUpdated",
    "onMemberRemoved",
    "onUserAdded",
    "onUserUpdated",
];

fn inside(config: &mut Config) {
    config.webhooks_to_private = true;
}

/// A server that may call this machine, its backend, and who is called.
async fn scene(clock: Clock) -> (TestServer, Backend, Receiver) {
    let server = TestServer::start_with(clock, inside).await;
    let backend = server.backend().await;
    (server, backend, Receiver::start().await)
}

/// The service tells this receiver of these events.
async fn tells(backend: &Backend, receiver: &Receiver, events: &[&str]) {
    sets(backend, "PostWebhookUrl", &receiver.url(), events).await;
}

/// The service asks this receiver about these events.
async fn asks(backend: &Backend, receiver: &Receiver, events: &[&str]) {
    sets(backend, "PreWebhookUrl", &receiver.url(), events).await;
}

async fn sets(backend: &Backend, name: &str, url: &str, events: &[&str]) {
    let filters = events.iter().map(|event| ("WebhookFilters", *event));
    let form: Vec<_> = [(name, url)].into_iter().chain(filters).collect();
    backend.changes("", &form).await;
}
