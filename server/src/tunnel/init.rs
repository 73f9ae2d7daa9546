//! The first packet: who is there, and whether they are let in.

use std::sync::Arc;

use chat::Refusal;
use chat::limits::HELLO_MS;
use chat::protocol::{CloseCode, Scope};
use serde_json::{Value, json};

use super::codec::{Packet, write};
use super::session::{reply, status_of};
use super::voice::TunnelVoice;
use crate::gateway::frame::Frame;
use crate::gateway::greeting::{self, Greeted, admit};
use crate::gateway::socket::{Heard, Incoming};
use crate::limits::INIT_BYTES_MAX;
use crate::state::AppState;

/// What somebody who is not let in is told, and the code of the close.
pub(crate) struct Unwelcome {
    pub(crate) word: Option<Frame>,
    pub(crate) code: CloseCode,
}

impl From<CloseCode> for Unwelcome {
    fn from(code: CloseCode) -> Self {
        Self { word: None, code }
    }
}

/// Greets whoever is at the other end; nothing if they went away without a word.
pub(crate) async fn greet(
    state: &AppState,
    incoming: &mut Incoming,
    voice: &Arc<TunnelVoice>,
) -> Option<Result<Greeted, Unwelcome>> {
    let deadline = state.clock.now().plus(HELLO_MS);
    let init = tokio::select! {
        init = init(incoming) => init?,
        () = state.clock.reach(deadline) => Err(CloseCode::HelloMissing),
    };
    Some(match init {
        Ok(init) => let_in(state, &init, voice).await,
        Err(code) => Err(code.into()),
    })
}

async fn init(incoming: &mut Incoming) -> Option<Result<Packet, CloseCode>> {
    loop {
        let bytes = match incoming.next().await? {
            Heard::Pulse => continue,
            Heard::Bytes(bytes) if bytes.len() <= INIT_BYTES_MAX => bytes,
            Heard::Bytes(_) | Heard::Text(_) | Heard::Nonsense => {
                return Some(Err(CloseCode::Malformed));
            }
        };
        return Some(match Packet::read(&bytes) {
            Ok(packet) if packet.text("method") == "init" => Ok(packet),
            _ => Err(CloseCode::Malformed),
        });
    }
}

async fn let_in(
    state: &AppState,
    init: &Packet,
    voice: &Arc<TunnelVoice>,
) -> Result<Greeted, Unwelcome> {
    let id = init.text("id");
    let welcome = welcome(init);
    let admitted = admit(state, init.text("token"), voice.clone(), |welcomed, _| {
        voice.introduce(welcomed.user.sid);
        welcome
    });
    let greeted = admitted.await.map_err(|greeting::Unwelcome { refusal, code }| {
        let word = refusal.map(|refusal| reply(id, &status(refusal)));
        Unwelcome { word, code }
    })?;
    // Public channels that somebody only looks at are told by the directory.
    greeted.seat.hold(Scope::Directory);
    greeted.seat.release(Scope::Directory, true);
    Ok(greeted)
}

/// A session that is over is, to the SDK, a token that has expired: only a new one helps.
fn status(refusal: Refusal) -> Value {
    status_of(match refusal {
        Refusal::SessionEnded => Refusal::TokenExpired,
        refusal => refusal,
    })
}

fn welcome(init: &Packet) -> Frame {
    let header = json!({
        "method": "reply",
        "id": init.text("id"),
        "status": {"code": 200, "status": "OK"},
        "capabilities": ["client_update"],
        "continuation_token": "none",
        "continuation_token_status": {"reissued": false, "reissue_message": ""},
        "offline_storage": {},
    });
    Frame::Bytes(write(&header, None))
}
