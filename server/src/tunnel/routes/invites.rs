//! Invitations to a channel: made, and declined.

use chat::Refusal;
use chat::protocol::{Accepted, Command};
use serde::Deserialize;
use serde_json::json;

use crate::tunnel::call::{Answer, Answered, Call};
use crate::tunnel::session::Session;

#[derive(Deserialize)]
struct Wish {
    identity: Option<String>,
}

pub(super) async fn answer(session: &Session, call: &Call, channel: &str, who: &str) -> Answered {
    match (call.method.as_str(), who) {
        ("POST", "") => invite(session, call, channel).await,
        ("DELETE", who) if who == session.desk.who.identity.as_str() => {
            match session.channel(channel).await {
                Ok(channel) => session.run(Command::DeclineInvite { channel }).await.map(drop)?,
                Err(error) => session.unless_absent(error)?,
            }
            Ok(Answer::done())
        }
        _ => Ok(Answer::unknown()),
    }
}

async fn invite(session: &Session, call: &Call, channel: &str) -> Answered {
    let channel = session.channel(channel).await?;
    let wish: Wish = call.json()?;
    let identity = wish.identity.ok_or(Refusal::IdentityMissing)?;
    let nonce = session.nonce(call);
    let command = Command::InviteMember { channel, identity: identity.clone(), nonce };
    match session.run(command).await? {
        Accepted::Invited(invitation) => {
            Ok(Answer::created(json!({"sid": invitation.invite, "identity": identity})))
        }
        _ => unreachable!("somebody was invited"),
    }
}
