//! Files that came in.

use chat::{ChannelSid, MediaSid, MessageIndex, Timestamp, UserSid};

use super::MemoryTx;
use crate::store::tx::Uploads;
use crate::store::{Ask, Upload, UploadState};

impl MemoryTx {
    pub(super) fn leave_upload(&mut self, sid: MediaSid) {
        if let Some(upload) = self.rows_mut().uploads.get_mut(&sid) {
            upload.state = UploadState::Left;
        }
    }
}

impl Uploads for MemoryTx {
    fn upload(&mut self, sid: MediaSid) -> Ask<Option<Upload>> {
        Ok(self.rows.uploads.get(&sid).cloned())
    }

    fn put_upload(&mut self, upload: &Upload) -> Ask<()> {
        self.rows_mut().uploads.insert(upload.media.sid, upload.clone());
        Ok(())
    }

    fn uploaded_bytes(&mut self, by: Option<UserSid>) -> Ask<u64> {
        let uploads = self.rows.uploads.values();
        let theirs = uploads.filter(|upload| by.is_none_or(|user| upload.user == user));
        Ok(theirs.map(|upload| upload.media.size).sum())
    }

    fn place_of_media(&mut self, sid: MediaSid) -> Ask<Option<(ChannelSid, MessageIndex)>> {
        let mut messages = self.rows.messages.iter();
        let place = messages
            .find(|(_, message)| message.media.as_ref().is_some_and(|media| media.sid == sid));
        Ok(place.map(|(place, _)| *place))
    }

    fn uploads_to_remove(&mut self, before: Timestamp, limit: usize) -> Ask<Vec<MediaSid>> {
        let uploads = self.rows.uploads.values();
        let to_remove = uploads.filter(|upload| match upload.state {
            UploadState::Arriving | UploadState::Waiting => upload.at < before,
            UploadState::Kept => false,
            UploadState::Left => true,
        });
        Ok(to_remove.map(|upload| upload.media.sid).take(limit).collect())
    }

    fn forget_upload(&mut self, sid: MediaSid) -> Ask<()> {
        self.rows_mut().uploads.remove(&sid);
        Ok(())
    }
}
