//! What a command's rows tell webhooks. Each row that changed is one event, however often the command
//! touched it; read horizons, notification levels and invitations are none.

use std::collections::HashMap;
use std::sync::Arc;

use chat::protocol::{Row, Scope};
use chat::{AccountSid, Identity, ServiceSid, WebhookSid};

use super::Plan;
use super::address::WebhookUrl;
use super::event::Event;
use super::form::{Form, date};
use super::hook::{Delivery, Method};
use crate::commands::Moment;
use crate::store::{Ask, Key, Tx};

/// In whose name something is done: a person's, or nobody's where a backend or the server does it.
#[derive(Clone, Debug)]
pub struct Cause(pub Option<Identity>);

/// What every call says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Common {
    pub(super) account: AccountSid,
    pub(super) service: ServiceSid,
}

impl Common {
    /// How a form about an event begins.
    pub(super) fn form(self, event: Event, cause: &Cause) -> Form {
        Form::of(event)
            .with("AccountSid", self.account)
            .with("InstanceSid", self.service)
            .by(cause.0.as_ref())
    }
}

/// Writes down what is to be told, in the transaction that it is about.
pub(super) struct Teller {
    pub(super) plan: Arc<Plan>,
    pub(super) common: Common,
    pub(super) cause: Cause,
}

/// Whom to tell.
struct Target {
    webhook: Option<WebhookSid>,
    url: WebhookUrl,
    method: Method,
    retries: u8,
}

impl Teller {
    /// Makes a delivery for everybody who wishes to hear of these rows.
    pub(super) fn tell(&self, tx: &mut dyn Tx, rows: &[(Scope, Row)], m: &Moment) -> Ask<()> {
        for news in news(rows) {
            let form = self.form(&news, m);
            if let Some(url) = self.plan.service.told(news.event) {
                let (method, retries) = (self.plan.service.method, self.plan.service.after_retries);
                let target = Target { webhook: None, url: url.clone(), method, retries };
                tx.add_delivery(&delivery(news.event, target, &form, m))?;
            }
            let Scope::Channel(channel) = news.scope else { continue };
            if !self.plan.channels.contains(&channel) {
                continue;
            }
            for webhook in tx.channel_webhooks(channel)? {
                if webhook.wish.is_for(news.event, text(news.row)) {
                    let form = form
                        .clone()
                        .with("WebhookType", webhook.wish.kind())
                        .with("WebhookSid", webhook.sid);
                    let (url, method, retries) = (webhook.url, webhook.method, webhook.retries);
                    let target = Target { webhook: Some(webhook.sid), url, method, retries };
                    tx.add_delivery(&delivery(news.event, target, &form, m))?;
                }
            }
        }
        Ok(())
    }

    fn form(&self, news: &News<'_>, m: &Moment) -> Form {
        let form = self.common.form(news.event, &self.cause);
        let who = self.cause.0.as_ref().map_or("system", Identity::as_str);
        match (news.scope, news.row) {
            (Scope::Channel(channel), Row::Message(message)) => {
                let form = form.message(channel, message);
                match &message.edited {
                    _ if message.is_deleted() => {
                        form.with("RemovedBy", who).with("DateRemoved", date(m.now))
                    }
                    Some(edited) => form.with("ModifiedBy", &edited.by),
                    None => form,
                }
            }
            (Scope::Channel(channel), Row::Member(member)) => {
                let form = form.member(channel, member);
                if member.has_left() { form.with("RemovedBy", who) } else { form }
            }
            (Scope::Channel(channel), Row::Channel(row)) => match &row.details {
                Some(details) => form.channel(channel, details),
                None => form
                    .with("ChannelSid", channel)
                    .with("RemovedBy", who)
                    .with("DateRemoved", date(m.now)),
            },
            (_, Row::User(user)) => form.user(user),
            _ => form,
        }
    }
}

fn delivery(event: Event, target: Target, form: &Form, m: &Moment) -> Delivery {
    Delivery {
        id: 0,
        webhook: target.webhook,
        event,
        url: target.url,
        method: target.method,
        form: form.encoded(),
        retries: target.retries,
        tried: 0,
        made_at: m.now,
        due_at: m.now,
        status: None,
        failure: None,
        ended_at: None,
    }
}

/// One event, and where it happened.
#[derive(Clone, Copy, Debug)]
struct News<'a> {
    event: Event,
    scope: Scope,
    row: &'a Row,
}

/// What happened, in order. Of a row that was touched several times, only its last shape counts.
fn news(rows: &[(Scope, Row)]) -> Vec<News<'_>> {
    let mut found: Vec<(Scope, &Row, bool)> = Vec::new();
    let mut places = HashMap::new();
    for (scope, row) in rows {
        let place = *places.entry((*scope, Key::of(row))).or_insert_with(|| {
            found.push((*scope, row, is_new(row)));
            found.len() - 1
        });
        found[place].1 = row;
    }
    let told = |(scope, row, new)| event(row, new).map(|event| News { event, scope, row });
    found.into_iter().filter_map(told).collect()
}

fn is_new(row: &Row) -> bool {
    match row {
        Row::Message(message) => message.entered == message.changed,
        Row::Member(member) => member.entered == member.changed,
        Row::Channel(channel) => channel.entered == channel.changed,
        Row::User(user) => user.entered == user.changed,
        Row::Membership(_) | Row::Listing(_) | Row::Role(_) => false,
    }
}

fn event(row: &Row, new: bool) -> Option<Event> {
    match row {
        Row::Message(message) if message.is_deleted() => Some(Event::MessageRemoved),
        Row::Message(message) if new && message.media.is_some() => Some(Event::MediaMessageSent),
        Row::Message(_) if new => Some(Event::MessageSent),
        Row::Message(_) => Some(Event::MessageUpdated),
        Row::Member(member) if member.has_left() => Some(Event::MemberRemoved),
        Row::Member(_) if new => Some(Event::MemberAdded),
        Row::Member(_) => Some(Event::MemberUpdated),
        Row::Channel(channel) if channel.details.is_none() => Some(Event::ChannelDestroyed),
        Row::Channel(_) if new => Some(Event::ChannelAdded),
        Row::Channel(_) => Some(Event::ChannelUpdated),
        Row::User(user) if user.retired => None,
        Row::User(_) if new => Some(Event::UserAdded),
        Row::User(_) => Some(Event::UserUpdated),
        Row::Membership(_) | Row::Listing(_) | Row::Role(_) => None,
    }
}

fn text(row: &Row) -> Option<&str> {
    match row {
        Row::Message(message) => message.body.as_ref().map(chat::Body::as_str),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::ChannelSid;
    use chat::protocol::{ChannelEditing, Editing, NewChannel};

    use crate::commands::{
        self, MessageWish, Outcome, delete_message, edit_channel, edit_message, hand_over_channel,
        record_message,
    };
    use crate::store::village::{Village, identity, self_named};

    fn names<R: std::fmt::Debug>(
        village: &mut Village,
        command: impl Fn(&mut dyn Tx, &Moment) -> Outcome<R>,
    ) -> Vec<&'static str> {
        let done = village.runs(command).expect("nothing speaks against it");
        news(&done.rows).iter().map(|news| news.event.name()).collect()
    }

    fn named(channel: ChannelSid, name: &str) -> ChannelEditing {
        ChannelEditing { friendly_name: Some(name.to_owned()), ..ChannelEditing::of(channel) }
    }

    #[test]
    fn each_command_is_told_by_the_rows_that_it_changed() {
        let mut village = Village::in_memory();
        let ada = names(&mut village, |tx, m| commands::admit_identity(tx, &identity("Ada"), m));
        assert_eq!(ada, ["onUserAdded"]);
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let wish: NewChannel = self_named("Harvest");
        let made = village.creates(ada, &wish).expect("anybody may");
        let told: Vec<_> = news(&made.rows).iter().map(|news| news.event.name()).collect();
        assert_eq!(told, ["onChannelAdded", "onMemberAdded"]);
        let channel = made.reply.channel;
        village.all_join([grace], channel);

        let draft = village.draft(channel, "Hello");
        let posted = names(&mut village, |tx, m| commands::post_message(tx, ada, &draft, m));
        assert_eq!(posted, ["onMessageSent"]);
        let again = names(&mut village, |tx, m| commands::post_message(tx, ada, &draft, m));
        assert_eq!(again, [] as [&str; 0], "a repeat tells nobody");
        let index = chat::MessageIndex(0);
        let editing = Editing { channel, index, body: Some("Hi".to_owned()), attributes: None };
        assert_eq!(
            names(&mut village, |tx, m| edit_message(tx, ada, &editing, m)),
            ["onMessageUpdated"]
        );
        assert_eq!(
            names(&mut village, |tx, m| delete_message(tx, ada, channel, index, m)),
            ["onMessageRemoved"]
        );
        let spring = named(channel, "Spring");
        assert_eq!(
            names(&mut village, |tx, m| edit_channel(tx, ada, &spring, m)),
            ["onChannelUpdated"]
        );
        assert_eq!(
            names(&mut village, |tx, m| hand_over_channel(tx, ada, channel, grace, m)),
            ["onMemberUpdated", "onMemberUpdated"]
        );
        assert_eq!(
            names(&mut village, |tx, m| commands::leave_channel(tx, ada, channel, m)),
            ["onMemberRemoved"]
        );
        assert_eq!(
            names(&mut village, |tx, m| commands::delete_channel(tx, grace, channel, m)),
            ["onChannelDestroyed"]
        );
    }

    #[test]
    fn a_row_that_was_touched_twice_is_one_event_with_its_last_shape() {
        let mut village = Village::in_memory();
        let operator =
            commands::Actor::Operator(village.writes(|tx| tx.service()).expect("founded").system());
        let general = village.general;
        let wish = MessageWish {
            body: Some("As it was".to_owned()),
            from: Some(identity("Grace")),
            created_at: Some(chat::Timestamp(1_500_000_000_000)),
            updated_at: Some(chat::Timestamp(1_500_000_009_000)),
            ..MessageWish::default()
        };
        let done = village.runs(|tx, m| record_message(tx, operator, general, &wish, m));
        let done = done.expect("nothing speaks against it");
        let told = news(&done.rows);
        let names: Vec<_> = told.iter().map(|news| news.event.name()).collect();
        assert_eq!(names, ["onUserAdded", "onMessageSent"]);
        let Row::Message(message) = told[1].row else { panic!("a message") };
        assert_eq!(message.posted_at, chat::Timestamp(1_500_000_000_000));
    }

    #[test]
    fn what_a_reader_sets_for_themselves_is_no_event() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let muted = chat::Level::Muted;
        let told = names(&mut village, |tx, m| {
            commands::set_notification_level(tx, ada, channel, muted, m)
        });
        assert_eq!(told, [] as [&str; 0]);
    }
}
