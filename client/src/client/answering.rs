//! What the answers to requests mean.

use chat::protocol::{Accepted, Answer, Change, Changes, Command, Reply, Row, Scope};
use chat::{ChannelSid, Message, MessageIndex, Nonce, Timestamp};

use super::Client;
use crate::event::{Departure, Event, Outcome, Ticket, TimelineChange};
use crate::outbox::PendingState;
use crate::requests::Asked;
use crate::timeline::LineKey;

/// Milliseconds before a question is asked again, where the server names no time.
const AGAIN_MS: i64 = 1_000;
/// Milliseconds within which an accepted message should come by itself.
const LOOK_MS: i64 = 3_000;

impl Client {
    pub(super) fn hear_reply(&mut self, reply: Reply, now: Timestamp) {
        let Some(asked) = self.requests.answered(reply.reference) else { return };
        match (asked, reply.answer) {
            (Asked::Page(ticket, command), answer) => {
                self.answer_page(ticket, &command, answer, now);
            }
            (asked, Answer::Ok(accepted)) => self.hear_accepted(asked, accepted, now),
            (Asked::Post(nonce), Answer::Refused(refusal)) => {
                self.outbox.refused(nonce, refusal, now);
                self.pending_changed(nonce);
            }
            (Asked::Renew, Answer::Refused(_)) => self.connection.renew_later(now),
            (Asked::Typing, Answer::Refused(_)) => {}
            (asked, Answer::Refused(refusal)) if refusal.temporary => {
                let pause = refusal.retry_after.map_or(AGAIN_MS, i64::from);
                self.requests.ask_later(now.plus(pause), asked);
            }
            (asked, Answer::Refused(_)) => self.give_up(asked),
        }
    }

    fn hear_accepted(&mut self, asked: Asked, accepted: Accepted, now: Timestamp) {
        match (asked, accepted) {
            (Asked::Post(nonce), Accepted::Posted(posted)) => {
                self.accept(nonce, posted.index, now);
            }
            (Asked::Resume(scope), Accepted::Changes(changes)) => {
                self.hear_changes(scope, changes, now);
            }
            (Asked::Open(channel), Accepted::Opened(opened)) => {
                if self.opening.contains(channel) {
                    self.be_opened(channel, *opened);
                }
            }
            (Asked::Earlier(channel, before), Accepted::History(page)) => {
                let Some(timeline) = self.timelines.get_mut(channel) else { return };
                if timeline.prepend(page, before) {
                    self.confirm_loaded(channel);
                }
                self.tell_timeline(channel, TimelineChange::Earlier);
            }
            (Asked::Members(channel), Accepted::Members(page)) => {
                let Some(timeline) = self.timelines.get_mut(channel) else { return };
                timeline.merge_members(page);
                self.tell_timeline(channel, TimelineChange::Members);
            }
            (Asked::Unread(channel), Accepted::Unread(unread)) => {
                self.track(channel, |tracker, timeline| tracker.answered(unread, timeline));
            }
            (Asked::Horizon(channel, index), Accepted::Done {}) => {
                self.track(channel, |tracker, _| tracker.told(index));
            }
            (Asked::Watch, Accepted::Watching(watching)) => {
                self.onlooker.answered(watching);
                self.tell(Event::People);
            }
            (Asked::Renew, Accepted::Renewed { expires_at }) => {
                self.connection.renewed(expires_at, now);
            }
            // An answer to another question is none.
            (asked, _) => self.give_up(asked),
        }
    }

    fn answer_page(&mut self, ticket: Ticket, command: &Command, answer: Answer, now: Timestamp) {
        let outcome = match answer {
            Answer::Ok(accepted) => {
                self.foresee(command, &accepted, now);
                Outcome::Ok(accepted)
            }
            Answer::Refused(refusal) => Outcome::Refused(refusal),
        };
        self.tell(Event::Answered { ticket, outcome });
    }

    /// The reply may come before the change; the page can go on at once.
    fn foresee(&mut self, command: &Command, accepted: &Accepted, now: Timestamp) {
        match (command, accepted) {
            (_, Accepted::Created(created)) => self.become_member(created.channel),
            (Command::JoinChannel { channel, .. }, Accepted::Joined(_)) => {
                self.become_member(*channel);
                self.ask_for_its_name(*channel);
            }
            (Command::LeaveChannel { channel }, _) => {
                self.depart(*channel, Some(Departure::Left), now);
            }
            (Command::DeleteChannel { channel }, _) => {
                self.depart(*channel, Some(Departure::Deleted), now);
            }
            _ => {}
        }
    }

    fn hear_changes(&mut self, scope: Scope, changes: Changes, now: Timestamp) {
        if self.outbox.owner.is_some_and(|owner| owner.epoch != changes.epoch) {
            // The next welcome says what to keep.
            return self.connection.begin_again(now, &mut self.effects);
        }
        self.catch_up.answered();
        if changes.gap {
            return self.start_over(scope);
        }
        let is_news = self.head(scope).is_some_and(|head| head.sequence < changes.change.sequence);
        let is_unsure = self.makes_the_count_unsure(&changes.change);
        self.apply(changes.change, now);
        if is_unsure && let Scope::Channel(channel) = scope {
            self.more_members(channel, now);
        }
        if !changes.more {
            self.followed(scope);
        }
        let Some(head) = self.head(scope) else { return };
        if !is_news {
            // What was only heard of is not there: asking on would never end.
            head.settle();
        } else if changes.more || head.is_behind() {
            self.catch_up.want(scope);
        }
    }

    /// Whether somebody came while I was away who may have been a member before, beyond the pages
    /// that I know: only the server can count then, and does so with every page.
    fn makes_the_count_unsure(&self, change: &Change) -> bool {
        let Scope::Channel(channel) = change.scope else { return false };
        let Some(timeline) = self.timelines.get(channel) else { return false };
        let came = |row: &Row| match row {
            Row::Member(member) => {
                !member.has_left()
                    && timeline.head.sequence < member.entered
                    && timeline.member(member.user).is_none()
            }
            _ => false,
        };
        timeline.has_more_members() && change.rows.iter().any(came)
    }

    /// A scope was followed to its end.
    fn followed(&mut self, scope: Scope) {
        match scope {
            Scope::Directory => {
                self.directory.known = true;
                let mine: Vec<_> = self.memberships.channels().collect();
                mine.into_iter().for_each(|channel| self.ask_for_its_name(channel));
            }
            Scope::User(_) => self.memberships.known = true,
            Scope::Channel(_) => {}
        }
    }

    /// The store knows less of a scope than we do: begin it anew.
    fn start_over(&mut self, scope: Scope) {
        match scope {
            Scope::Directory => {
                let gone = self.directory.iter().map(|(channel, _)| channel).collect();
                self.directory = Default::default();
                self.tell(Event::Directory(gone));
                self.catch_up.want(scope);
            }
            Scope::User(_) => {
                self.memberships = Default::default();
                self.catch_up.want(scope);
            }
            Scope::Channel(channel) => self.load(channel),
        }
    }

    /// The server has it, and it is durable; the message itself may be here, or about to come.
    pub(super) fn accept(&mut self, nonce: Nonce, index: MessageIndex, now: Timestamp) {
        let Some(channel) = self.outbox.get(nonce).map(|pending| pending.channel) else { return };
        self.outbox.accepted(nonce, index);
        self.pending_changed(nonce);
        // Should its change be lost, and no other follow that shows the gap.
        let look = Asked::Look(Scope::Channel(channel), nonce);
        self.requests.ask_later(now.plus(LOOK_MS), look);
    }

    /// The message itself is here; says what its line is called, if it was pending.
    pub(super) fn confirm(&mut self, message: &Message) -> Option<LineKey> {
        self.outbox.confirmed(message.nonce).then(|| {
            self.save_outbox();
            LineKey::Mine(message.nonce)
        })
    }

    /// What was pending in a channel and is among its loaded messages is pending no more.
    pub(super) fn confirm_loaded(&mut self, channel: ChannelSid) {
        let Some(timeline) = self.timelines.get(channel) else { return };
        let nonces = self.outbox.of(channel).map(|pending| pending.nonce);
        let loaded: Vec<_> =
            nonces.filter(|&nonce| timeline.line(LineKey::Mine(nonce)).is_some()).collect();
        if loaded.is_empty() {
            return;
        }
        loaded.iter().for_each(|&nonce| drop(self.outbox.take(nonce)));
        self.save_outbox();
        let changed = loaded.into_iter().map(LineKey::Mine).collect();
        self.tell_lines(channel, Vec::new(), changed, Vec::new());
    }

    pub(super) fn pending_changed(&mut self, nonce: Nonce) {
        let Some(pending) = self.outbox.get(nonce) else { return };
        let (channel, is_at_rest) = (pending.channel, pending.state != PendingState::Queued);
        if is_at_rest {
            self.save_outbox();
        }
        self.tell_lines(channel, Vec::new(), vec![LineKey::Mine(nonce)], Vec::new());
    }

    fn give_up(&mut self, asked: Asked) {
        match asked {
            Asked::Resume(scope) => {
                self.catch_up.answered();
                if let Scope::Channel(channel) = scope {
                    self.timelines.remove(channel);
                    self.tell_timeline(channel, TimelineChange::Reset);
                }
            }
            Asked::Open(channel) => drop(self.opening.remove(channel)),
            Asked::Earlier(channel, _) => self.earlier_did_not_come(channel),
            Asked::Members(channel) => {
                if let Some(timeline) = self.timelines.get_mut(channel) {
                    timeline.no_members_came();
                }
            }
            Asked::Unread(channel) => {
                self.track(channel, |tracker, _| tracker.no_answer_came());
            }
            Asked::Horizon(channel, index) => {
                self.track(channel, |tracker, _| tracker.told(index));
            }
            Asked::Page(..)
            | Asked::Post(_)
            | Asked::Typing
            | Asked::Watch
            | Asked::Renew
            | Asked::Look(..) => {}
        }
    }
}
