//! Messages of a channel.

use axum::Json;
use chat::{
    AccountSid, Body, ChannelSid, Identity, MediaSid, MessageIndex, MessageSid, Refusal, ServiceSid,
};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dates::Date;
use super::desk::Desk;
use super::form::{Form, Query};
use super::json_of;
use super::no::{Gone, No, gone_or};
use super::paging::{Cut, Listed, Paging};
use crate::commands::{MessageWish, amend_message, delete_message, record_message};
use crate::store::pieces::Room;

/// A message as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Message {
    #[schemars(with = "String")]
    sid: MessageSid,
    #[schemars(with = "String")]
    account_sid: AccountSid,
    #[schemars(with = "String")]
    service_sid: ServiceSid,
    #[schemars(with = "String")]
    channel_sid: ChannelSid,
    #[schemars(with = "String")]
    to: ChannelSid,
    #[schemars(with = "String")]
    from: Identity,
    #[schemars(with = "u64")]
    index: MessageIndex,
    r#type: &'static str,
    #[schemars(with = "Option<String>")]
    body: Option<Body>,
    media: Option<Media>,
    /// JSON, as text.
    attributes: String,
    #[schemars(with = "String")]
    date_created: Date,
    #[schemars(with = "String")]
    date_updated: Date,
    was_edited: bool,
    #[schemars(with = "Option<String>")]
    last_updated_by: Option<Identity>,
    url: String,
}

/// The file beside a message, as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
struct Media {
    #[schemars(with = "String")]
    sid: MediaSid,
    size: u64,
    content_type: String,
    filename: Option<String>,
}

impl From<chat::Media> for Media {
    fn from(media: chat::Media) -> Self {
        let filename = Some(media.filename).filter(|name| !name.is_empty());
        Self { sid: media.sid, size: media.size, content_type: media.content_type, filename }
    }
}

/// In which order.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Which {
    #[serde(default)]
    order: Order,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Order {
    #[default]
    Asc,
    Desc,
}

/// What is said of a message.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Said {
    body: Option<String>,
    attributes: Option<String>,
    from: Option<String>,
    last_updated_by: Option<String>,
    #[schemars(with = "Option<String>")]
    date_created: Option<Date>,
    #[schemars(with = "Option<String>")]
    date_updated: Option<Date>,
    media_sid: Option<String>,
}

/// `GET /Channels/{channel}/Messages`
pub(super) async fn list(
    desk: Desk,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Listed<Message>, No> {
    let channel = desk.channel().await?.sid;
    let after = paging.after::<u64>()?.map(MessageIndex);
    let room = Room::page(paging.size);
    let page = desk
        .read(move |tx| {
            Ok(match which.order {
                Order::Asc => {
                    let first = after.map_or(0, |after| after.0.saturating_add(1));
                    tx.messages_from(channel, MessageIndex(first), room)?
                }
                Order::Desc => tx.messages(channel, after, room)?,
            })
        })
        .await?;
    let last = page.rows.last().filter(|_| page.more);
    let page = Cut { next: last.map(|message| message.index.0.to_string()), rows: page.rows };
    paging.listed("messages", page.map(|message| shown(&desk, channel, message)))
}

/// `GET /Channels/{channel}/Messages/{message}`
pub(super) async fn fetch(desk: Desk) -> Result<Json<Message>, No> {
    let channel = desk.channel().await?.sid;
    let index = desk.message(channel).await?;
    Ok(Json(desk.shown_message(channel, index).await?))
}

/// `POST /Channels/{channel}/Messages`
pub(super) async fn create(
    desk: Desk,
    Form(said): Form<Said>,
) -> Result<(StatusCode, Json<Message>), No> {
    let channel = desk.channel().await?.sid;
    let (by, wish) = (desk.operator(), said.wish()?);
    let posted =
        desk.change(channel, move |tx, m| record_message(tx, by, channel, &wish, m)).await?;
    Ok((StatusCode::CREATED, Json(desk.shown_message(channel, posted.index).await?)))
}

/// `POST /Channels/{channel}/Messages/{message}`
pub(super) async fn update(desk: Desk, Form(said): Form<Said>) -> Result<Json<Message>, No> {
    let channel = desk.channel().await?.sid;
    let index = desk.message(channel).await?;
    let (by, wish) = (desk.operator(), said.wish()?);
    desk.change(channel, move |tx, m| amend_message(tx, by, channel, index, &wish, m)).await?;
    Ok(Json(desk.shown_message(channel, index).await?))
}

/// `DELETE /Channels/{channel}/Messages/{message}`
pub(super) async fn delete(desk: Desk) -> Gone {
    let Some(channel) = gone_or(desk.channel().await)? else { return Ok(StatusCode::NO_CONTENT) };
    let channel = channel.sid;
    let Some(index) = gone_or(desk.message(channel).await)? else {
        return Ok(StatusCode::NO_CONTENT);
    };
    let by = desk.operator();
    desk.change(channel, move |tx, m| delete_message(tx, by, channel, index, m)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Said {
    fn wish(self) -> Result<MessageWish, No> {
        let media = self.media_sid.map(|sid| sid.parse().map_err(|_| Refusal::MediaNotFound));
        let identity = |text: Option<String>| text.as_deref().map(Identity::parse).transpose();
        Ok(MessageWish {
            sid: None,
            body: self.body,
            attributes: self.attributes,
            media: media.transpose()?,
            from: identity(self.from)?,
            created_at: self.date_created.map(|Date(at)| at),
            updated_at: self.date_updated.map(|Date(at)| at),
            updated_by: identity(self.last_updated_by)?,
        })
    }
}

impl Desk {
    async fn shown_message(&self, channel: ChannelSid, index: MessageIndex) -> Result<Message, No> {
        let message = self
            .read(move |tx| {
                let message = tx.message(channel, index)?;
                let message = message.filter(|message| !message.is_deleted());
                Ok(message.ok_or(Refusal::MessageNotFound)?)
            })
            .await?;
        Ok(shown(self, channel, message))
    }
}

fn shown(desk: &Desk, channel: ChannelSid, message: chat::Message) -> Message {
    let edited = message.edited;
    Message {
        url: desk.url(&format!("/Channels/{channel}/Messages/{}", message.sid)),
        sid: message.sid,
        account_sid: desk.account,
        service_sid: desk.service(),
        channel_sid: channel,
        to: channel,
        from: message.identity,
        index: message.index,
        r#type: if message.media.is_some() { "media" } else { "text" },
        body: message.body,
        media: message.media.map(Media::from),
        attributes: json_of(&message.attributes),
        date_created: Date(message.posted_at),
        date_updated: Date(edited.as_ref().map_or(message.posted_at, |edited| edited.at)),
        was_edited: edited.is_some(),
        last_updated_by: edited.map(|edited| edited.by),
    }
}
