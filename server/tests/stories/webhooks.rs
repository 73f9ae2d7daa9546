//! A site's backend is told after something was done, and asked before.

mod asking;
mod setting;
mod telling;

use server::clock::Clock;
use server::config::Config;

use crate::support::receiver::Receiver;
use crate::support::{Backend, TestServer, soon};

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

/// The latest deliveries, as the log has them, once all have ended.
async fn log(server: &TestServer) -> Vec<(String, u8, Option<u16>, Option<String>)> {
    let latest = || server.looks_up(|tx| tx.latest_deliveries(100));
    let ended = async {
        loop {
            let latest = latest().await;
            if latest.iter().all(|delivery| delivery.ended_at.is_some()) {
                return latest;
            }
            tokio::task::yield_now().await;
        }
    };
    let latest = soon("everything was told", ended).await;
    assert!(latest.iter().all(|delivery| delivery.form.is_empty()), "the log keeps no words");
    let shown = latest.into_iter().rev().map(|delivery| {
        let event = delivery.event.name().to_owned();
        (event, delivery.tried, delivery.status, delivery.failure)
    });
    shown.collect()
}
