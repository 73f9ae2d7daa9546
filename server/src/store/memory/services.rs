//! The service, and what changed in its scopes: all rows are looked at.

use chat::protocol::{Row, Scope};
use chat::{FriendlyName, MessageIndex, Sequence, Timestamp, UserSid};

use super::MemoryTx;
use crate::store::pieces::{Page, Room, merge};
use crate::store::tx::Services;
use crate::store::{Ask, Service, Settings};

impl MemoryTx {
    /// Every row of a scope, whenever it changed.
    fn rows_of(&self, scope: Scope) -> Vec<Row> {
        let rows = &self.rows;
        match scope {
            Scope::Directory => {
                let listings = rows.channels.values().filter_map(|channel| channel.listing());
                let roles = rows.roles.values().cloned().map(Row::Role);
                listings.map(Row::Listing).chain(roles).collect()
            }
            Scope::User(user) => {
                let members = rows.members.values().filter(|member| member.user == user);
                let itself = rows.users.get(&user);
                members
                    .map(|member| Row::Membership(member.membership()))
                    .chain(itself.map(|kept| Row::User(kept.user.clone())))
                    .collect()
            }
            Scope::Channel(channel) => {
                let [first, last] = [0, 255].map(|byte| UserSid::from_bytes([byte; 16]));
                let members = rows.members.range((channel, first)..=(channel, last));
                let messages = rows
                    .messages
                    .range((channel, MessageIndex(0))..=(channel, MessageIndex(u64::MAX)));
                let itself = rows.channels.get(&channel);
                members
                    .map(|(_, member)| Row::Member(member.row()))
                    .chain(messages.map(|(_, message)| Row::Message(message.clone())))
                    .chain(itself.map(|kept| Row::Channel(kept.row())))
                    .collect()
            }
        }
    }
}

impl Services for MemoryTx {
    fn service(&mut self) -> Ask<Option<Service>> {
        Ok(self.rows.service)
    }

    fn found(&mut self, service: &Service, _at: Timestamp) -> Ask<()> {
        self.rows_mut().service = Some(*service);
        Ok(())
    }

    fn service_name(&mut self) -> Ask<Option<FriendlyName>> {
        Ok(self.rows.service_name.clone())
    }

    fn name_service(&mut self, name: &FriendlyName) -> Ask<()> {
        self.rows_mut().service_name = Some(name.clone());
        Ok(())
    }

    fn settings(&mut self) -> Ask<Settings> {
        Ok(self.rows.settings)
    }

    fn set_settings(&mut self, settings: Settings) -> Ask<()> {
        self.rows_mut().settings = settings;
        Ok(())
    }

    fn head(&mut self, scope: Scope) -> Ask<Option<Sequence>> {
        Ok(match scope {
            Scope::Channel(channel) => self.rows.channels.get(&channel).map(|kept| kept.sequence),
            Scope::User(user) => self.rows.users.get(&user).map(|kept| kept.sequence),
            Scope::Directory => self.rows.service.map(|_| self.rows.directory),
        })
    }

    fn changed_rows(&mut self, scope: Scope, since: Sequence, room: Room) -> Ask<Page<Row>> {
        let mut rows = self.rows_of(scope);
        rows.retain(|row| since < row.changed());
        Ok(merge(vec![Page { rows, more: false }], room))
    }
}
