//! Webhooks, and what waits for them or was told to them lately.

use std::collections::BTreeSet;

use chat::{ChannelSid, Timestamp, WebhookSid};

use super::MemoryTx;
use crate::store::Ask;
use crate::store::tx::{Deliveries, Webhooks};
use crate::webhooks::{ChannelWebhook, Delivery, ServiceWebhooks};

impl Webhooks for MemoryTx {
    fn service_webhooks(&mut self) -> Ask<ServiceWebhooks> {
        Ok(self.rows.service_webhooks.clone())
    }

    fn set_service_webhooks(&mut self, webhooks: &ServiceWebhooks) -> Ask<()> {
        self.rows_mut().service_webhooks = webhooks.clone();
        Ok(())
    }

    fn channels_with_webhooks(&mut self) -> Ask<Vec<ChannelSid>> {
        let channels = self.rows.webhooks.keys().map(|(channel, _)| *channel);
        Ok(channels.collect::<BTreeSet<_>>().into_iter().collect())
    }

    fn channel_webhooks(&mut self, channel: ChannelSid) -> Ask<Vec<ChannelWebhook>> {
        let webhooks = self.rows.webhooks.values().filter(|webhook| webhook.channel == channel);
        Ok(webhooks.cloned().collect())
    }

    fn put_channel_webhook(&mut self, webhook: &ChannelWebhook) -> Ask<()> {
        let key = (webhook.channel, webhook.sid);
        self.rows_mut().webhooks.insert(key, webhook.clone());
        Ok(())
    }

    fn remove_channel_webhook(&mut self, channel: ChannelSid, webhook: WebhookSid) -> Ask<()> {
        let rows = self.rows_mut();
        rows.webhooks.remove(&(channel, webhook));
        rows.deliveries
            .retain(|_, delivery| delivery.webhook != Some(webhook) || delivery.ended_at.is_some());
        Ok(())
    }
}

impl Deliveries for MemoryTx {
    fn add_delivery(&mut self, delivery: &Delivery) -> Ask<()> {
        let rows = self.rows_mut();
        rows.last_delivery += 1;
        let id = rows.last_delivery;
        rows.deliveries.insert(id, Delivery { id, ..delivery.clone() });
        Ok(())
    }

    fn due_deliveries(&mut self, now: Timestamp) -> Ask<Vec<Delivery>> {
        let mut targets = BTreeSet::new();
        let waiting = self
            .rows
            .deliveries
            .values()
            .filter(|delivery| delivery.ended_at.is_none() && delivery.due_at <= now);
        Ok(waiting.filter(|delivery| targets.insert(delivery.webhook)).cloned().collect())
    }

    fn change_delivery(&mut self, delivery: &Delivery) -> Ask<()> {
        let kept = self.rows_mut().deliveries.get_mut(&delivery.id);
        if let Some(kept) = kept.filter(|kept| kept.ended_at.is_none()) {
            *kept = delivery.clone();
        }
        Ok(())
    }

    fn latest_deliveries(&mut self, limit: usize) -> Ask<Vec<Delivery>> {
        Ok(self.rows.deliveries.values().rev().take(limit).cloned().collect())
    }

    fn give_up_deliveries(
        &mut self,
        made_before: Timestamp,
        keep: usize,
        now: Timestamp,
        limit: usize,
    ) -> Ask<usize> {
        let waiting = |delivery: &&Delivery| delivery.ended_at.is_none();
        let all: Vec<_> = self.rows.deliveries.values().filter(waiting).cloned().collect();
        let excess = all.len().saturating_sub(keep);
        let too_long = all
            .iter()
            .enumerate()
            .filter(|(place, delivery)| *place < excess || delivery.made_at < made_before);
        let ids: Vec<_> = too_long.map(|(_, delivery)| delivery.id).take(limit).collect();
        for id in &ids {
            if let Some(kept) = self.rows_mut().deliveries.get_mut(id) {
                kept.ended_at = Some(now);
                kept.form = String::new();
                kept.failure = Some("it waited too long".to_owned());
            }
        }
        Ok(ids.len())
    }

    fn forget_deliveries(
        &mut self,
        ended_before: Timestamp,
        keep: usize,
        limit: usize,
    ) -> Ask<usize> {
        let ended = self
            .rows
            .deliveries
            .values()
            .filter_map(|delivery| delivery.ended_at.map(|ended_at| (delivery.id, ended_at)));
        let ended: Vec<_> = ended.collect();
        let excess = ended.len().saturating_sub(keep);
        let old = ended
            .iter()
            .enumerate()
            .filter(|(place, (_, ended_at))| *place < excess || *ended_at < ended_before);
        let ids: Vec<_> = old.map(|(_, (id, _))| *id).take(limit).collect();
        self.rows_mut().deliveries.retain(|id, _| !ids.contains(id));
        Ok(ids.len())
    }
}
