//! For tests: people, channels and a clock that stands still, over any backend.

use chat::protocol::{Created, Invitation, Joined, NewChannel, Posted, Row, Scope};
use chat::{
    ChannelSid, Draft, Identity, MessageIndex, Nonce, Refusal, RoleKind, RoleSid, Sequence,
    SessionSid, Timestamp, UserSid,
};
use uuid::Uuid;

use crate::commands::{self, Actor, CommandError, Done, Moment, Outcome};
use crate::queries;
use crate::store::backend::Backend;
use crate::store::ids::Ids;
use crate::store::memory::Memory;
use crate::store::sqlite::Sqlite;
use crate::store::{Ask, ChosenName, NewSession, Settings, SignedIn, Tx};

/// A store with a service in it.
pub(crate) struct Village {
    pub(crate) backend: Box<dyn Backend>,
    pub(crate) now: Timestamp,
    pub(crate) general: ChannelSid,
    ids: Ids,
    folder: Option<tempfile::TempDir>,
}

impl Village {
    /// Kept in plain maps.
    pub(crate) fn in_memory() -> Self {
        Self::over(Box::new(Memory::default()), None)
    }

    /// Kept in a file.
    pub(crate) fn in_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let sqlite = Sqlite::open(&folder.path().join("yoriai.db")).expect("a new database");
        Self::over(Box::new(sqlite), Some(folder))
    }

    fn over(backend: Box<dyn Backend>, folder: Option<tempfile::TempDir>) -> Self {
        let mut village = Self {
            backend,
            now: Timestamp(1_700_000_000_000),
            general: ChannelSid::from_bytes([0; 16]),
            ids: Ids::seeded(2_026),
            folder,
        };
        village.general = village.does(commands::found_service).general;
        village
    }

    /// The same village after a restart.
    pub(crate) fn restarted(mut self) -> Self {
        let folder = self.folder.take().expect("it is kept in a file");
        drop(self.backend);
        let sqlite = Sqlite::open(&folder.path().join("yoriai.db")).expect("the same database");
        Self { backend: Box::new(sqlite), folder: Some(folder), ..self }
    }

    pub(crate) fn moment(&mut self) -> Moment {
        self.ids.moment(self.now).expect("ids from a seed")
    }

    pub(crate) fn pass(&mut self, milliseconds: i64) {
        self.now = self.now.plus(milliseconds);
    }

    /// Runs a command as the writer does: also what is refused is committed.
    pub(crate) fn runs<R>(
        &mut self,
        command: impl Fn(&mut dyn Tx, &Moment) -> Outcome<R>,
    ) -> Result<Done<R>, Refusal> {
        let m = self.moment();
        let mut outcome = None;
        let committed = self.backend.write(&mut |tx| {
            outcome = Some(command(tx, &m));
            Ok(())
        });
        committed.expect("the commit succeeds");
        answered(outcome.expect("the command was run"))
    }

    /// Runs a command that is not refused, and gives its reply.
    pub(crate) fn does<R>(&mut self, command: impl Fn(&mut dyn Tx, &Moment) -> Outcome<R>) -> R {
        self.runs(command).expect("nothing speaks against it").reply
    }

    /// Runs a query.
    pub(crate) fn asks<R>(
        &mut self,
        query: impl Fn(&mut dyn Tx) -> Result<R, CommandError>,
    ) -> Result<R, Refusal> {
        let mut answer = None;
        let asked = self.backend.read(&mut |tx| {
            answer = Some(query(tx));
            Ok(())
        });
        asked.expect("the snapshot can be read");
        answered(answer.expect("the query was asked"))
    }

    /// Runs bare questions in one transaction.
    pub(crate) fn writes<R>(&mut self, work: impl Fn(&mut dyn Tx) -> Ask<R>) -> R {
        let mut result = None;
        let committed = self.backend.write(&mut |tx| {
            result = Some(work(tx)?);
            Ok(())
        });
        committed.expect("the commit succeeds");
        result.expect("the work was done")
    }

    /// People who came with a key's token.
    pub(crate) fn people<const N: usize>(&mut self, names: [&str; N]) -> [UserSid; N] {
        names.map(|name| {
            let identity = identity(name);
            self.does(|tx, m| commands::admit_identity(tx, &identity, m)).sid
        })
    }

    /// A service admin with a password.
    pub(crate) fn admin(&mut self, name: &str) -> UserSid {
        let name = chosen(name);
        self.does(|tx, m| commands::add_user(tx, &name, "hash", RoleSid::SERVICE_ADMIN, m)).sid
    }

    pub(crate) fn guest(&mut self, name: &str) -> SignedIn {
        self.leases(name).expect("the name is free").reply
    }

    pub(crate) fn leases(&mut self, name: &str) -> Result<Done<SignedIn>, Refusal> {
        let (name, session) = (chosen(name), self.session());
        self.runs(|tx, m| commands::lease_name(tx, &name, &session, m))
    }

    /// A session that lasts an hour.
    pub(crate) fn session(&mut self) -> NewSession {
        let mut secret_hash = [0; 32];
        secret_hash[..16].copy_from_slice(self.moment().id.as_bytes());
        NewSession { secret_hash, expires_at: self.now.plus(3_600_000) }
    }

    pub(crate) fn signs_out(&mut self, session: SessionSid) -> Done<()> {
        self.runs(|tx, m| commands::sign_out(tx, session, m)).expect("anybody may leave")
    }

    /// A channel, and its creator in it.
    pub(crate) fn channel(&mut self, creator: UserSid, name: &str) -> ChannelSid {
        self.creates(creator, &self_named(name)).expect("nothing speaks against it").reply.channel
    }

    pub(crate) fn creates(
        &mut self,
        creator: UserSid,
        wish: &NewChannel,
    ) -> Result<Done<Created>, Refusal> {
        let wish = NewChannel { nonce: self.nonce_unless_given(wish.nonce), ..wish.clone() };
        self.runs(|tx, m| commands::create_channel(tx, creator, &wish, m))
    }

    /// A private channel, and its creator in it.
    pub(crate) fn private_channel(&mut self, creator: UserSid, name: &str) -> ChannelSid {
        let wish = NewChannel { private: true, ..self_named(name) };
        self.creates(creator, &wish).expect("nothing speaks against it").reply.channel
    }

    /// Lets so many people into one channel.
    pub(crate) fn admits(&mut self, members_of_channel: u64) {
        let settings = Settings { members_of_channel, ..Settings::default() };
        self.writes(|tx| tx.set_settings(settings));
    }

    /// The operator's backend, in the system's name.
    pub(crate) fn operator(&mut self) -> Actor {
        Actor::Operator(self.does(commands::found_service).system())
    }

    pub(crate) fn role(&mut self, name: &str, kind: RoleKind, permissions: &[&str]) -> RoleSid {
        let permissions: Vec<String> = permissions.iter().map(|&name| name.to_owned()).collect();
        self.does(|tx, m| commands::create_role(tx, name, kind, &permissions, m))
    }

    pub(crate) fn adds(
        &mut self,
        by: UserSid,
        channel: ChannelSid,
        name: &str,
    ) -> Result<Done<Joined>, Refusal> {
        let (identity, nonce) = (identity(name), self.nonce());
        self.runs(|tx, m| commands::add_member(tx, by, channel, &identity, nonce, m))
    }

    pub(crate) fn invites(
        &mut self,
        by: UserSid,
        channel: ChannelSid,
        name: &str,
    ) -> Result<Done<Invitation>, Refusal> {
        let (identity, nonce) = (identity(name), self.nonce());
        self.runs(|tx, m| {
            commands::invite_member(tx, by, channel, commands::Invitee::of(&identity), nonce, m)
        })
    }

    pub(crate) fn declines(&mut self, user: UserSid, channel: ChannelSid) -> Done<()> {
        self.runs(|tx, m| commands::decline_invite(tx, user, channel, user, m))
            .expect("anybody may decline")
    }

    pub(crate) fn joins(
        &mut self,
        user: UserSid,
        channel: ChannelSid,
    ) -> Result<Done<Joined>, Refusal> {
        let nonce = self.nonce();
        self.runs(|tx, m| commands::join_channel(tx, user, channel, nonce, m))
    }

    pub(crate) fn all_join<const N: usize>(&mut self, users: [UserSid; N], channel: ChannelSid) {
        for user in users {
            self.joins(user, channel).expect("they may join");
        }
    }

    pub(crate) fn leaves(&mut self, user: UserSid, channel: ChannelSid) -> Done<()> {
        self.runs(|tx, m| commands::leave_channel(tx, user, channel, m)).expect("they may leave")
    }

    pub(crate) fn deletes(
        &mut self,
        by: UserSid,
        channel: ChannelSid,
    ) -> Result<Done<()>, Refusal> {
        self.runs(|tx, m| commands::delete_channel(tx, by, channel, m))
    }

    pub(crate) fn draft(&mut self, channel: ChannelSid, text: &str) -> Draft {
        Draft {
            channel,
            nonce: self.nonce(),
            body: text.to_owned(),
            attributes: String::new(),
            media: None,
        }
    }

    pub(crate) fn posts(
        &mut self,
        author: UserSid,
        channel: ChannelSid,
        text: &str,
    ) -> Result<Done<Posted>, Refusal> {
        let draft = self.draft(channel, text);
        self.runs(|tx, m| commands::post_message(tx, author, &draft, m))
    }

    /// Posts what nothing speaks against.
    pub(crate) fn says(
        &mut self,
        author: UserSid,
        channel: ChannelSid,
        text: &str,
    ) -> MessageIndex {
        self.posts(author, channel, text).expect("they may post").reply.index
    }

    pub(crate) fn reads(
        &mut self,
        user: UserSid,
        channel: ChannelSid,
        index: u64,
    ) -> Result<Done<()>, Refusal> {
        let index = MessageIndex(index);
        self.runs(|tx, m| commands::advance_read_horizon(tx, user, channel, index, m))
    }

    /// Every row of a scope, as its last change left it.
    pub(crate) fn rows(&mut self, scope: Scope) -> Vec<Row> {
        let changes = self.asks(|tx| queries::changes(tx, scope, Sequence(0)));
        changes.expect("nobody is judged").into_iter().flat_map(|change| change.rows).collect()
    }

    pub(crate) fn head(&mut self, scope: Scope) -> Sequence {
        let head = self.asks(|tx| Ok(tx.head(scope)?)).expect("nobody is judged");
        head.expect("the scope exists")
    }

    pub(crate) fn nonce(&mut self) -> Nonce {
        Nonce(self.moment().id)
    }

    fn nonce_unless_given(&mut self, given: Nonce) -> Nonce {
        if given.0 == Uuid::nil() { self.nonce() } else { given }
    }
}

fn answered<R>(outcome: Result<R, CommandError>) -> Result<R, Refusal> {
    outcome.map_err(|error| match error {
        CommandError::Refused(refusal) => refusal,
        CommandError::Broken(broken) => panic!("{broken}"),
    })
}

/// A wish for a channel with this name; the village gives it a nonce.
pub(crate) fn self_named(name: &str) -> NewChannel {
    NewChannel {
        nonce: Nonce(Uuid::nil()),
        friendly_name: name.to_owned(),
        unique_name: None,
        attributes: String::new(),
        private: false,
        without_joining: false,
    }
}

pub(crate) fn identity(name: &str) -> Identity {
    Identity::parse(name).expect("a plain name")
}

pub(crate) fn chosen(name: &str) -> ChosenName {
    ChosenName::of(identity(name))
}
