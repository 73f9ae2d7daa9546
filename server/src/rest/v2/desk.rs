//! One request that was let in: what its path is about, and what serves it.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use chat::protocol::Scope;
use chat::{
    AccountSid, ChannelSid, Identity, MessageIndex, Refusal, ServiceSid, Timestamp, UniqueName,
    UserSid,
};

use super::door::Account;
use super::no::No;
use super::{ROOT, WEBHOOK_ENABLED};
use crate::commands::{Actor, CommandError, Moment, Outcome};
use crate::gateway::Gateway;
use crate::state::AppState;
use crate::store::{ListedMember, ListedUser, LiveChannel, Tx};
use crate::webhooks::Cause;

/// It speaks for the operator's backend, in one service.
pub(super) struct Desk {
    pub(super) state: AppState,
    pub(super) gateway: Gateway,
    pub(super) account: AccountSid,
    pub(super) path: HashMap<String, String>,
    /// Whether webhooks hear of what it changes.
    pub(super) told: bool,
}

impl FromRequestParts<AppState> for Desk {
    type Rejection = No;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, No> {
        let account = parts.extensions.get().copied().map(|Account(account)| account);
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let Path(path) = path.map_err(|_| No::Nowhere)?;
        let account = account.ok_or(No::Stranger)?;
        let gateway = match path.get("service") {
            Some(named) => named.parse().ok().and_then(|sid| state.services.of(sid)),
            None => Some(state.home().clone()),
        };
        let gateway = gateway.ok_or(No::Nowhere)?;
        let told = parts.headers.get(WEBHOOK_ENABLED).is_some_and(|value| value == "true");
        Ok(Self { state: AppState::clone(state), gateway, account, path, told })
    }
}

impl Desk {
    /// What the path says in this place.
    pub(super) fn named(&self, place: &str) -> &str {
        self.path.get(place).map_or("", String::as_str)
    }

    /// The public address of something in this service.
    pub(super) fn url(&self, rest: &str) -> String {
        format!("{}{ROOT}/Services/{}{rest}", self.state.config.public_url, self.service())
    }

    /// The service that the path names.
    pub(super) fn service(&self) -> ServiceSid {
        self.gateway.service.sid
    }

    /// The user in whose name the operator acts.
    pub(super) fn system(&self) -> UserSid {
        self.gateway.service.system()
    }

    /// Who asks, unless somebody else is named.
    pub(super) fn operator(&self) -> Actor {
        Actor::Operator(self.system())
    }

    pub(super) fn now(&self) -> Timestamp {
        self.state.clock.now()
    }

    /// Asks the store.
    pub(super) async fn read<R, Q>(&self, query: Q) -> Result<R, No>
    where
        R: Send + 'static,
        Q: Fn(&mut dyn Tx) -> Result<R, CommandError> + Send + 'static,
    {
        Ok(self.gateway.store.read(query).await?)
    }

    /// Changes a channel, if it is not changed too often.
    pub(super) async fn change<R, C>(&self, channel: ChannelSid, command: C) -> Result<R, No>
    where
        R: Send + 'static,
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        self.gateway.allowance.channel(channel, self.now())?;
        self.write(Scope::Channel(channel), command).await
    }

    /// Changes the service, if it is not changed too often.
    pub(super) async fn change_service<R, C>(&self, command: C) -> Result<R, No>
    where
        R: Send + 'static,
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        self.gateway.allowance.service(self.now())?;
        self.write(Scope::Directory, command).await
    }

    async fn write<R, C>(&self, scope: Scope, command: C) -> Result<R, No>
    where
        R: Send + 'static,
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        if self.told {
            return Ok(self.gateway.write(scope, Cause(None), command).await?);
        }
        Ok(self.gateway.store.write(scope, command).await?)
    }

    /// The channel that the path names, by SID or by unique name.
    pub(super) async fn channel(&self) -> Result<LiveChannel, No> {
        let named = self.named("channel").to_owned();
        self.read(move |tx| match named.parse() {
            Ok(sid) => Ok(tx.channel(sid)?.ok_or(Refusal::ChannelNotFound)?),
            Err(_) => {
                let name = UniqueName::parse(&named).map_err(|_| Refusal::ChannelNotFound)?;
                Ok(tx.channel_named(&name)?.ok_or(Refusal::ChannelNotFound)?)
            }
        })
        .await
    }

    /// The user whom the path names, by SID or by identity.
    pub(super) async fn user(&self) -> Result<ListedUser, No> {
        let named = self.named("user").to_owned();
        let system = self.system();
        self.read(move |tx| {
            let listed = user_named(tx, &named)?.filter(|listed| listed.user.sid != system);
            Ok(listed.ok_or(Refusal::UserNotFound)?)
        })
        .await
    }

    /// The member whom the path names, by SID or by identity.
    pub(super) async fn member(&self, channel: ChannelSid) -> Result<ListedMember, No> {
        let named = self.named("member").to_owned();
        self.read(move |tx| {
            let user = match named.parse() {
                Ok(sid) => tx.user_of_member(channel, sid)?,
                Err(_) => user_named(tx, &named)?.map(|listed| listed.user.sid),
            };
            let user = user.ok_or(Refusal::MemberNotFound)?;
            Ok(tx.listed_member(channel, user)?.ok_or(Refusal::MemberNotFound)?)
        })
        .await
    }

    /// The place of the message that the path names.
    pub(super) async fn message(&self, channel: ChannelSid) -> Result<MessageIndex, No> {
        let sid = self.named("message").parse().map_err(|_| Refusal::MessageNotFound)?;
        self.read(move |tx| {
            Ok(tx.index_of_message(channel, sid)?.ok_or(Refusal::MessageNotFound)?)
        })
        .await
    }
}

fn user_named(tx: &mut dyn Tx, named: &str) -> Result<Option<ListedUser>, CommandError> {
    let sid = match named.parse() {
        Ok(sid) => Some(sid),
        Err(_) => match Identity::parse(named) {
            Ok(identity) => tx.user_named(&identity)?.map(|user| user.sid),
            Err(_) => None,
        },
    };
    Ok(match sid {
        Some(sid) => tx.listed_user(sid)?,
        None => None,
    })
}
