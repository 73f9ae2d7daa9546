//! The files of pending messages, on their way to the server.

use chat::refusal::WireRefusal;
use chat::{Media, Nonce, Timestamp};

use super::Client;
use crate::effect::Effect;

impl Client {
    /// Asks for the next upload, unless one runs. Without a token that lasts there is none: the
    /// next one is on its way, and what follows from it leads here again.
    pub(super) fn upload_next(&mut self, now: Timestamp) {
        let Some(nonce) = self.outbox.next_to_upload(now) else { return };
        let Some(token) = self.connection.token(now).map(str::to_owned) else { return };
        self.outbox.begin_upload(nonce);
        self.effects.push(Effect::Upload { nonce, token });
    }

    /// Cancelled, gone with its channel, or another person's by now.
    pub(super) fn stop_vain_upload(&mut self) {
        self.effects.extend(self.outbox.vain_upload().map(Effect::StopUpload));
    }

    pub(super) fn uploaded(&mut self, nonce: Nonce, media: Media) {
        if self.outbox.uploaded(nonce, media) {
            self.save_outbox();
            self.pending_changed(nonce);
        }
    }

    pub(super) fn upload_refused(&mut self, nonce: Nonce, refusal: WireRefusal, now: Timestamp) {
        self.outbox.upload_refused(nonce, refusal, now);
        self.pending_changed(nonce);
    }

    pub(super) fn upload_broke(&mut self, nonce: Nonce, now: Timestamp) {
        self.outbox.upload_broke(nonce, now);
        self.pending_changed(nonce);
    }
}
