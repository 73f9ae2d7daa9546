//! From the first frame to the welcome: who is there, and what they are told first.

use std::sync::Arc;

use chat::limits::{HELLO_BYTES_MAX, HELLO_MS};
use chat::protocol::{CloseCode, Limits, Scope, ServerFrame, Welcome};
use chat::{ChannelSid, Identity, Refusal, SessionSid, Timestamp, UserSid};

use super::Gateway;
use super::decode::{Decoded, decode};
use super::frame::{Frame, encode};
use super::hub::Seat;
use super::line::{Line, Orders};
use super::socket::{Heard, Incoming};
use super::voice::{SocketVoice, Voice};
use crate::commands::{CommandError, admit_identity};
use crate::queries::{memberships, session_by_sid, welcome};
use crate::site;
use crate::state::AppState;
use crate::store::{Settings, Welcomed};
use crate::tokens::Bearer;
use crate::webhooks::Cause;

/// Who a connection speaks for.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) user: UserSid,
    pub(crate) identity: Identity,
    pub(crate) guest: bool,
    pub(crate) session: Option<SessionSid>,
    pub(crate) general: ChannelSid,
    /// As this connection was told; what is set anew holds from the next one on.
    pub(crate) settings: Settings,
}

/// A connection that was welcomed, and where.
pub(crate) struct Greeted {
    pub(crate) gateway: Gateway,
    pub(crate) who: Who,
    pub(crate) seat: Seat,
    pub(crate) bearer: Bearer,
    /// In test mode only.
    pub(crate) line: Option<(Line, Orders)>,
}

/// Why a connection was not welcomed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unwelcome {
    pub(crate) refusal: Option<Refusal>,
    pub(crate) code: CloseCode,
}

impl From<CloseCode> for Unwelcome {
    fn from(code: CloseCode) -> Self {
        let refusal = (code == CloseCode::TooMany)
            .then_some(Refusal::TooManyRequests { retry_after_ms: RETRY_AFTER_MS });
        Self { refusal, code }
    }
}

/// Milliseconds after which one who has too many connections may try again.
const RETRY_AFTER_MS: u32 = 5_000;

impl From<Refusal> for Unwelcome {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::TokenExpired => CloseCode::TokenExpired,
            Refusal::SessionEnded => CloseCode::SessionEnded,
            refusal if refusal.is_temporary() => CloseCode::TooMany,
            _ => CloseCode::TokenRefused,
        };
        Self { refusal: Some(refusal), code }
    }
}

impl From<CommandError> for Unwelcome {
    fn from(error: CommandError) -> Self {
        super::refusal_of(error).into()
    }
}

/// Greets whoever is at the other end; nothing if they went away without a word.
pub(crate) async fn greet(
    state: &AppState,
    incoming: &mut Incoming,
) -> Option<Result<Greeted, Unwelcome>> {
    let deadline = state.clock.now().plus(HELLO_MS);
    let token = tokio::select! {
        token = hello(incoming) => token?,
        () = state.clock.reach(deadline) => Err(CloseCode::HelloMissing),
    };
    Some(match token {
        Ok(token) => {
            let voice = Arc::new(SocketVoice);
            let (now, file_bytes) = (state.clock.now(), state.config.media.file_bytes_max);
            let word = |welcomed: &_, session| word(welcomed, session, now, file_bytes);
            admit(state, &token, voice, word).await
        }
        Err(code) => Err(code.into()),
    })
}

async fn hello(incoming: &mut Incoming) -> Option<Result<String, CloseCode>> {
    loop {
        return match incoming.next().await? {
            Heard::Pulse => continue,
            Heard::Text(text) if text.len() <= HELLO_BYTES_MAX => match decode(&text) {
                Decoded::Hello(hello) => Some(Ok(hello.token)),
                _ => Some(Err(CloseCode::Malformed)),
            },
            Heard::Text(_) | Heard::Bytes(_) | Heard::Nonsense => Some(Err(CloseCode::Malformed)),
        };
    }
}

/// Lets in whom the token speaks for, to the service that it names. The word is the first that they hear, and says how everything
/// stands; what is newer follows it.
pub(crate) async fn admit(
    state: &AppState,
    token: &str,
    voice: Arc<dyn Voice>,
    word: impl FnOnce(&Welcomed, Option<SessionSid>) -> Frame,
) -> Result<Greeted, Unwelcome> {
    let (gateway, bearer) = state.admit(token)?;
    let (user, session) = match bearer.own {
        Some((user, session)) => (user, Some(session)),
        None => (admitted(&gateway, &bearer).await?, None),
    };

    // Listed first, then read: whatever happens from now on reaches this seat, and what the
    // welcome says already is dropped.
    let seat = gateway.hub.register(user, session, voice)?;
    let store = &gateway.store;
    for channel in store.read(move |tx| memberships(tx, user)).await? {
        seat.hold(Scope::Channel(channel));
    }
    let now = gateway.clock.now();
    let welcomed = store.read(move |tx| {
        if let Some(session) = session {
            let live = session_by_sid(tx, session, now)?;
            live.filter(|live| live.user.sid == user).ok_or(Refusal::SessionEnded)?;
        }
        welcome(tx, user)
    });
    let welcomed = welcomed.await?;

    let who = Who {
        user,
        identity: welcomed.user.identity.clone(),
        guest: welcomed.user.guest,
        session,
        general: welcomed.service.general,
        settings: welcomed.settings,
    };
    seat.welcome(&welcomed.channels, word(&welcomed, session));
    let line = state.lines.as_ref().map(|lines| lines.join(&bearer));
    Ok(Greeted { gateway, who, seat, bearer, line })
}

async fn admitted(gateway: &Gateway, bearer: &Bearer) -> Result<UserSid, CommandError> {
    let identity = bearer.identity.clone();
    let cause = Cause(Some(identity.clone()));
    let user =
        gateway.write(Scope::Directory, cause, move |tx, m| admit_identity(tx, &identity, m));
    Ok(user.await?.sid)
}

fn word(
    welcomed: &Welcomed,
    session: Option<SessionSid>,
    now: Timestamp,
    file_bytes: u64,
) -> Frame {
    let Welcomed { user, service, settings, channels } = welcomed.clone();
    let typing_interval = u32::try_from(settings.typing_interval_ms).unwrap_or(u32::MAX);
    encode(&ServerFrame::Welcome(Box::new(Welcome {
        identity: user.identity,
        user: user.sid,
        session,
        epoch: service.epoch,
        server_time: now,
        version: site::version().to_owned(),
        general: service.general,
        limits: Limits { typing_interval, file_bytes, ..Limits::default() },
        channels,
    })))
}
