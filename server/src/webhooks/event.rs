//! What webhooks hear of: what somebody is about to do, and what was done. The names are Programmable
//! Chat's.

use serde::{Serialize, Serializer};

macro_rules! events {
    ($($name:ident $text:literal)*) => {
        /// One kind of news.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Event {
            $($name,)*
        }

        impl Event {
            /// Each of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// As it travels.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

// Their order is kept in databases: new ones go to the end.
events! {
    MessageSend "onMessageSend"
    MessageUpdate "onMessageUpdate"
    MessageRemove "onMessageRemove"
    MediaMessageSend "onMediaMessageSend"
    ChannelAdd "onChannelAdd"
    ChannelUpdate "onChannelUpdate"
    ChannelDestroy "onChannelDestroy"
    MemberAdd "onMemberAdd"
    MemberUpdate "onMemberUpdate"
    MemberRemove "onMemberRemove"
    UserUpdate "onUserUpdate"
    MessageSent "onMessageSent"
    MessageUpdated "onMessageUpdated"
    MessageRemoved "onMessageRemoved"
    MediaMessageSent "onMediaMessageSent"
    ChannelAdded "onChannelAdded"
    ChannelUpdated "onChannelUpdated"
    ChannelDestroyed "onChannelDestroyed"
    MemberAdded "onMemberAdded"
    MemberUpdated "onMemberUpdated"
    MemberRemoved "onMemberRemoved"
    UserAdded "onUserAdded"
    UserUpdated "onUserUpdated"
}

impl Event {
    /// The event that is called so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.name() == name)
    }

    /// Whether it is asked about before anything is done.
    pub fn comes_before(self) -> bool {
        self < Self::MessageSent
    }

    /// Whether a webhook of a channel may hear of it: it was done, and in the channel.
    pub fn is_for_channels(self) -> bool {
        !self.comes_before() && !matches!(self, Self::UserAdded | Self::UserUpdated)
    }

    fn bit(self) -> i64 {
        1 << (self as u32)
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A set of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events(i64);

impl Events {
    /// Just these.
    pub fn of(events: &[Event]) -> Self {
        Self(events.iter().fold(0, |bits, event| bits | event.bit()))
    }

    pub fn contains(self, event: Event) -> bool {
        self.0 & event.bit() != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in their order.
    pub fn iter(self) -> impl Iterator<Item = Event> {
        Event::ALL.iter().copied().filter(move |event| self.contains(*event))
    }

    /// As a database keeps it.
    pub fn bits(self) -> i64 {
        self.0
    }

    /// The set with these bits; what this build does not know is passed over.
    pub fn from_bits(bits: i64) -> Self {
        Self(Event::ALL.iter().fold(0, |known, event| known | (bits & event.bit())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_found_by_its_name() {
        for event in Event::ALL {
            assert_eq!(Event::named(event.name()), Some(*event));
        }
        assert_eq!(Event::named("onmessagesend"), None);
    }

    #[test]
    fn what_comes_before_is_not_for_channels_and_users_are_in_none() {
        let before = Event::ALL.iter().filter(|event| event.comes_before());
        assert_eq!(before.clone().count(), 11);
        assert!(before.clone().all(|event| !event.is_for_channels()));
        let for_channels = Event::ALL.iter().filter(|event| event.is_for_channels());
        assert_eq!(for_channels.count(), 10);
    }

    #[test]
    fn the_page_about_them_names_every_one() {
        let page = include_str!("../../../docs/webhooks.md");
        for event in Event::ALL {
            assert!(page.contains(&format!("`{}`", event.name())), "{}", event.name());
        }
    }

    #[test]
    fn a_set_survives_its_bits() {
        let few = Events::of(&[Event::MessageSend, Event::UserUpdated]);
        assert_eq!(Events::from_bits(few.bits()), few);
        assert_eq!(few.iter().collect::<Vec<_>>(), [Event::MessageSend, Event::UserUpdated]);
        assert!(!few.contains(Event::MessageSent));
        assert_eq!(Events::from_bits(i64::MAX).iter().count(), Event::ALL.len());
        assert!(Events::default().is_empty());
    }
}
