//! `yoriai webhooks`: what webhooks were told lately, and what still waits to be told.

use chat::{ServiceSid, Timestamp};
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Failed, open_store, say};
use crate::config::Config;
use crate::limits::DELIVERIES_SHOWN;
use crate::webhooks::Delivery;

#[derive(Args)]
pub(super) struct Webhooks {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lists what was told lately and what waits, the newest first, without the words
    Log {
        /// Of another service than the web app's
        #[arg(long, value_name = "SID")]
        service: Option<ServiceSid>,
        /// How many at most
        #[arg(long, value_name = "NUMBER", default_value_t = DELIVERIES_SHOWN)]
        limit: usize,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
}

impl Webhooks {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failed> {
        let Command::Log { service, limit, json } = self.command;
        let (store, _) = open_store(config, service).await?;
        let latest = store.read(move |tx| Ok(tx.latest_deliveries(limit)?)).await;
        store.close().await;
        say(shown(&latest?, json))?;
        Ok(())
    }
}

fn shown(deliveries: &[Delivery], json: bool) -> String {
    if json {
        let all: Vec<_> = deliveries
            .iter()
            .map(|delivery| {
                json!({
                    "id": delivery.id,
                    "event": delivery.event,
                    "webhook": delivery.webhook,
                    "url": delivery.url.without_query(),
                    "state": state(delivery),
                    "tries": delivery.tried,
                    "status": delivery.status,
                    "failure": delivery.failure,
                    "made_at": date(delivery.made_at),
                    "ended_at": delivery.ended_at.map(date),
                })
            })
            .collect();
        return json!({"deliveries": all}).to_string();
    }
    let lines: Vec<String> = deliveries.iter().map(line).collect();
    lines.join("\n")
}

fn line(delivery: &Delivery) -> String {
    let target =
        delivery.webhook.map_or_else(|| "the service".to_owned(), |webhook| webhook.to_string());
    let why = delivery.failure.as_ref().map(|failure| format!(", {failure}")).unwrap_or_default();
    format!(
        "{}  {}  {target}  {}  {}, tries: {}{why}",
        date(delivery.made_at),
        delivery.event.name(),
        delivery.url.without_query(),
        state(delivery),
        delivery.tried,
    )
}

fn state(delivery: &Delivery) -> &'static str {
    match delivery.ended_at {
        None => "waiting",
        Some(_) if delivery.is_delivered() => "delivered",
        Some(_) => "failed",
    }
}

fn date(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhooks::{Event, Method, WebhookUrl};

    #[test]
    fn people_read_lines_and_programs_json_and_neither_reads_words_or_secrets() {
        let url = WebhookUrl::parse("https://hooks.example/a?key=secret").expect("an address");
        let delivery = Delivery {
            id: 7,
            webhook: None,
            event: Event::MessageSent,
            url,
            method: Method::Post,
            form: "Body=words".to_owned(),
            retries: 3,
            tried: 2,
            made_at: Timestamp(1_700_000_000_000),
            due_at: Timestamp(1_700_000_002_000),
            status: Some(503),
            failure: Some("it answered 503".to_owned()),
            ended_at: None,
        };
        let text = shown(std::slice::from_ref(&delivery), false);
        assert_eq!(
            text,
            "2023-11-14T22:13:20Z  onMessageSent  the service  https://hooks.example/a  \
             waiting, tries: 2, it answered 503"
        );
        let json = shown(&[Delivery { ended_at: Some(Timestamp(0)), ..delivery }], true);
        let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let first = &read["deliveries"][0];
        assert_eq!((&first["state"], &first["status"]), (&"failed".into(), &503.into()));
        for secret in ["secret", "words"] {
            assert!(!text.contains(secret) && !json.contains(secret));
        }
    }
}
