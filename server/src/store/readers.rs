//! The readers: a few threads, each with a connection of its own, which answer queries.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use chat::Refusal;
use tokio::sync::oneshot;

use crate::commands::CommandError;
use crate::limits::{READER_QUEUE_MAX, READERS};
use crate::store::backend::Backend;
use crate::store::writer::unbroken;
use crate::store::{Ask, Broken, Tx};

type Question = Box<dyn FnOnce(&mut dyn Backend) + Send>;

/// A handle on the readers; they end with the last clone.
#[derive(Clone)]
pub(super) struct Readers {
    questions: SyncSender<Question>,
}

impl Readers {
    /// Starts them, each with the backend that it is given.
    pub(super) fn start(mut backend: impl FnMut() -> Ask<Box<dyn Backend>>) -> Ask<Self> {
        let (questions, queue) = sync_channel(READER_QUEUE_MAX);
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..READERS {
            let (mut backend, queue) = (backend()?, Arc::clone(&queue));
            thread::Builder::new()
                .name("reader".to_owned())
                .spawn(move || {
                    while let Some(question) = next(&queue) {
                        question(backend.as_mut());
                    }
                })
                .map_err(Broken::new)?;
        }
        Ok(Self { questions })
    }

    /// Asks one query over one snapshot.
    pub(super) async fn ask<R, Q>(&self, query: Q) -> Result<R, CommandError>
    where
        R: Send + 'static,
        Q: Fn(&mut dyn Tx) -> Result<R, CommandError> + Send + 'static,
    {
        let (asker, answer) = oneshot::channel();
        let question: Question = Box::new(move |backend| {
            drop(asker.send(answered(backend, &query)));
        });
        self.questions.try_send(question).map_err(|_| Refusal::Unavailable)?;
        answer.await.unwrap_or_else(|_| Err(Refusal::Unavailable.into()))
    }
}

fn next(queue: &Mutex<Receiver<Question>>) -> Option<Question> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn answered<R>(
    backend: &mut dyn Backend,
    query: impl Fn(&mut dyn Tx) -> Result<R, CommandError>,
) -> Result<R, CommandError> {
    let mut answer = None;
    unbroken(|| {
        backend.read(&mut |tx| {
            answer = Some(query(tx));
            Ok(())
        })
    })?;
    answer.unwrap_or_else(|| Err(Broken::new("the query was not asked").into()))
}
