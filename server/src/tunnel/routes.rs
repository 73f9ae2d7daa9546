//! Which request means what. Hosts do not count: the SDK names the vendor's, or ours.

use super::call::{Answer, Answered, Call};
use super::session::Session;

pub(super) mod configuration;
pub(super) mod conversations;
mod documents;
mod invites;
mod lists;
mod maps;
mod messages;
mod my_conversations;
mod paging;
mod participants;
mod subscriptions;
mod typing;
mod users;

/// Does what is asked.
pub(crate) async fn answer(session: &Session, call: &Call) -> Answered {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match path[..] {
        ["Client", version @ ("v1" | "v2"), ref rest @ ..] => {
            client(session, call, version, rest).await
        }
        ["v3", kind, object] => fetched(session, call, kind, object).await,
        ["v3", kind, object, "Items"] => items(session, call, kind, object).await,
        ["v4", "Subscriptions"] if call.method == "POST" => {
            subscriptions::poke(session, call).await
        }
        // What is refused is asked for again for ever; nothing is pushed to anybody.
        ["v1", "registrations", ..] => Ok(Answer::created(serde_json::json!({"id": "none"}))),
        _ => unknown(),
    }
}

async fn client(session: &Session, call: &Call, version: &str, rest: &[&str]) -> Answered {
    match (call.method.as_str(), rest) {
        ("GET", ["Configuration"]) => Ok(configuration::configuration(session, version)),
        ("GET", ["Conversations"]) => conversations::list(session, call).await,
        ("POST", ["Conversations"]) => conversations::create(session, call, version).await,
        ("GET", ["Conversations", channel]) => conversations::fetch(session, channel).await,
        ("POST", ["Conversations", channel]) => conversations::edit(session, call, channel).await,
        ("DELETE", ["Conversations", channel]) => conversations::delete(session, channel).await,
        (_, ["Conversations", channel, "Participants", who @ ..]) => {
            participants::answer(session, call, channel, &who.join("/")).await
        }
        (_, ["Conversations", channel, "Invites", who @ ..]) => {
            invites::answer(session, call, channel, &who.join("/")).await
        }
        (_, ["Conversations", channel, "Messages", rest @ ..]) => {
            messages::answer(session, call, channel, rest).await
        }
        ("GET", ["MyConversations"]) => my_conversations::list(session).await,
        ("GET", ["MyConversations", channel]) => my_conversations::fetch(session, channel).await,
        ("POST", ["MyConversations", channel]) => {
            my_conversations::edit(session, call, channel).await
        }
        ("POST", ["Typing"]) => typing::signal(session, call).await,
        ("GET", ["Users"]) => users::list(session, call).await,
        ("GET", ["Users", who @ ..]) => users::fetch(session, &who.join("/")).await,
        ("POST", ["Users", who @ ..]) => users::edit(session, call, &who.join("/")).await,
        _ => unknown(),
    }
}

async fn fetched(session: &Session, call: &Call, kind: &str, object: &str) -> Answered {
    match (call.method.as_str(), kind) {
        ("GET", "Documents") => documents::fetch(session, object).await,
        ("GET", "Lists") => lists::fetch(session, object).await,
        ("GET", "Maps") => maps::fetch(session, call, object).await,
        _ => unknown(),
    }
}

async fn items(session: &Session, call: &Call, kind: &str, object: &str) -> Answered {
    match (call.method.as_str(), kind) {
        ("GET", "Lists") => lists::items(session, call, object).await,
        ("GET", "Maps") => maps::items(session, call, object).await,
        _ => unknown(),
    }
}

fn unknown() -> Answered {
    Ok(Answer::unknown())
}
