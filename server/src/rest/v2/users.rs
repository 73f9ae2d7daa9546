//! Users.

use axum::Json;
use chat::protocol::UserEditing;
use chat::{AccountSid, FriendlyName, Identity, Refusal, RoleSid, ServiceSid, UserSid};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dates::Date;
use super::desk::Desk;
use super::form::Form;
use super::json_of;
use super::no::{Gone, No, gone_or};
use super::paging::{Listed, Paging};
use super::roles::role;
use crate::commands::{CommandError, NewcomerWish, create_user, delete_user, edit_user};
use crate::store::{ListedUser, Tx};

/// A user as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct User {
    #[schemars(with = "String")]
    sid: UserSid,
    #[schemars(with = "String")]
    account_sid: AccountSid,
    #[schemars(with = "String")]
    service_sid: ServiceSid,
    #[schemars(with = "String")]
    identity: Identity,
    #[schemars(with = "Option<String>")]
    friendly_name: Option<FriendlyName>,
    #[schemars(with = "String")]
    role_sid: RoleSid,
    /// JSON, as text.
    attributes: String,
    /// Only when a single user is asked for; nothing where the service does not follow who is
    /// reachable.
    is_online: Option<bool>,
    is_notifiable: Option<bool>,
    joined_channels_count: u64,
    #[schemars(with = "String")]
    date_created: Date,
    #[schemars(with = "String")]
    date_updated: Date,
    url: String,
    links: Links,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Links {
    user_channels: String,
    user_bindings: String,
}

/// What is said of a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Said {
    #[serde(default)]
    identity: String,
    friendly_name: Option<String>,
    attributes: Option<String>,
    role_sid: Option<String>,
}

/// A user and the number of their channels.
#[derive(Clone, Debug)]
struct Counted(ListedUser, u64);

/// `GET /Users`
pub(super) async fn list(desk: Desk, paging: Paging) -> Result<Listed<User>, No> {
    // One more, for the system itself is none of them.
    let (after, reach) = (paging.after()?, paging.reach() + 1);
    let system = desk.system();
    let users = desk
        .read(move |tx| {
            let users = tx.users_after(after, reach)?.into_iter();
            let people = users.filter(|listed| listed.user.sid != system);
            people.map(|listed| counted(tx, listed)).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let page = paging.cut(users, |Counted(listed, _)| listed.user.sid.to_string());
    paging.listed("users", page.map(|counted| shown(&desk, counted)))
}

/// `GET /Users/{user}`
pub(super) async fn fetch(desk: Desk) -> Result<Json<User>, No> {
    let sid = desk.user().await?.user.sid;
    let is_online = desk.gateway.hub.is_online(sid);
    Ok(Json(User { is_online, ..desk.shown_user(sid).await? }))
}

/// `POST /Users`
pub(super) async fn create(
    desk: Desk,
    Form(said): Form<Said>,
) -> Result<(StatusCode, Json<User>), No> {
    let wish = NewcomerWish {
        sid: None,
        created_at: None,
        role: said.role()?,
        identity: said.identity,
        friendly_name: said.friendly_name,
        attributes: said.attributes.unwrap_or_default(),
    };
    let sid = desk.change_service(move |tx, m| create_user(tx, &wish, m)).await?;
    Ok((StatusCode::CREATED, Json(desk.shown_user(sid).await?)))
}

/// `POST /Users/{user}`
pub(super) async fn update(desk: Desk, Form(said): Form<Said>) -> Result<Json<User>, No> {
    let sid = desk.user().await?.user.sid;
    let by = desk.operator();
    let editing = UserEditing {
        user: sid,
        role: said.role()?,
        friendly_name: said.friendly_name,
        attributes: said.attributes,
    };
    desk.change_service(move |tx, m| edit_user(tx, by, &editing, m)).await?;
    Ok(Json(desk.shown_user(sid).await?))
}

/// `DELETE /Users/{user}`
pub(super) async fn delete(desk: Desk) -> Gone {
    let Some(listed) = gone_or(desk.user().await)? else { return Ok(StatusCode::NO_CONTENT) };
    let sid = listed.user.sid;
    desk.change_service(move |tx, m| delete_user(tx, sid, m)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Said {
    fn role(&self) -> Result<Option<RoleSid>, Refusal> {
        self.role_sid.as_deref().map(role).transpose()
    }
}

impl Desk {
    async fn shown_user(&self, sid: UserSid) -> Result<User, No> {
        let user = self
            .read(move |tx| {
                let listed = tx.listed_user(sid)?.ok_or(Refusal::UserNotFound)?;
                counted(tx, listed)
            })
            .await?;
        Ok(shown(self, user))
    }
}

fn counted(tx: &mut dyn Tx, listed: ListedUser) -> Result<Counted, CommandError> {
    let channels = tx.channels_of(listed.user.sid)?;
    Ok(Counted(listed, channels))
}

fn shown(desk: &Desk, Counted(listed, channels): Counted) -> User {
    let ListedUser { user, made_at } = listed;
    let url = desk.url(&format!("/Users/{}", user.sid));
    User {
        sid: user.sid,
        account_sid: desk.account,
        service_sid: desk.service(),
        identity: user.identity,
        friendly_name: user.friendly_name,
        role_sid: user.role,
        attributes: json_of(&user.attributes),
        is_online: None,
        is_notifiable: None,
        joined_channels_count: channels,
        date_created: Date(made_at),
        date_updated: Date(made_at),
        links: Links {
            user_channels: format!("{url}/Channels"),
            user_bindings: format!("{url}/Bindings"),
        },
        url,
    }
}
