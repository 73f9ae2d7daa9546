//! From an address to an open channel: the last one or General where none is named, and the truth
//! where there is no such channel.

use chat::{ChannelSid, UniqueName};
use client::Client;

use super::Store;
use super::actions::Answered;
use super::apply::set_if_new;
use super::lists::details;
use super::view::{Dialog, Earlier, MessageView, Pane};
use crate::browser::{clock, history, storage};
use crate::place::Place;

const LAST_CHANNEL: &str = "yoriai-last-channel";

impl Store {
    /// Goes somewhere.
    pub(crate) fn go(self, place: Place) {
        if self.place.with_untracked(|here| *here != place) {
            history::write(&place, false);
        }
        self.be_at(place);
    }

    pub(crate) fn to_general(self) {
        self.inner().open.set(None);
        self.inner().lost.set(None);
        let general = Place::Channel(UniqueName::GENERAL.to_owned());
        history::write(&general, true);
        self.be_at(general);
    }

    /// The path of a channel's own place.
    pub(crate) fn place_of(self, channel: ChannelSid) -> Place {
        self.read(|client| Place::of_channel(channel, details(client, channel)))
    }

    pub(super) fn listen_to_history(self) {
        history::listen(move || self.be_at(history::place()), move |place| self.go(place));
    }

    fn be_at(self, place: Place) {
        self.inner().arriving.set(None);
        set_if_new(self.place, place);
        self.mark(super::apply::Dirty::mark_lists);
        self.drive(|_| ());
    }

    /// Finds what the sheet shows, and opens it.
    pub(super) fn resolve(self) {
        self.arrive();
        let place = self.place.get_untracked();
        let open = self.open();
        let last = storage::kept(&self.last_channel_key()).and_then(|sid| sid.parse().ok());
        let pane = self.read(|client| match &place {
            Place::Channel(address) => find(client, address, open),
            Place::Home | Place::List => {
                let kept = open.or(last).filter(|sid| client.memberships().contains(*sid));
                match kept {
                    Some(sid) => Pane::Channel(sid),
                    None => find(client, UniqueName::GENERAL, None),
                }
            }
        });
        self.join_general_at_first();
        let pane = match pane {
            // Nobody need see for a moment that they are not in it.
            Pane::Preview(channel) if self.is_joining(channel) => Pane::Connecting,
            pane => pane,
        };
        let pane = match pane {
            Pane::Channel(channel) => {
                self.open_channel(channel, &place);
                pane
            }
            _ => self.close_channel(pane),
        };
        match pane {
            Pane::Preview(channel) => self.show_head(channel),
            Pane::Gone => set_if_new(self.head, None),
            Pane::Connecting | Pane::Channel(_) => {}
        }
        set_if_new(self.pane, pane);
    }

    /// Turns to a channel that was just made or joined, once it is here.
    fn arrive(self) {
        let inner = self.inner();
        let arrived = inner.arriving.get().filter(|channel| {
            self.read(|client| {
                client.memberships().contains(*channel) && details(client, *channel).is_some()
            })
        });
        if let Some(channel) = arrived {
            inner.arriving.set(None);
            let place = self.place_of(channel);
            if self.place.with_untracked(|here| *here != place) {
                history::write(&place, false);
                self.place.set(place);
            }
        }
    }

    fn open_channel(self, channel: ChannelSid, place: &Place) {
        let own_place = self.place_of(channel);
        if *place != Place::List && *place != own_place {
            history::write(&own_place, true);
            set_if_new(self.place, own_place);
        }
        let inner = self.inner();
        if inner.open.replace(Some(channel)) == Some(channel) {
            return;
        }
        self.close_dialogs_but_of(Some(channel));
        inner.joins_general.set(false);
        inner.lost.set(None);
        inner.leaves_unread.set(false);
        self.editing.set(None);
        inner.rows.borrow_mut().clear();
        self.forget_sent_files();
        *inner.before_turn.borrow_mut() = None;
        inner.at_end.set(true);
        if !self.is_wide.get_untracked() {
            self.members_shown.set(false);
        }
        self.items.set(Vec::new());
        self.earlier.set(Earlier::Unknown);
        self.unseen.set(0);
        self.place_new_line(channel);
        self.drive(|client| client.open(channel, clock::now()));
        self.mark(super::apply::Dirty::mark_open_channel);
        let _ = storage::keep(&self.last_channel_key(), &channel.to_string());
    }

    /// Whatever was asked about a channel that is open no more is asked no more.
    fn close_dialogs_but_of(self, open: Option<ChannelSid>) {
        let about = self.dialog.with_untracked(|dialog| dialog.as_ref().and_then(Dialog::channel));
        if about.is_some() && about != open {
            self.dialog.set(None);
        }
    }

    /// Asks something about a message of the open channel.
    pub(crate) fn ask_about(
        self,
        message: Option<MessageView>,
        dialog: fn(ChannelSid, MessageView) -> Dialog,
    ) {
        self.dialog
            .set(self.open().zip(message).map(|(channel, message)| dialog(channel, message)));
    }

    /// No channel is open now. One that was, and is mine no more, is about to be told of: until
    /// then nothing is said of it.
    fn close_channel(self, pane: Pane) -> Pane {
        let inner = self.inner();
        if let Some(lost) = inner.open.take() {
            inner.lost.set(Some(lost));
            self.close_dialogs_but_of(None);
        }
        let is_silent = inner.lost.get().is_some() && !inner.caught_up.get();
        if is_silent { Pane::Connecting } else { pane }
    }

    /// Who comes for the first time is in the General Channel at once. Who leaves it stays out.
    fn join_general_at_first(self) {
        let (known, is_new, general) = self.read(|client| {
            let memberships = client.memberships();
            let is_new = memberships.channels().next().is_none();
            (memberships.is_known(), is_new, client.general())
        });
        if let Some(general) = general.filter(|_| known)
            && !self.inner().joined_general.replace(true)
            && is_new
        {
            self.inner().joins_general.set(true);
            // Its change may come after the answer: until it is open, it is being joined.
            let answered = move |answered: Answered| {
                if answered.is_err() {
                    self.inner().joins_general.set(false);
                    self.mark(super::apply::Dirty::mark_lists);
                    self.drive(|_| ());
                }
            };
            self.ask(answered, |client| client.join(general, clock::now()));
        }
    }

    fn is_joining(self, channel: ChannelSid) -> bool {
        self.inner().joins_general.get() && self.read(|client| client.general()) == Some(channel)
    }

    fn last_channel_key(self) -> String {
        format!("{LAST_CHANNEL}:{}", self.identity())
    }
}

/// What an address leads to, as far as is known. A channel whose address changed while it was open
/// stays open.
fn find(client: &Client, address: &str, open: Option<ChannelSid>) -> Pane {
    let memberships = client.memberships();
    let named = address.parse().ok().or_else(|| {
        let general = (address == UniqueName::GENERAL).then(|| client.general()).flatten();
        let private = || {
            memberships.channels().find(|sid| {
                let details = client.details(*sid);
                let name = details.and_then(|details| details.unique_name.as_ref());
                name.is_some_and(|name| name.as_str() == address)
            })
        };
        general.or_else(|| client.directory().with_unique_name(address)).or_else(private)
    });
    let known = client.directory().is_known() && memberships.is_known();
    match named {
        Some(sid) if memberships.contains(sid) => Pane::Channel(sid),
        Some(sid) if known && client.directory().details(sid).is_some() => Pane::Preview(sid),
        None if open.is_some_and(|open| memberships.contains(open)) => {
            open.map_or(Pane::Gone, Pane::Channel)
        }
        _ if known => Pane::Gone,
        _ => Pane::Connecting,
    }
}
