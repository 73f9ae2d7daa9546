use chat::{Media, Refusal};

use crate::commands::{Actor, Asker, Done, Moment, Outcome, Quotas};
use crate::store::{Tx, Upload, UploadState};

/// All of a file is here, and is what it was found to be: now a message may take it.
pub fn keep_upload(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    media: &Media,
    quotas: Quotas,
    _m: &Moment,
) -> Outcome<()> {
    let asker = Asker::load(tx, by)?;
    let upload = tx.upload(media.sid)?;
    let upload = upload.filter(|upload| upload.state == UploadState::Arriving);
    let upload = upload.ok_or(Refusal::MediaNotFound)?;
    quotas.judge(tx, &asker, upload.media.size, media.size)?;

    tx.put_upload(&Upload { media: media.clone(), state: UploadState::Waiting, ..upload })?;
    Ok(Done::unchanged(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Announced, begin_upload, leave_upload};
    use crate::store::village::{Village, picture};

    #[test]
    fn what_is_larger_than_announced_needs_the_room_that_it_takes() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let quotas = Quotas { of_user: 10, of_all: 10 };
        let announced = Announced { size: 2, ..Announced::default() };
        let sid = village.does(|tx, m| begin_upload(tx, ada, &announced, quotas, m));
        let mut keeps = |size| {
            let media = Media { size, ..picture(sid) };
            village.runs(|tx, m| keep_upload(tx, ada, &media, quotas, m)).map(|_| ())
        };
        assert_eq!(keeps(11), Err(Refusal::MediaOverQuota));
        assert_eq!(keeps(10), Ok(()));
        assert_eq!(keeps(10), Err(Refusal::MediaNotFound), "it is here already");
    }

    #[test]
    fn what_broke_off_is_not_kept_any_more() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let quotas = Quotas { of_user: 10_000, of_all: 10_000 };
        let announced = Announced::default();
        let sid = village.does(|tx, m| begin_upload(tx, ada, &announced, quotas, m));
        village.does(|tx, m| leave_upload(tx, sid, m));
        let media = picture(sid);
        let kept = village.runs(|tx, m| keep_upload(tx, ada, &media, quotas, m));
        assert_eq!(kept, Err(Refusal::MediaNotFound));
    }
}
