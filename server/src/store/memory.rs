//! A model of the store in plain maps: what tests hold the databases against, and a server without
//! a file. A transaction works on a copy, so whatever breaks has written nothing.

mod channels;
mod lists;
mod members;
mod messages;
mod parts;
mod roles;
mod rows;
mod services;
mod sessions;
mod uploads;
mod users;
mod webhooks;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chat::{
    ChannelSid, FriendlyName, MediaSid, Message, MessageIndex, Nonce, Role, RoleSid, Sequence,
    SessionSid, UserSid, WebhookSid,
};

use crate::store::backend::{Backend, Work};
use crate::store::{Broken, DefaultRoles, FirstReply, Service, Settings, Upload};
use crate::webhooks::{ChannelWebhook, Delivery, ServiceWebhooks};
use rows::{KeptChannel, KeptMember, KeptSession, KeptUser};

/// A handle on the maps; clones share them.
#[derive(Clone, Default)]
pub struct Memory {
    rows: Arc<Mutex<Arc<Rows>>>,
}

/// A transaction: what it sees, which is its own from the first write on.
#[derive(Default)]
pub struct MemoryTx {
    rows: Arc<Rows>,
}

#[derive(Clone, Default)]
struct Rows {
    service: Option<Service>,
    service_name: Option<FriendlyName>,
    directory: Sequence,
    roles: BTreeMap<RoleSid, Role>,
    default_roles: DefaultRoles,
    settings: Settings,
    users: BTreeMap<UserSid, KeptUser>,
    sessions: BTreeMap<SessionSid, KeptSession>,
    nonces: BTreeMap<(UserSid, Nonce), FirstReply>,
    channels: BTreeMap<ChannelSid, KeptChannel>,
    members: BTreeMap<(ChannelSid, UserSid), KeptMember>,
    messages: BTreeMap<(ChannelSid, MessageIndex), Message>,
    uploads: BTreeMap<MediaSid, Upload>,
    service_webhooks: ServiceWebhooks,
    webhooks: BTreeMap<(ChannelSid, WebhookSid), ChannelWebhook>,
    deliveries: BTreeMap<u64, Delivery>,
    last_delivery: u64,
}

impl MemoryTx {
    fn rows_mut(&mut self) -> &mut Rows {
        Arc::make_mut(&mut self.rows)
    }

    fn channel_mut(&mut self, channel: ChannelSid) -> Result<&mut KeptChannel, Broken> {
        let channel = self.rows_mut().channels.get_mut(&channel);
        channel.ok_or_else(|| Broken::new("there is no such channel"))
    }

    fn user_mut(&mut self, user: UserSid) -> Result<&mut KeptUser, Broken> {
        let user = self.rows_mut().users.get_mut(&user);
        user.ok_or_else(|| Broken::new("there is no such user"))
    }

    fn member_mut(
        &mut self,
        channel: ChannelSid,
        user: UserSid,
    ) -> Result<&mut KeptMember, Broken> {
        let member = self.rows_mut().members.get_mut(&(channel, user));
        member.ok_or_else(|| Broken::new("there is no such member"))
    }
}

impl Backend for Memory {
    fn write(&mut self, work: &mut Work<'_>) -> Result<(), Broken> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tx = MemoryTx { rows: Arc::clone(&rows) };
        work(&mut tx)?;
        *rows = tx.rows;
        Ok(())
    }

    fn read(&mut self, work: &mut Work<'_>) -> Result<(), Broken> {
        let rows = Arc::clone(&self.rows.lock().unwrap_or_else(PoisonError::into_inner));
        work(&mut MemoryTx { rows })
    }
}
