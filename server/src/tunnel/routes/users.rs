//! Users: what they are called and like, and where to follow that.

use chat::protocol::{Command, UserEditing};
use chat::{Identity, MemberSid, Refusal, User};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::paging;
use crate::commands::CommandError;
use crate::queries;
use crate::tunnel::call::{Answer, Answered, Call};
use crate::tunnel::data;
use crate::tunnel::objects::Object;
use crate::tunnel::session::Session;

#[derive(Deserialize)]
struct Edits {
    friendly_name: Option<String>,
    attributes: Option<String>,
}

pub(super) async fn fetch(session: &Session, who: &str) -> Answered {
    Ok(Answer::ok(described(session, &find(session, who).await?)))
}

/// The members of a channel, as users.
pub(super) async fn list(session: &Session, call: &Call) -> Answered {
    let channel = call.param("ConversationSid").ok_or(Refusal::BadParameter)?;
    let channel = session.channel(&channel).await?;
    let (me, size) = (session.me(), paging::size(call)?);
    let from: Option<MemberSid> = call.parsed("PageToken")?;
    let page =
        session.read(move |tx| queries::users_of_channel(tx, me, channel, from, size)).await?;
    let users: Vec<Value> = page.users.iter().map(|user| described(session, user)).collect();
    Ok(Answer::ok(json!({"users": users, "meta": paging::meta(None, page.next)})))
}

pub(super) async fn edit(session: &Session, call: &Call, who: &str) -> Answered {
    let Edits { friendly_name, attributes } = call.json()?;
    let user = find(session, who).await?.sid;
    let editing = UserEditing { user, friendly_name, role: None, attributes };
    session.run(Command::EditUser(editing)).await?;
    fetch(session, who).await
}

async fn find(session: &Session, who: &str) -> Result<User, CommandError> {
    let identity = Identity::parse(who).map_err(|_| Refusal::UserNotFound)?;
    let user = session.read(move |tx| queries::user_named(tx, &identity)).await?;
    Ok(user.ok_or(Refusal::UserNotFound)?)
}

fn described(session: &Session, user: &User) -> Value {
    let name = utf8_percent_encode(user.identity.as_str(), NON_ALPHANUMERIC);
    let info = Object::Info(user.sid).to_string();
    json!({
        "sid": user.sid,
        "identity": user.identity,
        "friendly_name": data::name(user),
        "attributes": data::attributes(&user.attributes),
        "is_online": session.desk.seat.sees(user.sid),
        "is_notifiable": null,
        "sync_unique_name": info,
        "sync_objects": {"user_info_map": info},
        "url": format!("{}/Client/v1/Users/{name}", session.base),
    })
}
