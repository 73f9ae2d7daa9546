//! A channel's members: one joins or leaves, or somebody else is added, changed or removed.

use chat::protocol::{Accepted, Command, MemberEditing};
use chat::{ChannelSid, MemberSid, Refusal, UserSid};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::commands::CommandError;
use crate::queries;
use crate::tunnel::call::{Answer, Answered, Call};
use crate::tunnel::session::Session;

#[derive(Deserialize)]
struct Wish {
    identity: Option<String>,
    attributes: Option<String>,
}

pub(super) async fn answer(session: &Session, call: &Call, channel: &str, who: &str) -> Answered {
    match (call.method.as_str(), who) {
        ("POST", "") => enter(session, call, session.channel(channel).await?).await,
        ("POST", who) => edit(session, call, session.channel(channel).await?, who).await,
        ("DELETE", who) if !who.is_empty() => {
            match session.channel(channel).await {
                Ok(channel) => {
                    // The SDK names whoever leaves as they are, also a name that looks encoded.
                    let me = session.desk.who.identity.as_str();
                    let is_me = call.behind("/Participants/") == Some(me);
                    remove(session, channel, if is_me { me } else { who }).await?;
                }
                // Leaving what is gone succeeds.
                Err(error) => session.unless_absent(error)?,
            }
            Ok(Answer::done())
        }
        _ => Ok(Answer::unknown()),
    }
}

async fn enter(session: &Session, call: &Call, channel: ChannelSid) -> Answered {
    let wish: Wish = call.json()?;
    let nonce = session.nonce(call);
    let identity = wish.identity.ok_or(Refusal::IdentityMissing)?;
    let command = if identity == session.desk.who.identity.as_str() {
        Command::JoinChannel { channel, nonce }
    } else {
        Command::AddMember { channel, identity: identity.clone(), nonce }
    };
    let Accepted::Joined(joined) = session.run(command).await? else {
        unreachable!("somebody is a member now")
    };
    let attributes = wish.attributes.filter(|attributes| attributes != "{}");
    if attributes.is_some() {
        let user = found(session, channel, &joined.member.to_string()).await?;
        change(session, channel, user, attributes.clone()).await?;
    }
    Ok(Answer::created(described(joined.member, &identity, attributes)))
}

async fn edit(session: &Session, call: &Call, channel: ChannelSid, who: &str) -> Answered {
    let Wish { attributes, .. } = call.json()?;
    let user = found(session, channel, who).await?;
    change(session, channel, user, attributes.clone()).await?;
    Ok(Answer::ok(json!({"attributes": attributes})))
}

async fn change(
    session: &Session,
    channel: ChannelSid,
    user: UserSid,
    attributes: Option<String>,
) -> Result<(), CommandError> {
    let editing = MemberEditing { channel, user, role: None, attributes };
    session.run(Command::EditMember(editing)).await.map(drop)
}

async fn remove(session: &Session, channel: ChannelSid, who: &str) -> Result<(), CommandError> {
    if who == session.desk.who.identity.as_str() {
        return session.run(Command::LeaveChannel { channel }).await.map(drop);
    }
    match found(session, channel, who).await {
        Ok(user) => session.run(Command::RemoveMember { channel, user }).await.map(drop),
        // Removing who is gone succeeds.
        Err(CommandError::Refused(Refusal::MemberNotFound)) => Ok(()),
        Err(error) => session.unless_absent(error),
    }
}

async fn found(session: &Session, channel: ChannelSid, who: &str) -> Result<UserSid, CommandError> {
    let (me, who) = (session.me(), who.to_owned());
    let user = session.read(move |tx| queries::member_named(tx, me, channel, &who)).await?;
    Ok(user.ok_or(Refusal::MemberNotFound)?)
}

fn described(member: MemberSid, identity: &str, attributes: Option<String>) -> Value {
    json!({
        "sid": member,
        "identity": identity,
        "attributes": attributes.as_deref().unwrap_or("{}"),
        "messaging_binding": null,
    })
}
