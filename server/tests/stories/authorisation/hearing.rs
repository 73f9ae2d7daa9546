//! What happens in a channel, and who is told of it without asking, on the socket and in the tunnel.

use chat::protocol::{ChannelEditing, Command, MemberEditing, Scope, ServerFrame};
use chat::{MessageIndex, Sequence};

use super::actions::Action;
use super::{House, NOWHERE, OUTSIDE, agreed, row};
use crate::messages::draft;
use crate::support::nonce;

impl House<'_> {
    /// The rows about what happens in a channel of this kind.
    pub(super) async fn hearing(&mut self, kind: &str) -> String {
        let mut cells = self.replayed(kind).await;
        cells.extend(others());
        let mut rows = row(kind, "hear what was said", "tunnel", &cells);
        for (name, act) in happenings() {
            let mut cells = self.told_of(kind, act).await;
            cells.extend(others());
            rows += &row(kind, name, "socket tunnel", &cells);
        }
        rows
    }

    /// What everybody hears who follows the messages from their beginning on.
    async fn replayed(&mut self, kind: &str) -> Vec<String> {
        let channel = self.stage.spot(self.server, kind, "member").await.channel.to_string();
        let mut cells = Vec::new();
        for sdk in &mut self.tunnels {
            let told = sdk.follow(&[(&format!("{channel}.messages"), 0)]).await;
            let items = told.iter().filter(|(kind, ..)| kind.starts_with("list_item"));
            cells.push(cell(items.map(|(_, _, event)| event.to_string()), &channel));
        }
        cells
    }

    /// What everybody hears of what the admin does.
    async fn told_of(&mut self, kind: &str, act: Action) -> Vec<String> {
        let spot = self.stage.spot(self.server, kind, "member").await;
        let channel = spot.channel.to_string();
        let command = act(&super::Case { spot, me: self.stage.users[5], stage: &self.stage });
        for (raw, sdk) in self.stage.people.iter_mut().zip(&mut self.tunnels) {
            let scope = Scope::Directory;
            raw.accepted(Command::Resume { scope, since: Sequence(1 << 40) }).await;
            raw.take_unheard();
            let parts = ["channel", "messages", "roster"].map(|part| format!("{channel}.{part}"));
            sdk.follow(&parts.each_ref().map(|part| (part.as_str(), 0))).await;
            sdk.heard_anything().await;
        }
        self.stage.people[5].accepted(command).await;
        let mut cells = Vec::new();
        for (raw, sdk) in self.stage.people.iter_mut().zip(&mut self.tunnels) {
            raw.round_trip().await;
            let frames = raw.take_unheard().into_iter().filter(|frame| !is_own(frame));
            let frames = frames.map(|frame| serde_json::to_string(&frame).expect("plain data"));
            let on_socket = cell(frames, &channel);
            let packets = sdk.heard_anything().await;
            let in_tunnel = cell(packets.iter().map(|packet| packet.payload.to_string()), &channel);
            cells.push(agreed(vec![on_socket, in_tunnel]));
        }
        cells
    }
}

/// Nobody else can listen.
fn others() -> [String; 3] {
    [OUTSIDE[0], OUTSIDE[1], "backend"].map(|_| NOWHERE.to_owned())
}

/// What people are told of their own standing, also of a channel's, they hear wherever they are.
fn is_own(frame: &ServerFrame) -> bool {
    matches!(frame, ServerFrame::Change(change) if matches!(change.scope, Scope::User(_)))
}

fn cell(mut told: impl Iterator<Item = String>, channel: &str) -> String {
    let is_told = told.any(|told| told.contains(channel));
    if is_told { "told" } else { NOWHERE }.to_owned()
}

/// What the admin does.
fn happenings() -> [(&'static str, Action); 9] {
    [
        ("hear a message", |case| Command::PostMessage(draft(case.spot.channel, "Hear, hear"))),
        ("hear of an edit", |case| {
            Command::EditMessage(super::actions::editing(case, Some("Bye"), None))
        }),
        ("hear of a deletion", |case| Command::DeleteMessage {
            channel: case.spot.channel,
            index: MessageIndex(1),
        }),
        ("hear of typing", |case| Command::SetTyping { channel: case.spot.channel }),
        ("hear of a new member", |case| Command::AddMember {
            channel: case.spot.channel,
            identity: "newcomer".to_owned(),
            nonce: nonce(),
        }),
        ("hear who left", |case| Command::RemoveMember {
            channel: case.spot.channel,
            user: case.stage.users[3],
        }),
        ("hear of a member's data", |case| {
            let attributes = Some("[1]".to_owned());
            let (channel, user) = (case.spot.channel, case.stage.users[3]);
            Command::EditMember(MemberEditing { channel, user, role: None, attributes })
        }),
        ("hear of a new name", |case| {
            let friendly_name = Some("Other".to_owned());
            let channel = case.spot.channel;
            Command::EditChannel(ChannelEditing { friendly_name, ..ChannelEditing::of(channel) })
        }),
        ("hear of its end", |case| Command::DeleteChannel { channel: case.spot.channel }),
    ]
}
