//! Webhooks, and the deliveries to them.

use chat::{ChannelSid, Timestamp, WebhookSid};

use crate::commands;
use crate::store::village::Village;
use crate::webhooks::{
    ChannelWebhook, Delivery, Event, Events, Method, ServiceWebhooks, WebhookUrl, Wish,
};

fn url(path: &str) -> WebhookUrl {
    WebhookUrl::parse(&format!("https://hooks.example/{path}")).expect("an address")
}

fn webhook(channel: ChannelSid, byte: u8) -> ChannelWebhook {
    ChannelWebhook {
        sid: WebhookSid::from_bytes([byte; 16]),
        channel,
        wish: Wish::Events(Events::of(&[Event::MessageSent, Event::MemberRemoved])),
        url: url("a?b=c"),
        method: Method::Get,
        retries: 3,
        created_at: Timestamp(1),
        updated_at: Timestamp(2),
    }
}

fn delivery(webhook: Option<WebhookSid>, form: &str, made_at: i64) -> Delivery {
    Delivery {
        id: 0,
        webhook,
        event: Event::MessageSent,
        url: url("x"),
        method: Method::Post,
        form: form.to_owned(),
        retries: 1,
        tried: 0,
        made_at: Timestamp(made_at),
        due_at: Timestamp(made_at),
        status: None,
        failure: None,
        ended_at: None,
    }
}

fn due(village: &mut Village, now: i64) -> Vec<String> {
    let due = village.writes(|tx| tx.due_deliveries(Timestamp(now)));
    due.into_iter().map(|delivery| delivery.form).collect()
}

fn end(village: &mut Village, form: &str, ended_at: i64) {
    let all = village.writes(|tx| tx.latest_deliveries(100));
    let found = all.into_iter().find(|delivery| delivery.form == form).expect("it is there");
    let ended = Delivery { ended_at: Some(Timestamp(ended_at)), ..found };
    village.writes(|tx| tx.change_delivery(&ended));
}

fn forms(village: &mut Village) -> Vec<String> {
    let all = village.writes(|tx| tx.latest_deliveries(100));
    all.into_iter().map(|delivery| delivery.form).collect()
}

pub(super) fn a_services_webhooks_are_kept(mut village: Village) {
    assert_eq!(village.writes(|tx| tx.service_webhooks()), ServiceWebhooks::default());
    let set = ServiceWebhooks {
        before: Some(url("before")),
        after: None,
        method: Method::Get,
        events: Events::of(&[Event::MessageSend, Event::UserUpdated]),
        before_retries: 1,
        after_retries: 3,
    };
    village.writes(|tx| tx.set_service_webhooks(&set));
    assert_eq!(village.writes(|tx| tx.service_webhooks()), set);
    village.writes(|tx| tx.set_service_webhooks(&ServiceWebhooks::default()));
    assert_eq!(village.writes(|tx| tx.service_webhooks()), ServiceWebhooks::default());
}

pub(super) fn a_channels_webhooks_come_by_sid_and_go_with_it(mut village: Village) {
    let [ada] = village.people(["Ada"]);
    let channel = village.channel(ada, "Harvest");
    let general = village.general;
    assert_eq!(village.writes(|tx| tx.channels_with_webhooks()), []);
    let words = vec!["help".to_owned(), "助け".to_owned()];
    let trigger = ChannelWebhook { wish: Wish::Triggers(words), ..webhook(channel, 1) };
    let [second, elsewhere] = [webhook(channel, 2), webhook(general, 3)];
    for webhook in [&second, &trigger, &elsewhere] {
        village.writes(|tx| tx.put_channel_webhook(webhook));
    }
    let mut both = [general, channel];
    both.sort_unstable();
    assert_eq!(village.writes(|tx| tx.channels_with_webhooks()), both);
    assert_eq!(
        village.writes(|tx| tx.channel_webhooks(channel)),
        [trigger.clone(), second.clone()]
    );
    let changed = ChannelWebhook { method: Method::Post, retries: 0, ..second.clone() };
    village.writes(|tx| tx.put_channel_webhook(&changed));
    assert_eq!(village.writes(|tx| tx.channel_webhooks(channel)), [trigger, changed]);
    village.writes(|tx| tx.remove_channel_webhook(channel, second.sid));
    assert_eq!(village.writes(|tx| tx.channel_webhooks(channel)).len(), 1);

    village.deletes(ada, channel).expect("she made it");
    while village.does(commands::purge) {}
    assert_eq!(village.writes(|tx| tx.channels_with_webhooks()), [general]);
}

pub(super) fn deliveries_are_due_in_order_for_each_target(mut village: Village) {
    let sid = WebhookSid::from_bytes([1; 16]);
    let first = Some(sid);
    for (target, form) in [(None, "a"), (first, "b"), (None, "c"), (first, "d")] {
        village.writes(|tx| tx.add_delivery(&delivery(target, form, 10)));
    }
    assert_eq!(due(&mut village, 9), [] as [&str; 0]);
    assert_eq!(due(&mut village, 10), ["a", "b"]);
    let a = village.writes(|tx| tx.due_deliveries(Timestamp(10)))[0].clone();
    assert_eq!(Delivery { id: 0, ..a.clone() }, delivery(None, "a", 10));

    let later = Delivery {
        tried: 1,
        due_at: Timestamp(20),
        status: Some(503),
        failure: Some("it answered 503".to_owned()),
        ..a
    };
    village.writes(|tx| tx.change_delivery(&later));
    assert_eq!(due(&mut village, 10), ["b", "c"], "what is tried later holds up nobody");
    assert_eq!(due(&mut village, 20), ["a", "b"]);
    assert_eq!(village.writes(|tx| tx.due_deliveries(Timestamp(20)))[0], later);

    end(&mut village, "b", 30);
    assert_eq!(due(&mut village, 30), ["a", "d"]);
    assert_eq!(forms(&mut village), ["d", "c", "b", "a"]);
    let b = village.writes(|tx| tx.latest_deliveries(3))[2].clone();
    village.writes(|tx| tx.change_delivery(&Delivery { ended_at: None, ..b.clone() }));
    assert_eq!(village.writes(|tx| tx.latest_deliveries(3))[2], b, "what has ended stays so");

    let general = village.general;
    village.writes(|tx| tx.remove_channel_webhook(general, sid));
    assert_eq!(forms(&mut village), ["c", "b", "a"], "nobody is left to tell");
}

pub(super) fn deliveries_that_are_old_or_too_many_are_given_up_and_forgotten(mut village: Village) {
    for (form, made_at) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] {
        village.writes(|tx| tx.add_delivery(&delivery(None, form, made_at)));
    }
    let numbers = village.writes(|tx| tx.latest_deliveries(1));
    let give_up = |village: &mut Village, before: i64, keep: usize, limit: usize| {
        let (before, now) = (Timestamp(before), Timestamp(50));
        village.writes(|tx| tx.give_up_deliveries(before, keep, now, limit))
    };
    assert_eq!(give_up(&mut village, 1, 4, 9), 0);
    assert_eq!(give_up(&mut village, 2, 4, 9), 1);
    assert_eq!(due(&mut village, 9), ["b"]);
    assert_eq!(give_up(&mut village, 0, 1, 1), 1);
    assert_eq!(due(&mut village, 9), ["c"], "no more at a time than was said");
    assert_eq!(give_up(&mut village, 0, 1, 9), 1);
    let all = village.writes(|tx| tx.latest_deliveries(9));
    assert_eq!((all[1].ended_at, all[1].form.as_str()), (Some(Timestamp(50)), ""));
    assert_eq!(all[1].failure.as_deref(), Some("it waited too long"));

    let forget = |village: &mut Village, before: i64, keep: usize, limit: usize| {
        village.writes(|tx| tx.forget_deliveries(Timestamp(before), keep, limit))
    };
    assert_eq!(forget(&mut village, 50, 3, 9), 0);
    assert_eq!(forget(&mut village, 50, 2, 9), 1);
    assert_eq!(forget(&mut village, 51, 9, 1), 1);
    assert_eq!(forget(&mut village, 51, 9, 9), 1);
    assert_eq!(forms(&mut village), ["d"], "what waits is not forgotten");

    end(&mut village, "d", 60);
    assert_eq!(forget(&mut village, 61, 0, 9), 1);
    village.writes(|tx| tx.add_delivery(&delivery(None, "e", 70)));
    let next = village.writes(|tx| tx.latest_deliveries(1));
    assert!(numbers[0].id < next[0].id, "a number is never used again");
}
