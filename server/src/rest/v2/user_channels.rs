//! The channels that a user is in, or is invited to.

use axum::Json;
use chat::{AccountSid, ChannelSid, Level, MemberSid, MessageIndex, Refusal, ServiceSid, UserSid};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::form::Form;
use super::no::{Gone, No, gone_or};
use super::paging::{Listed, Paging};
use crate::commands::{CommandError, amend_membership, remove_member};
use crate::store::{ListedMembership, Tx};

/// A user's channel as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct UserChannel {
    #[schemars(with = "String")]
    account_sid: AccountSid,
    #[schemars(with = "String")]
    service_sid: ServiceSid,
    #[schemars(with = "String")]
    channel_sid: ChannelSid,
    #[schemars(with = "String")]
    user_sid: UserSid,
    #[schemars(with = "Option<String>")]
    member_sid: Option<MemberSid>,
    status: &'static str,
    #[schemars(with = "Option<u64>")]
    last_consumed_message_index: Option<MessageIndex>,
    unread_messages_count: Option<u64>,
    #[schemars(with = "String")]
    notification_level: Level,
    url: String,
    links: Links,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Links {
    channel: String,
    member: Option<String>,
}

/// What is said of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Said {
    notification_level: Option<String>,
    last_consumed_message_index: Option<u64>,
}

/// A user's channel, and how much of it they have not read.
#[derive(Clone, Debug)]
struct Counted(ListedMembership, Option<u64>);

/// `GET /Users/{user}/Channels`
pub(super) async fn list(desk: Desk, paging: Paging) -> Result<Listed<UserChannel>, No> {
    let user = desk.user().await?.user.sid;
    let (after, reach) = (paging.after()?, paging.reach());
    let memberships = desk
        .read(move |tx| {
            let memberships = tx.memberships_after(user, after, reach)?.into_iter();
            memberships.map(|listed| counted(tx, user, listed)).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let page = paging.cut(memberships, |Counted(listed, _)| listed.membership.channel.to_string());
    paging.listed("channels", page.map(|counted| shown(&desk, user, counted)))
}

/// `GET /Users/{user}/Channels/{channel}`
pub(super) async fn fetch(desk: Desk) -> Result<Json<UserChannel>, No> {
    let user = desk.user().await?.user.sid;
    let channel = desk.channel().await?.sid;
    Ok(Json(desk.shown_user_channel(user, channel).await?))
}

/// `POST /Users/{user}/Channels/{channel}`
pub(super) async fn update(desk: Desk, Form(said): Form<Said>) -> Result<Json<UserChannel>, No> {
    let user = desk.user().await?.user.sid;
    let channel = desk.channel().await?.sid;
    let (level, horizon) = (said.level()?, said.last_consumed_message_index.map(MessageIndex));
    desk.change(channel, move |tx, m| amend_membership(tx, user, channel, horizon, level, m))
        .await?;
    Ok(Json(desk.shown_user_channel(user, channel).await?))
}

/// `DELETE /Users/{user}/Channels/{channel}`
pub(super) async fn delete(desk: Desk) -> Gone {
    let Some(listed) = gone_or(desk.user().await)? else { return Ok(StatusCode::NO_CONTENT) };
    let Some(channel) = gone_or(desk.channel().await)? else { return Ok(StatusCode::NO_CONTENT) };
    let (by, user, channel) = (desk.operator(), listed.user.sid, channel.sid);
    desk.change(channel, move |tx, m| remove_member(tx, by, channel, user, m)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Said {
    fn level(&self) -> Result<Option<Level>, Refusal> {
        match self.notification_level.as_deref() {
            None => Ok(None),
            Some("default") => Ok(Some(Level::Default)),
            Some("muted") => Ok(Some(Level::Muted)),
            Some(_) => Err(Refusal::LevelInvalid),
        }
    }
}

impl Desk {
    async fn shown_user_channel(
        &self,
        user: UserSid,
        channel: ChannelSid,
    ) -> Result<UserChannel, No> {
        let membership = self
            .read(move |tx| {
                let listed = tx.listed_membership(user, channel)?;
                counted(tx, user, listed.ok_or(Refusal::MemberNotFound)?)
            })
            .await?;
        Ok(shown(self, user, membership))
    }
}

fn counted(
    tx: &mut dyn Tx,
    user: UserSid,
    listed: ListedMembership,
) -> Result<Counted, CommandError> {
    let is_member = !listed.membership.has_left();
    let unread = is_member
        .then(|| tx.unread(listed.membership.channel, user, listed.floor()))
        .transpose()?;
    Ok(Counted(listed, unread))
}

fn shown(desk: &Desk, user: UserSid, Counted(listed, unread): Counted) -> UserChannel {
    let ListedMembership { sid, membership, .. } = listed;
    let channel = desk.url(&format!("/Channels/{}", membership.channel));
    let member = (!membership.has_left()).then_some(sid);
    UserChannel {
        account_sid: desk.account,
        service_sid: desk.service(),
        channel_sid: membership.channel,
        user_sid: user,
        member_sid: member,
        status: if member.is_some() { "joined" } else { "invited" },
        last_consumed_message_index: membership.horizon,
        unread_messages_count: unread,
        notification_level: membership.level,
        url: desk.url(&format!("/Users/{user}/Channels/{}", membership.channel)),
        links: Links { member: member.map(|sid| format!("{channel}/Members/{sid}")), channel },
    }
}
