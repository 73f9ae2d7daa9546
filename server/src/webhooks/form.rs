//! The parameters of an event, by Programmable Chat's names.

use chat::{
    Attributes, ChannelDetails, ChannelSid, Identity, Media, Member, Message, Timestamp, User,
};
use serde_json::json;

use super::event::Event;

/// Names and values, in the order in which they are said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// One that says which event it is about.
    pub(super) fn of(event: Event) -> Self {
        Self::default().with("EventType", event.name())
    }

    /// The same, with one parameter more.
    pub(super) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    /// The same, with one parameter more if there is a value for it.
    pub(super) fn with_any(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Names and values.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// As it travels, and as the store keeps it.
    pub(super) fn encoded(&self) -> String {
        serde_html_form::to_string(&self.0).expect("pairs of texts are a form")
    }

    /// What was encoded.
    pub(super) fn decoded(text: &str) -> Self {
        Self(serde_html_form::from_str(text).unwrap_or_default())
    }
}

impl Form {
    /// A message as it is, or as it is asked for.
    pub(super) fn message(self, channel: ChannelSid, message: &Message) -> Self {
        self.with("ChannelSid", channel)
            .with("MessageSid", message.sid)
            .with("Index", message.index.0)
            .with("From", &message.identity)
            .with("Attributes", json_of(&message.attributes))
            .with_any("Body", message.body.as_ref().map(chat::Body::as_str))
            .with_any("MediaSid", message.media.as_ref().map(|media| media.sid))
            .with_any("Media", message.media.as_ref().map(described))
            .with("DateCreated", date(message.posted_at))
            .with_any("DateUpdated", message.edited.as_ref().map(|edited| date(edited.at)))
    }

    /// A member of a channel. One that has left bears no role any more.
    pub(super) fn member(self, channel: ChannelSid, member: &Member) -> Self {
        let dated = if member.has_left() { "DateRemoved" } else { "DateCreated" };
        self.with("ChannelSid", channel)
            .with("MemberSid", member.sid)
            .with("Identity", &member.identity)
            .with_any("RoleSid", member.role)
            .with("Attributes", json_of(&member.attributes))
            .with_any("LastConsumedMessageIndex", member.horizon.map(|index| index.0))
            .with(dated, date(member.at))
    }

    /// What a channel is like.
    pub(super) fn channel(self, channel: ChannelSid, details: &ChannelDetails) -> Self {
        self.with("ChannelSid", channel)
            .with("FriendlyName", details.friendly_name.as_str())
            .with_any("UniqueName", details.unique_name.as_ref())
            .with("Attributes", json_of(&details.attributes))
            .with("ChannelType", channel_type(details.private))
            .with("CreatedBy", &details.created_by)
            .with("DateCreated", date(details.created_at))
            .with("DateUpdated", date(details.updated_at))
    }

    /// What a user is like.
    pub(super) fn user(self, user: &User) -> Self {
        self.with("UserSid", user.sid)
            .with("Identity", &user.identity)
            .with("RoleSid", user.role)
            .with_any("FriendlyName", user.friendly_name.as_ref().map(chat::FriendlyName::as_str))
            .with("Attributes", json_of(&user.attributes))
    }

    /// Who did it, or is about to; nobody where the API did.
    pub(super) fn by(self, identity: Option<&Identity>) -> Self {
        let source = if identity.is_some() { "SDK" } else { "API" };
        self.with("Source", source).with_any("ClientIdentity", identity)
    }
}

/// As its type is called.
pub(super) fn channel_type(private: bool) -> &'static str {
    if private { "private" } else { "public" }
}

/// Attributes as the API shows them: JSON as text, an empty object where none were given.
fn json_of(attributes: &Attributes) -> &str {
    if attributes.is_empty() { "{}" } else { attributes.as_str() }
}

fn described(media: &Media) -> serde_json::Value {
    json!({
        "Sid": media.sid,
        "Filename": media.filename,
        "ContentType": media.content_type,
        "Size": media.size,
    })
}

/// As ISO 8601 writes it.
pub(super) fn date(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_survives_the_store() {
        let form = Form::of(Event::MessageSent).with("Body", "秋祭り 🎃 & = +1%\n");
        assert_eq!(Form::decoded(&form.encoded()), form);
        assert_eq!(form.pairs()[0], ("EventType".to_owned(), "onMessageSent".to_owned()));
    }

    #[test]
    fn whoever_did_it_is_named_and_the_api_is_not() {
        let ada = Identity::parse("Ada").expect("a name");
        let said = |form: Form| form.encoded();
        assert_eq!(said(Form::default().by(Some(&ada))), "Source=SDK&ClientIdentity=Ada");
        assert_eq!(said(Form::default().by(None)), "Source=API");
    }
}
