//! The actors, and channels in which they are what they are called.

use chat::protocol::{Accepted, Command, MemberEditing, UserEditing};
use chat::{ChannelSid, Draft, Identity, Media, MediaSid, MessageSid, RoleKind, RoleSid, UserSid};
use server::commands::{self, Announced, MessageWish, Moment, Quotas};
use server::store::Tx;

use super::INSIDE;
use super::actions::new_channel;
use crate::messages::draft;
use crate::support::pass::Pass;
use crate::support::{Raw, TestServer, nonce};

/// Where it happens.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) channel: ChannelSid,
    /// The first message there, the admin's.
    pub(super) theirs: MessageSid,
    /// The second one, of who acts, wherever they are now.
    pub(super) own: MessageSid,
    /// The file beside the first.
    pub(super) file: MediaSid,
}

/// One actor, one channel.
pub(super) struct Case<'a> {
    pub(super) spot: Spot,
    pub(super) me: UserSid,
    pub(super) stage: &'a Stage,
}

/// The actors with their sockets, and two who are talked about.
pub(super) struct Stage {
    /// Of everybody who is let in.
    pub(super) tokens: Vec<String>,
    pub(super) deleted: String,
    /// Who has a session of the page: the guest, and once the one who was deleted.
    passes: [Pass; 2],
    pub(super) people: Vec<Raw>,
    pub(super) users: Vec<UserSid>,
    pub(super) member: UserSid,
    observer_role: RoleSid,
    /// The last channel that was made.
    last: Option<ChannelSid>,
}

impl Stage {
    pub(super) async fn set(server: &TestServer) -> Self {
        server.allows_many_channels().await;
        let (mut people, mut users, mut tokens) = (Vec::new(), Vec::new(), Vec::new());
        let passes = [server.pass("guest"), server.pass("deleted")];
        for name in INSIDE.into_iter().chain(["newcomer"]) {
            let token = match name {
                "guest" => passes[0].good_token().await,
                _ => server.backend_token(name, 3_600),
            };
            let (raw, welcome) = Raw::welcomed(server.address, &token).await;
            people.push(raw);
            users.push(welcome.user);
            tokens.push(token);
        }
        tokens.truncate(INSIDE.len());
        let deleted = passes[1].good_token().await;
        let (_, welcome) = Raw::welcomed(server.address, &deleted).await;
        server.operates(move |tx, m| commands::delete_user(tx, welcome.user, m)).await;
        let (operator, root) = (server.operator(), users[6]);
        let role = Some(RoleSid::SERVICE_ADMIN);
        let wish = UserEditing { user: root, friendly_name: None, role, attributes: None };
        server.operates(move |tx, m| commands::edit_user(tx, operator, &wish, m)).await;
        let little = vec!["editOwnUserInfo".to_owned()];
        let bare = server.operates(move |tx, m| {
            commands::create_role(tx, "bare", RoleKind::Service, &little, m)
        });
        let (user, role) = (users[8], Some(bare.await));
        let wish = UserEditing { user, friendly_name: None, role, attributes: None };
        server.operates(move |tx, m| commands::edit_user(tx, operator, &wish, m)).await;
        let permissions = vec!["leaveChannel".to_owned()];
        let observer_role = server.operates(move |tx, m| {
            commands::create_role(tx, "observer", RoleKind::Channel, &permissions, m)
        });
        let (member, observer_role) = (users[4], observer_role.await);
        Self { tokens, deleted, passes, member, observer_role, people, users, last: None }
    }

    /// What somebody's browser shows: the session's cookie, or what they have in its place.
    pub(super) fn cookie(&self, actor: &str) -> String {
        let [guests, deleted] =
            self.passes.each_ref().map(|pass| pass.cookie().expect("a session"));
        let (name, _) = guests.split_once('=').expect("a pair");
        match (actor, INSIDE.iter().position(|inside| *inside == actor)) {
            ("guest", _) => guests,
            ("deleted", _) => deleted,
            (_, Some(place)) => format!("{name}={}", self.tokens[place]),
            _ => String::new(),
        }
    }

    /// A channel in which everybody is what they are called; the one before it goes. What is asked of
    /// `any` needs none.
    pub(super) async fn spot(&mut self, server: &TestServer, kind: &str, author: &str) -> Spot {
        if kind == "any" {
            let nowhere = MessageSid::from_bytes([0; 16]);
            let channel = ChannelSid::from_bytes([0; 16]);
            let file = MediaSid::from_bytes([0; 16]);
            return Spot { channel, theirs: nowhere, own: nowhere, file };
        }
        if let Some(last) = self.last.take() {
            let operator = server.operator();
            server.operates(move |tx, m| commands::delete_channel(tx, operator, last, m)).await;
        }
        let wish = new_channel(kind == "private");
        let admin = &mut self.people[5];
        let Accepted::Created(created) = admin.accepted(Command::CreateChannel(wish)).await else {
            panic!("a channel was expected");
        };
        let channel = created.channel;
        self.last = Some(channel);
        for name in ["former", "observer", "member"] {
            let identity = name.to_owned();
            admin.accepted(Command::AddMember { channel, identity, nonce: nonce() }).await;
        }
        let identity = "invited".to_owned();
        admin.accepted(Command::InviteMember { channel, identity, nonce: nonce() }).await;
        let former = self.users[2];
        admin.accepted(Command::RemoveMember { channel, user: former }).await;
        let file = file_of(server, self.users[5]).await;
        let first = Draft { media: Some(file), ..draft(channel, "Hello") };
        let Accepted::Posted(theirs) = admin.accepted(Command::PostMessage(first)).await else {
            panic!("a message was expected");
        };
        let (operator, role) = (server.operator(), Some(self.observer_role));
        let user = self.users[3];
        let wish = MemberEditing { channel, user, role, attributes: None };
        server.operates(move |tx, m| commands::edit_member(tx, operator, &wish, m)).await;
        let from = Some(Identity::parse(author).expect("a name"));
        let body = Some("By me".to_owned());
        let wish = MessageWish { body, from, ..MessageWish::default() };
        let record = move |tx: &mut dyn Tx, m: &Moment| {
            commands::record_message(tx, operator, channel, &wish, m)
        };
        let own = server.operates(record).await;
        Spot { channel, theirs: theirs.sid, own: own.sid, file }
    }
}

/// A file of somebody's that waits for a message.
async fn file_of(server: &TestServer, user: UserSid) -> MediaSid {
    let room = Quotas { of_user: u64::MAX, of_all: u64::MAX };
    let begin = move |tx: &mut dyn Tx, m: &Moment| {
        commands::begin_upload(tx, user, &Announced::default(), room, m)
    };
    let sid = server.operates(begin).await;
    let (filename, content_type) = (String::new(), "text/plain".to_owned());
    let media = Media { sid, filename, content_type, size: 1, dimensions: None };
    server.operates(move |tx, m| commands::keep_upload(tx, user, &media, room, m)).await;
    sid
}
