//! What a connection may ask, whatever it speaks: each request becomes a command or a query. No rule
//! is judged here.

use std::sync::{Mutex, PoisonError};

use chat::protocol::{Accepted, Command, Scope};
use chat::{ChannelSid, Identity, Refusal, Timestamp};

use super::Gateway;
use super::greeting::Who;
use super::hub::Seat;
use crate::commands::{
    CommandError, Invitee, Moment, Outcome, add_member, advance_read_horizon,
    create_agreed_channel, decline_invite, delete_channel, delete_message, edit_agreed_message,
    edit_channel, edit_member, edit_user, hand_over_channel, invite_member, join_channel,
    leave_channel, post_agreed_message, remove_member, set_notification_level, set_read_horizon,
};
use crate::media::Link;
use crate::queries::{history, media_at, members, seen, session_by_sid, unread};
use crate::rates::Bucket;
use crate::store::Tx;
use crate::tokens::Bearer;
use crate::webhooks::Cause;
use crate::webhooks::before::{self, Agreed};

/// What the requests of one connection share.
pub(crate) struct Desk {
    pub(crate) gateway: Gateway,
    pub(crate) who: Who,
    pub(crate) seat: Seat,
    typing: Mutex<Bucket>,
    /// Whose turn it is, where a webhook is asked first.
    turn: tokio::sync::Mutex<()>,
}

/// Whom the token now speaks for, if the request renewed it.
pub(crate) type Renewed = Option<Bearer>;

impl Desk {
    /// One for a user who was greeted.
    pub(crate) fn new(gateway: Gateway, who: Who, seat: Seat) -> Self {
        let typing = Bucket::full(gateway.allowance.rates().typing, gateway.clock.now());
        Self { gateway, who, seat, typing: Mutex::new(typing), turn: Default::default() }
    }

    /// Whether the rates allow this request now. Joining General is free.
    pub(crate) fn allow(&self, command: &Command) -> Result<(), Refusal> {
        let (allowance, now) = (&self.gateway.allowance, self.gateway.clock.now());
        // A site answers for those whose tokens its own backend signs, as it did before.
        let person = self.who.session.map(|_| self.who.user);
        match command {
            Command::PostMessage(draft) => allowance.message(person, draft.channel, now),
            Command::EditMessage(editing) => allowance.message(person, editing.channel, now),
            Command::DeleteMessage { channel, .. } => allowance.message(person, *channel, now),
            Command::CreateChannel(_) | Command::DeleteChannel { .. } | Command::EditUser(_) => {
                allowance.service(now)
            }
            Command::JoinChannel { channel, .. } if *channel == self.who.general => Ok(()),
            Command::JoinChannel { channel, .. }
            | Command::LeaveChannel { channel }
            | Command::HandOverChannel { channel, .. }
            | Command::AddMember { channel, .. }
            | Command::RemoveMember { channel, .. }
            | Command::InviteMember { channel, .. }
            | Command::DeclineInvite { channel } => allowance.channel(*channel, now),
            Command::EditChannel(editing) => allowance.channel(editing.channel, now),
            Command::EditMember(editing) => allowance.channel(editing.channel, now),
            Command::SetTyping { .. } => self.allow_typing(now),
            Command::AdvanceReadHorizon { .. }
            | Command::SetNotificationLevel { .. }
            | Command::SetReadHorizon { .. }
            | Command::WatchPresence { .. }
            | Command::Resume { .. }
            | Command::OpenChannel { .. }
            | Command::History { .. }
            | Command::Members { .. }
            | Command::Unread { .. }
            | Command::MediaUrl { .. }
            | Command::RenewToken { .. } => Ok(()),
        }
    }

    fn allow_typing(&self, now: Timestamp) -> Result<(), Refusal> {
        let mut typing = self.typing.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = typing.take(self.gateway.allowance.rates().typing, now);
        taken.map_err(|retry_after_ms| Refusal::TooManyRequests { retry_after_ms })
    }

    /// Does what is asked, once the webhook before it agrees.
    pub(crate) async fn run(&self, command: Command) -> Result<Accepted, CommandError> {
        let webhooks = &self.gateway.webhooks;
        let Some(event) = before::event(&command).filter(|_| webhooks.asks()) else {
            return self.does(Agreed::to(command), None).await;
        };
        // What waits for a webhook is overtaken by nothing that was asked for later.
        let _turn = self.turn.lock().await;
        let who = (self.who.user, &self.who.identity);
        let agreed = webhooks.agreed(event, who, command.clone()).await?;
        self.does(agreed, Some(command)).await
    }

    /// Does what was asked for, perhaps in other words or another's name.
    async fn does(
        &self,
        Agreed { command, author }: Agreed,
        asked_for: Option<Command>,
    ) -> Result<Accepted, CommandError> {
        let author = author.map(|name| Identity::parse(&name)).transpose()?;
        let store = &self.gateway.store;
        let me = self.who.user;
        match command {
            Command::PostMessage(draft) => {
                let asked_for = match asked_for {
                    Some(Command::PostMessage(asked_for)) => Some(asked_for),
                    _ => None,
                };
                let posted = self.write(Scope::Channel(draft.channel), move |tx, m| {
                    let asked_for = asked_for.as_ref().unwrap_or(&draft);
                    post_agreed_message(tx, me, asked_for, &draft, author.as_ref(), m)
                });
                posted.await.map(Accepted::Posted)
            }
            Command::EditMessage(editing) => {
                let channel = editing.channel;
                let edit = move |tx: &mut dyn Tx, m: &Moment| {
                    edit_agreed_message(tx, me, &editing, author.as_ref(), m)
                };
                self.change(channel, edit).await
            }
            Command::CreateChannel(wish) => {
                let asked_for = match asked_for {
                    Some(Command::CreateChannel(asked_for)) => Some(asked_for),
                    _ => None,
                };
                let created = self.write(Scope::Directory, move |tx, m| {
                    create_agreed_channel(tx, me, asked_for.as_ref().unwrap_or(&wish), &wish, m)
                });
                created.await.map(Accepted::Created)
            }
            Command::DeleteMessage { channel, index } => {
                self.change(channel, move |tx, m| delete_message(tx, me, channel, index, m)).await
            }
            Command::EditChannel(editing) => {
                self.change(editing.channel, move |tx, m| edit_channel(tx, me, &editing, m)).await
            }
            Command::DeleteChannel { channel } => {
                self.change(channel, move |tx, m| delete_channel(tx, me, channel, m)).await
            }
            Command::HandOverChannel { channel, to } => {
                self.change(channel, move |tx, m| hand_over_channel(tx, me, channel, to, m)).await
            }
            Command::JoinChannel { channel, nonce } => {
                let joined = self.write(Scope::Channel(channel), move |tx, m| {
                    join_channel(tx, me, channel, nonce, m)
                });
                joined.await.map(Accepted::Joined)
            }
            Command::LeaveChannel { channel } => {
                self.change(channel, move |tx, m| leave_channel(tx, me, channel, m)).await
            }
            Command::AddMember { channel, identity, nonce } => {
                let identity = Identity::parse(&identity)?;
                let joined = self.write(Scope::Channel(channel), move |tx, m| {
                    add_member(tx, me, channel, &identity, nonce, m)
                });
                joined.await.map(Accepted::Joined)
            }
            Command::RemoveMember { channel, user } => {
                self.change(channel, move |tx, m| remove_member(tx, me, channel, user, m)).await
            }
            Command::InviteMember { channel, identity, nonce } => {
                let identity = Identity::parse(&identity)?;
                let invited = self.write(Scope::Channel(channel), move |tx, m| {
                    invite_member(tx, me, channel, Invitee::of(&identity), nonce, m)
                });
                invited.await.map(Accepted::Invited)
            }
            Command::DeclineInvite { channel } => {
                self.change(channel, move |tx, m| decline_invite(tx, me, channel, me, m)).await
            }
            Command::EditMember(editing) => {
                self.change(editing.channel, move |tx, m| edit_member(tx, me, &editing, m)).await
            }
            Command::EditUser(editing) => {
                let scope = Scope::User(editing.user);
                self.write(scope, move |tx, m| edit_user(tx, me, &editing, m)).await?;
                Ok(Accepted::Done {})
            }
            Command::SetNotificationLevel { channel, level } => {
                let set = move |tx: &mut dyn Tx, m: &Moment| {
                    set_notification_level(tx, me, channel, level, m)
                };
                self.change(channel, set).await
            }
            Command::AdvanceReadHorizon { channel, index } => {
                self.read_up_to(channel, move |tx, m| {
                    advance_read_horizon(tx, me, channel, index, m)
                })
                .await
            }
            Command::SetReadHorizon { channel, index } => {
                self.read_up_to(channel, move |tx, m| set_read_horizon(tx, me, channel, index, m))
                    .await
            }
            Command::SetTyping { channel } => {
                let interval_ms = self.who.settings.typing_interval_ms;
                let heard = self.seat.signal_typing(&self.who.identity, channel, interval_ms);
                if let Err(refusal) = heard {
                    // Who knows of the channel is told what is missing.
                    let seen = store.read(move |tx| seen(tx, me, channel)).await?;
                    let missing = if seen.member.is_none() { Refusal::NotAMember } else { refusal };
                    return Err(missing.into());
                }
                Ok(Accepted::Done {})
            }
            Command::History { channel, before, limit } => {
                let page = store.read(move |tx| history(tx, me, channel, before, limit));
                page.await.map(Accepted::History)
            }
            Command::Members { channel, after } => {
                let page = store.read(move |tx| members(tx, me, channel, after));
                page.await.map(Accepted::Members)
            }
            Command::Unread { channel } => {
                store.read(move |tx| unread(tx, me, channel)).await.map(Accepted::Unread)
            }
            Command::MediaUrl { channel, index } => {
                let media = store.read(move |tx| media_at(tx, me, channel, index)).await?;
                let (service, now) = (self.gateway.service.sid, self.gateway.clock.now());
                let link = Link::to(service, media.sid, me, now);
                Ok(Accepted::MediaUrl(link.url(&self.gateway.tokens)))
            }
            Command::WatchPresence { .. }
            | Command::Resume { .. }
            | Command::OpenChannel { .. }
            | Command::RenewToken { .. } => unreachable!("answered by the caller"),
        }
    }

    async fn write<R, C>(&self, scope: Scope, command: C) -> Result<R, CommandError>
    where
        R: Send + 'static,
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        let cause = Cause(Some(self.who.identity.clone()));
        self.gateway.write(scope, cause, command).await
    }

    async fn change<C>(&self, channel: ChannelSid, command: C) -> Result<Accepted, CommandError>
    where
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<()> + Send + 'static,
    {
        self.write(Scope::Channel(channel), command).await?;
        Ok(Accepted::Done {})
    }

    /// No webhook hears of what somebody has read.
    async fn read_up_to<C>(&self, channel: ChannelSid, command: C) -> Result<Accepted, CommandError>
    where
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<()> + Send + 'static,
    {
        self.gateway.store.write(Scope::Channel(channel), command).await?;
        Ok(Accepted::Done {})
    }

    /// Whom a new token speaks for: it must be for the same user and session.
    pub(crate) async fn renewed(&self, token: &str) -> Result<Bearer, CommandError> {
        let now = self.gateway.clock.now();
        let bearer = self.gateway.tokens.verify(token, now)?;
        match (bearer.own, self.who.session) {
            (Some((user, session)), Some(mine)) if user == self.who.user && session == mine => {
                let live = self.gateway.store.read(move |tx| session_by_sid(tx, session, now));
                live.await?.ok_or(Refusal::SessionEnded)?;
            }
            (None, None)
                if bearer.identity == self.who.identity
                    && bearer.service == self.gateway.service.sid => {}
            _ => return Err(Refusal::OtherUser.into()),
        }
        Ok(bearer)
    }
}
