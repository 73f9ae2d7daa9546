use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Mutex, mpsc};
use std::task::{Context, Poll, Waker};

use chat::protocol::{Change, Posted, Row, Scope};
use chat::{ChannelSid, Draft, Identity, MessageIndex, Nonce, Refusal, UserSid, limits};
use uuid::Uuid;

use crate::clock::Clock;
use crate::commands::{self, CommandError, Done, Moment, Outcome};
use crate::limits::{BATCH_COMMANDS_MAX, READERS, WRITER_QUEUE_MAX};
use crate::queries;
use crate::store::{Broken, Database, Store, Told, Tx};

type Answer<R> = Pin<Box<dyn Future<Output = Result<R, CommandError>>>>;

/// A running store with Ada in General, and what its hub hears.
struct Running {
    store: Store,
    told: tokio::sync::mpsc::Receiver<Told>,
    ada: UserSid,
    general: ChannelSid,
    nonces: u128,
}

impl Running {
    async fn over(database: &Database) -> Self {
        let (store, told) = Store::open(database, Clock::System).expect("a new store");
        let general = store.read(queries::service).await.expect("it is founded").general;
        let ada = Identity::parse("Ada").expect("a plain name");
        let admitted =
            store.write(Scope::Directory, move |tx, m| commands::admit_identity(tx, &ada, m));
        let ada = admitted.await.expect("a key decides").sid;
        let mut running = Self { store, told, ada, general, nonces: 1 };
        let nonce = Nonce(Uuid::from_u128(1));
        let joined =
            running.asks(move |tx, m| commands::join_channel(tx, ada, general, nonce, m)).await;
        joined.expect("everybody may");
        running.heard();
        running
    }

    async fn in_memory() -> Self {
        Self::over(&Database::Memory).await
    }

    async fn in_file(folder: &Path) -> Self {
        Self::over(&Database::Sqlite(folder.join("yoriai.db"))).await
    }

    /// Puts a command into the queue at once; its answer may be waited for later.
    fn asks<R: Send + 'static>(
        &self,
        command: impl Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    ) -> Answer<R> {
        let store = self.store.clone();
        let mut answer: Answer<R> =
            Box::pin(async move { store.write(Scope::Directory, command).await });
        match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => answer,
            Poll::Ready(answered) => Box::pin(std::future::ready(answered)),
        }
    }

    fn posts(&mut self, text: &str) -> Answer<Posted> {
        self.nonces += 1;
        let (author, channel) = (self.ada, self.general);
        let nonce = Nonce(Uuid::from_u128(self.nonces));
        let draft =
            Draft { channel, nonce, body: text.to_owned(), attributes: String::new(), media: None };
        self.asks(move |tx, m| commands::post_message(tx, author, &draft, m))
    }

    /// Keeps the writer busy until the gate is opened, so that what is asked meanwhile waits.
    async fn holds_the_writer(&self) -> (mpsc::Sender<()>, Answer<()>) {
        let (open, gate) = mpsc::channel();
        let (held, holding) = tokio::sync::oneshot::channel();
        let (gate, held) = (Mutex::new(gate), Mutex::new(Some(held)));
        let answer = self.asks(move |_, _| {
            if let Some(held) = held.lock().expect("one thread").take() {
                held.send(()).expect("somebody waits for it");
            }
            // Run again after a neighbour broke, it finds the gate gone, and passes.
            gate.lock().expect("one thread").recv().ok();
            Ok(Done::unchanged(()))
        });
        holding.await.expect("the writer takes it");
        (open, answer)
    }

    fn heard(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        while let Ok(told) = self.told.try_recv() {
            changes.extend(told.changes);
        }
        changes
    }
}

fn nothing(_: &mut dyn Tx, _: &Moment) -> Outcome<()> {
    Ok(Done::unchanged(()))
}

fn is_unavailable<R>(answer: &Result<R, CommandError>) -> bool {
    matches!(answer, Err(CommandError::Refused(Refusal::Unavailable)))
}

fn bodies(changes: &[Change]) -> Vec<&str> {
    let rows = changes.iter().flat_map(|change| &change.rows);
    rows.filter_map(|row| match row {
        Row::Message(message) => message.body.as_ref().map(|body| body.as_str()),
        _ => None,
    })
    .collect()
}

#[tokio::test]
async fn one_commit_of_many_posts_is_told_in_contiguous_changes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut running = Running::in_file(folder.path()).await;
    let (open, held) = running.holds_the_writer().await;
    // With the one that holds it, these are as many as one commit takes.
    let texts: Vec<String> = (1..BATCH_COMMANDS_MAX).map(|number| number.to_string()).collect();
    let posts: Vec<_> = texts.iter().map(|text| running.posts(text)).collect();
    open.send(()).expect("the writer waits");
    held.await.expect("it is let go");
    for (index, post) in posts.into_iter().enumerate() {
        assert_eq!(post.await.expect("she is a member").index.0, index as u64);
    }

    let told = running.told.try_recv().expect("it was told before it was answered");
    assert!(running.told.try_recv().is_err(), "one commit is told at once");
    let rows: Vec<usize> = told.changes.iter().map(|change| change.rows.len()).collect();
    assert_eq!(rows, [limits::CHANGE_ROWS_MAX, texts.len() - limits::CHANGE_ROWS_MAX]);
    assert_eq!(told.changes[0].sequence, told.changes[1].after);
    assert_eq!(bodies(&told.changes), texts);
}

#[tokio::test]
async fn a_command_that_breaks_or_panics_harms_nobody_else() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for mut running in [Running::in_memory().await, Running::in_file(folder.path()).await] {
        let (open, held) = running.holds_the_writer().await;
        let first = running.posts("first");
        let panics: Answer<()> = running.asks(|_, _| panic!("on purpose"));
        let second = running.posts("second");
        let refused = running.posts(" ");
        let breaks: Answer<()> = running.asks(|_, _| Err(Broken::new("on purpose").into()));
        let third = running.posts("third");
        drop(open);

        held.await.expect("it is let go");
        assert_eq!(first.await.expect("she is a member").index, MessageIndex(0));
        assert!(matches!(panics.await, Err(CommandError::Broken(_))));
        assert_eq!(second.await.expect("she is a member").index, MessageIndex(1));
        assert!(matches!(refused.await, Err(CommandError::Refused(Refusal::BlankBody))));
        assert!(matches!(breaks.await, Err(CommandError::Broken(_))));
        assert_eq!(third.await.expect("she is a member").index, MessageIndex(2));
        let heard = running.heard();
        assert_eq!(bodies(&heard), ["first", "second", "third"]);
        assert!(heard.windows(2).all(|pair| pair[0].sequence == pair[1].after));
    }
}

#[tokio::test]
async fn a_full_queue_refuses() {
    let running = Running::in_memory().await;
    let (open, held) = running.holds_the_writer().await;
    let waiting: Vec<Answer<()>> = (0..WRITER_QUEUE_MAX).map(|_| running.asks(nothing)).collect();
    assert!(is_unavailable(&running.asks(nothing).await));
    open.send(()).expect("the writer waits");
    held.await.expect("it is let go");
    for answer in waiting {
        answer.await.expect("it waited for its turn");
    }
    running.asks(nothing).await.expect("there is room again");
}

#[tokio::test]
async fn closing_finishes_what_waits_and_takes_no_more() {
    let mut running = Running::in_memory().await;
    let (open, held) = running.holds_the_writer().await;
    let post = running.posts("The last word");
    let store = running.store.clone();
    let mut closing = Box::pin(async move { store.close().await });
    assert!(closing.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let late = running.posts("Too late");
    open.send(()).expect("the writer waits");

    held.await.expect("it is let go");
    closing.await;
    assert!(post.await.is_ok());
    assert!(is_unavailable(&late.await));
    let told = running.told.recv().await.expect("it was told");
    assert_eq!(bodies(&told.changes), ["The last word"]);
    assert!(running.told.recv().await.is_none());
    assert!(is_unavailable(&running.asks(nothing).await));
    running.store.close().await;
}

#[tokio::test]
async fn without_a_hub_writing_goes_on() {
    let mut running = Running::in_memory().await;
    running.told.close();
    assert!(running.posts("Anybody?").await.is_ok());
    assert!(running.posts("Nobody.").await.is_ok());
}

#[tokio::test]
async fn what_changes_nothing_tells_nobody() {
    let mut running = Running::in_memory().await;
    let (user, general) = (running.ada, running.general);
    running.asks(move |tx, m| commands::touch_user(tx, user, m)).await.expect("it is noted");
    assert!(running.posts(" ").await.is_err());
    let index = MessageIndex(9);
    let refused = running
        .asks(move |tx, m| commands::advance_read_horizon(tx, user, general, index, m))
        .await;
    assert!(refused.is_err());
    assert_eq!(running.heard(), []);
}

#[tokio::test]
async fn a_query_that_panics_leaves_the_readers_alive() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut running = Running::in_file(folder.path()).await;
    for _ in 0..2 * READERS {
        let panicked: Result<(), _> = running.store.read(|_| panic!("on purpose")).await;
        assert!(matches!(panicked, Err(CommandError::Broken(_))));
    }
    let posted = running.posts("Still there").await.expect("she is a member");
    let (ada, general) = (running.ada, running.general);
    let opened = running.store.read(move |tx| queries::open_channel(tx, ada, general)).await;
    assert_eq!(opened.expect("she is a member").messages[0].sid, posted.sid);
}
