use chat::SessionSid;
use chat::protocol::CloseCode;

use crate::commands::retire::retire;
use crate::commands::{Done, Moment, Outcome};
use crate::store::Tx;

/// Ends a session on every socket. A guest's name is free from then on; an account stays.
pub fn sign_out(tx: &mut dyn Tx, session: SessionSid, m: &Moment) -> Outcome<()> {
    let Some(session) = tx.session(session)? else { return Ok(Done::unchanged(())) };

    if session.user.guest && !session.user.retired {
        return Ok(retire(tx, &session.user, CloseCode::SessionEnded, m)?);
    }

    tx.end_session(session.sid, m.now)?;
    Ok(Done { reply: (), rows: Vec::new(), ended: vec![(session.sid, CloseCode::SessionEnded)] })
}
