//! How a backend sets webhooks over the REST API, and what it may not set.

use serde_json::{Value, json};
use server::clock::Clock;

use super::inside;
use crate::rest::is_no;
use crate::support::{Backend, TestServer};

const URL: &str = "https://hooks.example/chat?key=1";

async fn trigger(backend: &Backend, word: &str) -> Value {
    let form = [("Type", "trigger"), ("Configuration.Url", URL), ("Configuration.Triggers", word)];
    backend.makes("/Channels/general/Webhooks", &form).await
}

#[tokio::test]
async fn a_services_webhooks_are_set_and_taken_back() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let fresh = backend.finds("").await;
    assert_eq!(fresh["pre_webhook_url"], Value::Null);
    assert_eq!((&fresh["webhook_method"], &fresh["webhook_filters"]), (&json!("POST"), &json!([])));
    let form = [
        ("PreWebhookUrl", URL),
        ("PostWebhookUrl", "http://other.example"),
        ("WebhookMethod", "get"),
        ("WebhookFilters", "onMessageSend"),
        ("WebhookFilters", "onUserAdded"),
        ("PreWebhookRetryCount", "1"),
        ("PostWebhookRetryCount", "3"),
    ];
    let set = backend.changes("", &form).await;
    assert_eq!((&set["pre_webhook_url"], &set["webhook_method"]), (&json!(URL), &json!("GET")));
    assert_eq!(set["webhook_filters"], json!(["onMessageSend", "onUserAdded"]));
    assert_eq!(set["pre_webhook_retry_count"], 1);
    assert_eq!(set["post_webhook_retry_count"], 3);

    let renamed = backend.changes("", &[("FriendlyName", "Village")]).await;
    assert_eq!(renamed["webhook_filters"], set["webhook_filters"], "what is left out stays");
    let other = backend.changes("", &[("PreWebhookUrl", ""), ("WebhookFilters", "")]).await;
    assert_eq!((&other["pre_webhook_url"], &other["webhook_filters"]), (&Value::Null, &json!([])));
    assert_eq!(other["post_webhook_url"], "http://other.example");
}

#[tokio::test]
async fn what_cannot_be_a_services_webhook_is_refused_by_its_code() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let own = format!("http://{}/v2/Services", server.address);
    let long = format!("https://hooks.example/{}", "x".repeat(512));
    for (name, value, code) in [
        ("PreWebhookUrl", "hooks.example", 50077),
        ("PreWebhookUrl", "ftp://hooks.example", 50077),
        ("PreWebhookUrl", "http://10.0.0.1/", 50077),
        ("PreWebhookUrl", &long, 50077),
        ("PostWebhookUrl", "http://a:b@hooks.example", 50078),
        ("PostWebhookUrl", "http://169.254.169.254/latest", 50078),
        ("PostWebhookUrl", "http://localhost/", 50078),
        ("PostWebhookUrl", &own, 50078),
        ("WebhookMethod", "PUT", 50055),
        ("WebhookFilters", "onEverything", 50054),
        ("PreWebhookRetryCount", "4", 50065),
        ("PostWebhookRetryCount", "-1", 50065),
        ("PostWebhookRetryCount", "often", 50065),
    ] {
        let form = [("FriendlyName", "Another"), (name, value)];
        is_no(&backend.posts("", &form).await, 400, code);
    }
    let still = backend.finds("").await;
    assert_eq!(
        (&still["post_webhook_url"], &still["friendly_name"]),
        (&Value::Null, &json!("Yoriai"))
    );

    // Beside the server, everything but the server itself is allowed where the operator says so.
    let server = TestServer::start_with(Clock::System, inside).await;
    let backend = server.backend().await;
    backend.changes("", &[("PostWebhookUrl", "http://127.0.0.1:9/")]).await;
    let own = format!("http://{}/v2/Services", server.address);
    is_no(&backend.posts("", &[("PostWebhookUrl", &own)]).await, 400, 50078);
}

#[tokio::test]
async fn a_channels_webhook_is_made_listed_changed_and_deleted() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let list = "/Channels/general/Webhooks";
    let form = [
        ("Type", "webhook"),
        ("Configuration.Url", URL),
        ("Configuration.Filters", "onMessageSent"),
        ("Configuration.Filters", "onMemberRemoved"),
        ("Configuration.RetryCount", "2"),
    ];
    let made = backend.makes(list, &form).await;
    assert_eq!((&made["type"], &made["configuration"]["url"]), (&json!("webhook"), &json!(URL)));
    assert_eq!(made["configuration"]["filters"], json!(["onMessageSent", "onMemberRemoved"]));
    assert_eq!(made["configuration"]["method"], "POST");
    assert_eq!(made["configuration"]["retry_count"], 2);
    let sid = made["sid"].as_str().expect("a SID");
    let path = format!("{list}/{sid}");
    assert_eq!(backend.finds(&path).await, made);
    assert_eq!(made["url"].as_str().map(|url| url.ends_with(sid)), Some(true));

    let changed = backend.changes(&path, &[("Configuration.Method", "GET")]).await;
    assert_eq!(changed["configuration"]["method"], "GET");
    assert_eq!(changed["configuration"]["filters"], made["configuration"]["filters"]);
    for word in ["a", "b", "c", "d"] {
        trigger(&backend, word).await;
    }
    let page = backend.finds(&format!("{list}?PageSize=1000")).await;
    assert_eq!(page["meta"]["page_size"], 5);
    assert_eq!(page["webhooks"].as_array().map(Vec::len), Some(5));
    let first = backend.finds(&format!("{list}?PageSize=3")).await;
    let next = backend.get(first["meta"]["next_page_url"].as_str().expect("more")).await.json();
    assert_eq!(next["webhooks"].as_array().map(Vec::len), Some(2));
    let form = [("Type", "trigger"), ("Configuration.Url", URL), ("Configuration.Triggers", "e")];
    is_no(&backend.posts(list, &form).await, 403, 50321);

    backend.deletes(&path).await;
    backend.deletes(&path).await;
    is_no(&backend.get(&backend.path(&path)).await, 404, 50320);
    is_no(&backend.get(&backend.path(&format!("{list}/WH1"))).await, 404, 50320);
    assert_eq!(trigger(&backend, "e").await["configuration"]["triggers"], json!(["e"]));
}

#[tokio::test]
async fn what_cannot_be_a_channels_webhook_is_refused_by_its_code() {
    let server = TestServer::start().await;
    let backend = server.backend().await;
    let long = format!("https://hooks.example/{}", "x".repeat(512));
    let (url, filter) = (("Configuration.Url", URL), ("Configuration.Filters", "onMessageSent"));
    let (hook, word) = (("Type", "webhook"), ("Configuration.Triggers", "a"));
    let trigger = ("Type", "trigger");
    for (form, status, code) in [
        (vec![url, filter], 400, 50328),
        (vec![("Type", "pigeon"), url, filter], 400, 50324),
        (vec![("Type", "studio"), ("Configuration.FlowSid", "FW1")], 501, 60061),
        (vec![hook, filter], 400, 50329),
        (vec![hook, ("Configuration.Url", "http://127.0.0.1"), filter], 400, 60080),
        (vec![hook, ("Configuration.Url", "pigeon"), filter], 400, 60080),
        (vec![hook, ("Configuration.Url", &long), filter], 400, 50332),
        (vec![hook, url], 400, 50330),
        (vec![hook, url, ("Configuration.Filters", "onEverything")], 400, 50325),
        (vec![hook, url, ("Configuration.Filters", "onMessageSend")], 400, 50325),
        (vec![hook, url, ("Configuration.Filters", "onUserAdded")], 400, 50325),
        (vec![hook, url, filter, ("Configuration.Method", "PUT")], 400, 50055),
        (vec![hook, url, filter, ("Configuration.RetryCount", "4")], 400, 50065),
        (vec![trigger, url], 400, 50331),
        (vec![trigger, url, word, word, word, word, word, word], 400, 50322),
        (vec![trigger, url, ("Configuration.Triggers", " ")], 400, 50326),
    ] {
        is_no(&backend.posts("/Channels/general/Webhooks", &form).await, status, code);
    }
    is_no(&backend.posts("/Channels/nowhere/Webhooks", &[hook, url, filter]).await, 404, 50300);
    let page = backend.finds("/Channels/general/Webhooks").await;
    assert_eq!(page["webhooks"], json!([]));
}
