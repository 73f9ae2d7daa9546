//! Channels, and what is in them: first whoever had read something, then the messages, then all
//! others, to whom what was there before they came is not unread.

use std::collections::HashSet;
use std::path::Path;

use chat::protocol::{ChannelEditing, NewChannel, Scope};
use chat::{ChannelSid, Identity, MessageIndex, Nonce, Refusal, UniqueName};
use uuid::Uuid;

use super::members::Horizon;
use super::{Import, Placed, Stopped};
use crate::commands::{
    Actor, ChannelStamps, Done, InviteWish, MemberWish, MessageWish, Moment, Outcome,
    amend_channel, amend_member, record_channel, record_invite, record_message,
};
use crate::moving::places::Places;
use crate::moving::rows::{ChannelRow, ChannelType, InviteRow, MessageRow};
use crate::store::Tx;

const DISORDER: &str = "It stands behind a later one; list messages in ascending order.";

impl Import<'_, '_> {
    /// All channels; gives which ones were listed.
    pub(super) async fn channels(&mut self) -> Result<HashSet<ChannelSid>, Stopped> {
        let mut listed = HashSet::new();
        let mut rows = self.rows::<ChannelRow>(self.folder)?;
        loop {
            let batch = self.next(&mut rows, true).await?;
            if batch.is_empty() {
                return Ok(listed);
            }
            let wishes = batch.iter().map(|placed| (placed.id, placed.row.clone())).collect();
            let (by, general) = (self.by, self.service.general);
            let brought = self
                .write(Scope::Directory, wishes, move |tx, row, m| {
                    bring_channel(tx, by, general, row, m)
                })
                .await?;
            for (placed, brought) in batch.iter().zip(brought) {
                let there = placed.row.sid;
                listed.insert(there);
                match brought {
                    Err(refusal) => {
                        let why = format!("{} Its folder is not read.", refusal.message());
                        self.report.skipped("channels", &placed.place, &why)?;
                    }
                    Ok((here, is_new)) => {
                        self.report.came("channels", is_new);
                        let folder = self.folder.join("channels").join(there.to_string());
                        self.what_is_in(here, &folder).await?;
                    }
                }
            }
        }
    }

    async fn what_is_in(&mut self, channel: ChannelSid, folder: &Path) -> Result<(), Stopped> {
        let horizons = self.members(channel, folder, true).await?;
        let places = self.messages(channel, folder).await?;
        self.members(channel, folder, false).await?;
        self.horizons(channel, horizons, &places).await?;
        self.invites(channel, folder).await
    }

    async fn messages(&mut self, channel: ChannelSid, folder: &Path) -> Result<Places, Stopped> {
        let mut places = Places::default();
        let mut last = None;
        let mut rows = self.rows::<MessageRow>(folder)?;
        loop {
            let batch = self.next(&mut rows, true).await?;
            if batch.is_empty() {
                return Ok(places);
            }
            let (mut told, mut wishes) = (Vec::new(), Vec::new());
            for Placed { place, row, id } in batch {
                let is_late = Some(row.index) <= last;
                last = last.max(Some(row.index));
                if is_late {
                    self.report.skipped("messages", &place, DISORDER)?;
                } else if self.has_its_file(&row, folder, &place).await? {
                    told.push((place, row.index));
                    wishes.push((id, row));
                }
            }
            let by = self.by;
            let brought = self
                .write(Scope::Channel(channel), wishes, move |tx, row, m| {
                    bring_message(tx, by, channel, row, m)
                })
                .await?;
            for ((place, there), brought) in told.iter().zip(brought) {
                if let Some(here) = self.tell("messages", place, brought)? {
                    places.add(*there, here);
                }
            }
        }
    }

    /// Who moved their horizon here since keeps it.
    async fn horizons(
        &mut self,
        channel: ChannelSid,
        horizons: Vec<Horizon>,
        places: &Places,
    ) -> Result<(), Stopped> {
        let mut wishes = Vec::new();
        for Horizon { user, index, at } in horizons {
            if let Some(index) = places.up_to(index) {
                wishes.push((Uuid::nil(), (user, index, at)));
            }
        }
        let by = self.by;
        self.write(Scope::Channel(channel), wishes, move |tx, &(user, index, at), m| {
            let member = tx.member(channel, user)?;
            if member.is_none_or(|member| member.horizon.is_some()) {
                return Ok(Done::unchanged(()));
            }
            let wish = MemberWish { horizon: Some(index), read_at: at, ..MemberWish::default() };
            amend_member(tx, by, channel, user, &wish, m)
        })
        .await?;
        Ok(())
    }

    async fn invites(&mut self, channel: ChannelSid, folder: &Path) -> Result<(), Stopped> {
        let mut rows = self.rows::<InviteRow>(folder)?;
        loop {
            let batch = self.next(&mut rows, true).await?;
            if batch.is_empty() {
                return Ok(());
            }
            let wishes = batch.iter().map(|Placed { row, id, .. }| {
                let wish = InviteWish {
                    sid: row.sid,
                    identity: row.identity.clone(),
                    role: self.roles.of(row.role_sid).sid,
                    created_by: row.created_by.clone(),
                    created_at: row.date_created,
                };
                (*id, wish)
            });
            let by = self.by;
            let brought = self
                .write(Scope::Channel(channel), wishes.collect(), move |tx, wish, m| {
                    record_invite(tx, by, channel, wish, m)
                })
                .await?;
            for (placed, brought) in batch.iter().zip(brought) {
                if matches!(brought, Ok((_, true))) {
                    self.roles.came(placed.row.role_sid);
                }
                self.tell("invites", &placed.place, brought)?;
            }
        }
    }
}

fn bring_channel(
    tx: &mut dyn Tx,
    by: Actor,
    general: ChannelSid,
    row: &ChannelRow,
    m: &Moment,
) -> Outcome<ChannelSid> {
    let stamps = ChannelStamps {
        sid: Some(row.sid),
        created_by: row.created_by.as_deref().map(Identity::parse).transpose()?,
        created_at: row.date_created,
        updated_at: row.date_updated.or(row.date_created),
    };
    let named = |name: &Option<String>| name.clone().filter(|name| !name.trim().is_empty());
    let unique_name = named(&row.unique_name);
    let wish = NewChannel {
        nonce: Nonce(Uuid::from_bytes(*row.sid.as_bytes())),
        // There, a channel could do without any name.
        friendly_name: named(&row.friendly_name)
            .or_else(|| unique_name.clone())
            .unwrap_or_else(|| row.sid.to_string()),
        unique_name,
        attributes: row.attributes.clone(),
        private: row.r#type == ChannelType::Private,
        without_joining: true,
    };
    if wish.unique_name.as_deref() == Some(UniqueName::GENERAL) {
        return into_general(tx, by, general, &wish, &stamps, m);
    }
    record_channel(tx, by, &wish, &stamps, m)
}

/// There is a General Channel already. It becomes like the one that was there, unless it was changed
/// before.
fn into_general(
    tx: &mut dyn Tx,
    by: Actor,
    general: ChannelSid,
    wish: &NewChannel,
    stamps: &ChannelStamps,
    m: &Moment,
) -> Outcome<ChannelSid> {
    if wish.private {
        // What was said in private would be there for everybody.
        return Err(Refusal::GeneralStays.into());
    }
    let here = tx.channel(general)?.ok_or(Refusal::ChannelNotFound)?;
    if here.entered != here.changed {
        return Ok(Done::unchanged(general));
    }
    let editing = ChannelEditing {
        channel: general,
        friendly_name: Some(wish.friendly_name.clone()),
        unique_name: None,
        attributes: Some(wish.attributes.clone()),
        private: None,
    };
    Ok(amend_channel(tx, by, &editing, stamps, m)?.replied(general))
}

fn bring_message(
    tx: &mut dyn Tx,
    by: Actor,
    channel: ChannelSid,
    row: &MessageRow,
    m: &Moment,
) -> Outcome<MessageIndex> {
    let identity = |text: &Option<String>| text.as_deref().map(Identity::parse).transpose();
    let was_edited = row.was_edited != Some(false);
    let wish = MessageWish {
        sid: Some(row.sid),
        body: row.body.clone(),
        attributes: Some(row.attributes.clone()),
        media: row.media.as_ref().map(|media| media.sid),
        from: identity(&row.from)?,
        created_at: row.date_created,
        updated_at: row.date_updated.filter(|_| was_edited),
        updated_by: identity(&row.last_updated_by)?.filter(|_| was_edited),
    };
    let recorded = record_message(tx, by, channel, &wish, m)?;
    let index = recorded.reply.index;
    Ok(recorded.replied(index))
}
