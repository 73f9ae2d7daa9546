use chat::{Media, MediaSid, Refusal};

use crate::commands::{Actor, Asker, CommandError, Done, Moment, Outcome};
use crate::store::{Tx, Upload, UploadState};

/// What is known of a file before it comes.
#[derive(Clone, Debug, Default)]
pub struct Announced {
    /// The SID that it had elsewhere.
    pub sid: Option<MediaSid>,
    pub filename: String,
    /// Bytes; 0 where it is not said.
    pub size: u64,
}

/// Bytes that there is room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// In files of one user; the operator's backend is none.
    pub of_user: u64,
    /// In all files of the service.
    pub of_all: u64,
}

impl Quotas {
    /// Whether there is room for a file of that size, once those bytes are gone.
    pub(super) fn judge(
        self,
        tx: &mut dyn Tx,
        asker: &Asker,
        gone: u64,
        size: u64,
    ) -> Result<(), CommandError> {
        let fits = |bytes: u64, room| bytes.saturating_sub(gone).saturating_add(size) <= room;
        let theirs = tx.uploaded_bytes(Some(asker.user.sid))?;
        let is_in = asker.is_operator() || fits(theirs, self.of_user);
        if is_in && fits(tx.uploaded_bytes(None)?, self.of_all) {
            return Ok(());
        }
        Err(Refusal::MediaOverQuota.into())
    }
}

/// Writes a file down before its first byte is kept, so that none can be forgotten. One that broke
/// off may begin again.
pub fn begin_upload(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    announced: &Announced,
    quotas: Quotas,
    m: &Moment,
) -> Outcome<MediaSid> {
    let asker = Asker::load(tx, by)?;
    let sid = announced.sid.unwrap_or_else(|| MediaSid::new(m.id));
    let before = tx.upload(sid)?;
    if before.as_ref().is_some_and(|before| before.state != UploadState::Arriving) {
        return Err(Refusal::SidTaken.into());
    }
    let gone = before.map_or(0, |before| before.media.size);
    quotas.judge(tx, &asker, gone, announced.size)?;

    tx.put_upload(&Upload {
        media: Media {
            sid,
            filename: announced.filename.clone(),
            content_type: String::new(),
            size: announced.size,
            dimensions: None,
        },
        user: asker.user.sid,
        state: UploadState::Arriving,
        at: m.now,
    })?;
    Ok(Done::unchanged(sid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::Village;

    #[test]
    fn what_is_announced_takes_room_at_once() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let quotas = Quotas { of_user: 10, of_all: 15 };
        let mut begins = |by: Actor, size| {
            let announced = Announced { size, ..Announced::default() };
            village.runs(|tx, m| begin_upload(tx, by, &announced, quotas, m)).map(|_| ())
        };
        let full = Err(Refusal::MediaOverQuota);
        assert_eq!(begins(ada.into(), 11), full);
        assert_eq!(begins(ada.into(), 8), Ok(()));
        assert_eq!(begins(ada.into(), 3), full, "her own room is full");
        assert_eq!(begins(grace.into(), 8), full, "all the room is full");
        assert_eq!(begins(grace.into(), 7), Ok(()));
        assert_eq!(begins(Actor::Operator(grace), 1), full);
        assert_eq!(begins(ada.into(), 0), Ok(()), "nothing always fits");
    }

    #[test]
    fn the_operators_files_are_nobodys_own() {
        let mut village = Village::in_memory();
        let operator = village.operator();
        let quotas = Quotas { of_user: 1, of_all: 15 };
        let announced = Announced { size: 15, ..Announced::default() };
        let begun = village.runs(|tx, m| begin_upload(tx, operator, &announced, quotas, m));
        assert!(begun.is_ok());
    }
}
