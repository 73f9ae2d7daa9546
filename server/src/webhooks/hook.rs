//! Who is called, and what waits for them.

use chat::{ChannelSid, Timestamp, WebhookSid};

use super::address::WebhookUrl;
use super::event::{Event, Events};

/// How somebody is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// With the parameters behind the question mark.
    Get,
    /// With the parameters as a form in the body.
    #[default]
    Post,
}

impl Method {
    /// As it travels.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }

    /// The method that is called so, in whatever case.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Get, Self::Post].into_iter().find(|method| method.name().eq_ignore_ascii_case(name))
    }
}

/// Whom a service calls. Without events, nobody is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceWebhooks {
    /// Asked before something is done.
    pub before: Option<WebhookUrl>,
    /// Told after it was done.
    pub after: Option<WebhookUrl>,
    pub method: Method,
    pub events: Events,
    /// How often the one before is asked again.
    pub before_retries: u8,
    pub after_retries: u8,
}

impl ServiceWebhooks {
    /// Whom to ask before it.
    pub fn asked(&self, event: Event) -> Option<&WebhookUrl> {
        self.before.as_ref().filter(|_| self.events.contains(event))
    }

    /// Whom to tell after it.
    pub fn told(&self, event: Event) -> Option<&WebhookUrl> {
        self.after.as_ref().filter(|_| self.events.contains(event))
    }
}

/// Whom a channel calls after something was done in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelWebhook {
    pub sid: WebhookSid,
    pub channel: ChannelSid,
    pub wish: Wish,
    pub url: WebhookUrl,
    pub method: Method,
    pub retries: u8,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What a channel's webhook wishes to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// These events.
    Events(Events),
    /// Each message that contains one of these words, in whatever case.
    Triggers(Vec<String>),
}

impl Wish {
    /// As it travels.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Events(_) => "webhook",
            Self::Triggers(_) => "trigger",
        }
    }

    /// Whether it is about this event, and about a message with this text.
    pub fn is_for(&self, event: Event, text: Option<&str>) -> bool {
        match self {
            Self::Events(events) => events.contains(event),
            Self::Triggers(words) => {
                let text = text.filter(|_| event == Event::MessageSent).map(str::to_lowercase);
                text.is_some_and(|text| {
                    words.iter().any(|word| text.contains(&word.to_lowercase()))
                })
            }
        }
    }
}

/// What is to be told to somebody, and how that went. Once it has ended, the parameters are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Given by the store, in the order in which things happened.
    pub id: u64,
    /// The channel's webhook; nothing for the service's.
    pub webhook: Option<WebhookSid>,
    pub event: Event,
    pub url: WebhookUrl,
    pub method: Method,
    /// The parameters, as a form.
    pub form: String,
    /// How often it may be tried again.
    pub retries: u8,
    pub tried: u8,
    pub made_at: Timestamp,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// What was answered last, as a status of HTTP.
    pub status: Option<u16>,
    /// Why the last try failed.
    pub failure: Option<String>,
    pub ended_at: Option<Timestamp>,
}

impl Delivery {
    /// Whether it was told.
    pub fn is_delivered(&self) -> bool {
        self.ended_at.is_some() && self.failure.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_is_found_in_any_case_and_only_in_new_messages() {
        let wish = Wish::Triggers(vec!["Help".to_owned(), "助け".to_owned()]);
        assert!(wish.is_for(Event::MessageSent, Some("I need hElp!")));
        assert!(wish.is_for(Event::MessageSent, Some("助けて")));
        assert!(!wish.is_for(Event::MessageSent, Some("All is well")));
        assert!(!wish.is_for(Event::MessageSent, None));
        assert!(!wish.is_for(Event::MessageUpdated, Some("help")));
        let events = Wish::Events(Events::of(&[Event::MemberAdded]));
        assert!(events.is_for(Event::MemberAdded, None));
        assert!(!events.is_for(Event::MessageSent, Some("help")));
    }
}
