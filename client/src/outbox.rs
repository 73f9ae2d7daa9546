//! What was said but is not accepted yet: in order, once, and never lost.
//!
//! One message of a channel is on its way at a time, so that a refusal or a cut can never let a
//! later one overtake it; channels do not wait for each other.

use chat::limits::{OUTBOX_ASK_AFTER_MS, OUTBOX_MESSAGES_MAX};
use chat::refusal::WireRefusal;
use chat::{Body, ChannelSid, MessageIndex, Nonce, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

mod saved;
mod uploads;

pub(crate) use saved::Owner;
pub use saved::SavedOutbox;
pub use uploads::Attachment;
use uploads::Uploads;

/// Messages that may be on their way at once, each in another channel.
const WINDOW: usize = 16;
/// The pause after a temporary refusal that names none, in milliseconds; doubled up to 64 times it.
const PAUSE_MS: i64 = 500;

/// A message of mine that is not accepted yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub channel: ChannelSid,
    pub nonce: Nonce,
    /// Nothing beside a file that needs no words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
    pub queued_at: Timestamp,
    pub state: PendingState,
}

/// How a pending message stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingState {
    /// Waits for its turn, for its file, or for a connection.
    Queued,
    /// On its way.
    Sent,
    /// Accepted and durable; the message itself is about to come.
    Accepted(MessageIndex),
    /// Refused for good; the text is kept, to be tried again or discarded.
    Failed(WireRefusal),
    /// Goes out only by the person's word: [`Client::retry`](crate::Client::retry).
    NeedsWord(Why),
    /// Its file was not uploaded when the page that had it closed. The words are kept, to be copied.
    FileGone,
}

/// Why a person is asked before a message goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It has waited for more than a day.
    Old,
    /// The server's store is another one than when it was said.
    OtherEpoch,
}

/// Why a text did not become pending. It stays in the composer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unposted {
    /// The rules say no before it leaves.
    Refused(Refusal),
    /// [`chat::limits::OUTBOX_MESSAGES_MAX`] are waiting already.
    OutboxFull,
}

/// Everything pending, of all channels, in the order it was said.
#[derive(Debug, Default)]
pub struct Outbox {
    pending: Vec<Pending>,
    pub(crate) owner: Option<Owner>,
    paused_until: Option<Timestamp>,
    pauses: u32,
    uploads: Uploads,
}

/// What is read.
impl Outbox {
    /// Everything pending, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Pending> {
        self.pending.iter()
    }

    /// What is pending in one channel, in order.
    pub fn of(&self, channel: ChannelSid) -> impl DoubleEndedIterator<Item = &Pending> {
        self.iter().filter(move |pending| pending.channel == channel)
    }

    /// One pending message.
    pub fn get(&self, nonce: Nonce) -> Option<&Pending> {
        self.iter().find(|pending| pending.nonce == nonce)
    }

    /// Messages whose text would be lost with the outbox: all but the accepted ones.
    pub fn unsent(&self) -> usize {
        self.iter().filter(|pending| pending.is_unsent()).count()
    }
}

impl Pending {
    /// Whether nobody but this outbox may have its text.
    pub fn is_unsent(&self) -> bool {
        !matches!(self.state, PendingState::Accepted(_))
    }

    /// What it says, and what its file is called.
    pub fn text(&self) -> String {
        let words = self.body.as_ref().map(Body::as_str);
        let file = self.attachment.as_ref().map(|attachment| attachment.filename.as_str());
        words.into_iter().chain(file).collect::<Vec<_>>().join("\n")
    }
}

/// What is done.
impl Outbox {
    /// Queues a message.
    pub(crate) fn queue(&mut self, pending: Pending) -> Result<(), Unposted> {
        if OUTBOX_MESSAGES_MAX <= self.unsent() {
            return Err(Unposted::OutboxFull);
        }
        self.pending.push(pending);
        Ok(())
    }

    /// Marks the next message to send as sent and returns it. Those that have waited for too long
    /// are marked instead, and added to `doubtful`.
    pub(crate) fn next_to_send(
        &mut self,
        now: Timestamp,
        doubtful: &mut Vec<(ChannelSid, Nonce)>,
    ) -> Option<&Pending> {
        if self.paused_until.is_some_and(|until| now < until) {
            return None;
        }
        self.paused_until = None;
        let is_sent = |pending: &&Pending| pending.state == PendingState::Sent;
        let mut busy: Vec<_> = self.iter().filter(is_sent).map(|pending| pending.channel).collect();
        if WINDOW <= busy.len() {
            return None;
        }
        let mut next = None;
        for (at, pending) in self.pending.iter_mut().enumerate() {
            if pending.state != PendingState::Queued || busy.contains(&pending.channel) {
                continue;
            }
            if pending.waits_for_file() {
                busy.push(pending.channel);
                continue;
            }
            if now.since(pending.queued_at) <= OUTBOX_ASK_AFTER_MS {
                pending.state = PendingState::Sent;
                next = Some(at);
                break;
            }
            pending.state = PendingState::NeedsWord(Why::Old);
            doubtful.push((pending.channel, pending.nonce));
        }
        self.pending.get(next?)
    }

    /// The server has the message, and it is durable.
    pub(crate) fn accepted(&mut self, nonce: Nonce, index: MessageIndex) {
        self.pauses = 0;
        self.set_state(nonce, PendingState::Accepted(index));
    }

    /// The server said no: for now, or for good.
    pub(crate) fn refused(&mut self, nonce: Nonce, refusal: WireRefusal, now: Timestamp) {
        // Without a valid session nothing is judged; the text is as good as before.
        if !refusal.temporary && refusal.status != 401 {
            self.set_state(nonce, PendingState::Failed(refusal));
            return;
        }
        let pause = refusal.retry_after.map_or(PAUSE_MS << self.pauses.min(6), i64::from);
        self.pauses += 1;
        self.paused_until = Some(now.plus(pause));
        self.set_state(nonce, PendingState::Queued);
    }

    /// The message itself is here; says whether it was pending.
    pub(crate) fn confirmed(&mut self, nonce: Nonce) -> bool {
        self.take(nonce).is_some()
    }

    /// Takes a message out.
    pub(crate) fn take(&mut self, nonce: Nonce) -> Option<Pending> {
        let at = self.pending.iter().position(|pending| pending.nonce == nonce)?;
        Some(self.pending.remove(at))
    }

    /// Forgets accepted messages of a channel up to an index: they are among what is loaded, or
    /// before it.
    pub(crate) fn settle(&mut self, channel: ChannelSid, last: Option<MessageIndex>) {
        self.pending.retain(|pending| match pending.state {
            PendingState::Accepted(index) => pending.channel != channel || last < Some(index),
            _ => true,
        });
    }

    /// The connection broke: what was on its way may not have come, and is sent again.
    pub(crate) fn cut(&mut self) -> Vec<(ChannelSid, Nonce)> {
        self.go_on_at_once();
        let sent = self.pending.iter_mut().filter(|pending| pending.state == PendingState::Sent);
        sent.map(|pending| {
            pending.state = PendingState::Queued;
            (pending.channel, pending.nonce)
        })
        .collect()
    }

    /// Whatever the pause was for is over.
    pub(crate) fn go_on_at_once(&mut self) {
        self.paused_until = None;
        self.uploads.go_on_at_once();
    }

    /// By the person's word, a failed or doubtful message is queued again, as if said now. One
    /// whose nonce was taken gets another.
    pub(crate) fn retry(&mut self, nonce: Nonce, fresh: Nonce, now: Timestamp) -> Option<&Pending> {
        let waits_for_a_word = self.get(nonce).is_some_and(|pending| {
            matches!(pending.state, PendingState::Failed(_) | PendingState::NeedsWord(_))
        });
        if !waits_for_a_word {
            return None;
        }
        let mut pending = self.take(nonce)?;
        if let PendingState::Failed(refusal) = &pending.state
            && refusal.code == Refusal::NonceReused.code()
        {
            pending.nonce = fresh;
        }
        pending.state = PendingState::Queued;
        pending.queued_at = now;
        self.pending.push(pending);
        self.pending.last()
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.pending.clear();
    }

    /// The channel is gone: takes out everything that was meant for it.
    pub(crate) fn take_all_of(&mut self, channel: ChannelSid) -> Vec<Pending> {
        let all = std::mem::take(&mut self.pending);
        let (taken, kept) = all.into_iter().partition(|pending| pending.channel == channel);
        self.pending = kept;
        taken
    }

    /// When the outbox goes on by itself.
    pub(crate) fn wakes_at(&self) -> Option<Timestamp> {
        let waits = self.iter().any(|pending| pending.state == PendingState::Queued);
        let moments = [self.paused_until, self.uploads.wakes_at()];
        moments.into_iter().flatten().min().filter(|_| waits)
    }

    fn set_state(&mut self, nonce: Nonce, state: PendingState) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.nonce == nonce) {
            pending.state = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use chat::MessageSid;
    use chat::protocol::{Accepted, Command, Posted, Row, Scope};
    use uuid::Uuid;

    use super::*;
    use crate::event::{Event, TimelineChange};
    use crate::scene::{
        MINUTE, Scene, channel, epoch, message, opened, plaza, refusal, state, told, user,
    };
    use crate::timeline::{Line, LineKey};
    use crate::{Effect, Input};

    fn in_plaza() -> Scene {
        Scene::in_plaza(opened(10, Vec::new()))
    }

    fn say(scene: &mut Scene, text: &str) -> Nonce {
        scene.act(|client, now| client.post(plaza(), text, now)).expect("a good text")
    }

    /// The message that is on its way, and the reference of its request.
    fn sent(scene: &mut Scene) -> (u32, chat::Draft) {
        let at = scene
            .requests
            .iter()
            .position(|(_, command)| matches!(command, Command::PostMessage(_)));
        match scene.requests.remove(at.expect("a message on its way")) {
            (reference, Command::PostMessage(draft)) => (reference, draft),
            other => unreachable!("{other:?}"),
        }
    }

    fn posted(index: u64) -> Accepted {
        let sid = MessageSid::new(Uuid::from_u128(u128::from(index) + 1));
        Accepted::Posted(Posted { sid, index: MessageIndex(index) })
    }

    /// The message as its channel tells it.
    fn row(draft: &chat::Draft, index: u64, entered: u64) -> Row {
        let body = Body::parse(&draft.body).expect("it was parsed before");
        Row::Message(chat::Message {
            nonce: draft.nonce,
            body: Some(body),
            ..message("ada", index, entered)
        })
    }

    fn is_waiting(scene: &Scene) -> bool {
        !scene.has_asked(|command| matches!(command, Command::PostMessage(_)))
    }

    #[test]
    fn an_impossible_draft_never_leaves() {
        let mut scene = in_plaza();
        for (text, refusal) in [
            (" \n ", Refusal::BlankBody),
            (&"a".repeat(Body::BYTES_MAX + 1) as &str, Refusal::BodyTooLong),
        ] {
            let unposted = scene.act(|client, now| client.post(plaza(), text, now));
            assert_eq!(unposted, Err(Unposted::Refused(refusal)));
        }
        assert!(scene.requests.is_empty() && scene.shown().is_empty());
    }

    #[test]
    fn a_message_is_shown_at_once_and_becomes_the_real_one_under_the_same_key() {
        let mut scene = in_plaza();
        let nonce = say(&mut scene, "Hello");
        let key = LineKey::Mine(nonce);
        assert_eq!(scene.shown(), ["[Hello]"]);
        let (asked, draft) = sent(&mut scene);
        scene.ok(asked, posted(0));
        assert_eq!(scene.shown(), ["[Hello]"], "accepted; the message itself is about to come");
        assert_eq!(scene.client.outbox().unsent(), 0);
        scene.events.clear();
        scene.hear(told(10, 11, vec![row(&draft, 0, 11)]));
        assert_eq!(scene.shown(), ["Hello"]);
        assert!(matches!(scene.client.line(plaza(), key), Some(Line::Message(_))));
        let change = TimelineChange::Lines { added: vec![], changed: vec![key], gone: vec![] };
        assert!(scene.events.contains(&Event::Timeline { channel: plaza(), change }));
    }

    #[test]
    fn the_change_may_come_before_the_reply() {
        let mut scene = in_plaza();
        say(&mut scene, "Hello");
        say(&mut scene, "again");
        let (asked, draft) = sent(&mut scene);
        scene.hear(told(10, 11, vec![row(&draft, 0, 11)]));
        assert_eq!(scene.shown(), ["Hello", "[again]"]);
        assert_eq!(sent(&mut scene).1.body, "again", "the change is an answer, too");
        scene.ok(asked, posted(0));
        assert_eq!(scene.shown(), ["Hello", "[again]"]);
    }

    #[test]
    fn what_became_anothers_is_pending_no_more() {
        let mut scene = in_plaza();
        say(&mut scene, "Hello");
        let (asked, draft) = sent(&mut scene);
        let theirs = chat::Message { nonce: draft.nonce, ..message("grace", 0, 11) };
        scene.hear(told(10, 11, vec![Row::Message(theirs)]));
        scene.ok(asked, posted(0));
        assert_eq!(scene.shown(), ["grace says 0"]);
        assert_eq!(scene.client.outbox().iter().count(), 0);
    }

    #[test]
    fn what_is_pending_stands_after_everything_else() {
        let mut scene = in_plaza();
        say(&mut scene, "mine");
        scene.hear(told(10, 11, vec![Row::Message(message("grace", 0, 11))]));
        assert_eq!(scene.shown(), ["grace says 0", "[mine]"]);
    }

    #[test]
    fn messages_of_a_channel_go_out_one_after_the_other_and_channels_do_not_wait() {
        let mut scene = Scene::new();
        scene.welcome.channels.push(state(channel(200), 1));
        scene.connect();
        scene.answer_resumes();
        say(&mut scene, "one");
        say(&mut scene, "two");
        scene.act(|client, now| client.post(channel(200), "elsewhere", now)).expect("good");
        let (first, draft) = sent(&mut scene);
        assert_eq!(draft.body, "one");
        assert_eq!(sent(&mut scene).1.body, "elsewhere");
        assert!(is_waiting(&scene));
        scene.ok(first, posted(0));
        assert_eq!(sent(&mut scene).1.body, "two");
    }

    #[test]
    fn a_busy_server_slows_the_outbox_and_never_fails_it() {
        let mut scene = in_plaza();
        let first = say(&mut scene, "one");
        say(&mut scene, "two");
        for _ in 0..20 {
            let (asked, draft) = sent(&mut scene);
            assert_eq!((draft.nonce, draft.body.as_str()), (first, "one"));
            scene.refuse(asked, refusal(true, Some(3_000)));
            assert_eq!(scene.state_of(first), PendingState::Queued);
            scene.pass(2_999);
            assert!(is_waiting(&scene), "not before its time");
            scene.pass(1);
        }
        let (asked, _) = sent(&mut scene);
        scene.ok(asked, posted(0));
        assert_eq!(sent(&mut scene).1.body, "two");
    }

    #[test]
    fn a_busy_server_that_names_no_time_is_asked_less_and_less_often() {
        let mut scene = in_plaza();
        say(&mut scene, "one");
        for pause in [500, 1_000, 2_000] {
            let (asked, _) = sent(&mut scene);
            scene.refuse(asked, refusal(true, None));
            scene.pass(pause - 1);
            assert!(is_waiting(&scene));
            scene.pass(1);
        }
    }

    #[test]
    fn a_refused_message_keeps_its_text_and_lets_the_next_one_pass() {
        let mut scene = in_plaza();
        let first = say(&mut scene, "one");
        say(&mut scene, "two");
        let no = Refusal::NotAMember.to_wire();
        let (asked, _) = sent(&mut scene);
        scene.refuse(asked, no.clone());
        assert_eq!(scene.state_of(first), PendingState::Failed(no));
        assert_eq!(scene.shown(), ["[one]", "[two]"]);
        assert_eq!(sent(&mut scene).1.body, "two");

        scene.pass(60 * MINUTE);
        assert!(is_waiting(&scene), "it is never tried again by itself");
        scene.cut();
        scene.connect();
        scene.requests.clear();
        scene.act(|client, now| client.retry(first, now));
        assert_eq!(scene.shown(), ["[two]", "[one]"]);
    }

    #[test]
    fn a_refused_message_can_be_discarded_and_one_on_its_way_cannot() {
        let mut scene = in_plaza();
        let first = say(&mut scene, "one");
        assert_eq!(scene.act(|client, now| client.discard(first, now)), None);
        let (asked, _) = sent(&mut scene);
        scene.refuse(asked, Refusal::NotAMember.to_wire());
        let taken = scene.act(|client, now| client.discard(first, now)).expect("it had failed");
        assert_eq!(taken.text(), "one");
        assert!(scene.shown().is_empty());
        scene.act(|client, now| client.retry(first, now));
        assert!(is_waiting(&scene), "it is gone");
    }

    #[test]
    fn a_message_whose_nonce_was_used_gets_another_by_hand_only() {
        let mut scene = in_plaza();
        let first = say(&mut scene, "one");
        let (asked, _) = sent(&mut scene);
        scene.refuse(asked, Refusal::NonceReused.to_wire());
        assert!(matches!(scene.state_of(first), PendingState::Failed(_)));
        scene.act(|client, now| client.retry(first, now));
        let (_, draft) = sent(&mut scene);
        assert_ne!(draft.nonce, first);
        assert_eq!(draft.body, "one");
    }

    #[test]
    fn an_ended_session_fails_no_message() {
        let mut scene = in_plaza();
        let first = say(&mut scene, "one");
        let (asked, _) = sent(&mut scene);
        scene.refuse(asked, Refusal::SessionEnded.to_wire());
        assert_eq!(scene.state_of(first), PendingState::Queued);
    }

    #[test]
    fn what_was_written_offline_goes_out_in_order_once_online() {
        let mut scene = in_plaza();
        let first = say(&mut scene, "one");
        let (_, before) = sent(&mut scene);
        scene.cut();
        say(&mut scene, "two");
        assert_eq!(scene.shown(), ["[one]", "[two]"]);
        assert!(is_waiting(&scene));
        scene.connect();
        let (asked, again) = sent(&mut scene);
        assert_eq!(again, before, "the same nonce, so that it is said once");
        assert_eq!(again.nonce, first);
        scene.ok(asked, posted(0));
        assert_eq!(sent(&mut scene).1.body, "two");
    }

    #[test]
    fn a_message_whose_reply_was_lost_is_not_said_twice() {
        let mut scene = in_plaza();
        let first = say(&mut scene, "one");
        let (_, draft) = sent(&mut scene);
        scene.cut();
        scene.welcome.channels = vec![state(plaza(), 11)];
        scene.connect();
        let (asked, again) = sent(&mut scene);
        assert_eq!(again.nonce, first);
        let change = told(10, 11, vec![row(&draft, 0, 11)]);
        scene.resumed(Scope::Channel(plaza()), change, false);
        assert_eq!(scene.shown(), ["one"]);
        scene.ok(asked, posted(0));
        assert_eq!(scene.shown(), ["one"]);
    }

    #[test]
    fn a_message_accepted_behind_a_gap_stays_in_its_place_until_the_gap_is_filled() {
        let mut scene = in_plaza();
        say(&mut scene, "one");
        let (_, draft) = sent(&mut scene);
        scene.hear(told(12, 13, vec![row(&draft, 2, 13)]));
        assert_eq!(scene.shown(), ["[one]"]);
        let rows = vec![
            Row::Message(message("grace", 0, 11)),
            Row::Message(message("grace", 1, 12)),
            row(&draft, 2, 13),
        ];
        scene.resumed(Scope::Channel(plaza()), told(10, 13, rows), false);
        assert_eq!(scene.shown(), ["grace says 0", "grace says 1", "one"]);
    }

    #[test]
    fn a_message_that_was_accepted_long_ago_is_found_in_an_earlier_page() {
        let mut other = in_plaza();
        other.cut();
        let first = say(&mut other, "first");
        let text = other.saved().text.expect("one message");
        let mut scene = Scene::in_plaza(opened(90, vec![message("grace", 1, 90)]));
        scene.act(|client, now| client.adopt(&text, now));
        let (asked, draft) = sent(&mut scene);
        assert_eq!(draft.nonce, first);
        scene.act(|client, now| client.older(plaza(), now));
        let Row::Message(row) = row(&draft, 0, 5) else { unreachable!("a message") };
        let page = chat::protocol::HistoryPage { messages: vec![row], earlier: false };
        let older = scene.asked(|command| matches!(command, Command::History { .. }));
        scene.ok(older, Accepted::History(page));
        assert_eq!(scene.shown(), ["first", "grace says 1"]);
        scene.ok(asked, posted(0));
        assert_eq!(scene.shown(), ["first", "grace says 1"]);
    }

    #[test]
    fn nobody_writes_into_a_channel_that_is_not_theirs() {
        let mut scene = in_plaza();
        let no = scene.act(|client, now| client.post(channel(5), "Hello?", now));
        assert_eq!(no, Err(Unposted::Refused(Refusal::NotAMember)));
    }

    #[test]
    fn more_than_200_messages_stay_in_the_composer() {
        let mut scene = Scene::new();
        for _ in 0..OUTBOX_MESSAGES_MAX {
            say(&mut scene, "waiting");
        }
        let one_more = scene.act(|client, now| client.post(plaza(), "one more", now));
        assert_eq!(one_more, Err(Unposted::OutboxFull));
        assert_eq!(scene.client.outbox().unsent(), OUTBOX_MESSAGES_MAX);
    }

    #[test]
    fn a_message_that_waited_for_a_day_asks_first_and_keeps_nobody_waiting() {
        let mut scene = in_plaza();
        scene.cut();
        let old = say(&mut scene, "yesterday's news");
        scene.now = scene.now.plus(OUTBOX_ASK_AFTER_MS);
        say(&mut scene, "today's");
        scene.now = scene.now.plus(1);
        scene.connect();
        assert_eq!(scene.state_of(old), PendingState::NeedsWord(Why::Old));
        let (asked, draft) = sent(&mut scene);
        assert_eq!(draft.body, "today's");
        scene.ok(asked, posted(0));
        assert!(is_waiting(&scene));
        scene.act(|client, now| client.retry(old, now));
        assert_eq!(sent(&mut scene).1.nonce, old);
    }

    #[test]
    fn what_was_said_to_another_store_waits_for_the_persons_word() {
        let mut scene = in_plaza();
        say(&mut scene, "on its way");
        scene.cut();
        let second = say(&mut scene, "queued");
        let key = scene.saved().key;
        scene.welcome.epoch = epoch(2);
        scene.connect();
        assert!(is_waiting(&scene));
        assert_eq!(scene.state_of(second), PendingState::NeedsWord(Why::OtherEpoch));
        assert!(scene.took(&Effect::SaveOutbox(SavedOutbox { key: key.clone(), text: None })));
        let now_saved = scene.saved();
        assert_ne!(now_saved.key, key);
        assert!(now_saved.text.is_some_and(|text| text.contains("on its way")));
        scene.act(|client, now| client.retry(second, now));
        assert_eq!(sent(&mut scene).1.nonce, second);
    }

    #[test]
    fn the_next_person_of_a_tab_neither_sends_nor_sees_the_words_of_the_one_before() {
        let mut scene = in_plaza();
        scene.cut();
        say(&mut scene, "Ada's own");
        let adas = scene.saved();
        scene.welcome.user = user("eve");
        scene.connect();
        assert!(is_waiting(&scene) && scene.client.outbox().iter().count() == 0);
        let text = adas.text.expect("it is stored");
        assert!(!scene.act(|client, now| client.adopt(&text, now)), "not hers");
        let removes_adas = scene
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::SaveOutbox(saved) if saved.key == adas.key));
        assert!(!removes_adas, "it waits for her");
    }

    #[test]
    fn an_outbox_survives_a_reload_and_is_stored_before_it_is_sent() {
        let mut before = in_plaza();
        let mut effects = Vec::new();
        let nonce = before.client.post(plaza(), "Hello", before.now).expect("good");
        effects.extend(before.client.take_effects());
        let saves = effects.iter().position(|effect| matches!(effect, Effect::SaveOutbox(_)));
        let sends = effects.iter().position(|effect| matches!(effect, Effect::Send(_)));
        assert!(saves < sends && saves.is_some());
        before.effects.extend(effects);
        let text = before.saved().text.expect("one message");

        let mut after = Scene::new();
        assert!(!after.act(|client, now| client.adopt(&text, now)), "not before the welcome");
        after.connect();
        assert!(after.act(|client, now| client.adopt(&text, now)));
        let (asked, draft) = sent(&mut after);
        assert_eq!(draft.nonce, nonce);
        after.ok(asked, posted(0));
        assert_eq!(after.saved().text, None, "nothing is left to store");
    }

    #[test]
    fn another_tabs_outbox_is_adopted_in_order_and_without_doubles() {
        let mut other = in_plaza();
        other.cut();
        let first = say(&mut other, "first");
        let text = other.saved().text.expect("one message");
        let mut scene = Scene::new();
        scene.now = scene.now.plus(MINUTE);
        scene.connect();
        scene.cut();
        let later = say(&mut scene, "later");
        assert_eq!(scene.client.outbox().count_in(&text), 1);
        assert_eq!(scene.client.outbox().count_in("{}"), 0);
        assert!(scene.act(|client, now| client.adopt(&text, now)));
        assert!(scene.act(|client, now| client.adopt(&text, now)));
        let nonces: Vec<_> = scene.client.outbox().iter().map(|pending| pending.nonce).collect();
        assert_eq!(nonces, [first, later]);
    }

    #[test]
    fn an_adopted_message_that_is_in_the_channel_already_is_not_shown_twice() {
        let mut other = in_plaza();
        other.cut();
        let first = say(&mut other, "first");
        let text = other.saved().text.expect("one message");
        let draft = chat::Draft {
            channel: plaza(),
            nonce: first,
            body: "first".to_owned(),
            attributes: String::new(),
            media: None,
        };
        let Row::Message(message) = row(&draft, 0, 5) else { unreachable!("a message") };
        let mut scene = Scene::in_plaza(opened(10, vec![message]));
        assert!(scene.act(|client, now| client.adopt(&text, now)));
        assert_eq!(scene.shown(), ["first"]);
        assert!(is_waiting(&scene));
    }

    #[test]
    fn what_cannot_be_read_is_not_adopted() {
        let mut scene = in_plaza();
        for text in ["", "{}", "[1]", r#"{"epoch":1}"#] {
            assert!(!scene.act(|client, now| client.adopt(text, now)), "{text}");
        }
    }

    #[test]
    fn signing_out_forgets_what_was_said_and_what_was_stored_of_it() {
        let mut scene = in_plaza();
        say(&mut scene, "one");
        let key = scene.saved().key;
        scene.input(Input::SignOut);
        assert!(scene.took(&Effect::CloseSocket));
        assert!(scene.took(&Effect::SaveOutbox(SavedOutbox { key, text: None })));
        assert_eq!(scene.client.outbox().iter().count(), 0);
        assert!(scene.client.me().is_none() && scene.client.timeline(plaza()).is_none());
    }

    #[test]
    fn a_message_for_a_channel_that_is_not_loaded_is_done_when_it_is_accepted() {
        let mut scene = Scene::online();
        let first = say(&mut scene, "one");
        let (asked, _) = sent(&mut scene);
        scene.ok(asked, posted(0));
        assert_eq!(scene.client.outbox().get(first), None);
    }

    #[test]
    fn an_accepted_message_is_not_left_pending_by_a_fresh_page() {
        let mut scene = in_plaza();
        say(&mut scene, "one");
        let (asked, _) = sent(&mut scene);
        scene.ok(asked, posted(0));
        scene.cut();
        scene.welcome.channels = vec![state(plaza(), 9_000)];
        scene.connect();
        let page = vec![message("grace", 400, 9_000)];
        let asked = scene.asked(|command| matches!(command, Command::OpenChannel { .. }));
        scene.ok(asked, Accepted::Opened(Box::new(opened(9_000, page))));
        assert_eq!(scene.shown(), ["grace says 400"], "it is among the earlier ones");
    }

    #[test]
    fn an_accepted_message_whose_change_was_lost_is_looked_for() {
        let mut scene = in_plaza();
        say(&mut scene, "one");
        let (asked, draft) = sent(&mut scene);
        scene.ok(asked, posted(0));
        scene.pass(2_999);
        assert!(scene.requests.is_empty(), "it may only be late");
        scene.pass(1);
        scene.resumed(Scope::Channel(plaza()), told(10, 11, vec![row(&draft, 0, 11)]), false);
        assert_eq!(scene.shown(), ["one"]);
    }

    #[test]
    fn an_accepted_message_that_stands_before_the_loaded_page_is_not_left_pending() {
        let mut scene = Scene::online();
        scene.cut();
        say(&mut scene, "one");
        scene.connect();
        let (_, _) = sent(&mut scene);
        scene.cut();
        scene.connect();
        let (asked, _) = sent(&mut scene);
        scene.answer_resumes();
        scene.open_plaza(opened(90, vec![message("grace", 70, 90)]));
        scene.ok(asked, posted(5));
        assert_eq!(scene.shown(), ["grace says 70"]);
    }

    #[test]
    fn a_channel_that_went_while_the_page_was_closed_gives_its_words_back() {
        let mut before = in_plaza();
        before.cut();
        say(&mut before, "one");
        let text = before.saved().text.expect("one message");
        let mut after = Scene::new();
        after.welcome.channels = Vec::new();
        after.connect();
        assert!(after.act(|client, now| client.adopt(&text, now)));
        after.answer_resumes();
        let gave_back = after
            .events
            .iter()
            .any(|event| matches!(event, Event::ChannelGone { unsent, .. } if *unsent == ["one"]));
        assert!(gave_back, "{:?}", after.events);
    }

    #[test]
    fn nonces_of_others_are_none_of_our_business() {
        let mut scene = in_plaza();
        let first = say(&mut scene, "one");
        let mut row = message("grace", 0, 11);
        row.nonce = first;
        scene.hear(told(10, 11, vec![Row::Message(row)]));
        assert_eq!(scene.shown(), ["grace says 0", "[one]"]);
    }
}
