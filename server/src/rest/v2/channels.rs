//! Channels, also private ones.

use axum::Json;
use chat::protocol::{ChannelEditing, NewChannel};
use chat::{
    AccountSid, ChannelSid, FriendlyName, Identity, Nonce, Refusal, ServiceSid, UniqueName,
};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dates::Date;
use super::desk::Desk;
use super::form::{Form, Query};
use super::json_of;
use super::no::{Gone, No, gone_or};
use super::paging::{Listed, Paging};
use crate::clock::fresh_id;
use crate::commands::{ChannelStamps, NAMELESS, amend_channel, delete_channel, record_channel};
use crate::store::LiveChannel;

/// A channel as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Channel {
    #[schemars(with = "String")]
    sid: ChannelSid,
    #[schemars(with = "String")]
    account_sid: AccountSid,
    #[schemars(with = "String")]
    service_sid: ServiceSid,
    #[schemars(with = "String")]
    friendly_name: FriendlyName,
    #[schemars(with = "Option<String>")]
    unique_name: Option<UniqueName>,
    /// JSON, as text.
    attributes: String,
    r#type: Type,
    #[schemars(with = "String")]
    date_created: Date,
    #[schemars(with = "String")]
    date_updated: Date,
    #[schemars(with = "String")]
    created_by: Identity,
    members_count: u64,
    messages_count: u64,
    url: String,
    links: Links,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Links {
    members: String,
    messages: String,
    invites: String,
    webhooks: String,
    last_message: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Type {
    Public,
    Private,
}

/// Which channels.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Which {
    #[serde(default)]
    r#type: Vec<Type>,
}

/// What is said of a channel.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Said {
    friendly_name: Option<String>,
    unique_name: Option<String>,
    attributes: Option<String>,
    r#type: Option<Type>,
    created_by: Option<String>,
    #[schemars(with = "Option<String>")]
    date_created: Option<Date>,
    #[schemars(with = "Option<String>")]
    date_updated: Option<Date>,
}

/// `GET /Channels`
pub(super) async fn list(
    desk: Desk,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Listed<Channel>, No> {
    let (after, reach) = (paging.after()?, paging.reach());
    let private = which.privacy();
    let channels = desk.read(move |tx| Ok(tx.channels_after(after, private, reach)?)).await?;
    let page = paging.cut(channels, |channel| channel.sid.to_string());
    paging.listed("channels", page.map(|channel| shown(&desk, channel)))
}

/// `GET /Channels/{channel}`
pub(super) async fn fetch(desk: Desk) -> Result<Json<Channel>, No> {
    let channel = desk.channel().await?;
    Ok(Json(shown(&desk, channel)))
}

/// `POST /Channels`
pub(super) async fn create(
    desk: Desk,
    Form(said): Form<Said>,
) -> Result<(StatusCode, Json<Channel>), No> {
    let (by, stamps) = (desk.operator(), said.stamps()?);
    let unique_name = said.unique_name.filter(|name| !name.is_empty());
    let friendly_name = said.friendly_name.filter(|name| !name.trim().is_empty());
    let friendly_name = friendly_name.or_else(|| unique_name.clone());
    let wish = NewChannel {
        nonce: Nonce(fresh_id(desk.now())),
        friendly_name: friendly_name.unwrap_or_else(|| NAMELESS.to_owned()),
        unique_name,
        attributes: said.attributes.unwrap_or_default(),
        private: said.r#type == Some(Type::Private),
        without_joining: true,
    };
    let sid = desk.change_service(move |tx, m| record_channel(tx, by, &wish, &stamps, m)).await?;
    Ok((StatusCode::CREATED, Json(desk.shown_channel(sid).await?)))
}

/// `POST /Channels/{channel}`
pub(super) async fn update(desk: Desk, Form(said): Form<Said>) -> Result<Json<Channel>, No> {
    let sid = desk.channel().await?.sid;
    let (by, stamps) = (desk.operator(), said.stamps()?);
    let editing = ChannelEditing {
        channel: sid,
        friendly_name: said.friendly_name,
        unique_name: said.unique_name,
        attributes: said.attributes,
        private: said.r#type.map(|kind| kind == Type::Private),
    };
    desk.change(sid, move |tx, m| amend_channel(tx, by, &editing, &stamps, m)).await?;
    Ok(Json(desk.shown_channel(sid).await?))
}

/// `DELETE /Channels/{channel}`
pub(super) async fn delete(desk: Desk) -> Gone {
    let Some(channel) = gone_or(desk.channel().await)? else { return Ok(StatusCode::NO_CONTENT) };
    let by = desk.operator();
    desk.change_service(move |tx, m| delete_channel(tx, by, channel.sid, m)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Which {
    /// One kind only, or nothing for both.
    fn privacy(&self) -> Option<bool> {
        let asks = |kind| self.r#type.contains(&kind);
        match (asks(Type::Public), asks(Type::Private)) {
            (true, false) => Some(false),
            (false, true) => Some(true),
            _ => None,
        }
    }
}

impl Said {
    fn stamps(&self) -> Result<ChannelStamps, Refusal> {
        Ok(ChannelStamps {
            sid: None,
            created_by: self.created_by.as_deref().map(Identity::parse).transpose()?,
            created_at: self.date_created.map(|Date(at)| at),
            updated_at: self.date_updated.map(|Date(at)| at),
        })
    }
}

impl Desk {
    async fn shown_channel(&self, sid: ChannelSid) -> Result<Channel, No> {
        let channel =
            self.read(move |tx| Ok(tx.channel(sid)?.ok_or(Refusal::ChannelNotFound)?)).await?;
        Ok(shown(self, channel))
    }
}

fn shown(desk: &Desk, channel: LiveChannel) -> Channel {
    let url = desk.url(&format!("/Channels/{}", channel.sid));
    let details = channel.details;
    Channel {
        sid: channel.sid,
        account_sid: desk.account,
        service_sid: desk.service(),
        friendly_name: details.friendly_name,
        unique_name: details.unique_name,
        attributes: json_of(&details.attributes),
        r#type: if details.private { Type::Private } else { Type::Public },
        date_created: Date(details.created_at),
        date_updated: Date(details.updated_at),
        created_by: details.created_by,
        members_count: channel.members,
        messages_count: channel.messages,
        links: Links {
            members: format!("{url}/Members"),
            messages: format!("{url}/Messages"),
            invites: format!("{url}/Invites"),
            webhooks: format!("{url}/Webhooks"),
            last_message: None,
        },
        url,
    }
}
