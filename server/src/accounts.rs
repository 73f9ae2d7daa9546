//! Coming in and going out: a guest's lease, an account's password, the end of a session. Every
//! door that signs people in, the page's form among them, leads through here.

mod attempts;
pub mod door;

use app::account::{AccountRefusal, Credentials};
use chat::protocol::Scope;
use chat::{Refusal, SessionSid, Timestamp, User};

use crate::commands;
use crate::doors::Caller;
use crate::limits::SESSION_DAYS;
use crate::names::free_like;
use crate::queries;
use crate::rest::Failure;
use crate::sessions::{SessionSecret, Visitor};
use crate::state::AppState;
use crate::store::{ChosenName, NewSession, Session, SignedIn};
use crate::webhooks::Cause;

pub use attempts::Attempts;

/// Who came in, and the secret for the cookie; none if the present session goes on.
#[derive(Clone, Debug)]
pub struct Entered {
    pub user: User,
    pub session: SessionSid,
    pub secret: Option<SessionSecret>,
}

impl Entered {
    /// The same form sent twice, or from a second tab, is no other person.
    fn already(session: &Session) -> Self {
        Self { user: session.user.clone(), session: session.sid, secret: None }
    }
}

/// Why somebody may not come in, and a free name like the wished one.
#[derive(Debug)]
pub struct Refused {
    pub failure: Failure,
    pub suggestion: Option<ChosenName>,
}

impl<F: Into<Failure>> From<F> for Refused {
    fn from(failure: F) -> Self {
        Self { failure: failure.into(), suggestion: None }
    }
}

impl Refused {
    /// As the page hears it.
    pub fn to_page(&self) -> AccountRefusal {
        AccountRefusal {
            refusal: self.failure.refusal().to_wire(),
            suggestion: self.suggestion.as_ref().map(|name| name.identity.to_string()),
        }
    }
}

/// Signs somebody in, and ends the session that this browser had before.
pub async fn enter(
    state: &AppState,
    credentials: &Credentials,
    visitor: &Visitor,
    caller: Caller,
) -> Result<Entered, Refused> {
    let entered = match &credentials.password {
        None => lease(state, &credentials.name, visitor, caller).await?,
        Some(password) => unlock(state, &credentials.name, password, visitor, caller).await?,
    };
    if let Visitor(Some(former)) = visitor
        && former.sid != entered.session
    {
        leave(state, former).await?;
    }
    Ok(entered)
}

/// Ends a session, everywhere at once.
pub async fn leave(state: &AppState, session: &Session) -> Result<(), Failure> {
    let sid = session.sid;
    let scope = Scope::User(session.user.sid);
    let cause = Cause(Some(session.user.identity.clone()));
    Ok(state
        .home()
        .write(scope, cause, move |tx, m| commands::sign_out::sign_out(tx, sid, m))
        .await?)
}

async fn lease(
    state: &AppState,
    name: &str,
    visitor: &Visitor,
    caller: Caller,
) -> Result<Entered, Refused> {
    if !state.config.guests {
        return Err(Refusal::GuestsOff.into());
    }
    let name = ChosenName::parse(name)?;
    if let Visitor(Some(session)) = visitor
        && session.user.identity == name.identity
    {
        return Ok(Entered::already(session));
    }
    let now = state.clock.now();
    state.attempts.guest(caller.address, now)?;
    let (secret, session) = new_session(now);
    let wished = name.clone();
    let cause = Cause(Some(name.identity.clone()));
    let leased = state
        .home()
        .write(Scope::Directory, cause, move |tx, m| {
            commands::lease_name::lease_name(tx, &wished, &session, m)
        })
        .await;
    match leased.map_err(Failure::from) {
        Ok(signed_in) => Ok(entered(signed_in, secret)),
        Err(failure @ Failure::Refused(Refusal::NameTaken)) => {
            let suggestion = state.home().store.read(move |tx| free_like(tx, &name)).await?;
            Err(Refused { failure, suggestion })
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn unlock(
    state: &AppState,
    name: &str,
    password: &str,
    visitor: &Visitor,
    caller: Caller,
) -> Result<Entered, Refused> {
    let name = ChosenName::parse(name)?;
    let now = state.clock.now();
    state.attempts.password(caller.address, &name, now)?;
    let identity = name.identity;
    let known =
        state.home().store.read(move |tx| queries::credentials::credentials(tx, &identity)).await?;
    let (user, hash) = known.unzip();
    if !state.passwords.matches(password, hash).await? {
        return Err(Refusal::WrongPassword.into());
    }
    let user = user.ok_or(Refusal::WrongPassword)?.sid;
    if let Visitor(Some(session)) = visitor
        && session.user.sid == user
    {
        return Ok(Entered::already(session));
    }
    let (secret, session) = new_session(now);
    let signed_in = state
        .home()
        .store
        .write(Scope::User(user), move |tx, m| commands::sign_in::sign_in(tx, user, &session, m))
        .await?;
    Ok(entered(signed_in, secret))
}

fn new_session(now: Timestamp) -> (SessionSecret, NewSession) {
    let secret = SessionSecret::fresh();
    let expires_at = now.plus(SESSION_DAYS * 24 * 60 * 60 * 1_000);
    let session = NewSession { secret_hash: secret.hash(), expires_at };
    (secret, session)
}

fn entered(signed_in: SignedIn, secret: SessionSecret) -> Entered {
    Entered { user: signed_in.user, session: signed_in.session, secret: Some(secret) }
}

#[cfg(test)]
mod tests;
