//! Webhooks of a channel: up to five, each told of what was done in it.

use axum::Json;
use chat::{AccountSid, ChannelSid, Refusal, ServiceSid, WebhookSid};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dates::Date;
use super::desk::Desk;
use super::form::Form;
use super::no::{Gone, No, gone_or};
use super::paging::{Listed, Paging};
use crate::commands::{CommandError, WebhookWish, create_webhook, delete_webhook, edit_webhook};
use crate::limits::{WEBHOOK_RETRIES_MAX, WEBHOOKS_OF_CHANNEL_MAX};
use crate::store::Broken;
use crate::webhooks::{ChannelWebhook, Event, Events, Method, NotAWebhookUrl, WebhookUrl, Wish};

const STUDIO: &str = "This server has no Studio whose flows could be called.";

/// A webhook as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Webhook {
    #[schemars(with = "String")]
    sid: WebhookSid,
    #[schemars(with = "String")]
    account_sid: AccountSid,
    #[schemars(with = "String")]
    service_sid: ServiceSid,
    #[schemars(with = "String")]
    channel_sid: ChannelSid,
    r#type: &'static str,
    configuration: Configuration,
    #[schemars(with = "String")]
    date_created: Date,
    #[schemars(with = "String")]
    date_updated: Date,
    url: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Configuration {
    url: String,
    method: &'static str,
    retry_count: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    filters: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    triggers: Option<Vec<String>>,
}

/// What is said of a webhook.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Said {
    #[serde(rename = "Type")]
    kind: Option<String>,
    #[serde(rename = "Configuration.Url")]
    url: Option<String>,
    #[serde(rename = "Configuration.Method")]
    method: Option<String>,
    #[serde(rename = "Configuration.Filters", default)]
    filters: Vec<String>,
    #[serde(rename = "Configuration.Triggers", default)]
    triggers: Vec<String>,
    #[serde(rename = "Configuration.RetryCount")]
    retry_count: Option<String>,
}

/// `GET /Channels/{channel}/Webhooks`
pub(super) async fn list(desk: Desk, mut paging: Paging) -> Result<Listed<Webhook>, No> {
    let channel = desk.channel().await?.sid;
    paging.size = paging.size.min(WEBHOOKS_OF_CHANNEL_MAX);
    let after = paging.after::<WebhookSid>()?;
    let webhooks = desk.read(move |tx| Ok(tx.channel_webhooks(channel)?)).await?;
    let rows = webhooks.into_iter().filter(|webhook| after < Some(webhook.sid));
    let page = paging.cut(rows.take(paging.reach()).collect(), |webhook| webhook.sid.to_string());
    paging.listed("webhooks", page.map(|webhook| shown(&desk, webhook)))
}

/// `GET /Channels/{channel}/Webhooks/{webhook}`
pub(super) async fn fetch(desk: Desk) -> Result<Json<Webhook>, No> {
    let channel = desk.channel().await?.sid;
    let webhook = desk.webhook(channel).await?;
    Ok(Json(shown(&desk, webhook)))
}

/// `POST /Channels/{channel}/Webhooks`
pub(super) async fn create(
    desk: Desk,
    Form(said): Form<Said>,
) -> Result<(StatusCode, Json<Webhook>), No> {
    let channel = desk.channel().await?.sid;
    let wish = said.wish(&desk)?;
    let made = desk.change(channel, move |tx, m| create_webhook(tx, channel, &wish, m)).await?;
    desk.learn_webhooks().await?;
    Ok((StatusCode::CREATED, Json(shown(&desk, made))))
}

/// `POST /Channels/{channel}/Webhooks/{webhook}`
pub(super) async fn update(desk: Desk, Form(said): Form<Said>) -> Result<Json<Webhook>, No> {
    let channel = desk.channel().await?.sid;
    let known = desk.webhook(channel).await?;
    let sid = known.sid;
    let wish = said.other_wish(&desk, known)?;
    let changed =
        desk.change(channel, move |tx, m| edit_webhook(tx, channel, sid, &wish, m)).await?;
    Ok(Json(shown(&desk, changed)))
}

/// `DELETE /Channels/{channel}/Webhooks/{webhook}`
pub(super) async fn delete(desk: Desk) -> Gone {
    let Some(channel) = gone_or(desk.channel().await)? else { return Ok(StatusCode::NO_CONTENT) };
    let channel = channel.sid;
    let Some(webhook) = gone_or(desk.webhook(channel).await)? else {
        return Ok(StatusCode::NO_CONTENT);
    };
    let sid = webhook.sid;
    desk.change(channel, move |tx, m| delete_webhook(tx, channel, sid, m)).await?;
    desk.learn_webhooks().await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Said {
    fn wish(self, desk: &Desk) -> Result<WebhookWish, No> {
        let wish = match self.kind.as_deref() {
            None => return Err(Refusal::WebhookTypeMissing.into()),
            Some("webhook") => Wish::Events(events(&self.filters)?),
            Some("trigger") => Wish::Triggers(self.triggers),
            Some("studio") => return Err(No::Unbuilt(STUDIO)),
            Some(_) => return Err(Refusal::WebhookTypeInvalid.into()),
        };
        let url = self.url.ok_or(Refusal::WebhookUrlMissing)?;
        let (url, method) = (url_of(desk, &url)?, method(self.method.as_deref())?);
        let retries = retries(self.retry_count.as_deref())?;
        let (method, retries) = (method.unwrap_or_default(), retries.unwrap_or_default());
        Ok(WebhookWish { wish, url, method, retries })
    }

    /// What is left out stays. The type stays in any case.
    fn other_wish(self, desk: &Desk, known: ChannelWebhook) -> Result<WebhookWish, No> {
        let wish = match known.wish {
            Wish::Events(_) if !self.filters.is_empty() => Wish::Events(events(&self.filters)?),
            Wish::Triggers(_) if !self.triggers.is_empty() => Wish::Triggers(self.triggers),
            wish => wish,
        };
        let url = self.url.as_deref().map(|url| url_of(desk, url)).transpose()?;
        let (url, method) = (url.unwrap_or(known.url), method(self.method.as_deref())?);
        let retries = retries(self.retry_count.as_deref())?;
        let (method, retries) = (method.unwrap_or(known.method), retries.unwrap_or(known.retries));
        Ok(WebhookWish { wish, url, method, retries })
    }
}

fn events(names: &[String]) -> Result<Events, Refusal> {
    let events = names.iter().map(|name| Event::named(name).ok_or(Refusal::WebhookFilterInvalid));
    Ok(Events::of(&events.collect::<Result<Vec<_>, _>>()?))
}

fn url_of(desk: &Desk, text: &str) -> Result<WebhookUrl, Refusal> {
    let url = WebhookUrl::parse(text).map_err(|trouble| match trouble {
        NotAWebhookUrl::TooLong => Refusal::WebhookUrlTooLong,
        NotAWebhookUrl::Malformed => Refusal::WebhookUrlInvalid,
    })?;
    desk.gateway.webhooks.caller().judge(&url).map_err(|_| Refusal::WebhookUrlInvalid)?;
    Ok(url)
}

/// As it is said, if it is.
pub(super) fn method(said: Option<&str>) -> Result<Option<Method>, Refusal> {
    let method = |name| Method::named(name).ok_or(Refusal::WebhookMethodInvalid);
    said.map(method).transpose()
}

/// As it is said, if it is.
pub(super) fn retries(said: Option<&str>) -> Result<Option<u8>, Refusal> {
    let number = |text: &str| text.parse().ok().filter(|number| *number <= WEBHOOK_RETRIES_MAX);
    said.map(|text| number(text).ok_or(Refusal::WebhookRetriesInvalid)).transpose()
}

impl Desk {
    async fn webhook(&self, channel: ChannelSid) -> Result<ChannelWebhook, No> {
        let sid: WebhookSid =
            self.named("webhook").parse().map_err(|_| Refusal::WebhookNotFound)?;
        self.read(move |tx| {
            let webhooks = tx.channel_webhooks(channel)?;
            let found = webhooks.into_iter().find(|webhook| webhook.sid == sid);
            Ok(found.ok_or(Refusal::WebhookNotFound)?)
        })
        .await
    }

    /// What was set counts from now on, whether or not whoever asked still waits.
    pub(super) async fn learn_webhooks(&self) -> Result<(), No> {
        let webhooks = self.gateway.webhooks.clone();
        let learning = tokio::spawn(async move { webhooks.learn().await });
        let learned = learning.await.map_err(|error| CommandError::from(Broken::new(error)))?;
        Ok(learned?)
    }
}

fn shown(desk: &Desk, webhook: ChannelWebhook) -> Webhook {
    let (channel, sid) = (webhook.channel, webhook.sid);
    let kind = webhook.wish.kind();
    let (filters, triggers) = match webhook.wish {
        Wish::Events(events) => (Some(events.iter().map(Event::name).collect()), None),
        Wish::Triggers(words) => (None, Some(words)),
    };
    Webhook {
        sid,
        account_sid: desk.account,
        service_sid: desk.service(),
        channel_sid: channel,
        r#type: kind,
        configuration: Configuration {
            url: webhook.url.to_string(),
            method: webhook.method.name(),
            retry_count: webhook.retries,
            filters,
            triggers,
        },
        date_created: Date(webhook.created_at),
        date_updated: Date(webhook.updated_at),
        url: desk.url(&format!("/Channels/{channel}/Webhooks/{sid}")),
    }
}
