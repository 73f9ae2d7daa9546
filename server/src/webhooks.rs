//! Webhooks: a site's backend is asked before a person does something, and told after it was done.
//! What is told is written down in the transaction that it is about, and delivered later; what is
//! asked holds up nobody but whoever waits for it.

mod address;
pub(crate) mod before;
mod caller;
mod delivering;
mod event;
mod form;
mod guard;
mod hook;
mod news;
mod signature;

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use chat::protocol::{Command, Scope};
use chat::{ChannelSid, Identity, Refusal, ServiceSid, UserSid};
use tokio::sync::{Mutex, Notify, Semaphore, watch};

use crate::clock::{Clock, fresh_id};
use crate::commands::{CommandError, Done, Moment, Outcome};
use crate::limits::{WEBHOOK_BACK_OFF_MS, WEBHOOKS_ASKED_AT_A_TIME, WEBHOOKS_BUSY_MS};
use crate::store::{Ask, Store, Tx};
use crate::tokens::Tokens;
use before::Agreed;
use caller::{Answer, Call, Trouble};
use form::Form;
use news::{Common, Teller};

pub use address::{NotAWebhookUrl, WebhookUrl};
pub use caller::Caller;
pub use event::{Event, Events};
pub use guard::{Forbidden, Guard};
pub use hook::{ChannelWebhook, Delivery, Method, ServiceWebhooks, Wish};
pub use news::Cause;

/// The webhooks of one service; clones are the same.
#[derive(Clone)]
pub struct Webhooks(Arc<Shared>);

struct Shared {
    store: Store,
    common: Common,
    tokens: Tokens,
    clock: Clock,
    caller: Caller,
    plan: RwLock<Arc<Plan>>,
    /// The plan is read anew by one at a time, so that an older one never comes last.
    learning: Mutex<()>,
    /// Something may wait to be delivered.
    woken: Notify,
    asking: Semaphore,
    closing: watch::Sender<bool>,
}

/// Who wishes to hear anything at all: so where nobody does, nothing is asked of the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Plan {
    service: ServiceWebhooks,
    channels: HashSet<ChannelSid>,
}

impl Plan {
    fn read(tx: &mut dyn Tx) -> Ask<Self> {
        let channels = tx.channels_with_webhooks()?.into_iter().collect();
        Ok(Self { service: tx.service_webhooks()?, channels })
    }

    fn tells(&self) -> bool {
        let told = Event::ALL.iter().any(|event| self.service.told(*event).is_some());
        told || !self.channels.is_empty()
    }

    fn asks(&self) -> bool {
        self.service.before.is_some() && self.service.events.iter().any(Event::comes_before)
    }
}

impl Webhooks {
    /// Those that the store knows of; what waits from before is delivered.
    pub async fn open(
        service: ServiceSid,
        store: Store,
        tokens: Tokens,
        clock: Clock,
        caller: Caller,
    ) -> Result<Self, CommandError> {
        let common = Common { account: tokens.account(), service };
        let webhooks = Self(Arc::new(Shared {
            store,
            common,
            tokens,
            clock,
            caller,
            plan: RwLock::default(),
            learning: Mutex::default(),
            woken: Notify::new(),
            asking: Semaphore::new(WEBHOOKS_ASKED_AT_A_TIME),
            closing: watch::Sender::new(false),
        }));
        webhooks.learn().await?;
        tokio::spawn(delivering::deliver(webhooks.clone()));
        Ok(webhooks)
    }

    /// Takes notice of what was set.
    pub async fn learn(&self) -> Result<(), CommandError> {
        let _learning = self.0.learning.lock().await;
        let plan = Arc::new(self.0.store.read(|tx| Ok(Plan::read(tx)?)).await?);
        *self.0.plan.write().unwrap_or_else(PoisonError::into_inner) = plan;
        Ok(())
    }

    fn plan(&self) -> Arc<Plan> {
        Arc::clone(&self.0.plan.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What calls them.
    pub(crate) fn caller(&self) -> &Caller {
        &self.0.caller
    }

    /// Delivers nothing any more. What waits is kept.
    pub(crate) fn close(&self) {
        self.0.closing.send_replace(true);
    }

    /// Runs a command as the store does, and tells whoever wishes to hear of what it changed.
    pub(crate) async fn write<R, C>(
        &self,
        scope: Scope,
        cause: Cause,
        command: C,
    ) -> Result<R, CommandError>
    where
        R: Send + 'static,
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        let (tells, command) = self.telling(cause, command);
        let written = self.0.store.write(scope, command).await;
        self.wake(tells);
        written
    }

    /// The same for a command that makes no rows.
    pub(crate) async fn tidy<R, C>(&self, cause: Cause, command: C) -> Result<R, CommandError>
    where
        R: Send + 'static,
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        let (tells, command) = self.telling(cause, command);
        let tidied = self.0.store.tidy(command).await;
        self.wake(tells);
        tidied
    }

    /// A command that also writes down what is to be told of it; and whether anybody wishes to hear.
    fn telling<R, C>(
        &self,
        cause: Cause,
        command: C,
    ) -> (bool, impl Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static)
    where
        C: Fn(&mut dyn Tx, &Moment) -> Outcome<R> + Send + 'static,
    {
        let plan = self.plan();
        let tells = plan.tells();
        let teller = tells.then(|| Teller { plan, common: self.0.common, cause });
        let told = move |tx: &mut dyn Tx, m: &Moment| {
            let done = command(tx, m)?;
            if let Some(teller) = &teller {
                teller.tell(tx, &done.rows, m)?;
            }
            Ok(done)
        };
        (tells, told)
    }

    /// Whoever does not wait for the answer wakes nobody: then it is found a moment later.
    fn wake(&self, tells: bool) {
        if tells {
            self.0.woken.notify_one();
        }
    }

    /// Whether anybody is asked before anything.
    pub(crate) fn asks(&self) -> bool {
        self.plan().asks()
    }

    /// The command that a person asks for, as the backend agrees to it.
    pub(crate) async fn agreed(
        &self,
        event: Event,
        (user, identity): (UserSid, &Identity),
        command: Command,
    ) -> Result<Agreed, CommandError> {
        let plan = self.plan();
        let Some(url) = plan.service.asked(event) else { return Ok(Agreed::to(command)) };
        let asked = (command.clone(), identity.clone());
        let form = self.0.common.form(event, &Cause(Some(identity.clone())));
        let form = self.0.store.read(move |tx| {
            let (command, identity) = &asked;
            // What was accepted once is not asked about again: it gets its first answer.
            if let Some(nonce) = before::nonce(command)
                && tx.first_reply(user, nonce)?.is_some()
            {
                return Ok(None);
            }
            before::form(tx, identity, command, form.clone()).map(Some)
        });
        let Some(form) = form.await? else { return Ok(Agreed::to(command)) };
        let (tried, outcome) = self.ask(url, &plan.service, form).await?;
        match judged(command, outcome) {
            Ok(agreed) => Ok(agreed),
            Err(objection) => {
                let refusal = objection.refusal;
                self.note(event, url, plan.service.method, tried, objection).await;
                Err(refusal.into())
            }
        }
    }

    /// What the backend says to it in the end, and after how many tries.
    async fn ask(
        &self,
        url: &WebhookUrl,
        webhooks: &ServiceWebhooks,
        form: Form,
    ) -> Result<(u8, Result<Answer, Trouble>), Refusal> {
        let busy = Refusal::TooManyRequests { retry_after_ms: WEBHOOKS_BUSY_MS };
        let _place = self.0.asking.try_acquire().map_err(|_| busy)?;
        let token = fresh_id(self.0.clock.now()).to_string();
        let secret = self.0.tokens.auth_token();
        let mut tried = 0;
        loop {
            let form = form.clone().with("RetryCount", tried);
            let call = Call {
                url,
                method: webhooks.method,
                form: &form,
                token: &token,
                secret: secret.as_ref().map(|secret| secret.reveal()),
            };
            let outcome = self.0.caller.call(&call).await;
            if !may_pass(&outcome) || webhooks.before_retries <= tried {
                return Ok((tried + 1, outcome));
            }
            let pause = WEBHOOK_BACK_OFF_MS << tried;
            self.0.clock.reach(self.0.clock.now().plus(pause)).await;
            tried += 1;
        }
    }

    /// Writes down a question that was not agreed to, for the operator to read.
    async fn note(
        &self,
        event: Event,
        url: &WebhookUrl,
        method: Method,
        tried: u8,
        objection: Objection,
    ) {
        let now = self.0.clock.now();
        let asked = Delivery {
            id: 0,
            webhook: None,
            event,
            url: url.clone(),
            method,
            form: String::new(),
            retries: 0,
            tried,
            made_at: now,
            due_at: now,
            status: objection.status,
            failure: Some(objection.failure),
            ended_at: Some(now),
        };
        let noted = self.0.store.tidy(move |tx: &mut dyn Tx, _: &Moment| {
            tx.add_delivery(&asked)?;
            Ok(Done::unchanged(()))
        });
        if let Err(error) = noted.await {
            tracing::error!(%error, "noting a question failed");
        }
    }
}

/// Why a command is not run.
#[derive(Debug, PartialEq)]
struct Objection {
    refusal: Refusal,
    status: Option<u16>,
    failure: String,
}

fn may_pass(outcome: &Result<Answer, Trouble>) -> bool {
    match outcome {
        Ok(answer) => answer.asks_to_come_again(),
        Err(trouble) => trouble.may_pass(),
    }
}

/// Only one status agrees.
fn judged(command: Command, outcome: Result<Answer, Trouble>) -> Result<Agreed, Objection> {
    let (refusal, status, failure) = match outcome {
        Ok(Answer { status: 200, body }) => match before::changed(command, &body) {
            Ok(agreed) => return Ok(agreed),
            Err(unreadable) => (Refusal::WebhookFailed, Some(200), unreadable.to_string()),
        },
        Ok(Answer { status, .. }) => {
            (Refusal::WebhookRefused, Some(status), format!("it answered {status}"))
        }
        Err(trouble) => {
            let refusal = match trouble {
                Trouble::Timeout => Refusal::WebhookTimeout,
                Trouble::Forbidden(_)
                | Trouble::Unreachable
                | Trouble::Unusable
                | Trouble::NoCertificates => Refusal::WebhookFailed,
            };
            (refusal, None, trouble.to_string())
        }
    };
    Err(Objection { refusal, status, failure })
}
