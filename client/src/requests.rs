//! What was asked over the present socket, and what the page wants to have asked.

use std::collections::{BTreeMap, VecDeque};

use chat::protocol::{ClientFrame, Command, Request, Scope};
use chat::{ChannelSid, MessageIndex, Nonce, Timestamp};

use crate::effect::Effect;
use crate::event::Ticket;

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
    Renew,
}

/// Questions of the page that wait for a connection, at most.
const WAITING_MAX: usize = 100;

#[derive(Debug, Default)]
pub(crate) struct Requests {
    last_reference: u32,
    last_ticket: u32,
    sent: BTreeMap<u32, Asked>,
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
        self.sent.remove(&reference)
    }

    pub(crate) fn ask_later(&mut self, at: Timestamp, asked: Asked) {
        self.later.push((at, asked));
    }

    /// What was put off until now.
    pub(crate) fn due(&mut self, now: Timestamp) -> Vec<Asked> {
        let (due, later) =
            std::mem::take(&mut self.later).into_iter().partition(|(at, _)| *at <= now);
        self.later = later;
        due.into_iter().map(|(_, asked): (Timestamp, Asked)| asked).collect()
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
        | Command::CreateChannel(_)
        | Command::RenameChannel(_)
        | Command::DeleteChannel { .. }
        | Command::JoinChannel { .. }
        | Command::LeaveChannel { .. }
        | Command::SetReadHorizon { .. }
        | Command::Resume { .. }
        | Command::OpenChannel { .. }
        | Command::History { .. }
        | Command::Members { .. }
        | Command::Unread { .. } => true,
        // Who has handed a channel over may not do it again; a token and a signal grow old.
        Command::HandOverChannel { .. }
        | Command::SetTyping { .. }
        | Command::RenewToken { .. } => false,
    }
}
