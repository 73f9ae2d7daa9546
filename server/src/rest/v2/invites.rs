//! Invitations to a channel that are neither taken up nor declined.

use axum::Json;
use chat::{AccountSid, ChannelSid, Identity, InviteSid, Nonce, Refusal, RoleSid, ServiceSid};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dates::Date;
use super::desk::Desk;
use super::form::{Form, Query};
use super::no::{Gone, No, gone_or};
use super::paging::{Cut, Listed, Paging};
use super::roles::role;
use crate::clock::fresh_id;
use crate::commands::{CommandError, Invitee, decline_invite, invite_member};
use crate::limits::REST_PAGE_MAX;
use crate::store::{ListedInvite, Tx};

/// An invitation as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Invite {
    #[schemars(with = "String")]
    sid: InviteSid,
    #[schemars(with = "String")]
    account_sid: AccountSid,
    #[schemars(with = "String")]
    service_sid: ServiceSid,
    #[schemars(with = "String")]
    channel_sid: ChannelSid,
    #[schemars(with = "String")]
    identity: Identity,
    /// What whoever takes it up will bear.
    #[schemars(with = "String")]
    role_sid: RoleSid,
    #[schemars(with = "String")]
    created_by: Identity,
    #[schemars(with = "String")]
    date_created: Date,
    #[schemars(with = "String")]
    date_updated: Date,
    url: String,
}

/// What is said of an invitation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Said {
    #[serde(default)]
    identity: String,
    role_sid: Option<String>,
}

/// Whose invitations.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Which {
    #[serde(default)]
    identity: Vec<String>,
}

/// `GET /Channels/{channel}/Invites`
pub(super) async fn list(
    desk: Desk,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Listed<Invite>, No> {
    let channel = desk.channel().await?.sid;
    let usual = desk.read(|tx| Ok(tx.default_roles()?.member)).await?;
    let page = if which.identity.is_empty() {
        let (after, reach) = (paging.after()?, paging.reach());
        let invites = desk.read(move |tx| Ok(tx.invites_after(channel, after, reach)?)).await?;
        paging.cut(invites, |listed| listed.user.to_string())
    } else {
        let rows = desk.read(move |tx| named(tx, channel, &which.identity)).await?;
        Cut { rows, next: None }
    };
    paging.listed("invites", page.map(|listed| shown(&desk, channel, usual, listed)))
}

/// `GET /Channels/{channel}/Invites/{invite}`
pub(super) async fn fetch(desk: Desk) -> Result<Json<Invite>, No> {
    let channel = desk.channel().await?.sid;
    let listed = desk.invite(channel).await?;
    let usual = desk.read(|tx| Ok(tx.default_roles()?.member)).await?;
    Ok(Json(shown(&desk, channel, usual, listed)))
}

/// `POST /Channels/{channel}/Invites`
pub(super) async fn create(
    desk: Desk,
    Form(said): Form<Said>,
) -> Result<(StatusCode, Json<Invite>), No> {
    let channel = desk.channel().await?.sid;
    let identity = Identity::parse(&said.identity)?;
    let role = said.role_sid.as_deref().map(role).transpose()?;
    let (by, nonce) = (desk.operator(), Nonce(fresh_id(desk.now())));
    let invited = desk
        .change(channel, move |tx, m| {
            let invitee = Invitee { identity: &identity, role };
            invite_member(tx, by, channel, invitee, nonce, m)
        })
        .await?;
    let listed = desk.invite_of(channel, invited.invite).await?;
    let usual = desk.read(|tx| Ok(tx.default_roles()?.member)).await?;
    Ok((StatusCode::CREATED, Json(shown(&desk, channel, usual, listed))))
}

/// `DELETE /Channels/{channel}/Invites/{invite}`
pub(super) async fn delete(desk: Desk) -> Gone {
    let Some(channel) = gone_or(desk.channel().await)? else { return Ok(StatusCode::NO_CONTENT) };
    let channel = channel.sid;
    let Some(listed) = gone_or(desk.invite(channel).await)? else {
        return Ok(StatusCode::NO_CONTENT);
    };
    let (by, user) = (desk.operator(), listed.user);
    desk.change(channel, move |tx, m| decline_invite(tx, by, channel, user, m)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Desk {
    async fn invite(&self, channel: ChannelSid) -> Result<ListedInvite, No> {
        let sid = self.named("invite").parse().map_err(|_| Refusal::InviteNotFound)?;
        self.invite_of(channel, sid).await
    }

    async fn invite_of(&self, channel: ChannelSid, sid: InviteSid) -> Result<ListedInvite, No> {
        self.read(move |tx| Ok(tx.listed_invite(channel, sid)?.ok_or(Refusal::InviteNotFound)?))
            .await
    }
}

fn named(
    tx: &mut dyn Tx,
    channel: ChannelSid,
    identities: &[String],
) -> Result<Vec<ListedInvite>, CommandError> {
    let mut invites = Vec::new();
    for identity in identities.iter().take(REST_PAGE_MAX) {
        if let Ok(identity) = Identity::parse(identity)
            && let Some(user) = tx.user_named(&identity)?
            && let Some(invited) = tx.invited(channel, user.sid)?
        {
            invites.extend(tx.listed_invite(channel, invited.sid)?);
        }
    }
    Ok(invites)
}

/// An invitation without a role of its own leads to the usual one.
fn shown(desk: &Desk, channel: ChannelSid, usual: RoleSid, listed: ListedInvite) -> Invite {
    let invited = listed.invited;
    Invite {
        url: desk.url(&format!("/Channels/{channel}/Invites/{}", invited.sid)),
        sid: invited.sid,
        account_sid: desk.account,
        service_sid: desk.service(),
        channel_sid: channel,
        identity: listed.identity,
        role_sid: invited.role.unwrap_or(usual),
        created_by: invited.by,
        date_created: Date(invited.at),
        date_updated: Date(invited.at),
    }
}
