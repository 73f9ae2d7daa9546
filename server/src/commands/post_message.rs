use chat::protocol::Posted;
use chat::{
    Attributes, Body, Draft, Identity, Media, MediaSid, MessageSid, Refusal, limits, member,
};

use crate::commands::add_member::bearer;
use crate::commands::asked::Asked;
use crate::commands::{Actor, Asker, CommandError, Done, Moment, Outcome};
use crate::store::nouns::told_message;
use crate::store::{Ask, NewMessage, Tx, Upload, UploadState};

/// Stores one message; its channel hears of it when it is durable.
pub fn post_message(
    tx: &mut dyn Tx,
    author: impl Into<Actor>,
    draft: &Draft,
    m: &Moment,
) -> Outcome<Posted> {
    post_agreed_message(tx, author, draft, draft, None, m)
}

/// The same, with other words than were asked for, or in the name of another, who need be no member.
/// A repeat asks for the first ones again.
pub fn post_agreed_message(
    tx: &mut dyn Tx,
    author: impl Into<Actor>,
    asked_for: &Draft,
    draft: &Draft,
    in_name_of: Option<&Identity>,
    m: &Moment,
) -> Outcome<Posted> {
    let asker = Asker::load(tx, author)?;
    let asked = Asked::of("post_message", asker.user.sid, asked_for.nonce, asked_for)?;
    if let Some(posted) = asked.first_reply(tx)? {
        return Ok(Done::unchanged(posted));
    }
    let standing = asker.known_channel(tx, draft.channel)?;

    let has_media = draft.media.is_some();
    let has_words = !has_media || !draft.body.trim().is_empty();
    member::may_post(standing.rights, has_words, has_media)?;
    let body = Body::parse_beside(has_media, &draft.body)?;
    let attributes = Attributes::parse(&draft.attributes, limits::MESSAGE_ATTRIBUTES_BYTES_MAX)?;
    let upload = draft.media.map(|media| waiting(tx, &asker, media)).transpose()?;

    let named = in_name_of.map(|identity| bearer(tx, identity, m)).transpose()?;
    let author = named.unwrap_or_else(|| Done::unchanged(asker.user));
    let media = upload.map(|upload| keep(tx, upload)).transpose()?;
    let message = tx.append_message(&NewMessage {
        sid: MessageSid::new(m.id),
        channel: draft.channel,
        author: &author.reply,
        body: body.as_ref(),
        media: media.as_ref(),
        attributes: &attributes,
        nonce: draft.nonce,
        at: m.now,
    })?;
    let posted = Posted { sid: message.sid, index: message.index };
    asked.keep(tx, &posted)?;
    let told = Done::changed((), [told_message(draft.channel, message)]);
    Ok(author.replied(posted).and(told))
}

/// A file that waits for its message: the author's own, or anybody's for the operator.
pub(super) fn waiting(
    tx: &mut dyn Tx,
    asker: &Asker,
    media: MediaSid,
) -> Result<Upload, CommandError> {
    let upload = tx.upload(media)?;
    let upload = upload.filter(|upload| asker.is_operator() || upload.user == asker.user.sid);
    let upload = upload.ok_or(Refusal::MediaNotFound)?;
    match upload.state {
        UploadState::Waiting => Ok(upload),
        UploadState::Kept => Err(Refusal::MediaTaken.into()),
        UploadState::Arriving | UploadState::Left => Err(Refusal::MediaNotFound.into()),
    }
}

fn keep(tx: &mut dyn Tx, upload: Upload) -> Ask<Media> {
    let upload = Upload { state: UploadState::Kept, ..upload };
    tx.put_upload(&upload)?;
    Ok(upload.media)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::{Row, Scope};
    use chat::{MessageIndex, Nonce};

    use crate::store::village::{Village, identity};

    #[test]
    fn a_member_posts_and_the_channel_hears_of_it() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");

        let done = village.posts(ada, channel, " Hello ").expect("Ada is a member");

        let [(Scope::Channel(told), Row::Message(message))] = &done.rows[..] else {
            panic!("one message is told: {:?}", done.rows)
        };
        assert_eq!((*told, message.body.as_ref().map(Body::as_str)), (channel, Some("Hello")));
        assert_eq!((message.index, done.reply.index), (MessageIndex(0), MessageIndex(0)));
        assert_eq!(village.says(ada, channel, "Again"), MessageIndex(1));
    }

    #[test]
    fn whoever_is_no_member_does_not_post() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let admin = village.admin("Root");
        let channel = village.channel(ada, "Harvest");

        assert_eq!(village.posts(grace, channel, "Hello"), Err(Refusal::NotAMember));
        assert_eq!(village.posts(admin, channel, "Hello"), Err(Refusal::NotAMember));
        village.all_join([grace], channel);
        assert!(village.posts(grace, channel, "Hello").is_ok());
        village.leaves(grace, channel);
        assert_eq!(village.posts(grace, channel, "Hello"), Err(Refusal::NotAMember));
    }

    #[test]
    fn a_blank_or_endless_text_is_refused() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        assert_eq!(village.posts(ada, channel, " \n "), Err(Refusal::BlankBody));
        let endless = "a".repeat(Body::BYTES_MAX + 1);
        assert_eq!(village.posts(ada, channel, &endless), Err(Refusal::BodyTooLong));
    }

    #[test]
    fn a_file_is_said_beside_words_or_without_any() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        for (text, expected) in [(" ", None), ("Look ", Some("Look"))] {
            let file = village.uploads(ada);
            let draft = Draft { media: Some(file), ..village.draft(channel, text) };
            let done = village.runs(|tx, m| post_message(tx, ada, &draft, m)).expect("hers");
            let Row::Message(message) = &done.rows[0].1 else { panic!("the message is told") };
            assert_eq!(message.body.as_ref().map(Body::as_str), expected);
            assert_eq!(message.media, Some(crate::store::village::picture(file)));
            assert!(!message.is_deleted());
        }
    }

    #[test]
    fn a_file_has_one_message_and_only_who_brought_it_takes_it() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        let (file, operator) = (village.uploads(ada), village.operator());
        let nowhere = MediaSid::from_bytes([9; 16]);
        assert_eq!(village.shows(ada, channel, nowhere), Err(Refusal::MediaNotFound));
        assert_eq!(village.shows(grace, channel, file), Err(Refusal::MediaNotFound));
        assert!(village.shows(ada, channel, file).is_ok());
        assert_eq!(village.shows(ada, channel, file), Err(Refusal::MediaTaken));
        assert_eq!(village.shows(grace, channel, file), Err(Refusal::MediaNotFound));

        let graces = village.uploads(grace);
        assert!(village.shows(operator, channel, graces).is_ok());
    }

    #[test]
    fn a_repeat_with_a_file_takes_it_once() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let file = village.uploads(ada);
        let draft = Draft { media: Some(file), ..village.draft(channel, "") };
        let first = village.does(|tx, m| post_message(tx, ada, &draft, m));
        let again = village.runs(|tx, m| post_message(tx, ada, &draft, m));
        assert_eq!(again, Ok(Done::unchanged(first)));
        let other = Draft { media: None, body: "Look".to_owned(), ..draft };
        let reused = village.runs(|tx, m| post_message(tx, ada, &other, m));
        assert_eq!(reused, Err(Refusal::NonceReused));
    }

    #[test]
    fn a_repeat_gets_the_first_answer_and_tells_nobody() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let draft = village.draft(channel, "Hello");
        let first = village.does(|tx, m| post_message(tx, ada, &draft, m));

        let again = village.runs(|tx, m| post_message(tx, ada, &draft, m));
        assert_eq!(again, Ok(Done::unchanged(first)));

        village.leaves(ada, channel);
        let after_leaving = village.runs(|tx, m| post_message(tx, ada, &draft, m));
        assert_eq!(after_leaving, Ok(Done::unchanged(first)));

        let admin = village.admin("Root");
        village.deletes(admin, channel).expect("an admin may");
        while village.does(crate::commands::purge) {}
        let after_deletion = village.runs(|tx, m| post_message(tx, ada, &draft, m));
        assert_eq!(after_deletion, Ok(Done::unchanged(first)));
    }

    #[test]
    fn a_repeat_of_what_was_agreed_to_with_other_words_is_one() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let asked_for = village.draft(channel, "Darn");
        let agreed = Draft { body: "****".to_owned(), ..asked_for.clone() };
        let first =
            village.does(|tx, m| post_agreed_message(tx, ada, &asked_for, &agreed, None, m));
        let again = village.runs(|tx, m| post_message(tx, ada, &asked_for, m));
        assert_eq!(again, Ok(Done::unchanged(first)));
        let message = village.writes(|tx| tx.message(channel, first.index)).expect("posted");
        assert_eq!(message.body.as_ref().map(Body::as_str), Some("****"));
        let other = village.runs(|tx, m| post_message(tx, ada, &agreed, m));
        assert_eq!(other, Err(Refusal::NonceReused));
    }

    #[test]
    fn what_was_agreed_to_in_anothers_name_is_theirs() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        let draft = village.draft(channel, "Hello");
        for (name, rows) in [("Grace", 1), ("Newcomer", 2)] {
            let draft = Draft { nonce: village.nonce(), ..draft.clone() };
            let named = identity(name);
            let done = village
                .runs(|tx, m| post_agreed_message(tx, ada, &draft, &draft, Some(&named), m))
                .expect("she is a member");
            assert_eq!(done.rows.len(), rows);
            let message = village.writes(|tx| tx.message(channel, done.reply.index));
            let message = message.expect("posted");
            assert_eq!((&message.identity, message.author == ada), (&named, false));
            let again = village.runs(|tx, m| post_message(tx, ada, &draft, m));
            assert_eq!(again, Ok(Done::unchanged(done.reply)));
        }
        // In another's name they say what they may say themselves, and no more.
        let named = identity("Ada");
        let outside =
            village.runs(|tx, m| post_agreed_message(tx, grace, &draft, &draft, Some(&named), m));
        assert_eq!(outside, Err(Refusal::NotAMember));
    }

    #[test]
    fn a_nonce_serves_one_request_of_one_author() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        let draft = village.draft(channel, "Hello");
        village.does(|tx, m| post_message(tx, ada, &draft, m));

        let other = Draft { body: "Goodbye".to_owned(), ..draft.clone() };
        let reused = village.runs(|tx, m| post_message(tx, ada, &other, m));
        assert_eq!(reused, Err(Refusal::NonceReused));
        let Nonce(nonce) = draft.nonce;
        let joining =
            village.runs(|tx, m| crate::commands::join_channel(tx, ada, channel, Nonce(nonce), m));
        assert_eq!(joining, Err(Refusal::NonceReused));

        let graces = village.does(|tx, m| post_message(tx, grace, &draft, m));
        assert_eq!(graces.index, MessageIndex(1));
    }

    #[test]
    fn whoever_is_retired_is_told_that_the_session_is_over() {
        let mut village = Village::in_memory();
        let guest = village.guest("Linus");
        let general = village.general;
        village.all_join([guest.user.sid], general);
        village.says(guest.user.sid, general, "Hello");
        village.signs_out(guest.session);
        assert_eq!(village.posts(guest.user.sid, general, "Hello?"), Err(Refusal::SessionEnded));
    }
}
