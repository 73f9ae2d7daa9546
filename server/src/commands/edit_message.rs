use chat::message::{Part, may_edit};
use chat::protocol::Editing;
use chat::{Attributes, Body, Edited, Identity, Message, Refusal, limits};

use crate::commands::add_member::bearer;
use crate::commands::{Actor, Asker, Done, Moment, Outcome};
use crate::store::Tx;
use crate::store::nouns::told_message;

/// Gives a message another text, other attributes, or both.
pub fn edit_message(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    editing: &Editing,
    m: &Moment,
) -> Outcome<()> {
    edit_agreed_message(tx, by, editing, None, m)
}

/// The same, and the message is somebody else's from now on, if they are named.
pub fn edit_agreed_message(
    tx: &mut dyn Tx,
    by: impl Into<Actor>,
    editing: &Editing,
    in_name_of: Option<&Identity>,
    m: &Moment,
) -> Outcome<()> {
    let asker = Asker::load(tx, by)?;
    let standing = asker.known_channel(tx, editing.channel)?;
    let message = tx.message(editing.channel, editing.index)?;
    let message = message.filter(|message| !message.is_deleted());
    let message = message.ok_or(Refusal::MessageNotFound)?;

    let (is_own, rights) = (message.author == asker.user.sid, standing.rights);
    let (mut body, mut attributes) = (message.body.clone(), message.attributes.clone());
    if let Some(text) = &editing.body {
        may_edit(Part::Body, is_own, rights)?;
        body = Body::parse_beside(message.media.is_some(), text)?;
    }
    if let Some(text) = &editing.attributes {
        may_edit(Part::Attributes, is_own, rights)?;
        attributes = Attributes::parse(text, limits::MESSAGE_ATTRIBUTES_BYTES_MAX)?;
    }
    let new_author = in_name_of.filter(|identity| **identity != message.identity);
    if new_author.is_some() {
        may_edit(Part::Body, is_own, rights)?;
    }
    if new_author.is_none() && (&body, &attributes) == (&message.body, &message.attributes) {
        return Ok(Done::unchanged(()));
    }

    let edited = Some(Edited { at: m.now, by: asker.user.identity });
    let mut message = Message { body, attributes, edited, ..message };
    let mut done = Done::unchanged(());
    if let Some(identity) = new_author {
        let named = bearer(tx, identity, m)?;
        (message.author, message.identity) = (named.reply.sid, named.reply.identity.clone());
        done = named.replied(());
    }
    let message = tx.change_message(editing.channel, message)?;
    Ok(done.and(Done::changed((), [told_message(editing.channel, message)])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::{Row, Scope};
    use chat::{ChannelSid, MessageIndex, Permission};

    use crate::store::village::{Village, identity};

    fn editing(channel: ChannelSid, body: &str) -> Editing {
        Editing { channel, index: MessageIndex(0), body: Some(body.to_owned()), attributes: None }
    }

    #[test]
    fn who_wrote_it_may_write_it_anew_and_the_channel_hears_of_it() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        village.says(ada, channel, "Helo");
        village.pass(1_000);
        let wish = editing(channel, " Hello ");
        let done = village.runs(|tx, m| edit_message(tx, ada, &wish, m)).expect("it is hers");

        let [(Scope::Channel(_), Row::Message(message))] = &done.rows[..] else {
            panic!("one message is told: {:?}", done.rows)
        };
        assert_eq!(message.body.as_ref().map(Body::as_str), Some("Hello"));
        let edited = message.edited.as_ref().expect("it was");
        assert_eq!((edited.at, edited.by.as_str()), (village.now, "Ada"));
        assert!(message.entered < message.changed);

        let again = village.runs(|tx, m| edit_message(tx, ada, &wish, m));
        assert_eq!(again, Ok(Done::unchanged(())));
    }

    #[test]
    fn others_may_not_unless_they_are_admins() {
        let mut village = Village::in_memory();
        let [ada, grace, linus] = village.people(["Ada", "Grace", "Linus"]);
        let root = village.admin("Root");
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace, linus], channel);
        village.says(grace, channel, "Hello");
        let wish = editing(channel, "Good evening");
        let refused = village.runs(|tx, m| edit_message(tx, linus, &wish, m));
        assert_eq!(refused, Err(Refusal::NotPermitted(Permission::EditAnyMessage)));
        assert!(village.runs(|tx, m| edit_message(tx, ada, &wish, m)).is_ok());
        let wish = editing(channel, "Good night");
        assert!(village.runs(|tx, m| edit_message(tx, root, &wish, m)).is_ok());

        village.leaves(grace, channel);
        let wish = editing(channel, "Goodbye");
        let refused = village.runs(|tx, m| edit_message(tx, grace, &wish, m));
        assert_eq!(refused, Err(Refusal::NotPermitted(Permission::EditOwnMessage)));
    }

    #[test]
    fn nobody_gives_away_what_they_may_not_edit() {
        let mut village = Village::in_memory();
        let [ada, grace, linus] = village.people(["Ada", "Grace", "Linus"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace, linus], channel);
        village.says(grace, channel, "Hello");
        let nothing = Editing { body: None, ..editing(channel, "") };
        let author = identity("Linus");
        let refused = village
            .runs(|tx, m| edit_agreed_message(tx, linus, &nothing, Some(&author), m))
            .map(|done| done.reply);
        assert_eq!(refused, Err(Refusal::NotPermitted(Permission::EditAnyMessage)));
        village.does(|tx, m| edit_agreed_message(tx, grace, &nothing, Some(&author), m));
        let message = village.writes(|tx| tx.message(channel, MessageIndex(0))).expect("there");
        assert_eq!((message.author, &message.identity), (linus, &author));
        assert_eq!(message.edited.map(|edited| edited.by), Some(identity("Grace")));
    }

    #[test]
    fn the_words_beside_a_file_may_go_and_come_back() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let file = village.uploads(ada);
        village.shows(ada, channel, file).expect("it is hers");
        for (text, expected) in [("Look", Some("Look")), (" ", None)] {
            let wish = editing(channel, text);
            village.does(|tx, m| edit_message(tx, ada, &wish, m));
            let message = village.writes(|tx| tx.message(channel, MessageIndex(0))).expect("there");
            assert_eq!(message.body.as_ref().map(Body::as_str), expected);
            assert!(message.media.is_some());
        }
    }

    #[test]
    fn what_could_not_be_posted_is_not_written_by_editing() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        village.says(ada, channel, "Hello");
        let long = "a".repeat(Body::BYTES_MAX + 1);
        for (wish, refusal) in [
            (editing(channel, " "), Refusal::BlankBody),
            (editing(channel, &long), Refusal::BodyTooLong),
            (
                Editing { attributes: Some("{".to_owned()), ..editing(channel, "Hi") },
                Refusal::AttributesNotJson,
            ),
            (
                Editing { index: MessageIndex(1), ..editing(channel, "Hi") },
                Refusal::MessageNotFound,
            ),
        ] {
            let refused = village.runs(|tx, m| edit_message(tx, ada, &wish, m));
            assert_eq!(refused, Err(refusal));
        }
    }
}
