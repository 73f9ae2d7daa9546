//! A village to begin with, from one JSON: users, channels, members, messages. Each is made by the
//! operator's command for it, in the order in which it stands.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chat::protocol::{NewChannel, Posted, Scope};
use chat::{ChannelSid, Identity, MessageSid, Nonce, Refusal, RoleSid, UniqueName, UserSid};
use serde::{Deserialize, Serialize};

use super::Stage;
use super::no::No;
use super::said::Said;
use crate::commands::{
    Actor, ChannelStamps, CommandError, Invitee, MemberWish, MessageWish, Moment, NewcomerWish,
    Outcome, create_user, enrol_member, invite_member, record_channel, record_message,
};
use crate::gateway::Gateway;
use crate::store::Tx;

/// Everything that is to be there.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Village {
    users: Vec<User>,
    channels: Vec<Channel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct User {
    identity: String,
    #[serde(default)]
    friendly_name: Option<String>,
    /// JSON of any shape, as text.
    #[serde(default)]
    attributes: String,
    /// Whether they may do all that a service admin may.
    #[serde(default)]
    admin: bool,
}

/// A channel; one of that unique name that is there already gets what is said of it besides.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Channel {
    unique_name: Option<String>,
    friendly_name: Option<String>,
    attributes: String,
    private: bool,
    created_by: Option<String>,
    members: Vec<String>,
    invited: Vec<String>,
    messages: Vec<Message>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    from: String,
    body: String,
    #[serde(default)]
    attributes: String,
}

/// The SIDs of what was made.
#[derive(Debug, Default, Serialize)]
pub(super) struct Planted {
    users: BTreeMap<String, UserSid>,
    channels: Vec<PlantedChannel>,
}

#[derive(Debug, Serialize)]
struct PlantedChannel {
    sid: ChannelSid,
    messages: Vec<MessageSid>,
}

/// `POST /test/seed`. What stands before the first no is made.
pub(super) async fn plant(
    State(stage): State<Stage>,
    Said(village): Said<Village>,
) -> Result<Json<Planted>, No> {
    let gardener = Gardener(stage.state().home().clone());
    let mut planted = Planted::default();
    for (number, user) in village.users.into_iter().enumerate() {
        let identity = user.identity.clone();
        let sid = gardener.user(user).await;
        let sid = sid.map_err(|error| No::at(error, &format!("users[{number}]")))?;
        planted.users.insert(identity, sid);
    }
    for (number, channel) in village.channels.into_iter().enumerate() {
        planted.channels.push(gardener.channel(channel, &format!("channels[{number}]")).await?);
    }
    Ok(Json(planted))
}

/// Whoever makes all of it: the operator.
struct Gardener(Gateway);

impl Gardener {
    async fn user(&self, user: User) -> Result<UserSid, CommandError> {
        let wish = NewcomerWish {
            identity: user.identity,
            friendly_name: user.friendly_name,
            attributes: user.attributes,
            role: user.admin.then_some(RoleSid::SERVICE_ADMIN),
            ..NewcomerWish::default()
        };
        self.does(move |tx, m| create_user(tx, &wish, m)).await
    }

    async fn channel(&self, mut channel: Channel, at: &str) -> Result<PlantedChannel, No> {
        let by = Actor::Operator(self.0.service.system());
        let (members, invited) =
            (std::mem::take(&mut channel.members), std::mem::take(&mut channel.invited));
        let messages = std::mem::take(&mut channel.messages);
        let sid = self.found(channel).await.map_err(|error| No::at(error, at))?;
        for (number, name) in members.into_iter().enumerate() {
            let enrolled = async {
                let identity = Identity::parse(&name)?;
                let wish = MemberWish::default();
                self.does(move |tx, m| enrol_member(tx, by, sid, &identity, &wish, m)).await
            };
            enrolled.await.map_err(|error| No::at(error, &format!("{at}.members[{number}]")))?;
        }
        for (number, name) in invited.into_iter().enumerate() {
            let invites = async {
                let identity = Identity::parse(&name)?;
                let invite = move |tx: &mut dyn Tx, m: &Moment| {
                    invite_member(tx, by, sid, Invitee::of(&identity), Nonce(m.id), m)
                };
                self.does(invite).await
            };
            invites.await.map_err(|error| No::at(error, &format!("{at}.invited[{number}]")))?;
        }
        let mut sids = Vec::with_capacity(messages.len());
        for (number, message) in messages.into_iter().enumerate() {
            let posted = self.message(by, sid, message).await;
            let at = format!("{at}.messages[{number}]");
            sids.push(posted.map_err(|error| No::at(error, &at))?.sid);
        }
        Ok(PlantedChannel { sid, messages: sids })
    }

    /// The channel of that name, or a new one.
    async fn found(&self, channel: Channel) -> Result<ChannelSid, CommandError> {
        if let Some(name) = &channel.unique_name {
            let name = UniqueName::parse(name)?;
            let there = self.0.store.read(move |tx| Ok(tx.channel_named(&name)?));
            if let Some(channel) = there.await? {
                return Ok(channel.sid);
            }
        }
        let by = Actor::Operator(self.0.service.system());
        let created_by = channel.created_by.as_deref().map(Identity::parse).transpose()?;
        let stamps = ChannelStamps { created_by, ..ChannelStamps::default() };
        let friendly_name = channel.friendly_name.or_else(|| channel.unique_name.clone());
        let friendly_name = friendly_name.ok_or(Refusal::FriendlyNameMissing)?;
        self.does(move |tx, m| {
            let wish = NewChannel {
                nonce: Nonce(m.id),
                friendly_name: friendly_name.clone(),
                unique_name: channel.unique_name.clone(),
                attributes: channel.attributes.clone(),
                private: channel.private,
                without_joining: true,
            };
            record_channel(tx, by, &wish, &stamps, m)
        })
        .await
    }

    async fn message(
        &self,
        by: Actor,
        channel: ChannelSid,
        message: Message,
    ) -> Result<Posted, CommandError> {
        let wish = MessageWish {
            body: Some(message.body),
            attributes: Some(message.attributes),
            from: Some(Identity::parse(&message.from)?),
            ..MessageWish::default()
        };
        self.does(move |tx, m| record_message(tx, by, channel, &wish, m)).await
    }

    async fn does<R: Send + 'static>(
        &self,
        command: impl Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    ) -> Result<R, CommandError> {
        self.0.store.write(Scope::Directory, command).await
    }
}
