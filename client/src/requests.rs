//! What was asked over the present socket, and what the page wants to have asked.

use std::collections::VecDeque;

use chat::protocol::{ClientFrame, Command, Request, Scope};
use chat::{ChannelSid, MessageIndex, Nonce, Timestamp};

use crate::effect::Effect;
use crate::event::Ticket;
use crate::sorted::SortedMap;

/// Why something was asked, and so who is to hear the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// By the page.
    Page(Ticket, Command),
    Post(Nonce),
    Resume(Scope),
    Open(ChannelSid),
    Earlier(ChannelSid, MessageIndex),
    Members(ChannelSid),
    Unread(ChannelSid),
    Horizon(ChannelSid, MessageIndex),
    Typing,
    Watch,
    Renew,
    /// Never sent: a look whether an accepted message has come by now.
    Look(Scope, Nonce),
}

/// Questions of the page that wait for a connection, at most.
const WAITING_MAX: usize = 100;

#[derive(Debug, Default)]
pub(crate) struct Requests {
    last_reference: u32,
    last_ticket: u32,
    sent: SortedMap<u32, Asked>,
    waiting: VecDeque<(Ticket, Command)>,
    /// The server has too much to do: asked again then.
    later: Vec<(Timestamp, Asked)>,
}

impl Requests {
    /// A question of the page, to be sent when there is a connection. One too many is returned.
    pub(crate) fn queue(&mut self, command: Command) -> (Ticket, Option<Ticket>) {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        if WAITING_MAX <= self.waiting.len() {
            return (ticket, Some(ticket));
        }
        self.waiting.push_back((ticket, command));
        (ticket, None)
    }

    pub(crate) fn next_waiting(&mut self) -> Option<(Ticket, Command)> {
        self.waiting.pop_front()
    }

    /// Remembers why, and returns the frame to send.
    pub(crate) fn send(&mut self, asked: Asked, command: Command) -> Effect {
        self.last_reference = self.last_reference.wrapping_add(1);
        self.sent.insert(self.last_reference, asked);
        Effect::send(&ClientFrame::Request(Request { reference: self.last_reference, command }))
    }

    /// Why this was asked; each answer counts once.
    pub(crate) fn answered(&mut self, reference: u32) -> Option<Asked> {
        self.sent.remove(reference)
    }

    pub(crate) fn ask_later(&mut self, at: Timestamp, asked: Asked) {
        self.later.push((at, asked));
    }

    /// What was put off until now.
    pub(crate) fn due(&mut self, now: Timestamp) -> Vec<Asked> {
        if self.wakes_at().is_none_or(|next| now < next) {
            return Vec::new();
        }
        let (due, later) =
            std::mem::take(&mut self.later).into_iter().partition(|(at, _)| *at <= now);
        self.later = later;
        due.into_iter().map(|(_, asked): (Timestamp, Asked)| asked).collect()
    }

    /// The clock was set back: what was put off is due.
    pub(crate) fn wait_no_longer(&mut self, now: Timestamp) {
        self.later.iter_mut().for_each(|(at, _)| *at = now);
    }

    pub(crate) fn wakes_at(&self) -> Option<Timestamp> {
        self.later.iter().map(|(at, _)| *at).min()
    }

    /// The socket is gone. The page's questions wait to be asked again where that does no harm;
    /// the others are returned. Our own are asked anew after the next welcome.
    pub(crate) fn cut(&mut self) -> Vec<Ticket> {
        self.later.clear();
        let mut lost = Vec::new();
        for asked in std::mem::take(&mut self.sent).into_values().rev() {
            match asked {
                Asked::Page(ticket, command) if is_repeatable(&command) => {
                    self.waiting.push_front((ticket, command));
                }
                Asked::Page(ticket, _) => lost.push(ticket),
                _ => {}
            }
        }
        lost
    }

    /// Nobody will ever be asked these.
    pub(crate) fn give_up(&mut self) -> Vec<Ticket> {
        let mut lost = self.cut();
        lost.extend(self.waiting.drain(..).map(|(ticket, _)| ticket));
        lost
    }
}

/// Whether asking twice is the same as asking once.
fn is_repeatable(command: &Command) -> bool {
    match command {
        Command::PostMessage(_)
        | Command::EditMessage(_)
        | Command::CreateChannel(_)
        | Command::DeleteMessage { .. }
        | Command::EditChannel(_)
        | Command::DeleteChannel { .. }
        | Command::JoinChannel { .. }
        | Command::LeaveChannel { .. }
        | Command::AddMember { .. }
        | Command::RemoveMember { .. }
        | Command::InviteMember { .. }
        | Command::DeclineInvite { .. }
        | Command::EditMember(_)
        | Command::EditUser(_)
        | Command::SetNotificationLevel { .. }
        | Command::AdvanceReadHorizon { .. }
        | Command::SetReadHorizon { .. }
        | Command::WatchPresence { .. }
        | Command::Resume { .. }
        | Command::OpenChannel { .. }
        | Command::History { .. }
        | Command::Members { .. }
        | Command::Unread { .. }
        | Command::MediaUrl { .. } => true,
        // Who has handed a channel over may not do it again; a token and a signal grow old.
        Command::HandOverChannel { .. }
        | Command::SetTyping { .. }
        | Command::RenewToken { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use chat::protocol::{Accepted, Created};
    use chat::{MemberSid, Refusal};
    use uuid::Uuid;

    use super::*;
    use crate::event::{Event, Outcome};
    use crate::scene::{Scene, channel, plaza, refusal, user};

    fn outcome(scene: &Scene, ticket: Ticket) -> Option<Outcome> {
        scene.events.iter().find_map(|event| match event {
            Event::Answered { ticket: of, outcome } if *of == ticket => Some(outcome.clone()),
            _ => None,
        })
    }

    fn created() -> Accepted {
        let member = MemberSid::new(Uuid::from_u128(1));
        Accepted::Created(Created { channel: channel(5), member: Some(member) })
    }

    fn creates(command: &Command) -> bool {
        matches!(command, Command::CreateChannel(_))
    }

    #[test]
    fn somebody_who_makes_a_channel_is_in_it_when_the_answer_comes() {
        let mut scene = Scene::online();
        let ticket = scene
            .act(|client, now| client.create_channel("Water", None, false, now))
            .expect("a name");
        assert_eq!(outcome(&scene, ticket), None);
        let asked = scene.asked(creates);
        scene.ok(asked, created());
        assert_eq!(outcome(&scene, ticket), Some(Outcome::Ok(created())));
        scene.act(|client, now| client.open(channel(5), now));
        assert!(scene.has_asked(|command| matches!(command, Command::OpenChannel { .. })));
    }

    #[test]
    fn an_impossible_name_never_leaves() {
        let mut scene = Scene::online();
        let no = scene.act(|client, now| client.create_channel(" ", None, false, now));
        assert_eq!(no, Err(Refusal::FriendlyNameMissing));
        let address = "a".repeat(65);
        let no =
            scene.act(|client, now| client.create_channel("Water", Some(&address), false, now));
        assert_eq!(no, Err(Refusal::UniqueNameTooLong));
        let no =
            scene.act(|client, now| client.rename_channel(plaza(), Some(""), None, false, now));
        assert_eq!(no, Err(Refusal::FriendlyNameMissing));
        assert!(scene.requests.is_empty());
    }

    #[test]
    fn a_blank_address_is_none_at_first_and_removed_later() {
        let mut scene = Scene::online();
        scene
            .act(|client, now| client.create_channel("Water", Some(" "), false, now))
            .expect("good");
        scene.asked(
            |command| matches!(command, Command::CreateChannel(wish) if wish.unique_name.is_none()),
        );
        scene
            .act(|client, now| client.rename_channel(plaza(), None, Some(" "), false, now))
            .expect("good");
        scene.asked(|command| {
            matches!(command, Command::EditChannel(new) if new.unique_name.as_deref() == Some(""))
        });
    }

    #[test]
    fn a_question_that_was_cut_off_is_asked_again_with_the_same_nonce() {
        let mut scene = Scene::online();
        let ticket = scene
            .act(|client, now| client.create_channel("Water", None, false, now))
            .expect("a name");
        let before = scene.requests.clone();
        scene.cut();
        assert_eq!(outcome(&scene, ticket), None);
        scene.connect();
        let again = scene.requests.iter().find(|(_, command)| creates(command));
        assert_eq!(again.map(|(_, command)| command), before.first().map(|(_, command)| command));
        let asked = scene.asked(creates);
        assert!(!scene.has_asked(creates));
        scene.ok(asked, created());
        assert_eq!(outcome(&scene, ticket), Some(Outcome::Ok(created())));
    }

    #[test]
    fn a_question_that_would_not_be_the_same_is_lost_and_says_so() {
        let mut scene = Scene::online();
        let ticket = scene.act(|client, now| client.hand_over(plaza(), user("grace"), now));
        scene.cut();
        assert_eq!(outcome(&scene, ticket), Some(Outcome::Lost));
        scene.connect();
        assert!(!scene.has_asked(|command| matches!(command, Command::HandOverChannel { .. })));
    }

    #[test]
    fn questions_wait_for_a_connection_in_order_but_not_without_end() {
        let mut scene = Scene::new();
        for _ in 0..WAITING_MAX {
            scene.act(|client, now| client.leave(plaza(), now));
        }
        let one_more = scene.act(|client, now| client.leave(plaza(), now));
        assert_eq!(outcome(&scene, one_more), Some(Outcome::Lost));
        scene.connect();
        let leaves =
            |(_, command): &&(u32, Command)| matches!(command, Command::LeaveChannel { .. });
        assert_eq!(scene.requests.iter().filter(leaves).count(), WAITING_MAX);
    }

    #[test]
    fn nobody_waits_for_an_answer_after_the_last_word() {
        let mut scene = Scene::online();
        let sent = scene.act(|client, now| client.leave(plaza(), now));
        scene.close(chat::protocol::CloseCode::SessionEnded.number());
        assert_eq!(outcome(&scene, sent), Some(Outcome::Lost));
    }

    #[test]
    fn a_refusal_is_handed_to_who_asked_and_our_own_questions_are_put_off() {
        let mut scene = Scene::online();
        let ticket = scene.act(|client, now| client.join(channel(5), now));
        let asked = scene.asked(|command| matches!(command, Command::JoinChannel { .. }));
        scene.refuse(asked, refusal(true, Some(400)));
        assert_eq!(outcome(&scene, ticket), Some(Outcome::Refused(refusal(true, Some(400)))));

        scene.act(|client, now| client.open(plaza(), now));
        let opens = |command: &Command| matches!(command, Command::OpenChannel { .. });
        let asked = scene.asked(opens);
        scene.refuse(asked, refusal(true, Some(400)));
        scene.pass(399);
        assert!(!scene.has_asked(opens));
        scene.pass(1);
        assert!(scene.has_asked(opens));
    }
}
