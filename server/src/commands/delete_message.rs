use chat::message::may_delete;
use chat::{Attributes, ChannelSid, Message, MessageIndex, Refusal};

use crate::commands::leave_upload::leave;
use crate::commands::{Actor, Asker, Done, Moment, Outcome};
use crate::store::Tx;
use crate::store::nouns::told_message;

/// Takes a message back: a marker without its content stays in its place.
pub fn delete_message(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    channel: ChannelSid,
    index: MessageIndex,
    _m: &Moment,
) -> Outcome<()> {
    let asker = Asker::load(tx, by)?;
    let standing = asker.known_channel(tx, channel)?;
    let message = tx.message(channel, index)?.ok_or(Refusal::MessageNotFound)?;

    may_delete(message.author == asker.user.sid, standing.rights)?;
    if message.is_deleted() {
        return Ok(Done::unchanged(()));
    }

    if let Some(media) = &message.media
        && let Some(upload) = tx.upload(media.sid)?
    {
        leave(tx, upload)?;
    }
    let attributes = Attributes::default();
    let marker = Message { body: None, media: None, attributes, edited: None, ..message };
    let marker = tx.change_message(channel, marker)?;
    Ok(Done::changed((), [told_message(channel, marker)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::Row;
    use chat::{Permission, UserSid};

    use crate::store::village::Village;

    fn deletes(
        village: &mut Village,
        by: UserSid,
        channel: ChannelSid,
        index: MessageIndex,
    ) -> Result<Done<()>, Refusal> {
        village.runs(|tx, m| delete_message(tx, by, channel, index, m))
    }

    #[test]
    fn a_marker_stays_and_nothing_of_what_was_said() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let index = village.says(ada, channel, "My password is swordfish");

        let done = deletes(&mut village, ada, channel, index).expect("it is her own");

        let Row::Message(marker) = &done.rows[0].1 else { panic!("the message is told") };
        assert!(marker.is_deleted() && marker.index == index && marker.entered < marker.changed);
        assert!(!format!("{:?}", village.rows(done.rows[0].0)).contains("swordfish"));
        assert_eq!(deletes(&mut village, ada, channel, index), Ok(Done::unchanged(())));
        assert_eq!(village.says(ada, channel, "Next"), MessageIndex(index.0 + 1));
    }

    #[test]
    fn the_file_goes_with_its_message() {
        let mut village = Village::in_sqlite();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let file = village.uploads(ada);
        let index = village.shows(ada, channel, file).expect("it is hers").reply.index;
        let done = deletes(&mut village, ada, channel, index).expect("it is her own");
        let Row::Message(marker) = &done.rows[0].1 else { panic!("the message is told") };
        assert!(marker.is_deleted() && marker.media.is_none());
        assert_eq!(village.does(crate::commands::sweep_uploads), [file]);
        assert_eq!(village.shows(ada, channel, file), Err(Refusal::MediaNotFound));
    }

    #[test]
    fn members_delete_their_own_and_admins_anybodys() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let (admin, stranger) = (village.admin("Root"), village.people(["Linus"])[0]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        let [first, second, third] = [(ada, "One"), (grace, "Two"), (grace, "Three")]
            .map(|(by, text)| village.says(by, channel, text));
        for (by, index, expected) in [
            (grace, first, Err(Permission::DeleteAnyMessage)),
            (stranger, first, Err(Permission::DeleteAnyMessage)),
            (grace, second, Ok(())),
            (ada, third, Ok(())),
            (admin, first, Ok(())),
        ] {
            let judged = deletes(&mut village, by, channel, index).map(|_| ());
            assert_eq!(judged, expected.map_err(Refusal::NotPermitted), "{index:?}");
        }
        let none = deletes(&mut village, ada, channel, MessageIndex(9));
        assert_eq!(none, Err(Refusal::MessageNotFound));
    }

    #[test]
    fn what_is_deleted_is_not_unread_not_in_history_and_not_edited() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        for text in ["One", "Two", "Three"] {
            village.says(ada, channel, text);
        }
        let unread = |village: &mut Village| {
            village.asks(|tx| crate::queries::unread(tx, grace, channel)).expect("a member").unread
        };
        assert_eq!(unread(&mut village), 3);
        deletes(&mut village, ada, channel, MessageIndex(1)).expect("her own");
        assert_eq!(unread(&mut village), 2);
        let before = MessageIndex(9);
        let page = village.asks(|tx| crate::queries::history(tx, grace, channel, before, 2));
        let page = page.expect("a member");
        let indexes: Vec<u64> = page.messages.iter().map(|message| message.index.0).collect();
        assert_eq!((indexes, page.earlier), (vec![0, 2], false));
        let editing = chat::protocol::Editing {
            channel,
            index: MessageIndex(1),
            body: Some("Back again".to_owned()),
            attributes: None,
        };
        let edited = village.runs(|tx, m| crate::commands::edit_message(tx, ada, &editing, m));
        assert_eq!(edited, Err(Refusal::MessageNotFound));
    }
}
