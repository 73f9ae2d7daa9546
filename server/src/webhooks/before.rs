//! What is asked before a person's command is run, and what the answer changes of it.

use chat::protocol::Command;
use chat::{Identity, Nonce, UserSid};
use serde_json::{Map, Value};

use super::event::Event;
use super::form::{Form, channel_type, date};
use crate::commands::CommandError;
use crate::store::{Broken, Tx};

/// Which event a command would be; nothing where none belongs to it.
pub(crate) fn event(command: &Command) -> Option<Event> {
    match command {
        Command::PostMessage(draft) if draft.media.is_some() => Some(Event::MediaMessageSend),
        Command::PostMessage(_) => Some(Event::MessageSend),
        Command::EditMessage(_) => Some(Event::MessageUpdate),
        Command::DeleteMessage { .. } => Some(Event::MessageRemove),
        Command::CreateChannel(_) => Some(Event::ChannelAdd),
        Command::EditChannel(_) => Some(Event::ChannelUpdate),
        Command::DeleteChannel { .. } => Some(Event::ChannelDestroy),
        Command::JoinChannel { .. } | Command::AddMember { .. } => Some(Event::MemberAdd),
        Command::EditMember(_) | Command::HandOverChannel { .. } => Some(Event::MemberUpdate),
        Command::LeaveChannel { .. } | Command::RemoveMember { .. } => Some(Event::MemberRemove),
        Command::EditUser(_) => Some(Event::UserUpdate),
        Command::InviteMember { .. }
        | Command::DeclineInvite { .. }
        | Command::SetNotificationLevel { .. }
        | Command::AdvanceReadHorizon { .. }
        | Command::SetReadHorizon { .. }
        | Command::SetTyping { .. }
        | Command::WatchPresence { .. }
        | Command::Resume { .. }
        | Command::OpenChannel { .. }
        | Command::History { .. }
        | Command::Members { .. }
        | Command::Unread { .. }
        | Command::MediaUrl { .. }
        | Command::RenewToken { .. } => None,
    }
}

/// The mark of a command that makes something.
pub(super) fn nonce(command: &Command) -> Option<Nonce> {
    match command {
        Command::PostMessage(draft) => Some(draft.nonce),
        Command::CreateChannel(wish) => Some(wish.nonce),
        Command::JoinChannel { nonce, .. } | Command::AddMember { nonce, .. } => Some(*nonce),
        _ => None,
    }
}

/// What a command asks for, as parameters. What it is about need not be there: the rules judge
/// later.
pub(super) fn form(
    tx: &mut dyn Tx,
    who: &Identity,
    command: &Command,
    form: Form,
) -> Result<Form, CommandError> {
    Ok(match command {
        Command::PostMessage(draft) => form
            .with("ChannelSid", draft.channel)
            .with("From", who)
            .with("Body", &draft.body)
            .with("Attributes", json_or(&draft.attributes))
            .with_any("MediaSid", draft.media),
        Command::EditMessage(editing) => {
            let message = tx.message(editing.channel, editing.index)?;
            let known = message.as_ref();
            let body = known.and_then(|known| known.body.as_ref()).map(chat::Body::as_str);
            let attributes = known.map(|known| known.attributes.as_str());
            form.with("ChannelSid", editing.channel)
                .with_any("MessageSid", known.map(|known| known.sid))
                .with("Index", editing.index.0)
                .with_any("From", known.map(|known| &known.identity))
                .with_any("Body", editing.body.as_deref().or(body))
                .with_any("Attributes", editing.attributes.as_deref().or(attributes).map(json_or))
                .with_any("DateCreated", known.map(|known| date(known.posted_at)))
                .with("ModifiedBy", who)
        }
        Command::DeleteMessage { channel, index } => match tx.message(*channel, *index)? {
            Some(message) => form.message(*channel, &message),
            None => form.with("ChannelSid", channel).with("Index", index.0),
        }
        .with("RemovedBy", who),
        Command::CreateChannel(wish) => form
            .with("FriendlyName", &wish.friendly_name)
            .with_any("UniqueName", wish.unique_name.as_ref())
            .with("Attributes", json_or(&wish.attributes))
            .with("ChannelType", channel_type(wish.private))
            .with("CreatedBy", who),
        Command::EditChannel(editing) => {
            let known = tx.channel(editing.channel)?.map(|channel| channel.details);
            let name = known.as_ref().map(|known| known.friendly_name.as_str().to_owned());
            let attributes = known.as_ref().map(|known| known.attributes.as_str().to_owned());
            let private = known.as_ref().map(|known| known.private);
            let unique = known.and_then(|known| known.unique_name).map(|name| name.to_string());
            form.with("ChannelSid", editing.channel)
                .with_any("FriendlyName", editing.friendly_name.clone().or(name))
                .with_any("UniqueName", editing.unique_name.clone().or(unique))
                .with_any(
                    "Attributes",
                    editing.attributes.clone().or(attributes).as_deref().map(json_or),
                )
                .with_any("ChannelType", editing.private.or(private).map(channel_type))
        }
        Command::DeleteChannel { channel } => match tx.channel(*channel)? {
            Some(live) => form.channel(*channel, &live.details),
            None => form.with("ChannelSid", channel),
        }
        .with("RemovedBy", who),
        Command::JoinChannel { channel, .. } => {
            form.with("ChannelSid", channel).with("Identity", who)
        }
        Command::AddMember { channel, identity, .. } => {
            form.with("ChannelSid", channel).with("Identity", identity)
        }
        Command::LeaveChannel { channel } => {
            form.with("ChannelSid", channel).with("Identity", who).with("RemovedBy", who)
        }
        Command::RemoveMember { channel, user } => form
            .with("ChannelSid", channel)
            .with_any("Identity", name_of(tx, *user)?)
            .with("RemovedBy", who),
        Command::HandOverChannel { channel, to } => {
            form.with("ChannelSid", channel).with_any("Identity", name_of(tx, *to)?)
        }
        Command::EditMember(editing) => form
            .with("ChannelSid", editing.channel)
            .with_any("Identity", name_of(tx, editing.user)?)
            .with_any("RoleSid", editing.role)
            .with_any("Attributes", editing.attributes.as_deref().map(json_or)),
        Command::EditUser(editing) => form
            .with("UserSid", editing.user)
            .with_any("Identity", name_of(tx, editing.user)?)
            .with_any("FriendlyName", editing.friendly_name.as_ref())
            .with_any("RoleSid", editing.role)
            .with_any("Attributes", editing.attributes.as_deref().map(json_or)),
        _ => form,
    })
}

fn name_of(tx: &mut dyn Tx, user: UserSid) -> Result<Option<Identity>, Broken> {
    Ok(tx.user(user)?.map(|user| user.identity))
}

/// An empty object where no attributes are given.
fn json_or(attributes: &str) -> &str {
    if attributes.is_empty() { "{}" } else { attributes }
}

/// What a person asks for, as the backend agrees to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Agreed {
    pub(crate) command: Command,
    /// In whose name a message stands from now on, where that is somebody else.
    pub(crate) author: Option<String>,
}

impl Agreed {
    /// Just what was asked for.
    pub(crate) fn to(command: Command) -> Self {
        Self { command, author: None }
    }
}

/// The answer cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer made no sense")]
pub(super) struct Unreadable;

/// The command as the answer wishes it: fields that it names are others now. What it does not know,
/// and what the command has not, is passed over, and so is what is no object at all, such as "OK".
pub(super) fn changed(mut command: Command, answer: &[u8]) -> Result<Agreed, Unreadable> {
    if !answer.trim_ascii_start().starts_with(b"{") {
        return Ok(Agreed::to(command));
    }
    let fields: Map<String, Value> = serde_json::from_slice(answer).map_err(|_| Unreadable)?;
    let author = text(&fields, "author")?;
    let body = text(&fields, "body")?;
    let attributes = attributes(&fields)?;
    let friendly_name = text(&fields, "friendly_name")?;
    let unique_name = text(&fields, "unique_name")?;
    match &mut command {
        Command::PostMessage(draft) => {
            put(&mut draft.body, body);
            put(&mut draft.attributes, attributes);
        }
        Command::EditMessage(editing) => {
            put_any(&mut editing.body, body);
            put_any(&mut editing.attributes, attributes);
        }
        Command::CreateChannel(wish) => {
            put(&mut wish.friendly_name, friendly_name);
            put_any(&mut wish.unique_name, unique_name);
            put(&mut wish.attributes, attributes);
        }
        Command::EditChannel(editing) => {
            put_any(&mut editing.friendly_name, friendly_name);
            put_any(&mut editing.unique_name, unique_name);
            put_any(&mut editing.attributes, attributes);
        }
        Command::EditMember(editing) => put_any(&mut editing.attributes, attributes),
        Command::EditUser(editing) => {
            put_any(&mut editing.friendly_name, friendly_name);
            put_any(&mut editing.attributes, attributes);
        }
        _ => {}
    }
    Ok(Agreed { command, author })
}

fn put(place: &mut String, value: Option<String>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn put_any(place: &mut Option<String>, value: Option<String>) {
    if value.is_some() {
        *place = value;
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, Unreadable> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Unreadable),
    }
}

/// JSON as text, or as it is.
fn attributes(fields: &Map<String, Value>) -> Result<Option<String>, Unreadable> {
    match fields.get("attributes") {
        Some(Value::Object(object)) => Ok(Some(Value::from(object.clone()).to_string())),
        _ => text(fields, "attributes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{ChannelSid, Draft};
    use uuid::Uuid;

    fn post(body: &str) -> Command {
        Command::PostMessage(Draft {
            channel: ChannelSid::from_bytes([7; 16]),
            nonce: Nonce(Uuid::nil()),
            body: body.to_owned(),
            attributes: String::new(),
            media: None,
        })
    }

    fn said(answer: &str) -> Result<(String, String), Unreadable> {
        changed(post("Hello"), answer.as_bytes()).map(|agreed| match agreed.command {
            Command::PostMessage(draft) => (draft.body, draft.attributes),
            other => panic!("a message is asked for, not {other:?}"),
        })
    }

    #[test]
    fn an_answer_changes_the_fields_that_it_names() {
        let as_it_was = ("Hello".to_owned(), String::new());
        let others = r#"{"body": null, "mood": 5, "friendly_name": "x"}"#;
        for empty in ["", " \n", "{}", others, "OK", "null", "[]", "5", "<p>{}"] {
            assert_eq!(said(empty), Ok(as_it_was.clone()), "{empty:?}");
        }
        assert_eq!(said(r#"{"body": "Hi"}"#), Ok(("Hi".to_owned(), String::new())));
        for attributes in [r#"{"attributes": {"a":1}}"#, r#"{"attributes": "{\"a\":1}"}"#] {
            assert_eq!(said(attributes), Ok(("Hello".to_owned(), r#"{"a":1}"#.to_owned())));
        }
    }

    #[test]
    fn an_answer_that_makes_no_sense_is_none() {
        let wrong = [r#"{"body": 5}"#, r#"{"attributes": [1]}"#, r#"{"author": true}"#];
        for answer in ["{", "{no}"].into_iter().chain(wrong) {
            assert_eq!(said(answer), Err(Unreadable), "{answer}");
        }
        assert_eq!(changed(post("Hello"), b"{\"body\": \"\xFF\"}"), Err(Unreadable));
    }
}
