//! Files on their way out. Their bytes stay with the browser: a page that closes loses what was not
//! uploaded, and says so when it comes back.

use std::rc::Rc;

use chat::limits::OUTBOX_MESSAGES_MAX;
use chat::refusal::WireRefusal;
use chat::{ChannelSid, Media, Nonce};
use client::{Input, LineKey, json};

use super::Store;
use super::apply::set_if_new;
use super::view::{Chosen, Uploading};
use crate::browser::clock;
use crate::browser::upload::{Heard, Upload};
use crate::wording::name_of_file;

/// Milliseconds without any progress after which an upload has broken, whatever the browser hopes:
/// a line that was changed on the way may never say so.
const SILENT_MS: i64 = 60_000;

/// Saying.
impl Store {
    /// Says what was written, with the files that were chosen: the first takes the words along,
    /// and each other one is a message of its own. Nothing at all is nothing to say.
    pub(crate) fn send(self, channel: ChannelSid, text: &str) -> Result<(), String> {
        let chosen = self.chosen_for(channel);
        if chosen.is_empty() {
            return if text.trim().is_empty() { Ok(()) } else { self.post(channel, text) };
        }
        let room = OUTBOX_MESSAGES_MAX.saturating_sub(self.read(|client| client.outbox().unsent()));
        if room < chosen.len() {
            return Err(self.wording().message.outbox_full.to_owned());
        }
        if let Some(large) = chosen.iter().find(|file| self.is_too_large(file)) {
            let files = &self.wording().files;
            let name = name_of_file(files, &large.attachment);
            let most = self.read(|client| client.limits().file_bytes) / 1_048_576;
            return Err((files.too_large)(&name, most));
        }
        let mut words = text;
        for file in chosen {
            self.post_file(file, words)?;
            words = "";
        }
        Ok(())
    }

    fn is_too_large(self, file: &Chosen) -> bool {
        self.read(|client| client.limits().file_bytes < file.attachment.size)
    }

    fn post_file(self, file: Chosen, words: &str) -> Result<(), String> {
        self.be_about_to_write();
        let inner = self.inner();
        let Chosen { number, channel, attachment, .. } = file;
        // The client asks for the upload at once: by then the file must be known by its nonce.
        let posted = inner.client.borrow_mut().post_file(channel, words, attachment, clock::now());
        let nonce = posted.map_err(|unposted| self.unposted(unposted))?;
        if let Some(local) = self.take_chosen(number) {
            inner.sent_files.borrow_mut().insert(nonce, local);
        }
        self.drive(|_| ());
        Ok(())
    }

    /// Where the page can show a file that was sent from here.
    pub(crate) fn local_url(self, key: LineKey) -> Option<String> {
        let LineKey::Mine(nonce) = key else { return None };
        let inner = self.inner();
        let sent = inner.sent_files.borrow();
        sent.get(nonce).map(|file| file.url.clone())
    }

    /// Lets go of files that are sent by now: whoever comes back to them gets them from the server.
    pub(super) fn forget_sent_files(self) {
        let inner = self.inner();
        let client = inner.client.borrow();
        inner.sent_files.borrow_mut().retain(|nonce| client.outbox().get(nonce).is_some());
    }
}

/// Uploading.
impl Store {
    pub(super) fn upload(self, nonce: Nonce, token: &str) {
        let inner = self.inner();
        let file = inner.sent_files.borrow().get(nonce).map(|local| local.file.clone());
        let hear = Rc::new(move |heard| self.hear_of_upload(nonce, heard));
        let upload = file.and_then(|file| Upload::start(&file, token, hear));
        if upload.is_none() {
            return self.feed(Input::UploadBroke { nonce });
        }
        *inner.upload.borrow_mut() = upload;
        self.bear_silence(nonce);
        set_if_new(self.uploading, Some(Uploading { nonce, percent: 0 }));
        self.murmured.set((self.wording().files.uploading_named)(&self.name_of(nonce)));
    }

    pub(super) fn stop_upload(self) {
        let running = self.inner().upload.borrow_mut().take();
        drop(running);
        self.inner().upload_timer.borrow_mut().take();
        set_if_new(self.uploading, None);
    }

    fn bear_silence(self, nonce: Nonce) {
        let broke = move || self.hear_of_upload(nonce, Heard::Broke);
        *self.inner().upload_timer.borrow_mut() = Some(clock::after(SILENT_MS, broke));
    }

    fn hear_of_upload(self, nonce: Nonce, heard: Heard) {
        let input = match heard {
            Heard::Part(part) => {
                self.bear_silence(nonce);
                // All of it is through only when the server says so.
                let percent = (part * 100.0).clamp(0.0, 99.0) as u8;
                return set_if_new(self.uploading, Some(Uploading { nonce, percent }));
            }
            Heard::Broke => Input::UploadBroke { nonce },
            Heard::Answered { status, text } => answer(nonce, status, &text),
        };
        if matches!(input, Input::Uploaded { .. }) {
            self.murmured.set((self.wording().files.uploaded_named)(&self.name_of(nonce)));
        }
        self.stop_upload();
        self.feed(input);
    }

    fn name_of(self, nonce: Nonce) -> String {
        let words = &self.wording().files;
        self.read(|client| {
            let attachment = client.outbox().get(nonce)?.attachment.as_ref()?;
            Some(name_of_file(words, attachment))
        })
        .unwrap_or_default()
    }
}

/// What an answer to an upload means. Whatever stands before the server may answer, too, in words
/// of its own: then its status is all that is known.
fn answer(nonce: Nonce, status: u16, text: &str) -> Input {
    if status == 201
        && let Ok(media) = json::read::<Media>(text)
    {
        return Input::Uploaded { nonce, media };
    }
    if let Ok(refusal) = json::read::<WireRefusal>(text) {
        return Input::UploadRefused { nonce, refusal };
    }
    if !(400..500).contains(&status) {
        return Input::UploadBroke { nonce };
    }
    let refusal = WireRefusal {
        code: status.into(),
        status,
        message: String::new(),
        temporary: matches!(status, 408 | 429),
        retry_after: None,
    };
    Input::UploadRefused { nonce, refusal }
}

#[cfg(test)]
mod tests {
    use chat::MediaSid;
    use chat::refusal::Refusal;

    use super::*;

    fn nonce() -> Nonce {
        Nonce(uuid::Uuid::from_u128(7))
    }

    #[test]
    fn a_stored_file_comes_back_as_the_server_sees_it() {
        let media = Media {
            sid: MediaSid::from_bytes([7; 16]),
            filename: "a.png".to_owned(),
            content_type: "image/png".to_owned(),
            size: 12,
            dimensions: None,
        };
        let text = serde_json::to_string(&media).expect("plain data");
        assert_eq!(answer(nonce(), 201, &text), Input::Uploaded { nonce: nonce(), media });
    }

    #[test]
    fn a_refusal_keeps_its_reason() {
        let refusal = Refusal::TooManyRequests { retry_after_ms: 900 }.to_wire();
        let text = serde_json::to_string(&refusal).expect("plain data");
        let refused = Input::UploadRefused { nonce: nonce(), refusal };
        assert_eq!(answer(nonce(), 429, &text), refused);
    }

    #[test]
    fn a_proxy_that_wants_nothing_so_large_is_believed_and_one_that_is_ill_is_asked_again() {
        let Input::UploadRefused { refusal, .. } = answer(nonce(), 413, "<h1>Too large</h1>")
        else {
            panic!("413 is an answer");
        };
        assert_eq!((refusal.code, refusal.status, refusal.temporary), (413, 413, false));
        for (status, text) in [(502, "Bad gateway"), (0, ""), (201, "?"), (200, "{}")] {
            assert_eq!(answer(nonce(), status, text), Input::UploadBroke { nonce: nonce() });
        }
    }
}
