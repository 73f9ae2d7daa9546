//! Users and nonces.

use chat::{Attributes, Identity, Nonce, Sequence, Timestamp, User, UserSid};

use super::MemoryTx;
use super::rows::KeptUser;
use crate::store::tx::{Nonces, Users};
use crate::store::{Ask, FirstReply, NewUser};

impl MemoryTx {
    fn bearer(&self, matches: impl Fn(&KeptUser) -> bool) -> Option<User> {
        let mut live = self.rows.users.values().filter(|kept| !kept.user.retired);
        live.find(|kept| matches(kept)).map(|kept| kept.user.clone())
    }
}

impl Users for MemoryTx {
    fn user(&mut self, sid: UserSid) -> Ask<Option<User>> {
        Ok(self.rows.users.get(&sid).map(|kept| kept.user.clone()))
    }

    fn user_named(&mut self, identity: &Identity) -> Ask<Option<User>> {
        Ok(self.bearer(|kept| kept.user.identity == *identity))
    }

    fn user_like(&mut self, skeleton: &str) -> Ask<Option<User>> {
        Ok(self.bearer(|kept| kept.skeleton == skeleton))
    }

    fn password_hash(&mut self, user: UserSid) -> Ask<Option<String>> {
        Ok(self.rows.users.get(&user).and_then(|kept| kept.password_hash.clone()))
    }

    fn add_user(&mut self, user: &NewUser<'_>) -> Ask<Option<User>> {
        if self.user_named(&user.name.identity)?.is_some() {
            return Ok(None);
        }
        let row = User {
            sid: user.sid,
            identity: user.name.identity.clone(),
            role: user.role,
            friendly_name: None,
            attributes: Attributes::default(),
            guest: user.guest,
            retired: false,
            entered: Sequence(1),
            changed: Sequence(1),
        };
        let kept = KeptUser {
            user: row.clone(),
            skeleton: user.name.skeleton.clone(),
            password_hash: user.password_hash.map(str::to_owned),
            sequence: Sequence(1),
            made_at: user.at,
            seen_at: user.at,
        };
        self.rows_mut().users.insert(user.sid, kept);
        Ok(Some(row))
    }

    fn change_user(&mut self, user: User) -> Ask<User> {
        let kept = self.user_mut(user.sid)?;
        kept.user = User { changed: kept.next(), ..user };
        Ok(kept.user.clone())
    }

    fn retire_user(&mut self, user: UserSid, _at: Timestamp) -> Ask<User> {
        let kept = self.user_mut(user)?;
        kept.user.changed = kept.next();
        kept.user.retired = true;
        Ok(kept.user.clone())
    }

    fn see_user(&mut self, user: UserSid, at: Timestamp) -> Ask<()> {
        self.user_mut(user)?.seen_at = at;
        Ok(())
    }

    fn guests_not_seen(&mut self, since: Timestamp, limit: usize) -> Ask<Vec<UserSid>> {
        let mut guests: Vec<(Timestamp, UserSid)> = self
            .rows
            .users
            .values()
            .filter(|kept| kept.user.guest && !kept.user.retired && kept.seen_at < since)
            .map(|kept| (kept.seen_at, kept.user.sid))
            .collect();
        guests.sort_unstable();
        Ok(guests.into_iter().take(limit).map(|(_, sid)| sid).collect())
    }
}

impl Nonces for MemoryTx {
    fn first_reply(&mut self, user: UserSid, nonce: Nonce) -> Ask<Option<FirstReply>> {
        Ok(self.rows.nonces.get(&(user, nonce)).cloned())
    }

    fn keep_reply(&mut self, user: UserSid, nonce: Nonce, first: &FirstReply) -> Ask<()> {
        self.rows_mut().nonces.insert((user, nonce), first.clone());
        Ok(())
    }
}
