//! Whom the service and its channels call, as the operator sets it.

use chat::{ChannelSid, Refusal, WebhookSid};

use crate::commands::{CommandError, Done, Moment, Outcome};
use crate::limits::{
    WEBHOOK_RETRIES_MAX, WEBHOOK_TRIGGER_CHARACTERS_MAX, WEBHOOK_TRIGGERS_MAX,
    WEBHOOKS_OF_CHANNEL_MAX,
};
use crate::store::Tx;
use crate::webhooks::{ChannelWebhook, Method, ServiceWebhooks, WebhookUrl, Wish};

/// What a channel's webhook is to be like.
#[derive(Clone, Debug)]
pub struct WebhookWish {
    pub wish: Wish,
    pub url: WebhookUrl,
    pub method: Method,
    pub retries: u8,
}

/// Sets whom the service calls from now on.
pub fn set_webhooks(tx: &mut dyn Tx, webhooks: &ServiceWebhooks, _m: &Moment) -> Outcome<()> {
    judge_retries(webhooks.before_retries)?;
    judge_retries(webhooks.after_retries)?;
    tx.set_service_webhooks(webhooks)?;
    Ok(Done::unchanged(()))
}

/// Gives a channel one webhook more.
pub fn create_webhook(
    tx: &mut dyn Tx,
    channel: ChannelSid,
    wish: &WebhookWish,
    m: &Moment,
) -> Outcome<ChannelWebhook> {
    tx.channel(channel)?.ok_or(Refusal::ChannelNotFound)?;
    judge(wish)?;
    if WEBHOOKS_OF_CHANNEL_MAX <= tx.channel_webhooks(channel)?.len() {
        return Err(Refusal::TooManyWebhooks.into());
    }
    let WebhookWish { wish, url, method, retries } = wish.clone();
    let (sid, at) = (WebhookSid::new(m.id), m.now);
    let webhook =
        ChannelWebhook { sid, channel, wish, url, method, retries, created_at: at, updated_at: at };
    tx.put_channel_webhook(&webhook)?;
    Ok(Done::unchanged(webhook))
}

/// Gives a channel's webhook another shape.
pub fn edit_webhook(
    tx: &mut dyn Tx,
    channel: ChannelSid,
    sid: WebhookSid,
    wish: &WebhookWish,
    m: &Moment,
) -> Outcome<ChannelWebhook> {
    let known = known(tx, channel, sid)?;
    judge(wish)?;
    let WebhookWish { wish, url, method, retries } = wish.clone();
    let webhook = ChannelWebhook { wish, url, method, retries, updated_at: m.now, ..known };
    tx.put_channel_webhook(&webhook)?;
    Ok(Done::unchanged(webhook))
}

/// Ends a channel's webhook; what still waits for it is not told.
pub fn delete_webhook(
    tx: &mut dyn Tx,
    channel: ChannelSid,
    sid: WebhookSid,
    _m: &Moment,
) -> Outcome<()> {
    tx.remove_channel_webhook(channel, sid)?;
    Ok(Done::unchanged(()))
}

fn known(
    tx: &mut dyn Tx,
    channel: ChannelSid,
    sid: WebhookSid,
) -> Result<ChannelWebhook, CommandError> {
    tx.channel(channel)?.ok_or(Refusal::ChannelNotFound)?;
    let webhooks = tx.channel_webhooks(channel)?;
    let known = webhooks.into_iter().find(|webhook| webhook.sid == sid);
    Ok(known.ok_or(Refusal::WebhookNotFound)?)
}

fn judge(wish: &WebhookWish) -> Result<(), Refusal> {
    judge_retries(wish.retries)?;
    match &wish.wish {
        Wish::Events(events) if events.is_empty() => Err(Refusal::WebhookFilterMissing),
        Wish::Events(events) if !events.iter().all(|event| event.is_for_channels()) => {
            Err(Refusal::WebhookFilterInvalid)
        }
        Wish::Events(_) => Ok(()),
        Wish::Triggers(words) if words.is_empty() => Err(Refusal::WebhookTriggerMissing),
        Wish::Triggers(words) if WEBHOOK_TRIGGERS_MAX < words.len() => {
            Err(Refusal::TooManyTriggers)
        }
        Wish::Triggers(words) => words.iter().try_for_each(|word| judge_trigger(word)),
    }
}

fn judge_trigger(word: &str) -> Result<(), Refusal> {
    let length = word.chars().count();
    if word.trim().is_empty() || WEBHOOK_TRIGGER_CHARACTERS_MAX < length {
        return Err(Refusal::WebhookTriggerInvalid);
    }
    Ok(())
}

fn judge_retries(retries: u8) -> Result<(), Refusal> {
    if WEBHOOK_RETRIES_MAX < retries {
        return Err(Refusal::WebhookRetriesInvalid);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::Village;
    use crate::webhooks::{Event, Events};

    fn wish(wish: Wish) -> WebhookWish {
        let url = WebhookUrl::parse("https://hooks.example/").expect("an address");
        WebhookWish { wish, url, method: Method::Post, retries: 0 }
    }

    fn sent() -> Wish {
        Wish::Events(Events::of(&[Event::MessageSent]))
    }

    fn triggers(words: &[&str]) -> Wish {
        Wish::Triggers(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn a_channel_has_five_and_no_more() {
        let mut village = Village::in_memory();
        let general = village.general;
        let sent = wish(sent());
        for _ in 0..WEBHOOKS_OF_CHANNEL_MAX {
            village.does(|tx, m| create_webhook(tx, general, &sent, m));
        }
        let one_more = village.runs(|tx, m| create_webhook(tx, general, &sent, m));
        assert_eq!(one_more, Err(Refusal::TooManyWebhooks));
        let first = village.writes(|tx| tx.channel_webhooks(general))[0].clone();
        village.does(|tx, m| delete_webhook(tx, general, first.sid, m));
        village.does(|tx, m| delete_webhook(tx, general, first.sid, m));
        assert!(village.runs(|tx, m| create_webhook(tx, general, &sent, m)).is_ok());
        let gone = village.runs(|tx, m| edit_webhook(tx, general, first.sid, &sent, m));
        assert_eq!(gone, Err(Refusal::WebhookNotFound));
        let nowhere = ChannelSid::from_bytes([9; 16]);
        let lost = village.runs(|tx, m| create_webhook(tx, nowhere, &sent, m));
        assert_eq!(lost, Err(Refusal::ChannelNotFound));
    }

    #[test]
    fn a_webhook_wishes_for_something_and_not_for_anything() {
        let mut village = Village::in_memory();
        let general = village.general;
        let long = "x".repeat(WEBHOOK_TRIGGER_CHARACTERS_MAX + 1);
        let before = Wish::Events(Events::of(&[Event::MessageSend]));
        let user = Wish::Events(Events::of(&[Event::MessageSent, Event::UserAdded]));
        for (wished, refusal) in [
            (wish(Wish::Events(Events::default())), Refusal::WebhookFilterMissing),
            (wish(before), Refusal::WebhookFilterInvalid),
            (wish(user), Refusal::WebhookFilterInvalid),
            (wish(triggers(&[])), Refusal::WebhookTriggerMissing),
            (wish(triggers(&["a", "b", "c", "d", "e", "f"])), Refusal::TooManyTriggers),
            (wish(triggers(&["a", " "])), Refusal::WebhookTriggerInvalid),
            (wish(triggers(&[&long])), Refusal::WebhookTriggerInvalid),
            (WebhookWish { retries: 4, ..wish(sent()) }, Refusal::WebhookRetriesInvalid),
        ] {
            let refused = village.runs(|tx, m| create_webhook(tx, general, &wished, m));
            assert_eq!(refused, Err(refusal), "{wished:?}");
        }
        assert_eq!(village.writes(|tx| tx.channel_webhooks(general)), []);
        let words = wish(triggers(&["a", "b", "c", "d", "e"]));
        assert!(village.runs(|tx, m| create_webhook(tx, general, &words, m)).is_ok());
    }

    #[test]
    fn a_webhook_that_changes_stays_the_same_one() {
        let mut village = Village::in_memory();
        let general = village.general;
        let made = village.does(|tx, m| create_webhook(tx, general, &wish(sent()), m));
        village.pass(1_000);
        let other = WebhookWish { retries: 3, method: Method::Get, ..wish(triggers(&["help"])) };
        let changed = village.does(|tx, m| edit_webhook(tx, general, made.sid, &other, m));
        assert_eq!((changed.sid, changed.created_at), (made.sid, made.created_at));
        assert_eq!(changed.updated_at, village.now);
        assert_eq!(village.writes(|tx| tx.channel_webhooks(general)), [changed]);
    }

    #[test]
    fn a_service_tries_three_times_more_at_most() {
        let mut village = Village::in_memory();
        let set = ServiceWebhooks { before_retries: 3, after_retries: 3, ..Default::default() };
        village.does(|tx, m| set_webhooks(tx, &set, m));
        for impossible in [
            ServiceWebhooks { before_retries: 4, ..set.clone() },
            ServiceWebhooks { after_retries: 4, ..set.clone() },
        ] {
            let refused = village.runs(|tx, m| set_webhooks(tx, &impossible, m));
            assert_eq!(refused, Err(Refusal::WebhookRetriesInvalid));
        }
        assert_eq!(village.writes(|tx| tx.service_webhooks()), set);
    }
}
