//! Telling what waits: in order for each target, targets side by side, until the service closes.
//! What was being told then is told again after the next start.

use std::collections::HashSet;

use chat::{Timestamp, WebhookSid};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::Webhooks;
use super::caller::{Answer, Call, Trouble};
use super::form::Form;
use super::hook::Delivery;
use crate::commands::{CommandError, Done, Moment};
use crate::limits::{
    DELIVERIES_AT_A_TIME, DELIVERIES_KEPT_MAX, DELIVERIES_PAUSE_MS, DELIVERIES_TIDIED_MAX,
    DELIVERIES_TIDY_PAUSE_MS, DELIVERIES_WAITING_MAX, DELIVERY_BACK_OFF_MS, DELIVERY_KEPT_MS,
    DELIVERY_WAITING_MS,
};
use crate::store::Tx;

/// Whom a delivery is for: a channel's webhook, or the service's.
type Target = Option<WebhookSid>;

/// Goes on until the service closes.
pub(super) async fn deliver(webhooks: Webhooks) {
    let shared = &webhooks.0;
    let mut closing = shared.closing.subscribe();
    let mut busy: HashSet<Target> = HashSet::new();
    let mut under_way = FuturesUnordered::new();
    let mut tidy_at = shared.clock.now();
    loop {
        let now = shared.clock.now();
        if tidy_at <= now {
            tell_of_trouble("tidying", tidy(&webhooks, now).await);
            tidy_at = now.plus(DELIVERIES_TIDY_PAUSE_MS);
        }
        match shared.store.read(move |tx| Ok(tx.due_deliveries(now)?)).await {
            Ok(due) => {
                for delivery in due {
                    if under_way.len() < DELIVERIES_AT_A_TIME && busy.insert(delivery.webhook) {
                        under_way.push(deliver_one(&webhooks, delivery));
                    }
                }
            }
            error => tell_of_trouble("reading what waits", error.map(drop)),
        }
        tokio::select! {
            Some(target) = under_way.next(), if !under_way.is_empty() => {
                busy.remove(&target);
            }
            () = shared.woken.notified() => {}
            () = shared.clock.reach(now.plus(DELIVERIES_PAUSE_MS)) => {}
            _ = closing.wait_for(|closing| *closing) => return,
        }
    }
}

async fn deliver_one(webhooks: &Webhooks, delivery: Delivery) -> Target {
    let shared = &webhooks.0;
    let target = delivery.webhook;
    let form = Form::decoded(&delivery.form).with("RetryCount", delivery.tried);
    let secret = shared.tokens.auth_token();
    let call = Call {
        url: &delivery.url,
        method: delivery.method,
        form: &form,
        token: &format!("{}-{}", shared.common.service, delivery.id),
        secret: secret.as_ref().map(|secret| secret.reveal()),
    };
    let outcome = shared.caller.call(&call).await;
    let told = after(delivery, outcome, shared.clock.now());
    let kept = shared.store.tidy(move |tx: &mut dyn Tx, _: &Moment| {
        tx.change_delivery(&told)?;
        Ok(Done::unchanged(()))
    });
    let kept = kept.await;
    if kept.is_err() {
        // It would be told again and again for as long as the store is broken.
        shared.clock.reach(shared.clock.now().plus(DELIVERIES_PAUSE_MS)).await;
    }
    tell_of_trouble("noting a delivery", kept);
    target
}

/// How things stand after a try.
fn after(delivery: Delivery, outcome: Result<Answer, Trouble>, now: Timestamp) -> Delivery {
    let tried = delivery.tried.saturating_add(1);
    let (status, failure, again) = match outcome {
        Ok(answer) if (200..300).contains(&answer.status) => (Some(answer.status), None, false),
        Ok(answer) => {
            let failure = format!("it answered {}", answer.status);
            (Some(answer.status), Some(failure), answer.asks_to_come_again())
        }
        Err(trouble) => (None, Some(trouble.to_string()), trouble.may_pass()),
    };
    let told = Delivery { tried, status, failure, ..delivery };
    if again && told.tried <= told.retries {
        let pause = DELIVERY_BACK_OFF_MS << (told.tried - 1).min(8);
        return Delivery { due_at: now.plus(pause), ..told };
    }
    Delivery { ended_at: Some(now), form: String::new(), ..told }
}

/// Gives up what has waited too long, and forgets what ended long ago.
async fn tidy(webhooks: &Webhooks, now: Timestamp) -> Result<(), CommandError> {
    let store = &webhooks.0.store;
    let (waiting_since, ended_before) =
        (now.plus(-DELIVERY_WAITING_MS), now.plus(-DELIVERY_KEPT_MS));
    loop {
        let tidied = store.tidy(move |tx: &mut dyn Tx, m: &Moment| {
            let most = DELIVERIES_TIDIED_MAX;
            let given_up =
                tx.give_up_deliveries(waiting_since, DELIVERIES_WAITING_MAX, m.now, most)?;
            let forgotten = tx.forget_deliveries(ended_before, DELIVERIES_KEPT_MAX, most)?;
            Ok(Done::unchanged(given_up.max(forgotten)))
        });
        if tidied.await? < DELIVERIES_TIDIED_MAX {
            return Ok(());
        }
    }
}

fn tell_of_trouble(task: &str, result: Result<(), CommandError>) {
    if let Err(error) = result {
        tracing::error!(%error, "{task} failed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhooks::{Event, Method, WebhookUrl};

    fn delivery(retries: u8) -> Delivery {
        Delivery {
            id: 1,
            webhook: None,
            event: Event::MessageSent,
            url: WebhookUrl::parse("http://hooks.example").expect("an address"),
            method: Method::Post,
            form: "Body=Hello".to_owned(),
            retries,
            tried: 0,
            made_at: Timestamp(0),
            due_at: Timestamp(0),
            status: None,
            failure: None,
            ended_at: None,
        }
    }

    fn answered(status: u16) -> Result<Answer, Trouble> {
        Ok(Answer { status, body: Vec::new() })
    }

    #[test]
    fn what_was_taken_has_ended_and_keeps_no_words() {
        let told = after(delivery(3), answered(204), Timestamp(9));
        assert!(told.is_delivered());
        assert_eq!((told.tried, told.status, told.ended_at), (1, Some(204), Some(Timestamp(9))));
        assert_eq!(told.form, "");
    }

    #[test]
    fn what_may_pass_is_tried_again_later_and_later_but_not_for_ever() {
        for outcome in [
            || answered(429),
            || answered(503),
            || answered(504),
            || Err(Trouble::Timeout),
            || Err(Trouble::Unreachable),
        ] {
            let first = after(delivery(2), outcome(), Timestamp(0));
            assert_eq!((first.ended_at, first.due_at), (None, Timestamp(DELIVERY_BACK_OFF_MS)));
            assert_eq!(first.form, "Body=Hello");
            let second = after(first, outcome(), Timestamp(0));
            assert_eq!(second.due_at, Timestamp(2 * DELIVERY_BACK_OFF_MS));
            let third = after(second, outcome(), Timestamp(5));
            assert_eq!((third.tried, third.ended_at), (3, Some(Timestamp(5))));
            assert!(!third.is_delivered() && third.failure.is_some() && third.form.is_empty());
        }
        assert!(after(delivery(0), answered(503), Timestamp(5)).ended_at.is_some());
    }

    #[test]
    fn what_another_try_does_not_help_ends_at_once() {
        for (outcome, failure) in [
            (answered(404), "it answered 404"),
            (answered(500), "it answered 500"),
            (answered(302), "it answered 302"),
            (Err(Trouble::Unusable), "the answer broke off, or was too long"),
            (Err(crate::webhooks::Forbidden::Inside.into()), "the address is inside"),
        ] {
            let told = after(delivery(3), outcome, Timestamp(5));
            assert_eq!(told.failure.as_deref(), Some(failure));
            assert_eq!(told.ended_at, Some(Timestamp(5)));
        }
    }
}
