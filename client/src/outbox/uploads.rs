//! The files of pending messages, uploaded one at a time and in order. A message goes out once its
//! file is there, and what was said after it in its channel waits for it.

use chat::media::Dimensions;
use chat::refusal::WireRefusal;
use chat::{Media, MediaSid, Nonce, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Outbox, Pending, PendingState};

/// The pause after an upload that broke, in milliseconds; doubled up to 32 times it.
const PAUSE_MS: i64 = 1_000;
/// Times in a row that an upload may break on a connection that holds. A server that wants no more
/// of a file may cut the line before its reason can be read, so that the sixth would break, too.
const BREAKS_MAX: u32 = 5;

/// A file beside a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Nothing until it is uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<MediaSid>,
    /// Nothing where it has no name.
    pub filename: String,
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// Pixels, of an image that is shown in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<Dimensions>,
}

impl From<Media> for Attachment {
    fn from(media: Media) -> Self {
        let Media { sid, filename, content_type, size, dimensions } = media;
        Self { sid: Some(sid), filename, content_type, size, dimensions }
    }
}

/// How the uploads stand.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    running: Option<Nonce>,
    paused_until: Option<Timestamp>,
    pauses: u32,
    breaks: u32,
}

impl Uploads {
    pub(super) fn wakes_at(&self) -> Option<Timestamp> {
        self.paused_until
    }

    pub(super) fn go_on_at_once(&mut self) {
        self.paused_until = None;
        self.breaks = 0;
    }

    /// This upload has ended; says whether it was the one that runs.
    fn end(&mut self, nonce: Nonce) -> bool {
        self.running.take_if(|running| *running == nonce).is_some()
    }

    fn pause(&mut self, retry_after: Option<u32>, now: Timestamp) {
        let pause = retry_after.map_or(PAUSE_MS << self.pauses.min(5), i64::from);
        self.pauses += 1;
        self.paused_until = Some(now.plus(pause));
    }
}

impl Pending {
    /// Whether it cannot go out before its file is uploaded.
    pub fn waits_for_file(&self) -> bool {
        self.attachment.as_ref().is_some_and(|attachment| attachment.sid.is_none())
    }

    /// The page that had the file is gone: nothing can be uploaded, or shown in its place.
    pub(super) fn lose_file(&mut self) {
        self.state = PendingState::FileGone;
        if let Some(attachment) = &mut self.attachment {
            attachment.dimensions = None;
        }
    }

    fn is_to_be_uploaded(&self) -> bool {
        self.state == PendingState::Queued && self.waits_for_file()
    }
}

impl Outbox {
    /// The message whose file is to be uploaded now, if none is on its way.
    pub(crate) fn next_to_upload(&mut self, now: Timestamp) -> Option<Nonce> {
        let is_paused = self.uploads.paused_until.is_some_and(|until| now < until);
        if self.uploads.running.is_some() || is_paused {
            return None;
        }
        self.uploads.paused_until = None;
        self.iter().find(|pending| pending.is_to_be_uploaded()).map(|pending| pending.nonce)
    }

    /// From now on this one is on its way.
    pub(crate) fn begin_upload(&mut self, nonce: Nonce) {
        self.uploads.running = Some(nonce);
    }

    /// The upload that runs, if nobody waits for it any more; it has ended.
    pub(crate) fn vain_upload(&mut self) -> Option<Nonce> {
        let running = self.uploads.running?;
        if self.get(running).is_some_and(Pending::is_to_be_uploaded) {
            return None;
        }
        self.uploads.running.take()
    }

    /// The server has the file; says whether anybody waited for it.
    pub(crate) fn uploaded(&mut self, nonce: Nonce, media: Media) -> bool {
        if !self.uploads.end(nonce) {
            return false;
        }
        self.uploads.go_on_at_once();
        self.uploads.pauses = 0;
        let pending = self.pending.iter_mut().find(|pending| pending.nonce == nonce);
        pending.map(|pending| pending.attachment = Some(media.into())).is_some()
    }

    /// The server does not take the file: for now, or for good.
    pub(crate) fn upload_refused(&mut self, nonce: Nonce, refusal: WireRefusal, now: Timestamp) {
        if !self.uploads.end(nonce) {
            return;
        }
        // As with words, an ended session says nothing about the file.
        if refusal.temporary || refusal.status == 401 {
            self.uploads.pause(refusal.retry_after, now);
        } else {
            self.set_state(nonce, PendingState::Failed(refusal));
        }
    }

    /// The upload got no answer.
    pub(crate) fn upload_broke(&mut self, nonce: Nonce, now: Timestamp) {
        if !self.uploads.end(nonce) {
            return;
        }
        self.uploads.breaks += 1;
        if self.uploads.breaks < BREAKS_MAX {
            self.uploads.pause(None, now);
        } else {
            self.uploads.breaks = 0;
            self.set_state(nonce, PendingState::Failed(Refusal::Unavailable.to_wire()));
        }
    }
}

#[cfg(test)]
mod tests {
    use chat::protocol::{Accepted, Command, Posted};
    use chat::{Draft, MessageIndex, MessageSid};
    use uuid::Uuid;

    use super::*;
    use crate::event::Event;
    use crate::outbox::{Unposted, Why};
    use crate::scene::{MINUTE, Scene, channel, epoch, media, message, opened, photo, plaza};
    use crate::scene::{refusal, told, user};
    use crate::{Effect, Input};

    fn in_plaza() -> Scene {
        Scene::in_plaza(opened(10, Vec::new()))
    }

    fn attach(scene: &mut Scene, text: &str) -> Nonce {
        let posted = scene.act(|client, now| client.post_file(plaza(), text, photo(), now));
        posted.expect("a good file")
    }

    fn say(scene: &mut Scene, text: &str) -> Nonce {
        scene.act(|client, now| client.post(plaza(), text, now)).expect("a good text")
    }

    /// The upload that was asked for, once.
    fn upload(scene: &mut Scene) -> Option<Nonce> {
        let is_upload = |effect: &Effect| matches!(effect, Effect::Upload { .. });
        let at = scene.effects.iter().position(is_upload)?;
        match scene.effects.remove(at) {
            Effect::Upload { nonce, token } => {
                assert_eq!(token, "t");
                Some(nonce)
            }
            other => unreachable!("{other:?}"),
        }
    }

    fn uploaded(scene: &mut Scene, nonce: Nonce) {
        scene.input(Input::Uploaded { nonce, media: media(1) });
    }

    fn drafts(scene: &Scene) -> Vec<Draft> {
        let drafts = scene.requests.iter().filter_map(|(_, command)| match command {
            Command::PostMessage(draft) => Some(draft.clone()),
            _ => None,
        });
        drafts.collect()
    }

    #[test]
    fn a_file_is_shown_at_once_uploaded_and_then_said_with_its_words() {
        let mut scene = in_plaza();
        let nonce = attach(&mut scene, " Our lanterns ");
        assert_eq!(scene.shown(), ["[Our lanterns\nlanterns.png]"]);
        assert_eq!(upload(&mut scene), Some(nonce));
        assert!(drafts(&scene).is_empty(), "not before the server has the file");
        uploaded(&mut scene, nonce);
        let drafts = drafts(&scene);
        assert_eq!(drafts.len(), 1);
        assert_eq!((drafts[0].nonce, drafts[0].body.as_str()), (nonce, "Our lanterns"));
        assert_eq!(drafts[0].media, Some(media(1).sid));
    }

    #[test]
    fn a_file_needs_no_words_and_becomes_the_message_under_the_same_nonce() {
        let mut scene = in_plaza();
        let nonce = attach(&mut scene, "  ");
        upload(&mut scene);
        uploaded(&mut scene, nonce);
        assert_eq!(drafts(&scene)[0].body, "");
        let row =
            chat::Message { nonce, body: None, media: Some(media(1)), ..message("ada", 0, 11) };
        scene.hear(told(10, 11, vec![chat::protocol::Row::Message(row)]));
        assert_eq!(scene.shown(), ["lanterns.png"]);
        assert_eq!(scene.client.outbox().iter().count(), 0);
    }

    #[test]
    fn what_would_be_refused_anyway_is_refused_before_anything_is_uploaded() {
        let mut scene = in_plaza();
        let large = Attachment { size: chat::limits::FILE_BYTES_MAX + 1, ..photo() };
        let no = scene.act(|client, now| client.post_file(plaza(), "", large.clone(), now));
        assert_eq!(no, Err(Unposted::Refused(Refusal::MediaTooLarge)));
        let long = "a".repeat(chat::Body::BYTES_MAX + 1);
        let no = scene.act(|client, now| client.post_file(plaza(), &long, photo(), now));
        assert_eq!(no, Err(Unposted::Refused(Refusal::BodyTooLong)));
        let no = scene.act(|client, now| client.post_file(channel(5), "", photo(), now));
        assert_eq!(no, Err(Unposted::Refused(Refusal::NotAMember)));
        assert_eq!(upload(&mut scene), None);
    }

    #[test]
    fn files_are_uploaded_one_at_a_time_and_what_is_said_after_them_waits() {
        let mut scene = in_plaza();
        let first = attach(&mut scene, "");
        let second = attach(&mut scene, "");
        let words = say(&mut scene, "my cats");
        assert_eq!(upload(&mut scene), Some(first));
        assert_eq!(upload(&mut scene), None);
        uploaded(&mut scene, first);
        assert_eq!(upload(&mut scene), Some(second));
        assert_eq!(drafts(&scene).len(), 1);
        uploaded(&mut scene, second);
        for (index, nonce) in [first, second, words].into_iter().enumerate() {
            let draft = drafts(&scene).pop().expect("the next one");
            assert_eq!(draft.nonce, nonce);
            let asked = scene.asked(|command| matches!(command, Command::PostMessage(_)));
            let index = MessageIndex(index as u64);
            let sid = MessageSid::new(Uuid::from_u128(u128::from(index.0)));
            scene.ok(asked, Accepted::Posted(Posted { sid, index }));
        }
    }

    #[test]
    fn other_channels_do_not_wait_for_a_file() {
        let mut scene = Scene::new();
        scene.welcome.channels.push(crate::scene::state(channel(5), 1));
        scene.connect();
        scene.answer_resumes();
        attach(&mut scene, "");
        let words = scene.act(|client, now| client.post(channel(5), "Hello", now));
        assert_eq!(drafts(&scene)[0].nonce, words.expect("a good text"));
    }

    #[test]
    fn an_upload_waits_while_offline_and_goes_on_when_the_line_is_back() {
        let mut scene = in_plaza();
        scene.cut();
        let nonce = attach(&mut scene, "");
        assert_eq!(upload(&mut scene), None);
        scene.connect();
        assert_eq!(upload(&mut scene), Some(nonce));
        scene.cut();
        scene.input(Input::UploadBroke { nonce });
        assert_eq!(upload(&mut scene), None);
        scene.connect();
        scene.pass(1_000);
        assert_eq!(upload(&mut scene), Some(nonce), "from its beginning");
    }

    #[test]
    fn an_upload_that_outlives_its_socket_counts() {
        let mut scene = in_plaza();
        let nonce = attach(&mut scene, "");
        upload(&mut scene);
        scene.cut();
        uploaded(&mut scene, nonce);
        scene.connect();
        assert_eq!(upload(&mut scene), None);
        assert_eq!(drafts(&scene)[0].media, Some(media(1).sid));
    }

    #[test]
    fn a_refused_file_says_why_lets_the_next_words_pass_and_can_be_tried_again() {
        let mut scene = in_plaza();
        let nonce = attach(&mut scene, "");
        say(&mut scene, "my cat");
        upload(&mut scene);
        let no = refusal(false, None);
        scene.input(Input::UploadRefused { nonce, refusal: no.clone() });
        assert_eq!(scene.state_of(nonce), PendingState::Failed(no));
        assert_eq!(drafts(&scene)[0].body, "my cat");
        scene.pass(60 * MINUTE);
        assert_eq!(upload(&mut scene), None, "never by itself");
        scene.cut();
        scene.connect();
        scene.act(|client, now| client.retry(nonce, now));
        assert_eq!(upload(&mut scene), Some(nonce));
    }

    #[test]
    fn a_busy_server_and_an_ended_session_put_an_upload_off_and_never_fail_it() {
        let mut scene = in_plaza();
        let nonce = attach(&mut scene, "");
        for round in 0..20 {
            assert_eq!(upload(&mut scene), Some(nonce));
            let ended = Refusal::TokenExpired.to_wire();
            let refusal = if round % 2 == 0 { ended } else { refusal(true, Some(300)) };
            scene.input(Input::UploadRefused { nonce, refusal });
            assert_eq!(scene.state_of(nonce), PendingState::Queued);
            assert_eq!(upload(&mut scene), None);
            scene.pass(32_000);
            scene.server(&chat::protocol::ServerFrame::Heartbeat {});
        }
    }

    #[test]
    fn an_upload_that_breaks_again_and_again_fails_and_the_reason_is_kept() {
        let mut scene = in_plaza();
        let nonce = attach(&mut scene, "");
        for pause in [1_000, 2_000, 4_000, 8_000] {
            assert_eq!(upload(&mut scene), Some(nonce));
            scene.input(Input::UploadBroke { nonce });
            scene.pass(pause - 1);
            assert_eq!(upload(&mut scene), None, "not before its time");
            scene.pass(1);
        }
        assert_eq!(upload(&mut scene), Some(nonce));
        scene.input(Input::UploadBroke { nonce });
        let no = Refusal::Unavailable.to_wire();
        assert_eq!(scene.state_of(nonce), PendingState::Failed(no));
    }

    #[test]
    fn an_upload_waits_for_a_token_that_lasts() {
        let mut scene = Scene::new();
        scene.input(Input::Start);
        let expires_at = scene.now.plus(4_000);
        scene.input(Input::Token { token: "first".to_owned(), expires_at: Some(expires_at) });
        scene.input(Input::SocketOpened);
        scene.be_welcomed();
        attach(&mut scene, "");
        assert!(!scene.effects.iter().any(|effect| matches!(effect, Effect::Upload { .. })));
        scene.server(&chat::protocol::ServerFrame::TokenAboutToExpire { expires_at });
        let expires_at = scene.now.plus(60 * MINUTE);
        scene.input(Input::Token { token: "t".to_owned(), expires_at: Some(expires_at) });
        let asked = scene.asked(|command| matches!(command, Command::RenewToken { .. }));
        scene.ok(asked, Accepted::Renewed { expires_at });
        assert!(upload(&mut scene).is_some());
    }

    #[test]
    fn a_cancelled_upload_is_stopped_and_the_next_one_begins() {
        let mut scene = in_plaza();
        let first = attach(&mut scene, "");
        let second = attach(&mut scene, "");
        upload(&mut scene);
        scene.act(|client, now| client.discard(first, now)).expect("it can be called back");
        assert!(scene.took(&Effect::StopUpload(first)));
        assert_eq!(upload(&mut scene), Some(second));
        uploaded(&mut scene, first);
        assert!(drafts(&scene).is_empty(), "what ended too late is nobody's");
    }

    #[test]
    fn signing_out_stops_the_upload() {
        let mut scene = in_plaza();
        let nonce = attach(&mut scene, "");
        scene.input(Input::SignOut);
        assert!(scene.took(&Effect::StopUpload(nonce)));
    }

    #[test]
    fn another_store_gets_the_file_only_by_the_persons_word() {
        let mut scene = in_plaza();
        let nonce = attach(&mut scene, "");
        upload(&mut scene);
        scene.cut();
        scene.welcome.epoch = epoch(2);
        scene.connect();
        assert!(scene.took(&Effect::StopUpload(nonce)));
        assert_eq!(scene.state_of(nonce), PendingState::NeedsWord(Why::OtherEpoch));
        scene.act(|client, now| client.retry(nonce, now));
        assert_eq!(upload(&mut scene), Some(nonce));
    }

    #[test]
    fn an_uploaded_file_survives_a_reload_with_its_message() {
        let mut before = in_plaza();
        let nonce = attach(&mut before, "Our lanterns");
        uploaded(&mut before, nonce);
        let text = before.saved().text.expect("one message");
        let mut after = Scene::online();
        assert!(after.act(|client, now| client.adopt(&text, now)));
        let draft = drafts(&after).pop().expect("it goes out");
        assert_eq!((draft.nonce, draft.media), (nonce, Some(media(1).sid)));
    }

    #[test]
    fn a_file_that_was_not_uploaded_is_missed_after_a_reload_and_its_words_are_kept() {
        let mut before = in_plaza();
        let nonce = attach(&mut before, "Our lanterns");
        let text = before.saved().text.expect("one message");
        let mut after = in_plaza();
        assert!(after.act(|client, now| client.adopt(&text, now)));
        say(&mut after, "Wait for me");
        assert_eq!(after.state_of(nonce), PendingState::FileGone);
        assert_eq!(after.shown(), ["[Our lanterns\nlanterns.png]", "[Wait for me]"]);
        after.act(|client, now| client.retry(nonce, now));
        assert_eq!(upload(&mut after), None, "there is nothing to upload");
        assert_eq!(drafts(&after)[0].body, "Wait for me", "and nobody waits for it");
        let taken = after.act(|client, now| client.discard(nonce, now));
        assert_eq!(taken.map(|taken| taken.text()).as_deref(), Some("Our lanterns\nlanterns.png"));
    }

    #[test]
    fn an_outbox_of_the_version_before_can_still_be_read() {
        let mut before = in_plaza();
        before.cut();
        let nonce = say(&mut before, "Hello");
        let text = before.saved().text.expect("one message");
        assert!(!text.contains("attachment"), "what is not there is not written");
        let mut after = in_plaza();
        assert!(after.act(|client, now| client.adopt(&text, now)));
        assert_eq!(drafts(&after)[0].nonce, nonce);
    }

    #[test]
    fn the_words_beside_a_file_may_be_taken_away_but_not_those_of_a_plain_message() {
        let with_file = chat::Message { media: Some(media(1)), ..message("ada", 0, 9) };
        let plain = message("ada", 1, 10);
        let mut scene = Scene::in_plaza(opened(10, vec![with_file, plain]));
        let edit = |scene: &mut Scene, index| {
            scene.act(|client, now| client.edit(plaza(), MessageIndex(index), " ", now))
        };
        assert_eq!(edit(&mut scene, 1), Err(Refusal::BlankBody));
        assert!(edit(&mut scene, 0).is_ok());
        scene.asked(|command| {
            matches!(command, Command::EditMessage(new) if new.body.as_deref() == Some(""))
        });
    }

    #[test]
    fn the_way_to_a_file_is_asked_for_like_anything_else() {
        let mut scene = in_plaza();
        let wish = Command::MediaUrl { channel: plaza(), index: MessageIndex(0) };
        let ticket = scene.act(|client, now| client.ask(wish.clone(), now));
        scene.cut();
        scene.connect();
        let asked = scene.asked(|command| *command == wish);
        let way = chat::protocol::MediaUrl { path: "/media/x".to_owned(), expires_at: scene.now };
        scene.ok(asked, Accepted::MediaUrl(way.clone()));
        let outcome = crate::Outcome::Ok(Accepted::MediaUrl(way));
        assert!(scene.events.contains(&Event::Answered { ticket, outcome }));
    }

    #[test]
    fn the_next_person_of_a_tab_does_not_send_the_file_of_the_one_before() {
        let mut scene = in_plaza();
        let nonce = attach(&mut scene, "");
        upload(&mut scene);
        scene.welcome.user = user("eve");
        scene.cut();
        scene.connect();
        assert!(scene.took(&Effect::StopUpload(nonce)));
        uploaded(&mut scene, nonce);
        assert!(drafts(&scene).is_empty());
    }
}
