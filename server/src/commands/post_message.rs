use chat::protocol::Posted;
use chat::{Attributes, Body, Draft, MessageSid, limits, member};

use crate::commands::asked::Asked;
use crate::commands::{Actor, Asker, Done, Moment, Outcome};
use crate::store::nouns::told_message;
use crate::store::{NewMessage, Tx};

/// Stores one message; its channel hears of it when it is durable.
pub fn post_message(
    tx: &mut dyn Tx,
    author: impl Into<Actor>,
    draft: &Draft,
    m: &Moment,
) -> Outcome<Posted> {
    post_agreed_message(tx, author, draft, draft, m)
}

/// The same, with other words than were asked for. A repeat asks for the first ones again.
pub fn post_agreed_message(
    tx: &mut dyn Tx,
    author: impl Into<Actor>,
    asked_for: &Draft,
    draft: &Draft,
    m: &Moment,
) -> Outcome<Posted> {
    let asker = Asker::load(tx, author)?;
    let author = &asker.user;
    let asked = Asked::of("post_message", author.sid, asked_for.nonce, asked_for)?;
    if let Some(posted) = asked.first_reply(tx)? {
        return Ok(Done::unchanged(posted));
    }
    let standing = asker.known_channel(tx, draft.channel)?;

    member::may_post(standing.rights)?;
    let body = Body::parse(&draft.body)?;
    let attributes = Attributes::parse(&draft.attributes, limits::MESSAGE_ATTRIBUTES_BYTES_MAX)?;

    let message = tx.append_message(&NewMessage {
        sid: MessageSid::new(m.id),
        channel: draft.channel,
        author,
        body: &body,
        attributes: &attributes,
        nonce: draft.nonce,
        at: m.now,
    })?;
    let posted = Posted { sid: message.sid, index: message.index };
    asked.keep(tx, &posted)?;
    Ok(Done::changed(posted, [told_message(draft.channel, message)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::Refusal;
    use chat::protocol::{Row, Scope};
    use chat::{MessageIndex, Nonce};

    use crate::store::village::Village;

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
        let first = village.does(|tx, m| post_agreed_message(tx, ada, &asked_for, &agreed, m));
        let again = village.runs(|tx, m| post_message(tx, ada, &asked_for, m));
        assert_eq!(again, Ok(Done::unchanged(first)));
        let message = village.writes(|tx| tx.message(channel, first.index)).expect("posted");
        assert_eq!(message.body.as_ref().map(Body::as_str), Some("****"));
        let other = village.runs(|tx, m| post_message(tx, ada, &agreed, m));
        assert_eq!(other, Err(Refusal::NonceReused));
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
