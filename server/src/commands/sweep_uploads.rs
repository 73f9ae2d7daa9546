use chat::MediaSid;

use crate::commands::leave_upload::leave;
use crate::commands::{Done, Moment, Outcome};
use crate::limits::{UPLOAD_LEFT_AFTER_MS, UPLOADS_REMOVED_MAX};
use crate::store::{Tx, UploadState};

/// Gives up files that no message took in time, and names some of all that are left. Their bytes may
/// go when this is committed: nothing takes them from then on.
pub fn sweep_uploads(tx: &mut dyn Tx, m: &Moment) -> Outcome<Vec<MediaSid>> {
    let mut left = tx.uploads_to_remove(m.now.plus(-UPLOAD_LEFT_AFTER_MS), UPLOADS_REMOVED_MAX)?;
    left.sort_unstable();
    for sid in &left {
        if let Some(upload) = tx.upload(*sid)? {
            leave(tx, upload)?;
        }
    }
    Ok(Done::unchanged(left))
}

/// The bytes of these files are gone.
pub fn forget_uploads(tx: &mut dyn Tx, gone: &[MediaSid], _m: &Moment) -> Outcome<()> {
    for sid in gone {
        if tx.upload(*sid)?.is_some_and(|upload| upload.state == UploadState::Left) {
            tx.forget_upload(*sid)?;
        }
    }
    Ok(Done::unchanged(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::Refusal;

    use crate::store::village::Village;

    #[test]
    fn a_file_waits_a_day_for_its_message() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let [taken, waiting] = [village.uploads(ada), village.uploads(ada)];
        village.shows(ada, channel, taken).expect("it is hers");
        village.pass(UPLOAD_LEFT_AFTER_MS);
        assert_eq!(village.does(sweep_uploads), []);
        village.pass(1);
        assert_eq!(village.does(sweep_uploads), [waiting]);

        let late = village.shows(ada, channel, waiting);
        assert_eq!(late, Err(Refusal::MediaNotFound));
        assert_eq!(village.does(sweep_uploads), [waiting], "until its bytes are gone");
        village.does(|tx, m| forget_uploads(tx, &[taken, waiting], m));
        assert_eq!(village.does(sweep_uploads), []);
        assert!(village.writes(|tx| tx.upload(taken)).is_some(), "a message has it");
        assert_eq!(village.writes(|tx| tx.upload(waiting)), None);
    }
}
