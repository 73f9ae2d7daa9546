//! Sessions.

use chat::{SessionSid, Timestamp, UserSid};

use super::MemoryTx;
use super::rows::KeptSession;
use crate::store::tx::Sessions;
use crate::store::{Ask, NewSession, Session};

impl MemoryTx {
    fn found_session(&self, sid: SessionSid, kept: &KeptSession) -> Option<Session> {
        let user = self.rows.users.get(&kept.user)?.user.clone();
        (!kept.ended).then_some(Session { sid, user, expires_at: kept.session.expires_at })
    }
}

impl Sessions for MemoryTx {
    fn session(&mut self, sid: SessionSid) -> Ask<Option<Session>> {
        Ok(self.rows.sessions.get(&sid).and_then(|kept| self.found_session(sid, kept)))
    }

    fn session_with_secret(&mut self, secret_hash: &[u8; 32]) -> Ask<Option<Session>> {
        let mut sessions = self.rows.sessions.iter();
        let found = sessions.find(|(_, kept)| kept.session.secret_hash == *secret_hash);
        Ok(found.and_then(|(sid, kept)| self.found_session(*sid, kept)))
    }

    fn sessions_of(&mut self, user: UserSid) -> Ask<Vec<SessionSid>> {
        let sessions = self.rows.sessions.iter();
        let lasting = sessions.filter(|(_, kept)| kept.user == user && !kept.ended);
        Ok(lasting.map(|(sid, _)| *sid).collect())
    }

    fn add_session(
        &mut self,
        sid: SessionSid,
        user: UserSid,
        session: &NewSession,
        _at: Timestamp,
    ) -> Ask<()> {
        let kept = KeptSession { user, session: *session, ended: false };
        self.rows_mut().sessions.insert(sid, kept);
        Ok(())
    }

    fn end_session(&mut self, sid: SessionSid, _at: Timestamp) -> Ask<()> {
        if let Some(kept) = self.rows_mut().sessions.get_mut(&sid) {
            kept.ended = true;
        }
        Ok(())
    }

    fn forget_sessions(&mut self, expired_before: Timestamp, limit: usize) -> Ask<usize> {
        let sessions = &mut self.rows_mut().sessions;
        let mut expired: Vec<(Timestamp, SessionSid)> = sessions
            .iter()
            .filter(|(_, kept)| kept.session.expires_at < expired_before)
            .map(|(sid, kept)| (kept.session.expires_at, *sid))
            .collect();
        expired.sort_unstable();
        expired.truncate(limit);
        for (_, sid) in &expired {
            sessions.remove(sid);
        }
        Ok(expired.len())
    }
}
