use chat::{ChannelSid, Media, MediaSid, MessageIndex, Refusal, UserSid};

use crate::commands::{Actor, Asker, CommandError};
use crate::queries::reader::reader;
use crate::store::{Tx, Upload, UploadState};

/// The file of a message, for whoever reads the message.
pub fn media_at(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    index: MessageIndex,
) -> Result<Media, CommandError> {
    reader(tx, user, channel)?;
    let message = tx.message(channel, index)?;
    Ok(message.and_then(|message| message.media).ok_or(Refusal::MessageNotFound)?)
}

/// A file, for whoever reads its message in its own channel now, and for who brought it until a
/// message has it. What is not for them looks like what is not there.
pub fn readable_media(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    sid: MediaSid,
) -> Result<Upload, CommandError> {
    let asker = Asker::load(tx, by)?;
    let upload = tx.upload(sid)?.ok_or(Refusal::MediaNotFound)?;
    let is_theirs = match upload.state {
        UploadState::Arriving | UploadState::Left => false,
        UploadState::Waiting => asker.is_operator() || upload.user == asker.user.sid,
        UploadState::Kept => reads_message_of(tx, &asker, sid)?,
    };
    if is_theirs { Ok(upload) } else { Err(Refusal::MediaNotFound.into()) }
}

fn reads_message_of(tx: &mut dyn Tx, asker: &Asker, sid: MediaSid) -> Result<bool, CommandError> {
    let Some((channel, _)) = tx.place_of_media(sid)? else { return Ok(false) };
    let standing = asker.standing_in(tx, channel)?;
    Ok(standing.is_some_and(|standing| asker.is_operator() || standing.member.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands;
    use crate::store::village::{Village, picture};

    #[test]
    fn a_file_is_for_the_members_of_its_own_channel() {
        let mut village = Village::in_sqlite();
        let [ada, grace, linus] = village.people(["Ada", "Grace", "Linus"]);
        let channel = village.private_channel(ada, "Harvest");
        let other = village.channel(grace, "Mill");
        village.adds(ada, channel, "Linus").expect("she may");
        let file = village.uploads(ada);
        let index = village.shows(ada, channel, file).expect("it is hers").reply.index;
        village.says(grace, other, "Hello");
        let operator = village.operator();

        let mut at = |user, channel| village.asks(|tx| media_at(tx, user, channel, index));
        assert_eq!(at(linus, channel), Ok(picture(file)));
        assert_eq!(at(grace, channel), Err(Refusal::ChannelNotFound));
        assert_eq!(at(grace, other), Err(Refusal::MessageNotFound), "only words are there");

        let reads = |village: &mut Village, by: Actor| {
            village.asks(|tx| readable_media(tx, by, file)).map(|upload| upload.media)
        };
        for by in [ada.into(), linus.into(), operator] {
            assert_eq!(reads(&mut village, by), Ok(picture(file)));
        }
        assert_eq!(reads(&mut village, grace.into()), Err(Refusal::MediaNotFound));
        village.leaves(linus, channel);
        assert_eq!(reads(&mut village, linus.into()), Err(Refusal::MediaNotFound));
        village.does(|tx, m| commands::delete_message(tx, ada, channel, index, m));
        for by in [ada.into(), operator] {
            assert_eq!(reads(&mut village, by), Err(Refusal::MediaNotFound));
        }
    }

    #[test]
    fn until_a_message_has_it_a_file_is_for_who_brought_it() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let (file, operator) = (village.uploads(ada), village.operator());
        for (by, expected) in [
            (Actor::User(ada), Ok(())),
            (operator, Ok(())),
            (Actor::User(grace), Err(Refusal::MediaNotFound)),
        ] {
            let read = village.asks(|tx| readable_media(tx, by, file)).map(drop);
            assert_eq!(read, expected, "{by:?}");
        }
        village.does(|tx, m| commands::leave_upload(tx, file, m));
        let read = village.asks(|tx| readable_media(tx, ada, file)).map(drop);
        assert_eq!(read, Err(Refusal::MediaNotFound));
    }

    #[test]
    fn the_files_of_a_deleted_channel_are_for_nobody_at_once() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let (file, operator) = (village.uploads(ada), village.operator());
        village.shows(ada, channel, file).expect("it is hers");
        village.deletes(ada, channel).expect("she made it");
        for by in [Actor::User(ada), operator] {
            let read = village.asks(|tx| readable_media(tx, by, file)).map(drop);
            assert_eq!(read, Err(Refusal::MediaNotFound));
        }
    }
}
