//! Webhooks, and what waits for them or was told to them lately.

use chat::{ChannelSid, Timestamp, WebhookSid};
use rusqlite::types::Type;
use rusqlite::{Error, Result, Row, params};

use super::SqliteTx;
use super::values::{Columns, number, rows};
use crate::store::Ask;
use crate::store::tx::{Deliveries, Webhooks};
use crate::webhooks::{ChannelWebhook, Delivery, Event, Events, Method, ServiceWebhooks, Wish};

const WEBHOOK: &str = "SELECT sid, channel, events, triggers, url, by_get, retries, created_at,
     updated_at FROM webhooks";

const DELIVERY: &str =
    "SELECT id, target, event, url, by_get, form, retries, tried, made_at, due_at,
     status, failure, ended_at FROM deliveries";

fn method(by_get: bool) -> Method {
    if by_get { Method::Get } else { Method::Post }
}

fn by_get(method: Method) -> bool {
    method == Method::Get
}

fn webhook(row: &Row<'_>) -> Result<ChannelWebhook> {
    let mut columns = Columns::of(row);
    let (sid, channel) =
        (columns.sid(WebhookSid::from_bytes)?, columns.sid(ChannelSid::from_bytes)?);
    let events = Events::from_bits(columns.value()?);
    let triggers: Option<String> = columns.value()?;
    let wish = match triggers {
        Some(words) => Wish::Triggers(serde_json::from_str(&words).map_err(unreadable)?),
        None => Wish::Events(events),
    };
    Ok(ChannelWebhook {
        sid,
        channel,
        wish,
        url: columns.text()?,
        method: method(columns.value()?),
        retries: columns.value()?,
        created_at: columns.time()?,
        updated_at: columns.time()?,
    })
}

fn delivery(row: &Row<'_>) -> Result<Delivery> {
    let mut columns = Columns::of(row);
    let id = columns.count()?;
    let target: Vec<u8> = columns.value()?;
    let event: String = columns.value()?;
    Ok(Delivery {
        id,
        webhook: target.try_into().ok().map(WebhookSid::from_bytes),
        event: Event::named(&event).ok_or_else(|| unreadable("an unknown event"))?,
        url: columns.text()?,
        method: method(columns.value()?),
        form: columns.value()?,
        retries: columns.value()?,
        tried: columns.value()?,
        made_at: columns.time()?,
        due_at: columns.time()?,
        status: columns.value()?,
        failure: columns.value()?,
        ended_at: columns.maybe_time()?,
    })
}

fn unreadable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::FromSqlConversionFailure(0, Type::Text, cause.into())
}

/// Empty for the service's own.
fn target(webhook: Option<&WebhookSid>) -> &[u8] {
    webhook.map_or(&[], |webhook| webhook.as_bytes())
}

impl Webhooks for SqliteTx<'_> {
    fn service_webhooks(&mut self) -> Ask<ServiceWebhooks> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT webhook_before, webhook_after, webhooks_by_get, webhook_events,
                     webhook_before_retries, webhook_after_retries
                 FROM services WHERE id = ?1",
            )?
            .query_row([self.service_id()?], |row| {
                let mut columns = Columns::of(row);
                Ok(ServiceWebhooks {
                    before: columns.maybe_text()?,
                    after: columns.maybe_text()?,
                    method: method(columns.value()?),
                    events: Events::from_bits(columns.value()?),
                    before_retries: columns.value()?,
                    after_retries: columns.value()?,
                })
            })?)
    }

    fn set_service_webhooks(&mut self, webhooks: &ServiceWebhooks) -> Ask<()> {
        let service = self.service_id()?;
        self.connection
            .prepare_cached(
                "UPDATE services SET webhook_before = ?2, webhook_after = ?3,
                     webhooks_by_get = ?4, webhook_events = ?5,
                     webhook_before_retries = ?6, webhook_after_retries = ?7
                 WHERE id = ?1",
            )?
            .execute(params![
                service,
                webhooks.before.as_ref().map(|url| url.as_str()),
                webhooks.after.as_ref().map(|url| url.as_str()),
                by_get(webhooks.method),
                webhooks.events.bits(),
                webhooks.before_retries,
                webhooks.after_retries,
            ])?;
        Ok(())
    }

    fn channels_with_webhooks(&mut self) -> Ask<Vec<ChannelSid>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT DISTINCT channel FROM webhooks ORDER BY channel")?;
        let channels =
            statement.query_map([], |row| Columns::of(row).sid(ChannelSid::from_bytes))?;
        Ok(channels.collect::<Result<_>>()?)
    }

    fn channel_webhooks(&mut self, channel: ChannelSid) -> Ask<Vec<ChannelWebhook>> {
        let question = format!("{WEBHOOK} WHERE channel = ?1 ORDER BY sid");
        let mut statement = self.connection.prepare_cached(&question)?;
        let webhooks = statement.query_map([channel.as_bytes()], webhook)?;
        Ok(webhooks.collect::<Result<_>>()?)
    }

    fn put_channel_webhook(&mut self, webhook: &ChannelWebhook) -> Ask<()> {
        let (events, triggers) = match &webhook.wish {
            Wish::Events(events) => (*events, None),
            Wish::Triggers(words) => {
                let words = serde_json::to_string(words).map_err(crate::store::Broken::new)?;
                (Events::default(), Some(words))
            }
        };
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO webhooks (channel, sid, events, triggers, url, by_get,
                     retries, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                webhook.channel.as_bytes(),
                webhook.sid.as_bytes(),
                events.bits(),
                triggers,
                webhook.url.as_str(),
                by_get(webhook.method),
                webhook.retries,
                webhook.created_at.0,
                webhook.updated_at.0,
            ])?;
        Ok(())
    }

    fn remove_channel_webhook(&mut self, channel: ChannelSid, webhook: WebhookSid) -> Ask<()> {
        self.connection
            .prepare_cached("DELETE FROM webhooks WHERE channel = ?1 AND sid = ?2")?
            .execute(params![channel.as_bytes(), webhook.as_bytes()])?;
        self.connection
            .prepare_cached("DELETE FROM deliveries WHERE target = ?1 AND ended_at IS NULL")?
            .execute([webhook.as_bytes()])?;
        Ok(())
    }
}

impl Deliveries for SqliteTx<'_> {
    fn add_delivery(&mut self, delivery: &Delivery) -> Ask<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO deliveries (target, event, url, by_get, form, retries, tried, made_at,
                     due_at, status, failure, ended_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                target(delivery.webhook.as_ref()),
                delivery.event.name(),
                delivery.url.as_str(),
                by_get(delivery.method),
                delivery.form,
                delivery.retries,
                delivery.tried,
                delivery.made_at.0,
                delivery.due_at.0,
                delivery.status,
                delivery.failure,
                delivery.ended_at.map(|at| at.0),
            ])?;
        Ok(())
    }

    fn due_deliveries(&mut self, now: Timestamp) -> Ask<Vec<Delivery>> {
        let question = format!(
            "{DELIVERY} WHERE id IN
                 (SELECT min(id) FROM deliveries WHERE ended_at IS NULL AND due_at <= ?1
                  GROUP BY target)
             ORDER BY id"
        );
        let mut statement = self.connection.prepare_cached(&question)?;
        let due = statement.query_map([now.0], delivery)?;
        Ok(due.collect::<Result<_>>()?)
    }

    fn change_delivery(&mut self, delivery: &Delivery) -> Ask<()> {
        self.connection
            .prepare_cached(
                "UPDATE deliveries SET form = ?2, tried = ?3, due_at = ?4, status = ?5,
                     failure = ?6, ended_at = ?7
                 WHERE id = ?1 AND ended_at IS NULL",
            )?
            .execute(params![
                number(delivery.id),
                delivery.form,
                delivery.tried,
                delivery.due_at.0,
                delivery.status,
                delivery.failure,
                delivery.ended_at.map(|at| at.0),
            ])?;
        Ok(())
    }

    fn latest_deliveries(&mut self, limit: usize) -> Ask<Vec<Delivery>> {
        let question = format!("{DELIVERY} ORDER BY id DESC LIMIT ?1");
        let mut statement = self.connection.prepare_cached(&question)?;
        let latest = statement.query_map([rows(limit)], delivery)?;
        Ok(latest.collect::<Result<_>>()?)
    }

    fn give_up_deliveries(
        &mut self,
        made_before: Timestamp,
        keep: usize,
        now: Timestamp,
        limit: usize,
    ) -> Ask<usize> {
        Ok(self
            .connection
            .prepare_cached(
                "UPDATE deliveries SET ended_at = ?3, form = '', failure = 'it waited too long'
                 WHERE id IN
                     (SELECT id FROM deliveries WHERE ended_at IS NULL AND (made_at < ?1 OR id <=
                          (SELECT id FROM deliveries WHERE ended_at IS NULL
                           ORDER BY id DESC LIMIT 1 OFFSET ?2))
                      ORDER BY id LIMIT ?4)",
            )?
            .execute(params![made_before.0, rows(keep), now.0, rows(limit)])?)
    }

    fn forget_deliveries(
        &mut self,
        ended_before: Timestamp,
        keep: usize,
        limit: usize,
    ) -> Ask<usize> {
        Ok(self
            .connection
            .prepare_cached(
                "DELETE FROM deliveries WHERE id IN
                     (SELECT id FROM deliveries WHERE ended_at IS NOT NULL AND (ended_at < ?1 OR id <=
                          (SELECT id FROM deliveries WHERE ended_at IS NOT NULL
                           ORDER BY id DESC LIMIT 1 OFFSET ?2))
                      ORDER BY id LIMIT ?3)",
            )?
            .execute(params![ended_before.0, rows(keep), rows(limit)])?)
    }
}
