//! The writer: one thread with one connection. It commits what waits together, tells the hub in
//! order, and only then answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;

use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::clock::Clock;
use crate::commands::{CommandError, Moment, Outcome};
use crate::limits::BATCH_COMMANDS_MAX;
use crate::store::backend::Backend;
use crate::store::ids::Ids;
use crate::store::telling::Telling;
use crate::store::{Ask, Broken, Told, Tx};

/// What a writer is asked for.
pub(super) enum Order {
    Run(Box<dyn Job>),
    /// The last one: whatever was asked before it is done.
    Close(oneshot::Sender<()>),
}

/// A command that waits, whatever its reply.
pub(super) trait Job: Send {
    /// Whether it needs an id.
    fn makes_rows(&self) -> bool;

    /// Runs the command, and holds its reply or refusal back until the commit.
    fn run(&mut self, tx: &mut dyn Tx, m: &Moment, telling: &mut Telling) -> Ask<()>;

    /// Answers the caller: with what was held back, or with what broke.
    fn answer(self: Box<Self>, committed: Ask<()>);
}

/// A command, and who waits for it.
pub(super) struct Waiting<R, C> {
    pub(super) command: C,
    pub(super) makes_rows: bool,
    pub(super) outcome: Option<Result<R, CommandError>>,
    pub(super) caller: oneshot::Sender<Result<R, CommandError>>,
}

impl<R, C> Job for Waiting<R, C>
where
    R: Send,
    C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send,
{
    fn makes_rows(&self) -> bool {
        self.makes_rows
    }

    fn run(&mut self, tx: &mut dyn Tx, m: &Moment, telling: &mut Telling) -> Ask<()> {
        self.outcome = Some(match (self.command)(tx, m) {
            Ok(done) => {
                telling.add(done.rows, done.ended);
                Ok(done.reply)
            }
            Err(CommandError::Refused(refusal)) => Err(refusal.into()),
            Err(CommandError::Broken(broken)) => return Err(broken),
        });
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Ask<()>) {
        let outcome = match committed {
            Ok(()) => self.outcome,
            Err(broken) => Some(Err(broken.into())),
        };
        if let Some(outcome) = outcome {
            // Whoever does not wait any more finds out by repeating the nonce.
            drop(self.caller.send(outcome));
        }
    }
}

pub(super) struct Writer {
    pub(super) backend: Box<dyn Backend>,
    pub(super) queue: Receiver<Order>,
    pub(super) hub: mpsc::Sender<Told>,
    pub(super) clock: Clock,
    pub(super) ids: Ids,
}

/// The commands of one commit, and what it will tell.
struct Batch {
    jobs: Vec<Box<dyn Job>>,
    /// Whether whoever waits may come along.
    open: bool,
    begun: bool,
    telling: Telling,
    closing: Option<oneshot::Sender<()>>,
}

impl Batch {
    fn of(job: Box<dyn Job>, open: bool) -> Self {
        Self { jobs: vec![job], open, begun: false, telling: Telling::default(), closing: None }
    }

    fn take_next(&mut self, queue: &Receiver<Order>) {
        if !self.open || self.closing.is_some() || BATCH_COMMANDS_MAX <= self.jobs.len() {
            return;
        }
        match queue.try_recv() {
            Ok(Order::Run(job)) => self.jobs.push(job),
            Ok(Order::Close(closing)) => self.closing = Some(closing),
            Err(_) => {}
        }
    }
}

impl Writer {
    /// Works until it is closed, or nobody is left to ask.
    pub(super) fn run(mut self) {
        while let Ok(order) = self.queue.recv() {
            let closing = match order {
                Order::Run(job) => self.commit_with_whoever_waits(job),
                Order::Close(closing) => Some(closing),
            };
            if let Some(closing) = closing {
                // The hub hears the end of the changes before the closer goes on.
                drop(self.hub);
                let _ = closing.send(());
                return;
            }
        }
    }

    fn commit_with_whoever_waits(&mut self, first: Box<dyn Job>) -> Option<oneshot::Sender<()>> {
        let mut batch = Batch::of(first, true);
        let closing;
        match self.commit(&mut batch) {
            Err(_) if batch.begun && 1 < batch.jobs.len() => {
                closing = batch.closing;
                // One of them is guilty. Alone, each finds out for itself.
                for job in batch.jobs {
                    let mut alone = Batch::of(job, false);
                    let committed = self.commit(&mut alone);
                    self.tell_and_answer(alone, committed);
                }
            }
            committed => {
                closing = batch.closing.take();
                self.tell_and_answer(batch, committed);
            }
        }
        closing
    }

    fn commit(&mut self, batch: &mut Batch) -> Ask<()> {
        let Self { backend, queue, clock, ids, .. } = self;
        unbroken(|| {
            backend.write(&mut |tx| {
                batch.begun = true;
                let mut next = 0;
                while next < batch.jobs.len() {
                    let m = match batch.jobs[next].makes_rows() {
                        true => ids.moment(clock.now())?,
                        false => Moment { now: clock.now(), id: Uuid::nil() },
                    };
                    batch.jobs[next].run(tx, &m, &mut batch.telling)?;
                    next += 1;
                    if next == batch.jobs.len() {
                        batch.take_next(queue);
                    }
                }
                Ok(())
            })
        })
    }

    fn tell_and_answer(&mut self, batch: Batch, committed: Ask<()>) {
        if committed.is_ok()
            && let Some(told) = batch.telling.told()
        {
            // With no hub left there is nobody to tell; clients resume from another one.
            drop(self.hub.blocking_send(told));
        }
        let broken = committed.err().map(|broken| broken.to_string());
        for job in batch.jobs {
            job.answer(broken.clone().map_or(Ok(()), |broken| Err(Broken::new(broken))));
        }
    }
}

/// What broke or panicked is an error, and the thread lives on.
pub(super) fn unbroken(work: impl FnOnce() -> Ask<()>) -> Ask<()> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Broken::new("a command or query panicked")))
}

#[cfg(test)]
mod tests;
