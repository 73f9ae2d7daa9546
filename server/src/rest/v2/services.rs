//! Services: each has its own channels, users, roles and limits. The web app's own is the first one.

use std::collections::HashMap;

use axum::Json;
use chat::{AccountSid, FriendlyName, Refusal, RoleSid, ServiceSid, Timestamp};
use http::StatusCode;
use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::dates::Date;
use super::desk::Desk;
use super::form::Form;
use super::no::{Gone, No};
use super::paging::{Listed, Paging};
use super::roles::role;
use super::webhooks::{method, retries};
use crate::commands::{change_settings, name_service, set_webhooks};
use crate::gateway::Gateway;
use crate::queries;
use crate::services::Unchanged;
use crate::store::{DefaultRoles, Settings};
use crate::webhooks::{Event, Events, ServiceWebhooks, WebhookUrl};

/// A service as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Service {
    #[schemars(with = "String")]
    sid: ServiceSid,
    #[schemars(with = "String")]
    account_sid: AccountSid,
    friendly_name: String,
    #[schemars(with = "String")]
    date_created: Date,
    #[schemars(with = "String")]
    date_updated: Date,
    #[schemars(with = "String")]
    default_service_role_sid: RoleSid,
    #[schemars(with = "String")]
    default_channel_role_sid: RoleSid,
    #[schemars(with = "String")]
    default_channel_creator_role_sid: RoleSid,
    read_status_enabled: bool,
    reachability_enabled: bool,
    typing_indicator_timeout: i64,
    consumption_report_interval: i64,
    pre_webhook_url: Option<String>,
    post_webhook_url: Option<String>,
    webhook_method: &'static str,
    webhook_filters: Vec<&'static str>,
    pre_webhook_retry_count: u8,
    post_webhook_retry_count: u8,
    limits: Limits,
    media: Media,
    notifications: Notifications,
    url: String,
    links: Links,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Limits {
    channel_members: u64,
    user_channels: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Media {
    size_limit_mb: u64,
    compatibility_message: Option<&'static str>,
}

/// There are none.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct Notifications {
    new_message: Notification,
    added_to_channel: Notification,
    removed_from_channel: Notification,
    invited_to_channel: Notification,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct Notification {
    enabled: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Links {
    channels: String,
    users: String,
    roles: String,
    bindings: String,
}

/// A service to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Wished {
    #[serde(default)]
    friendly_name: String,
}

/// What is said of a service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Said {
    friendly_name: Option<String>,
    default_service_role_sid: Option<String>,
    default_channel_role_sid: Option<String>,
    default_channel_creator_role_sid: Option<String>,
    #[serde(rename = "Limits.ChannelMembers")]
    channel_members: Option<String>,
    #[serde(rename = "Limits.UserChannels")]
    user_channels: Option<String>,
    /// Seconds.
    typing_indicator_timeout: Option<String>,
    /// Seconds.
    consumption_report_interval: Option<String>,
    read_status_enabled: Option<String>,
    reachability_enabled: Option<String>,
    pre_webhook_url: Option<String>,
    post_webhook_url: Option<String>,
    webhook_method: Option<String>,
    #[serde(default)]
    webhook_filters: Vec<String>,
    pre_webhook_retry_count: Option<String>,
    post_webhook_retry_count: Option<String>,
    #[serde(flatten)]
    #[schemars(skip)]
    others: HashMap<String, IgnoredAny>,
}

/// `GET /Services`
pub(super) async fn list(desk: Desk, paging: Paging) -> Result<Listed<Service>, No> {
    let after = paging.after::<ServiceSid>()?;
    let mut services = desk.state.services.all();
    services.retain(|gateway| after < Some(gateway.service.sid));
    services.truncate(paging.reach());
    let mut rows = Vec::new();
    for gateway in services {
        rows.push(desk.at(gateway).shown_service().await?);
    }
    let page = paging.cut(rows, |service: &Service| service.sid.to_string());
    paging.listed("services", page)
}

/// `POST /Services`
pub(super) async fn create(
    desk: Desk,
    Form(wished): Form<Wished>,
) -> Result<(StatusCode, Json<Service>), No> {
    let name = FriendlyName::parse(&wished.friendly_name)?;
    desk.gateway.allowance.service(desk.now())?;
    let founded = desk.state.services.found(name).await?;
    Ok((StatusCode::CREATED, Json(desk.at(founded).shown_service().await?)))
}

/// `GET /Services/{service}`
pub(super) async fn fetch(desk: Desk) -> Result<Json<Service>, No> {
    Ok(Json(desk.shown_service().await?))
}

/// `DELETE /Services/{service}`: with everything in it.
pub(super) async fn delete(desk: Desk) -> Gone {
    desk.state.services.end(desk.service()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /Services/{service}`: its name, which roles come by themselves, the limits, the typing
/// timeout, what members are told of each other, and its webhooks.
pub(super) async fn update(desk: Desk, Form(said): Form<Said>) -> Result<Json<Service>, No> {
    if !said.others.is_empty() {
        return Err(No::Unbuilt(
            "Only the name, default roles, limits, the typing timeout, reachability, the read \
             status and webhooks can be set here; see `yoriai serve --help` for the rest.",
        ));
    }
    let (known, settings, webhooks) =
        desk.read(|tx| Ok((tx.default_roles()?, tx.settings()?, tx.service_webhooks()?))).await?;
    // Judged here in whole: a refusal below would find the settings written already.
    let webhooks = said.webhooks(&desk, webhooks)?;
    let settings = said.settings(settings)?;
    let wished = |text: Option<String>, known| text.as_deref().map_or(Ok(known), role);
    let roles = DefaultRoles {
        user: wished(said.default_service_role_sid, known.user)?,
        member: wished(said.default_channel_role_sid, known.member)?,
        creator: wished(said.default_channel_creator_role_sid, known.creator)?,
    };
    let name = said.friendly_name.as_deref().map(FriendlyName::parse).transpose()?;
    desk.change_service(move |tx, m| {
        let done = change_settings(tx, settings, roles, m)?.and(set_webhooks(tx, &webhooks, m)?);
        Ok(match &name {
            Some(name) => done.and(name_service(tx, name, m)?),
            None => done,
        })
    })
    .await?;
    desk.gateway.hub.heed(desk.read(queries::settings).await?);
    desk.learn_webhooks().await?;
    Ok(Json(desk.shown_service().await?))
}

impl Said {
    fn settings(&self, known: Settings) -> Result<Settings, Refusal> {
        let number = |text: &Option<String>, known: u64| match text {
            Some(text) => text.parse().map_err(|_| Refusal::BadParameter),
            None => Ok(known),
        };
        let seconds = |text: &Option<String>, known: i64| match text {
            Some(text) => {
                let seconds: i64 = text.parse().map_err(|_| Refusal::BadParameter)?;
                Ok(seconds.saturating_mul(1_000))
            }
            None => Ok(known),
        };
        // Each library writes the two in its own way.
        let truth = |text: &Option<String>, known| match text.as_deref() {
            Some("true" | "True") => Ok(true),
            Some("false" | "False") => Ok(false),
            Some(_) => Err(Refusal::BadParameter),
            None => Ok(known),
        };
        Ok(Settings {
            members_of_channel: number(&self.channel_members, known.members_of_channel)?,
            channels_of_user: number(&self.user_channels, known.channels_of_user)?,
            typing_interval_ms: seconds(&self.typing_indicator_timeout, known.typing_interval_ms)?,
            reachability: truth(&self.reachability_enabled, known.reachability)?,
            read_status: truth(&self.read_status_enabled, known.read_status)?,
            horizon_interval_ms: seconds(
                &self.consumption_report_interval,
                known.horizon_interval_ms,
            )?,
        })
    }
}

impl Said {
    /// An empty address is none; an empty filter is no event.
    fn webhooks(&self, desk: &Desk, known: ServiceWebhooks) -> Result<ServiceWebhooks, Refusal> {
        let url = |said: &Option<String>, known, refusal| match said.as_deref() {
            None => Ok(known),
            Some("") => Ok(None),
            Some(text) => {
                let url = WebhookUrl::parse(text).map_err(|_| refusal)?;
                let judged = desk.gateway.webhooks.caller().judge(&url);
                judged.map(|()| Some(url)).map_err(|_| refusal)
            }
        };
        let filters = self.webhook_filters.iter().filter(|name| !name.is_empty());
        let events = filters.map(|name| Event::named(name).ok_or(Refusal::WebhookFiltersInvalid));
        let events = Events::of(&events.collect::<Result<Vec<_>, _>>()?);
        let method = method(self.webhook_method.as_deref())?;
        let before_retries = retries(self.pre_webhook_retry_count.as_deref())?;
        let after_retries = retries(self.post_webhook_retry_count.as_deref())?;
        Ok(ServiceWebhooks {
            before: url(&self.pre_webhook_url, known.before, Refusal::PreWebhookUrlInvalid)?,
            after: url(&self.post_webhook_url, known.after, Refusal::PostWebhookUrlInvalid)?,
            method: method.unwrap_or(known.method),
            events: if self.webhook_filters.is_empty() { known.events } else { events },
            before_retries: before_retries.unwrap_or(known.before_retries),
            after_retries: after_retries.unwrap_or(known.after_retries),
        })
    }
}

impl Desk {
    /// The same request, about another service.
    fn at(&self, gateway: Gateway) -> Self {
        let (state, path) = (self.state.clone(), Default::default());
        Self { state, gateway, account: self.account, path, told: self.told }
    }

    async fn shown_service(&self) -> Result<Service, No> {
        let asked = self.read(|tx| {
            let (name, roles) = (tx.service_name()?, tx.default_roles()?);
            Ok((name, roles, tx.settings()?, tx.service_webhooks()?))
        });
        let (name, roles, settings, webhooks) = asked.await?;
        Ok(shown(self, name, roles, settings, webhooks))
    }
}

impl From<Unchanged> for No {
    fn from(unchanged: Unchanged) -> Self {
        match unchanged {
            Unchanged::Failed(error) => error.into(),
            other => Self::Impossible(other.to_string()),
        }
    }
}

fn shown(
    desk: &Desk,
    name: Option<FriendlyName>,
    roles: DefaultRoles,
    settings: Settings,
    webhooks: ServiceWebhooks,
) -> Service {
    let made = Date(made_at(desk.service()));
    Service {
        sid: desk.service(),
        account_sid: desk.account,
        friendly_name: name
            .map_or_else(|| desk.state.config.name.clone(), |name| name.as_str().to_owned()),
        date_created: made,
        date_updated: made,
        default_service_role_sid: roles.user,
        default_channel_role_sid: roles.member,
        default_channel_creator_role_sid: roles.creator,
        read_status_enabled: settings.read_status,
        reachability_enabled: settings.reachability,
        typing_indicator_timeout: settings.typing_interval_ms / 1_000,
        consumption_report_interval: settings.horizon_interval_ms / 1_000,
        pre_webhook_url: webhooks.before.map(|url| url.to_string()),
        post_webhook_url: webhooks.after.map(|url| url.to_string()),
        webhook_method: webhooks.method.name(),
        webhook_filters: webhooks.events.iter().map(Event::name).collect(),
        pre_webhook_retry_count: webhooks.before_retries,
        post_webhook_retry_count: webhooks.after_retries,
        limits: Limits {
            channel_members: settings.members_of_channel,
            user_channels: settings.channels_of_user,
        },
        media: Media {
            size_limit_mb: desk.state.config.media.file_bytes_max / 1_048_576,
            compatibility_message: None,
        },
        notifications: Notifications::default(),
        url: desk.url(""),
        links: Links {
            channels: desk.url("/Channels"),
            users: desk.url("/Users"),
            roles: desk.url("/Roles"),
            bindings: desk.url("/Bindings"),
        },
    }
}

/// A SID's digits are a UUIDv7, which begins with the time of its making.
fn made_at(service: ServiceSid) -> Timestamp {
    let id = Uuid::from_bytes(*service.as_bytes());
    let made_at = id.get_timestamp().map(|made_at| made_at.to_unix().0);
    Timestamp::from_seconds(made_at.and_then(|seconds| seconds.try_into().ok()).unwrap_or(0))
}
