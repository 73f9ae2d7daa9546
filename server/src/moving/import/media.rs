//! Files of messages: brought before the rows that name them, so that no row waits for its file.

use std::path::Path;

use chat::Refusal;

use super::{Import, Stopped};
use crate::media::Parcel;
use crate::moving::files::{lying, path_of};
use crate::moving::rows::{MediaRow, MessageRow};
use crate::rest::Failure;
use crate::store::UploadState;

const NO_FILES: &str = "It has a file, and none are kept here.";

impl Import<'_, '_> {
    /// Whether a message may come: it has no file, or its file is here. Otherwise the report says
    /// why not.
    pub(super) async fn has_its_file(
        &mut self,
        row: &MessageRow,
        folder: &Path,
        place: &str,
    ) -> Result<bool, Stopped> {
        let Some(media) = &row.media else { return Ok(true) };
        let brought = match self.is_settled(row, media).await? {
            true => Ok(()),
            false => self.bring_file(media, folder).await?,
        };
        if let Err(why) = &brought {
            self.report.skipped("messages", place, why)?;
        }
        Ok(brought.is_ok())
    }

    /// Whether there is no need of the file: the message, or the file itself, came before.
    async fn is_settled(&self, row: &MessageRow, media: &MediaRow) -> Result<bool, Stopped> {
        let (message, media) = (row.sid, media.sid);
        let settled = self.ask(move |tx| {
            let upload = tx.upload(media)?.map(|upload| upload.state);
            let is_here = matches!(upload, Some(UploadState::Waiting | UploadState::Kept));
            Ok(is_here || tx.place_of_message(message)?.is_some())
        });
        settled.await
    }

    async fn bring_file(
        &mut self,
        media: &MediaRow,
        folder: &Path,
    ) -> Result<Result<(), String>, Stopped> {
        let Some(files) = &self.files else { return Ok(Err(NO_FILES.to_owned())) };
        let Some((size, bytes)) = lying(folder, media.sid).await? else {
            let path = path_of(media.sid);
            return Ok(Err(format!("Its file {} is not there.", path.display())));
        };
        let parcel = Parcel {
            filename: media.filename.clone().unwrap_or_default(),
            announced: Some(size),
            sid: Some(media.sid),
        };
        match files.take(self.by, parcel, bytes).await {
            Ok(_) => {
                self.report.came("files", true);
                Ok(Ok(()))
            }
            Err(Failure::Refused(Refusal::SidTaken)) => {
                Ok(Err("Its file was removed here.".to_owned()))
            }
            Err(Failure::Refused(refusal)) => Ok(Err(refusal.message())),
            Err(Failure::Broken(broken)) => Err(broken.into()),
        }
    }
}
