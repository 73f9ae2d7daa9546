//! What a person does. Each action asks the client; what comes of it is applied like everything.

use chat::protocol::{Accepted, Command, UserEditing};
use chat::{ChannelSid, Level, MessageIndex, Nonce, Refusal, UserSid};
use client::{Client, Input, Line, Outcome, Pending, PendingState, Ticket, Unposted};

use super::Store;
use super::apply::Dirty;
use super::layout::NewAfter;
use super::view::{Dialog, MessageView};
use crate::browser::intl::Locale;
use crate::browser::{clock, preferences};
use crate::sentences;
use crate::wording::Language;

/// Milliseconds that a complaint is on the page: time to read a sentence twice.
const COMPLAINT_MS: i64 = 8_000;

/// How a question ended.
pub(crate) type Answered = Result<Accepted, No>;

/// A no: the reason, where this page knows it, and a sentence for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct No {
    pub(crate) refusal: Option<Refusal>,
    pub(crate) sentence: String,
}

impl Store {
    /// Says something in a channel.
    pub(super) fn post(self, channel: ChannelSid, text: &str) -> Result<(), String> {
        self.be_about_to_write();
        let posted = self.drive(|client| client.post(channel, text, clock::now()));
        posted.map(|_| ()).map_err(|unposted| self.unposted(unposted))
    }

    /// Who writes has read what stood above, and looks at the end.
    pub(super) fn be_about_to_write(self) {
        self.inner().new_after.set(None);
        self.inner().leaves_unread.set(false);
        self.inner().wants_end.set(true);
    }

    pub(super) fn unposted(self, unposted: Unposted) -> String {
        match unposted {
            Unposted::Refused(refusal) => (self.wording().refusal)(refusal),
            Unposted::OutboxFull => self.wording().message.outbox_full.to_owned(),
        }
    }

    /// Gives a message another text.
    pub(crate) fn edit(
        self,
        message: &MessageView,
        text: &str,
        answered: impl FnOnce(Answered) + 'static,
    ) {
        let (Some(channel), Some(index)) = (self.open(), message.index) else { return };
        match self.drive(|client| client.edit(channel, index, text, clock::now())) {
            Ok(ticket) => self.expect_answer(ticket, answered),
            Err(refusal) => answered(Err(self.no(refusal))),
        }
    }

    /// Takes a message back.
    pub(crate) fn delete(
        self,
        channel: ChannelSid,
        message: &MessageView,
        answered: impl FnOnce(Answered) + 'static,
    ) {
        let Some(index) = message.index else { return };
        self.ask(answered, |client| client.delete(channel, index, clock::now()));
    }

    /// Turns to the last message of one's own, to edit it; whether there is one.
    pub(crate) fn edit_last(self, channel: ChannelSid) -> bool {
        let last = self.read(|client| {
            let me = client.me()?.user;
            client.lines(channel).rev().find_map(|line| match line {
                Line::Message(message) if message.author == me && !message.is_deleted() => {
                    Some(line.key(me))
                }
                _ => None,
            })
        });
        let last = last.filter(|_| self.editable.get_untracked().text.own);
        self.editing.set(last);
        last.is_some()
    }

    pub(crate) fn retry(self, nonce: Nonce) {
        self.drive(|client| client.retry(nonce, clock::now()));
    }

    pub(crate) fn discard(self, nonce: Nonce) {
        if self.drive(|client| client.discard(nonce, clock::now())).is_some() {
            self.inner().sent_files.borrow_mut().remove(nonce);
        }
    }

    /// Sends everything that waits for a word, in all channels, or throws it away.
    pub(crate) fn settle_stale(self, send: bool) {
        for nonce in self.read(stale) {
            if send {
                self.retry(nonce);
            } else {
                self.discard(nonce);
            }
        }
    }

    pub(crate) fn older(self, channel: ChannelSid) {
        self.drive(|client| client.older(channel, clock::now()));
    }

    /// Asks again for the page that does not come.
    pub(crate) fn ask_anew(self, channel: ChannelSid) {
        self.drive(|client| client.ask_anew(channel, clock::now()));
    }

    pub(crate) fn more_members(self, channel: ChannelSid) {
        self.drive(|client| client.more_members(channel, clock::now()));
    }

    /// Shows these people, and nobody else, with whether they are reachable.
    pub(crate) fn watch(self, users: Vec<UserSid>) {
        self.drive(|client| client.watch(users, clock::now()));
    }

    pub(crate) fn seen(self, channel: ChannelSid, index: MessageIndex) {
        if self.inner().leaves_unread.get() {
            return;
        }
        self.drive(|client| client.seen(channel, index, clock::now()));
    }

    pub(crate) fn composing(self, channel: ChannelSid) {
        self.drive(|client| client.composing(channel, clock::now()));
    }

    pub(crate) fn retry_now(self) {
        self.feed(Input::RetryNow);
    }

    pub(crate) fn create_channel(
        self,
        name: &str,
        address: Option<&str>,
        private: bool,
        answered: impl FnOnce(Answered) + 'static,
    ) {
        let asked =
            self.drive(|client| client.create_channel(name, address, private, clock::now()));
        match asked {
            Ok(ticket) => self.expect_answer(ticket, answered),
            Err(refusal) => answered(Err(self.no(refusal))),
        }
    }

    pub(crate) fn rename_channel(
        self,
        channel: ChannelSid,
        name: &str,
        address: Option<&str>,
        private: bool,
        answered: impl FnOnce(Answered) + 'static,
    ) {
        let now = clock::now();
        match self.drive(|client| client.rename_channel(channel, Some(name), address, private, now))
        {
            Ok(ticket) => self.expect_answer(ticket, answered),
            Err(refusal) => answered(Err(self.no(refusal))),
        }
    }

    /// Takes another display name; a blank one is none.
    pub(crate) fn rename_myself(self, name: String, answered: impl FnOnce(Answered) + 'static) {
        let Some(user) = self.read(|client| client.me().map(|me| me.user)) else { return };
        let friendly_name = Some(name.trim().to_owned());
        let editing = UserEditing { user, friendly_name, role: None, attributes: None };
        self.ask(answered, |client| client.ask(Command::EditUser(editing), clock::now()));
    }

    /// Is told of a channel quietly from now on, or as of any other.
    pub(crate) fn mute(self, channel: ChannelSid, mutes: bool) {
        let level = if mutes { Level::Muted } else { Level::Default };
        self.ask_quietly(Command::SetNotificationLevel { channel, level });
    }

    /// Takes a message and all that follow for unread, until the channel is opened anew or written
    /// in.
    pub(crate) fn mark_unread(self, message: &MessageView) {
        let (Some(channel), Some(index)) = (self.open(), message.index) else { return };
        let index = index.0.checked_sub(1).map(MessageIndex);
        self.inner().leaves_unread.set(true);
        self.inner().new_after.set(Some(NewAfter(index)));
        self.mark(Dirty::mark_open_channel);
        self.ask_quietly(Command::SetReadHorizon { channel, index });
    }

    /// Says why something was not done that nothing else on the page shows; for a moment.
    pub(crate) fn complain(self, sentence: String) {
        self.complaint.set(sentence);
        let forget = move || self.complaint.set(String::new());
        *self.inner().complaint_timer.borrow_mut() = Some(clock::after(COMPLAINT_MS, forget));
    }

    /// Asks for what shows itself when it is done; only a no is said.
    fn ask_quietly(self, command: Command) {
        let answered = move |answered: Answered| {
            if let Err(no) = answered {
                self.complain(no.sentence);
            }
        };
        self.ask(answered, |client| client.ask(command, clock::now()));
    }

    /// Asks somebody to join a channel, or makes them a member at once.
    pub(crate) fn invite(
        self,
        channel: ChannelSid,
        identity: &str,
        at_once: bool,
        answered: impl FnOnce(Answered) + 'static,
    ) {
        let identity = identity.trim().to_owned();
        self.ask(answered, |client| {
            let nonce = client.nonce(clock::now());
            let command = match at_once {
                true => Command::AddMember { channel, identity, nonce },
                false => Command::InviteMember { channel, identity, nonce },
            };
            client.ask(command, clock::now())
        });
    }

    /// Ends somebody else's membership.
    pub(crate) fn remove(
        self,
        channel: ChannelSid,
        user: UserSid,
        answered: impl FnOnce(Answered) + 'static,
    ) {
        let command = Command::RemoveMember { channel, user };
        self.ask(answered, |client| client.ask(command, clock::now()));
    }

    /// Says no to an invitation.
    pub(crate) fn decline(self, channel: ChannelSid, answered: impl FnOnce(Answered) + 'static) {
        let command = Command::DeclineInvite { channel };
        self.ask(answered, |client| client.ask(command, clock::now()));
    }

    pub(crate) fn join(self, channel: ChannelSid, answered: impl FnOnce(Answered) + 'static) {
        self.ask(answered, |client| client.join(channel, clock::now()));
    }

    /// Joins a channel and turns to it; where that fails, says so.
    pub(crate) fn join_and_open(self, channel: ChannelSid, failed: impl FnOnce() + 'static) {
        let name = self.read(|client| {
            let invited = client.memberships().invited(channel).map(|it| &it.friendly_name);
            let known = client.details(channel).map(|it| &it.friendly_name).or(invited);
            known.map(|name| name.as_str().to_owned()).unwrap_or_default()
        });
        self.join(channel, move |answered| {
            let words = &self.wording().channels;
            match answered {
                Ok(_) => {
                    self.murmured.set((words.joined_named)(&name));
                    self.go_to_channel(channel);
                }
                Err(no) => {
                    let sentence = (words.could_not_join)(&name);
                    self.complain(format!("{sentence} {}", no.sentence));
                    failed();
                }
            }
        });
    }

    pub(crate) fn leave(self, channel: ChannelSid, answered: impl FnOnce(Answered) + 'static) {
        self.ask(self.parting(channel, answered), |client| client.leave(channel, clock::now()));
    }

    pub(crate) fn delete_channel(
        self,
        channel: ChannelSid,
        answered: impl FnOnce(Answered) + 'static,
    ) {
        self.ask(self.parting(channel, answered), |client| {
            client.delete_channel(channel, clock::now())
        });
    }

    pub(crate) fn hand_over(
        self,
        channel: ChannelSid,
        to: UserSid,
        answered: impl FnOnce(Answered) + 'static,
    ) {
        self.ask(answered, |client| client.hand_over(channel, to, clock::now()));
    }

    /// Opens a channel that was just made or joined, to write in it, as soon as it is here: the
    /// answer may come before the change that it answers for.
    pub(crate) fn go_to_channel(self, channel: ChannelSid) {
        self.wish_for_focus();
        self.inner().arriving.set(Some(channel));
        self.mark(Dirty::mark_lists);
        self.drive(|_| ());
    }

    pub(crate) fn show_dialog(self, dialog: Dialog) {
        self.dialog.set(Some(dialog));
    }

    pub(crate) fn set_theme(self, theme: preferences::Theme) {
        preferences::set_theme(theme);
        self.theme.set(theme);
    }

    /// Speaks another language from now on; the page is drawn anew in it.
    pub(crate) fn set_language(self, language: Language) {
        preferences::set_language(language);
        *self.inner().locale.borrow_mut() = Locale::new(language);
        self.mark(|dirty| {
            dirty.mark_lists();
            dirty.mark_open_channel();
        });
        self.drive(|_| ());
        self.language.set(language);
    }

    /// Who parts from a channel by their own click need not be told that it is gone.
    fn parting(
        self,
        channel: ChannelSid,
        answered: impl FnOnce(Answered) + 'static,
    ) -> impl FnOnce(Answered) + 'static {
        self.inner().left_here.borrow_mut().insert(channel, ());
        move |answer| {
            if answer.is_err() {
                self.inner().left_here.borrow_mut().remove(channel);
            }
            answered(answer);
        }
    }

    fn no(self, refusal: Refusal) -> No {
        No { refusal: Some(refusal), sentence: (self.wording().refusal)(refusal) }
    }

    pub(super) fn ask(
        self,
        answered: impl FnOnce(Answered) + 'static,
        question: impl FnOnce(&mut Client) -> Ticket,
    ) {
        let ticket = {
            let inner = self.inner();
            let mut client = inner.client.borrow_mut();
            question(&mut client)
        };
        self.expect_answer(ticket, answered);
        self.drive(|_| ());
    }

    fn expect_answer(self, ticket: Ticket, answered: impl FnOnce(Answered) + 'static) {
        let answer = move |outcome| {
            answered(match outcome {
                Outcome::Ok(accepted) => Ok(accepted),
                Outcome::Refused(refusal) => Err(No {
                    refusal: Refusal::from_wire(&refusal),
                    sentence: sentences::refused(self.wording(), &refusal),
                }),
                Outcome::Lost => {
                    Err(No { refusal: None, sentence: self.wording().common.no_answer.to_owned() })
                }
            });
        };
        self.inner().answers.borrow_mut().insert(ticket, Box::new(answer));
    }
}

/// Messages that go out only by the person's word.
pub(super) fn stale(client: &Client) -> Vec<Nonce> {
    let needs_word = |pending: &&Pending| matches!(pending.state, PendingState::NeedsWord(_));
    client.outbox().iter().filter(needs_word).map(|pending| pending.nonce).collect()
}
