//! Roles: a deployment role counts everywhere, a channel role in one channel.

use axum::Json;
use chat::{AccountSid, FriendlyName, Permissions, Refusal, RoleKind, RoleSid, ServiceSid};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dates::Date;
use super::desk::Desk;
use super::form::Form;
use super::no::{Gone, No, gone_or};
use super::paging::{Listed, Paging};
use crate::commands::{create_role, delete_role, edit_role};

/// A role as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Role {
    #[schemars(with = "String")]
    sid: RoleSid,
    #[schemars(with = "String")]
    account_sid: AccountSid,
    #[schemars(with = "String")]
    service_sid: ServiceSid,
    #[schemars(with = "String")]
    friendly_name: FriendlyName,
    r#type: Type,
    #[schemars(with = "Vec<String>")]
    permissions: Permissions,
    #[schemars(with = "String")]
    date_created: Date,
    #[schemars(with = "String")]
    date_updated: Date,
    url: String,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Type {
    Deployment,
    Channel,
}

/// What is said of a role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Said {
    #[serde(default)]
    friendly_name: String,
    r#type: Type,
    #[serde(default)]
    permission: Vec<String>,
}

/// What it permits from now on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Replaced {
    #[serde(default)]
    permission: Vec<String>,
}

/// A role that is named by its SID.
pub(super) fn role(text: &str) -> Result<RoleSid, Refusal> {
    text.parse().map_err(|_| Refusal::RoleNotFound)
}

/// `GET /Roles`
pub(super) async fn list(desk: Desk, paging: Paging) -> Result<Listed<Role>, No> {
    let after = paging.after::<RoleSid>()?;
    let roles = desk.read(|tx| Ok(tx.roles()?)).await?;
    let later = roles.into_iter().filter(|role| after < Some(role.sid));
    let shown = later.filter_map(|role| shown(&desk, role)).collect();
    let page = paging.cut(shown, |role: &Role| role.sid.to_string());
    paging.listed("roles", page)
}

/// `GET /Roles/{role}`
pub(super) async fn fetch(desk: Desk) -> Result<Json<Role>, No> {
    let sid = role(desk.named("role"))?;
    Ok(Json(desk.shown_role(sid).await?))
}

/// `POST /Roles`
pub(super) async fn create(
    desk: Desk,
    Form(said): Form<Said>,
) -> Result<(StatusCode, Json<Role>), No> {
    let kind = match said.r#type {
        Type::Deployment => RoleKind::Service,
        Type::Channel => RoleKind::Channel,
    };
    let sid = desk
        .change_service(move |tx, m| {
            create_role(tx, &said.friendly_name, kind, &said.permission, m)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(desk.shown_role(sid).await?)))
}

/// `POST /Roles/{role}`
pub(super) async fn update(desk: Desk, Form(said): Form<Replaced>) -> Result<Json<Role>, No> {
    let sid = role(desk.named("role"))?;
    desk.change_service(move |tx, m| edit_role(tx, sid, &said.permission, m)).await?;
    Ok(Json(desk.shown_role(sid).await?))
}

/// `DELETE /Roles/{role}`
pub(super) async fn delete(desk: Desk) -> Gone {
    let named = role(desk.named("role")).map_err(No::from);
    let Some(sid) = gone_or(named)? else { return Ok(StatusCode::NO_CONTENT) };
    desk.change_service(move |tx, m| delete_role(tx, sid, m)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Desk {
    async fn shown_role(&self, sid: RoleSid) -> Result<Role, No> {
        let role = self.read(move |tx| Ok(tx.role(sid)?.ok_or(Refusal::RoleNotFound)?)).await?;
        Ok(shown(self, role).ok_or(Refusal::RoleNotFound)?)
    }
}

/// Nothing of a role that is deleted.
fn shown(desk: &Desk, role: chat::Role) -> Option<Role> {
    let details = role.details?;
    Some(Role {
        sid: role.sid,
        account_sid: desk.account,
        service_sid: desk.service(),
        friendly_name: details.friendly_name,
        r#type: match details.kind {
            RoleKind::Service => Type::Deployment,
            RoleKind::Channel => Type::Channel,
        },
        permissions: details.permissions,
        date_created: Date(details.created_at),
        date_updated: Date(details.updated_at),
        url: desk.url(&format!("/Roles/{}", role.sid)),
    })
}
