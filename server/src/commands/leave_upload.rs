use chat::MediaSid;

use crate::commands::{Done, Moment, Outcome};
use crate::store::{Ask, Tx, Upload, UploadState};

/// Gives up a file that broke off, or was not taken. One that a message has stays.
pub fn leave_upload(tx: &mut dyn Tx, sid: MediaSid, _m: &Moment) -> Outcome<()> {
    let upload = tx.upload(sid)?.filter(|upload| upload.state != UploadState::Kept);
    if let Some(upload) = upload {
        leave(tx, upload)?;
    }
    Ok(Done::unchanged(()))
}

/// From now on nobody will have it; its bytes are removed when this is committed.
pub(super) fn leave(tx: &mut dyn Tx, upload: Upload) -> Ask<()> {
    tx.put_upload(&Upload { state: UploadState::Left, ..upload })
}
