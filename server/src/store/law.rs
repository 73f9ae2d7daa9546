//! The law, for every command: an old snapshot and the changes since are a fresh snapshot. Random
//! people do random things in two villages at once, one in plain maps and one in a file; whatever
//! the one answers, the other answers.

use std::collections::{BTreeMap, HashMap, HashSet};

use chat::protocol::{
    Change, ChannelEditing, Editing, MemberEditing, NewChannel, Opened, Row, Scope, UserEditing,
};
use chat::{
    ChannelSid, Identity, MediaSid, MessageIndex, Nonce, Refusal, RoleSid, Sequence, SessionSid,
    UserSid,
};
use proptest::prelude::*;

use crate::commands::{
    self, Actor, Announced, ChannelStamps, Done, MemberWish, MessageWish, Moment, NewcomerWish,
    Outcome, Quotas,
};
use crate::queries;
use crate::store::telling::{Key, Telling};
use crate::store::village::{Village, chosen, identity, picture, self_named};
use crate::store::{Tx, UploadState};

/// What somebody does; the numbers choose among those who, or which, are there.
#[derive(Clone, Debug)]
enum Deed {
    Admit(usize),
    Lease(usize),
    SignOut(usize),
    Create(usize, Option<usize>, bool),
    Rename(usize, usize, usize),
    MakePrivate(usize, usize),
    Add(usize, usize, usize),
    Remove(usize, usize, usize),
    Invite(usize, usize, usize),
    Decline(usize, usize),
    Seat(usize, usize, usize),
    Role(usize, usize),
    Name(usize, usize),
    Mute(usize, usize),
    Delete(usize, usize),
    HandOver(usize, usize, usize),
    Join(usize, usize),
    Leave(usize, usize),
    Post(usize, usize, usize),
    Edit(usize, usize, u64, usize),
    DeleteMessage(usize, usize, u64),
    Upload(usize),
    Show(usize, usize, usize, usize),
    SweepUploads,
    Repeat,
    Read(usize, usize, u64),
    ReadBack(usize, usize, Option<u64>),
    Operate(Order, usize, usize),
    Purge,
    EndLeases,
    Pass(i64),
    Look(usize),
}

/// What the operator's backend does with a channel and somebody.
#[derive(Clone, Copy, Debug)]
enum Order {
    RecordChannel,
    AmendChannel,
    RecordMessage,
    AmendMessage,
    Enrol,
    AmendMember,
    AmendMembership,
    CreateUser,
    DeleteUser,
}

const ORDERS: [Order; 9] = [
    Order::RecordChannel,
    Order::AmendChannel,
    Order::RecordMessage,
    Order::AmendMessage,
    Order::Enrol,
    Order::AmendMember,
    Order::AmendMembership,
    Order::CreateUser,
    Order::DeleteUser,
];

const NAMES: [&str; 6] = ["Ada", "Grace", "Linus", "ada", "Margaret", "system"];
const ADDRESSES: [&str; 4] = ["harvest", "spring", "general", " "];
const TEXTS: [&str; 4] = ["Hello", "A longer word or two", "x", " "];

fn deed() -> impl Strategy<Value = Deed> {
    let user = 0..6usize;
    let channel = 0..5usize;
    prop_oneof![
        2 => (0..NAMES.len()).prop_map(Deed::Admit),
        2 => (0..NAMES.len()).prop_map(Deed::Lease),
        1 => user.clone().prop_map(Deed::SignOut),
        3 => (user.clone(), prop::option::of(0..ADDRESSES.len()), any::<bool>())
            .prop_map(|(by, address, private)| Deed::Create(by, address, private)),
        1 => (user.clone(), channel.clone())
            .prop_map(|(by, channel)| Deed::MakePrivate(by, channel)),
        3 => (user.clone(), channel.clone(), user.clone())
            .prop_map(|(by, channel, whom)| Deed::Add(by, channel, whom)),
        2 => (user.clone(), channel.clone(), user.clone())
            .prop_map(|(by, channel, whom)| Deed::Remove(by, channel, whom)),
        4 => (user.clone(), channel.clone(), user.clone())
            .prop_map(|(by, channel, whom)| Deed::Invite(by, channel, whom)),
        1 => (user.clone(), channel.clone()).prop_map(|(user, channel)| Deed::Decline(user, channel)),
        2 => (user.clone(), channel.clone(), 0..3usize)
            .prop_map(|(user, channel, seat)| Deed::Seat(user, channel, seat)),
        1 => (0..4usize, 0..3usize).prop_map(|(role, set)| Deed::Role(role, set)),
        1 => (user.clone(), 0..3usize).prop_map(|(user, name)| Deed::Name(user, name)),
        1 => (user.clone(), channel.clone()).prop_map(|(user, channel)| Deed::Mute(user, channel)),
        2 => (user.clone(), channel.clone(), 0..ADDRESSES.len() + 2)
            .prop_map(|(by, channel, name)| Deed::Rename(by, channel, name)),
        1 => (user.clone(), channel.clone()).prop_map(|(by, channel)| Deed::Delete(by, channel)),
        3 => (user.clone(), channel.clone(), user.clone())
            .prop_map(|(by, channel, to)| Deed::HandOver(by, channel, to)),
        6 => (user.clone(), channel.clone()).prop_map(|(user, channel)| Deed::Join(user, channel)),
        3 => (user.clone(), channel.clone()).prop_map(|(user, channel)| Deed::Leave(user, channel)),
        8 => (user.clone(), channel.clone(), 0..TEXTS.len())
            .prop_map(|(by, channel, text)| Deed::Post(by, channel, text)),
        3 => (user.clone(), channel.clone(), 0..4u64, 0..TEXTS.len())
            .prop_map(|(by, channel, index, text)| Deed::Edit(by, channel, index, text)),
        3 => (user.clone(), channel.clone(), 0..4u64)
            .prop_map(|(by, channel, index)| Deed::DeleteMessage(by, channel, index)),
        3 => user.clone().prop_map(Deed::Upload),
        5 => (user.clone(), channel.clone(), 0..4usize, 0..TEXTS.len())
            .prop_map(|(by, channel, file, text)| Deed::Show(by, channel, file, text)),
        1 => Just(Deed::SweepUploads),
        1 => Just(Deed::Repeat),
        3 => (user.clone(), channel.clone(), 0..6u64)
            .prop_map(|(user, channel, index)| Deed::Read(user, channel, index)),
        1 => (user.clone(), channel.clone(), prop::option::of(0..4u64))
            .prop_map(|(user, channel, index)| Deed::ReadBack(user, channel, index)),
        6 => (0..ORDERS.len(), channel, user.clone())
            .prop_map(|(order, channel, user)| Deed::Operate(ORDERS[order], channel, user)),
        1 => Just(Deed::Purge),
        1 => Just(Deed::EndLeases),
        2 => (0..6_000i64).prop_map(Deed::Pass),
        4 => user.prop_map(Deed::Look),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn an_old_snapshot_and_the_changes_since_are_a_fresh_snapshot(
        deeds in prop::collection::vec(deed(), 1..90),
    ) {
        let mut world = World::new();
        for deed in &deeds {
            world.does(deed);
        }
        world.holds_the_law();
    }
}

/// Two villages in which the same things happen, and what people remember of them.
struct World {
    maps: Village,
    file: Village,
    users: Vec<UserSid>,
    sessions: Vec<SessionSid>,
    uploads: Vec<MediaSid>,
    channels: Vec<ChannelSid>,
    roles: Vec<RoleSid>,
    last_draft: Option<(UserSid, chat::Draft)>,
    /// What a listener who never missed a change has seen of each scope.
    live: HashMap<Scope, Fold>,
    snapshots: Vec<(UserSid, Fold)>,
}

/// What a client keeps of a scope.
#[derive(Clone, Debug, PartialEq)]
struct Fold {
    scope: Scope,
    sequence: Sequence,
    rows: BTreeMap<Key, Row>,
}

impl Fold {
    fn empty(scope: Scope) -> Self {
        Self { scope, sequence: Sequence(0), rows: BTreeMap::new() }
    }

    fn opened(opened: Opened) -> Self {
        let scope = Scope::Channel(opened.channel.sid);
        let members = opened.members.members.into_iter().map(Row::Member);
        let rows = opened.messages.into_iter().map(Row::Message).chain(members);
        let rows = rows.chain([Row::Channel(opened.channel)]);
        let rows = rows.map(|row| (Key::of(&row), row)).collect();
        Self { scope, sequence: opened.sequence, rows }
    }

    fn apply(&mut self, change: Change) {
        assert_eq!((change.scope, change.after), (self.scope, self.sequence));
        assert!(self.sequence <= change.sequence);
        let mut last = change.after;
        for row in change.rows {
            assert!(last < row.changed() && row.changed() <= change.sequence);
            assert!(row.entered() <= row.changed());
            last = row.changed();
            self.rows.insert(Key::of(&row), row);
        }
        self.sequence = change.sequence;
    }

    /// Without the markers of who left and what was deleted, which a fresh snapshot does not show.
    fn present(mut self) -> Self {
        self.rows.retain(|_, row| match row {
            Row::Member(member) => !member.has_left(),
            Row::Message(message) => !message.is_deleted(),
            _ => true,
        });
        self
    }
}

impl World {
    fn new() -> Self {
        let (maps, file) = (Village::in_memory(), Village::in_sqlite());
        assert_eq!(maps.general, file.general);
        let mut world = Self {
            channels: vec![maps.general],
            maps,
            file,
            users: Vec::new(),
            sessions: Vec::new(),
            uploads: Vec::new(),
            roles: Vec::new(),
            last_draft: None,
            live: HashMap::new(),
            snapshots: Vec::new(),
        };
        // The founding was told to nobody.
        for scope in [Scope::Directory, Scope::Channel(world.maps.general)] {
            let fold = world.fresh(scope);
            world.live.insert(scope, fold);
        }
        world.does(&Deed::Admit(0));
        world.does(&Deed::Lease(1));
        world
    }

    fn does(&mut self, deed: &Deed) {
        match *deed {
            Deed::Admit(name) => {
                let identity = identity(NAMES[name]);
                let admitted = self.run(|tx, m| commands::admit_identity(tx, &identity, m));
                self.users.extend(admitted.map(|done| done.reply.sid));
            }
            Deed::Lease(name) => {
                let (name, session) = (chosen(NAMES[name]), self.maps.session());
                self.file.session();
                let leased = self.run(|tx, m| commands::lease_name(tx, &name, &session, m));
                if let Ok(done) = leased {
                    self.users.push(done.reply.user.sid);
                    self.sessions.push(done.reply.session);
                }
            }
            Deed::SignOut(session) => {
                if let Some(session) = chosen_of(&self.sessions, session) {
                    self.run(|tx, m| commands::sign_out(tx, session, m)).ok();
                }
            }
            Deed::Create(by, address, private) => {
                let wish = NewChannel {
                    nonce: self.nonce(),
                    private,
                    unique_name: address.map(|address| ADDRESSES[address].to_owned()),
                    ..self_named("Harvest")
                };
                let by = self.user(by);
                let created = self.run(|tx, m| commands::create_channel(tx, by, &wish, m));
                self.channels.extend(created.map(|done| done.reply.channel));
            }
            Deed::Rename(by, channel, name) => {
                let editing = ChannelEditing {
                    friendly_name: (name % 2 == 0).then(|| format!("Name {name}")),
                    unique_name: ADDRESSES.get(name).map(|name| (*name).to_owned()),
                    ..ChannelEditing::of(self.channel(channel))
                };
                let by = self.admin_or_user(by, editing.channel);
                self.run(|tx, m| commands::edit_channel(tx, by, &editing, m)).ok();
            }
            Deed::MakePrivate(by, channel) => {
                let editing = ChannelEditing {
                    private: Some(true),
                    attributes: Some("[1]".to_owned()),
                    ..ChannelEditing::of(self.channel(channel))
                };
                let by = self.admin_or_user(by, editing.channel);
                self.run(|tx, m| commands::edit_channel(tx, by, &editing, m)).ok();
            }
            Deed::Add(by, channel, whom) => {
                let (channel, whom, nonce) =
                    (self.channel(channel), self.name_of(whom), self.nonce());
                let by = self.admin_or_user(by, channel);
                self.run(|tx, m| commands::add_member(tx, by, channel, &whom, nonce, m)).ok();
            }
            Deed::Remove(by, channel, whom) => {
                let (channel, whom) = (self.channel(channel), self.user(whom));
                let by = self.admin_or_user(by, channel);
                self.run(|tx, m| commands::remove_member(tx, by, channel, whom, m)).ok();
            }
            Deed::Invite(by, channel, whom) => {
                let (channel, whom, nonce) =
                    (self.channel(channel), self.name_of(whom), self.nonce());
                let by = self.admin_or_user(by, channel);
                self.run(|tx, m| {
                    commands::invite_member(tx, by, channel, commands::Invitee::of(&whom), nonce, m)
                })
                .ok();
            }
            Deed::Decline(user, channel) => {
                let (user, channel) = (self.user(user), self.channel(channel));
                self.run(|tx, m| commands::decline_invite(tx, user, channel, user, m)).ok();
            }
            Deed::Seat(user, channel, seat) => {
                let (channel, user) = (self.channel(channel), self.user(user));
                let attributes = Some(format!("[{seat}]"));
                let editing = MemberEditing { channel, user, role: None, attributes };
                let by = self.admin_or_user(seat, channel);
                self.run(|tx, m| commands::edit_member(tx, by, &editing, m)).ok();
            }
            Deed::Role(role, set) => {
                let names = ["sendMessage", "leaveChannel", "joinChannel"];
                let permissions: Vec<String> =
                    names[..=set].iter().map(|&name| name.to_owned()).collect();
                let kind = chat::RoleKind::Channel;
                match self.roles.get(role).copied() {
                    None => {
                        let made = self
                            .run(|tx, m| commands::create_role(tx, "own", kind, &permissions, m));
                        self.roles.extend(made.map(|done| done.reply));
                    }
                    Some(role) if set == 0 => {
                        self.run(|tx, m| commands::delete_role(tx, role, m)).ok();
                    }
                    Some(role) => {
                        self.run(|tx, m| commands::edit_role(tx, role, &permissions, m)).ok();
                    }
                }
            }
            Deed::Name(user, name) => {
                let user = self.user(user);
                let editing = UserEditing {
                    user,
                    friendly_name: ["", "Friend", "Other"].get(name).map(|&name| name.to_owned()),
                    role: None,
                    attributes: None,
                };
                self.run(|tx, m| commands::edit_user(tx, user, &editing, m)).ok();
            }
            Deed::Mute(user, channel) => {
                let (user, channel) = (self.user(user), self.channel(channel));
                let level = chat::Level::Muted;
                self.run(|tx, m| commands::set_notification_level(tx, user, channel, level, m))
                    .ok();
            }
            Deed::Delete(by, channel) => {
                let channel = self.channel(channel);
                let by = self.admin_or_user(by, channel);
                self.run(|tx, m| commands::delete_channel(tx, by, channel, m)).ok();
            }
            Deed::HandOver(by, channel, to) => {
                let (channel, to) = (self.channel(channel), self.user(to));
                let by = self.admin_or_user(by, channel);
                self.run(|tx, m| commands::hand_over_channel(tx, by, channel, to, m)).ok();
            }
            Deed::Join(user, channel) => {
                let (user, channel) = (self.user(user), self.channel(channel));
                let nonce = self.nonce();
                self.run(|tx, m| commands::join_channel(tx, user, channel, nonce, m)).ok();
            }
            Deed::Leave(user, channel) => {
                let (user, channel) = (self.user(user), self.channel(channel));
                self.run(|tx, m| commands::leave_channel(tx, user, channel, m)).ok();
            }
            Deed::Post(by, channel, text) => {
                let (by, channel) = (self.user(by), self.channel(channel));
                self.file.nonce();
                let draft = self.maps.draft(channel, TEXTS[text]);
                self.run(|tx, m| commands::post_message(tx, by, &draft, m)).ok();
                self.last_draft = Some((by, draft));
            }
            Deed::Edit(by, channel, index, text) => {
                let channel = self.channel(channel);
                let by = self.admin_or_user(by, channel);
                let (index, body) = (MessageIndex(index), Some(TEXTS[text].to_owned()));
                let editing = Editing { channel, index, body, attributes: None };
                self.run(|tx, m| commands::edit_message(tx, by, &editing, m)).ok();
            }
            Deed::DeleteMessage(by, channel, index) => {
                let channel = self.channel(channel);
                let by = self.admin_or_user(by, channel);
                let index = MessageIndex(index);
                self.run(|tx, m| commands::delete_message(tx, by, channel, index, m)).ok();
            }
            Deed::Upload(by) => {
                let (by, announced) =
                    (self.user(by), Announced { size: 7, ..Announced::default() });
                let room = Quotas { of_user: 5_000, of_all: 9_000 };
                let begun = self.run(|tx, m| commands::begin_upload(tx, by, &announced, room, m));
                if let Ok(sid) = begun.map(|done| done.reply) {
                    let media = picture(sid);
                    self.run(|tx, m| commands::keep_upload(tx, by, &media, room, m)).ok();
                    self.uploads.push(sid);
                }
            }
            Deed::Show(by, channel, file, text) => {
                let (by, channel) = (self.user(by), self.channel(channel));
                let Some(file) = chosen_of(&self.uploads, file) else { return };
                self.file.nonce();
                let mut draft = self.maps.draft(channel, TEXTS[text]);
                draft.media = Some(file);
                self.run(|tx, m| commands::post_message(tx, by, &draft, m)).ok();
                self.last_draft = Some((by, draft));
            }
            Deed::SweepUploads => {
                let left = self.run(commands::sweep_uploads).expect("nobody is judged").reply;
                self.run(|tx, m| commands::forget_uploads(tx, &left, m)).ok();
            }
            Deed::Repeat => {
                if let Some((by, draft)) = self.last_draft.clone() {
                    self.run(|tx, m| commands::post_message(tx, by, &draft, m)).ok();
                }
            }
            Deed::Read(user, channel, index) => {
                let (user, channel) = (self.user(user), self.channel(channel));
                let index = MessageIndex(index);
                self.run(|tx, m| commands::advance_read_horizon(tx, user, channel, index, m)).ok();
            }
            Deed::ReadBack(user, channel, index) => {
                let (user, channel) = (self.user(user), self.channel(channel));
                let index = index.map(MessageIndex);
                self.run(|tx, m| commands::set_read_horizon(tx, user, channel, index, m)).ok();
            }
            Deed::Operate(order, channel, user) => self.operates(order, channel, user),
            Deed::Purge => {
                self.run(commands::purge).ok();
            }
            Deed::EndLeases => {
                let since = self.maps.now.plus(-9_000);
                let nobody = HashSet::new();
                self.run(|tx, m| commands::end_leases(tx, since, &nobody, m)).ok();
            }
            Deed::Pass(milliseconds) => {
                self.maps.pass(milliseconds);
                self.file.pass(milliseconds);
            }
            Deed::Look(user) => self.looks(user),
        }
    }

    fn operates(&mut self, order: Order, channel: usize, user: usize) {
        let (channel, somebody) = (self.channel(channel), self.name_of(user));
        let (user, index, past) = (self.user(user), MessageIndex(0), self.maps.now.plus(-9_000));
        let by = Actor::Operator(self.maps.writes(|tx| tx.service()).expect("founded").system());
        match order {
            Order::RecordChannel => {
                let wish = NewChannel { nonce: self.nonce(), ..self_named("Recorded") };
                let stamps = ChannelStamps {
                    created_by: Some(somebody),
                    created_at: Some(past),
                    updated_at: None,
                    ..ChannelStamps::default()
                };
                let made = self.run(|tx, m| commands::record_channel(tx, by, &wish, &stamps, m));
                self.channels.extend(made.map(|done| done.reply));
            }
            Order::AmendChannel => {
                let editing = ChannelEditing {
                    friendly_name: Some("Amended".to_owned()),
                    ..ChannelEditing::of(channel)
                };
                let stamps = ChannelStamps { updated_at: Some(past), ..ChannelStamps::default() };
                self.run(|tx, m| commands::amend_channel(tx, by, &editing, &stamps, m)).ok();
            }
            Order::RecordMessage | Order::AmendMessage => {
                let wish = MessageWish {
                    body: Some("Long ago".to_owned()),
                    from: Some(somebody),
                    created_at: Some(past),
                    ..MessageWish::default()
                };
                if matches!(order, Order::RecordMessage) {
                    self.run(|tx, m| commands::record_message(tx, by, channel, &wish, m)).ok();
                } else {
                    self.run(|tx, m| commands::amend_message(tx, by, channel, index, &wish, m))
                        .ok();
                }
            }
            Order::Enrol | Order::AmendMember => {
                let wish = MemberWish {
                    attributes: Some("[7]".to_owned()),
                    horizon: Some(index),
                    joined_at: Some(past),
                    role: None,
                    ..MemberWish::default()
                };
                if matches!(order, Order::Enrol) {
                    self.run(|tx, m| commands::enrol_member(tx, by, channel, &somebody, &wish, m))
                        .ok();
                } else {
                    self.run(|tx, m| commands::amend_member(tx, by, channel, user, &wish, m)).ok();
                }
            }
            Order::AmendMembership => {
                let (horizon, level) = (Some(index), Some(chat::Level::Muted));
                self.run(|tx, m| commands::amend_membership(tx, user, channel, horizon, level, m))
                    .ok();
            }
            Order::CreateUser => {
                let wish = NewcomerWish { identity: "Hana".to_owned(), ..NewcomerWish::default() };
                let made = self.run(|tx, m| commands::create_user(tx, &wish, m));
                self.users.extend(made.map(|done| done.reply));
            }
            Order::DeleteUser => {
                self.run(|tx, m| commands::delete_user(tx, user, m)).ok();
            }
        }
    }

    /// Names of people who are there, and one of nobody.
    fn name_of(&mut self, number: usize) -> Identity {
        let user = self.user(number);
        let found = self.ask(|tx| Ok(tx.user(user)?)).expect("nobody is judged");
        found.map_or_else(|| identity("Nobody"), |user| user.identity)
    }

    fn user(&self, number: usize) -> UserSid {
        self.users[number % self.users.len()]
    }

    /// Half of the time somebody who may.
    fn admin_or_user(&mut self, number: usize, channel: ChannelSid) -> UserSid {
        let admins = self
            .ask(|tx| Ok(tx.bearers(channel, RoleSid::CHANNEL_ADMIN)?))
            .expect("nobody is judged");
        match admins.first() {
            Some(admin) if number.is_multiple_of(2) => *admin,
            _ => self.user(number),
        }
    }

    fn channel(&self, number: usize) -> ChannelSid {
        self.channels[number % self.channels.len()]
    }

    fn nonce(&mut self) -> Nonce {
        self.file.nonce();
        self.maps.nonce()
    }

    /// Runs a command in both villages, and tells the listeners.
    fn run<R: PartialEq + std::fmt::Debug>(
        &mut self,
        command: impl Fn(&mut dyn Tx, &Moment) -> Outcome<R>,
    ) -> Result<Done<R>, Refusal> {
        let done = self.maps.runs(&command);
        assert_eq!(done, self.file.runs(&command));
        if let Ok(done) = &done {
            let mut telling = Telling::default();
            telling.add(done.rows.clone(), done.ended.clone());
            for change in telling.told().map(|told| told.changes).unwrap_or_default() {
                let scope = change.scope;
                self.live.entry(scope).or_insert_with(|| Fold::empty(scope)).apply(change);
            }
        }
        self.nothing_was_kept_back();
        done
    }

    /// Whatever was written was told.
    fn nothing_was_kept_back(&mut self) {
        for live in self.live.values() {
            assert_eq!(self.maps.head(live.scope), live.sequence);
        }
    }

    /// Asks both villages.
    fn ask<R: PartialEq + std::fmt::Debug>(
        &mut self,
        query: impl Fn(&mut dyn Tx) -> Result<R, commands::CommandError>,
    ) -> Result<R, Refusal> {
        let answer = self.maps.asks(&query);
        assert_eq!(answer, self.file.asks(&query));
        answer
    }

    fn fresh(&mut self, scope: Scope) -> Fold {
        let mut fold = Fold::empty(scope);
        let changes = self.ask(|tx| queries::changes(tx, scope, Sequence(0)));
        for change in changes.expect("nobody is judged") {
            fold.apply(change);
        }
        fold
    }

    /// A user takes a snapshot of everything that they see.
    fn looks(&mut self, user: usize) {
        let user = self.user(user);
        let Ok(welcomed) = self.ask(|tx| queries::welcome(tx, user)) else { return };
        for channel in welcomed.channels {
            let opened = self.ask(|tx| queries::open_channel(tx, user, channel.sid));
            let opened = opened.expect("they are a member");
            assert_eq!((opened.sequence, opened.unread.unread), (channel.sequence, channel.unread));
            self.snapshots.push((user, Fold::opened(opened)));
        }
        for scope in [Scope::User(user), Scope::Directory] {
            let fold = self.fresh(scope);
            self.snapshots.push((user, fold));
        }
    }

    fn holds_the_law(&mut self) {
        for (user, old) in std::mem::take(&mut self.snapshots) {
            let Some(resumed) = self.resumed(user, old) else { continue };
            let fresh = match resumed.scope {
                Scope::Channel(channel) => {
                    let opened = self.ask(|tx| queries::open_channel(tx, user, channel));
                    Fold::opened(opened.expect("they could resume"))
                }
                scope => self.fresh(scope),
            };
            assert_eq!(resumed.present(), fresh.present());
        }
        // What deleted channels held is forgotten without a word, as nobody hears of it any more.
        for live in std::mem::take(&mut self.live).into_values() {
            let is_deleted = matches!(live.rows.get(&Key::Itself),
                Some(Row::Channel(channel)) if channel.details.is_none());
            if !is_deleted {
                let fresh = self.fresh(live.scope);
                assert_eq!(live, fresh);
            }
        }
        self.memberships_agree();
        self.files_agree();
    }

    /// The old snapshot, resumed; nothing if the scope is not theirs any more.
    fn resumed(&mut self, user: UserSid, mut fold: Fold) -> Option<Fold> {
        loop {
            let (scope, since) = (fold.scope, fold.sequence);
            let changes = match self.ask(|tx| queries::resume(tx, user, scope, since)) {
                Ok(changes) => changes,
                Err(Refusal::ChannelNotFound | Refusal::SessionEnded) => return None,
                Err(refusal) => panic!("{refusal:?}"),
            };
            assert!(!changes.gap);
            fold.apply(changes.change);
            if !changes.more {
                return Some(fold);
            }
        }
    }

    /// A user's own scope names the channels that the welcome names, and deleted ones until these
    /// are forgotten.
    fn memberships_agree(&mut self) {
        for user in self.users.clone() {
            let Ok(mut welcomed) = self.ask(|tx| queries::memberships(tx, user)) else { continue };
            let mut mine = Vec::new();
            for row in self.fresh(Scope::User(user)).rows.into_values() {
                let Row::Membership(membership) = row else { continue };
                let channel = membership.channel;
                let lives = self.ask(|tx| Ok(tx.channel(channel)?)).expect("no judging").is_some();
                if !membership.has_left() && lives {
                    mine.push(channel);
                }
            }
            mine.sort_unstable();
            welcomed.sort_unstable();
            assert_eq!(mine, welcomed);
        }
    }

    /// A file that a message shows is kept for it, and is what was brought.
    fn files_agree(&mut self) {
        self.ask(|tx| Ok(tx.uploaded_bytes(None)?)).expect("nobody is judged");
        for file in self.uploads.clone() {
            let place = self.ask(|tx| Ok(tx.place_of_media(file)?)).expect("nobody is judged");
            let upload = self.ask(|tx| Ok(tx.upload(file)?)).expect("nobody is judged");
            let kept = upload.filter(|upload| upload.state == UploadState::Kept);
            assert_eq!(place.is_some(), kept.is_some(), "{file} {place:?}");
            let Some((channel, index)) = place else { continue };
            let message = self.ask(|tx| Ok(tx.message(channel, index)?)).expect("no judging");
            assert_eq!(message.and_then(|message| message.media), kept.map(|kept| kept.media));
        }
    }
}

fn chosen_of<T: Copy>(among: &[T], number: usize) -> Option<T> {
    among.get(number.checked_rem(among.len())?).copied()
}
