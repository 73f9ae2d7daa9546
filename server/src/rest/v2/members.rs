//! Members of a channel.

use axum::Json;
use chat::{
    AccountSid, ChannelSid, Identity, MemberSid, MessageIndex, Refusal, RoleSid, ServiceSid,
    UserSid,
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
use super::roles::role;
use crate::commands::{CommandError, MemberWish, amend_member, enrol_member, remove_member};
use crate::limits::REST_PAGE_MAX;
use crate::store::{ListedMember, Tx};

/// A member as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Member {
    #[schemars(with = "String")]
    sid: MemberSid,
    #[schemars(with = "String")]
    account_sid: AccountSid,
    #[schemars(with = "String")]
    service_sid: ServiceSid,
    #[schemars(with = "String")]
    channel_sid: ChannelSid,
    #[schemars(with = "String")]
    identity: Identity,
    #[schemars(with = "Option<String>")]
    role_sid: Option<RoleSid>,
    /// JSON, as text.
    attributes: String,
    #[schemars(with = "Option<u64>")]
    last_consumed_message_index: Option<MessageIndex>,
    #[schemars(with = "Option<String>")]
    last_consumption_timestamp: Option<Date>,
    #[schemars(with = "String")]
    date_created: Date,
    #[schemars(with = "String")]
    date_updated: Date,
    url: String,
}

/// Which members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Which {
    #[serde(default)]
    identity: Vec<String>,
}

/// What is said of a member.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Said {
    identity: Option<String>,
    role_sid: Option<String>,
    attributes: Option<String>,
    last_consumed_message_index: Option<u64>,
    #[schemars(with = "Option<String>")]
    date_created: Option<Date>,
}

/// `GET /Channels/{channel}/Members`
pub(super) async fn list(
    desk: Desk,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Listed<Member>, No> {
    let channel = desk.channel().await?.sid;
    let page = if which.identity.is_empty() {
        let (after, reach) = (paging.after()?, paging.reach());
        let members = desk.read(move |tx| Ok(tx.members_after(channel, after, reach)?)).await?;
        paging.cut(members, |listed| listed.member.user.to_string())
    } else {
        let rows = desk.read(move |tx| named(tx, channel, &which.identity)).await?;
        Cut { rows, next: None }
    };
    paging.listed("members", page.map(|listed| shown(&desk, channel, listed)))
}

/// `GET /Channels/{channel}/Members/{member}`
pub(super) async fn fetch(desk: Desk) -> Result<Json<Member>, No> {
    let channel = desk.channel().await?.sid;
    let member = desk.member(channel).await?;
    Ok(Json(shown(&desk, channel, member)))
}

/// `POST /Channels/{channel}/Members`
pub(super) async fn create(
    desk: Desk,
    Form(said): Form<Said>,
) -> Result<(StatusCode, Json<Member>), No> {
    let channel = desk.channel().await?.sid;
    let identity = Identity::parse(said.identity.as_deref().unwrap_or_default())?;
    let (by, wish) = (desk.operator(), said.wish()?);
    let user = desk
        .change(channel, move |tx, m| enrol_member(tx, by, channel, &identity, &wish, m))
        .await?;
    Ok((StatusCode::CREATED, Json(desk.shown_member(channel, user).await?)))
}

/// `POST /Channels/{channel}/Members/{member}`
pub(super) async fn update(desk: Desk, Form(said): Form<Said>) -> Result<Json<Member>, No> {
    let channel = desk.channel().await?.sid;
    let user = desk.member(channel).await?.member.user;
    let (by, wish) = (desk.operator(), said.wish()?);
    desk.change(channel, move |tx, m| amend_member(tx, by, channel, user, &wish, m)).await?;
    Ok(Json(desk.shown_member(channel, user).await?))
}

/// `DELETE /Channels/{channel}/Members/{member}`
pub(super) async fn delete(desk: Desk) -> Gone {
    let Some(channel) = gone_or(desk.channel().await)? else { return Ok(StatusCode::NO_CONTENT) };
    let channel = channel.sid;
    let Some(listed) = gone_or(desk.member(channel).await)? else {
        return Ok(StatusCode::NO_CONTENT);
    };
    let (by, user) = (desk.operator(), listed.member.user);
    desk.change(channel, move |tx, m| remove_member(tx, by, channel, user, m)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Said {
    fn wish(self) -> Result<MemberWish, Refusal> {
        Ok(MemberWish {
            sid: None,
            role: self.role_sid.as_deref().map(role).transpose()?,
            attributes: self.attributes,
            horizon: self.last_consumed_message_index.map(MessageIndex),
            joined_at: self.date_created.map(|Date(at)| at),
            read_at: None,
        })
    }
}

impl Desk {
    async fn shown_member(&self, channel: ChannelSid, user: UserSid) -> Result<Member, No> {
        let member = self
            .read(move |tx| Ok(tx.listed_member(channel, user)?.ok_or(Refusal::MemberNotFound)?))
            .await?;
        Ok(shown(self, channel, member))
    }
}

fn named(
    tx: &mut dyn Tx,
    channel: ChannelSid,
    identities: &[String],
) -> Result<Vec<ListedMember>, CommandError> {
    let mut members = Vec::new();
    for identity in identities.iter().take(REST_PAGE_MAX) {
        if let Ok(identity) = Identity::parse(identity)
            && let Some(user) = tx.user_named(&identity)?
        {
            members.extend(tx.listed_member(channel, user.sid)?);
        }
    }
    Ok(members)
}

fn shown(desk: &Desk, channel: ChannelSid, listed: ListedMember) -> Member {
    let ListedMember { member, horizon } = listed;
    Member {
        url: desk.url(&format!("/Channels/{channel}/Members/{}", member.sid)),
        sid: member.sid,
        account_sid: desk.account,
        service_sid: desk.service(),
        channel_sid: channel,
        identity: member.identity,
        role_sid: member.role,
        attributes: json_of(&member.attributes),
        last_consumed_message_index: horizon,
        last_consumption_timestamp: member.read_at.map(Date),
        date_created: Date(member.at),
        date_updated: Date(member.at),
    }
}
