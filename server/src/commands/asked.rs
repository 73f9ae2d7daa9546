//! A creating command's request under its author's nonce: asked before, or asked for the first time.

use chat::{Nonce, Refusal, UserSid};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::commands::CommandError;
use crate::store::{Ask, Broken, FirstReply, Tx};

/// One request, as its nonce remembers it.
pub(super) struct Asked {
    user: UserSid,
    nonce: Nonce,
    digest: [u8; 16],
}

impl Asked {
    /// What a user asks of a command.
    pub(super) fn of(
        command: &str,
        user: UserSid,
        nonce: Nonce,
        request: &impl Serialize,
    ) -> Ask<Self> {
        let mut hasher = Sha256::new();
        hasher.update(command);
        hasher.update(serde_json::to_vec(request).map_err(Broken::new)?);
        let mut digest = [0; 16];
        digest.copy_from_slice(&hasher.finalize()[..16]);
        Ok(Self { user, nonce, digest })
    }

    /// The reply that this very request got before. Look before judging: what was accepted once
    /// stays accepted, whatever happened since.
    pub(super) fn first_reply<R: DeserializeOwned>(
        &self,
        tx: &mut dyn Tx,
    ) -> Result<Option<R>, CommandError> {
        let Some(first) = tx.first_reply(self.user, self.nonce)? else { return Ok(None) };
        if first.digest != self.digest {
            return Err(Refusal::NonceReused.into());
        }
        Ok(Some(serde_json::from_str(&first.reply).map_err(Broken::new)?))
    }

    /// Remembers the reply for as long as there is a store.
    pub(super) fn keep(&self, tx: &mut dyn Tx, reply: &impl Serialize) -> Ask<()> {
        let reply = serde_json::to_string(reply).map_err(Broken::new)?;
        tx.keep_reply(self.user, self.nonce, &FirstReply { digest: self.digest, reply })
    }
}
