//! Messages as a backend writes them down: in anybody's name, with the dates that they had elsewhere.

use chat::protocol::Posted;
use chat::{
    Attributes, Body, ChannelSid, Draft, Edited, Identity, MediaSid, Message, MessageIndex,
    MessageSid, Nonce, Refusal, Timestamp, User, limits,
};

use crate::commands::add_member::bearer;
use crate::commands::post_message::waiting;
use crate::commands::stamps::{judge_dates, moment_of};
use crate::commands::{Actor, Asker, CommandError, Done, Moment, Outcome, post_message};
use crate::store::Tx;
use crate::store::nouns::told_message;

/// What a backend says of a message; what is left out stays, or comes by itself.
#[derive(Clone, Debug, Default)]
pub struct MessageWish {
    /// The SID that it had elsewhere, for one that is made.
    pub sid: Option<MessageSid>,
    pub body: Option<String>,
    /// JSON of any shape, as text.
    pub attributes: Option<String>,
    /// A file that waits, for one that is made.
    pub media: Option<MediaSid>,
    /// Its author; who has never been here is made.
    pub from: Option<Identity>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub updated_by: Option<Identity>,
}

/// Stores one message for the operator. One that has that SID is there already.
pub fn record_message(
    tx: &mut dyn Tx,
    by: Actor,
    channel: ChannelSid,
    wish: &MessageWish,
    m: &Moment,
) -> Outcome<Posted> {
    let asker = Asker::load(tx, by)?;
    asker.known_channel(tx, channel)?;
    if let Some(sid) = wish.sid
        && let Some((there, index)) = tx.place_of_message(sid)?
    {
        let posted = Posted { sid, index };
        return if there == channel {
            Ok(Done::unchanged(posted))
        } else {
            Err(Refusal::SidTaken.into())
        };
    }
    judge(wish, m)?;
    let body = wish.body.clone().unwrap_or_default();
    Body::parse_beside(wish.media.is_some(), &body)?;
    // What posting would refuse is refused before an author is made.
    wish.media.map(|media| waiting(tx, &asker, media)).transpose()?;

    let author = author(tx, &asker, wish, m)?;
    let attributes = wish.attributes.clone().unwrap_or_default();
    let own = moment_of(wish.sid.map(|sid| *sid.as_bytes()), wish.created_at, m);
    let draft = Draft { channel, nonce: Nonce(own.id), body, attributes, media: wish.media };
    let posted = post_message(tx, Actor::Operator(author.reply.sid), &draft, &own)?;
    let index = posted.reply.index;
    let message = tx.message(channel, index)?.ok_or(Refusal::MessageNotFound)?;
    let stamped = stamped(message.clone(), wish);
    let mut done = author.replied(posted.reply).and(posted.replied(()));
    if stamped != message {
        done.rows.push(told_message(channel, tx.change_message(channel, stamped)?));
    }
    Ok(done)
}

/// Changes a message for the operator.
pub fn amend_message(
    tx: &mut dyn Tx,
    by: Actor,
    channel: ChannelSid,
    index: MessageIndex,
    wish: &MessageWish,
    m: &Moment,
) -> Outcome<()> {
    let asker = Asker::load(tx, by)?;
    asker.known_channel(tx, channel)?;
    let message = tx.message(channel, index)?.filter(|message| !message.is_deleted());
    let message = message.ok_or(Refusal::MessageNotFound)?;
    judge(wish, m)?;
    let mut amended = message.clone();
    if let Some(text) = &wish.body {
        amended.body = Body::parse_beside(message.media.is_some(), text)?;
    }
    if let Some(text) = &wish.attributes {
        amended.attributes = Attributes::parse(text, limits::MESSAGE_ATTRIBUTES_BYTES_MAX)?;
    }
    if (&amended.body, &amended.attributes) != (&message.body, &message.attributes) {
        amended.edited = Some(Edited { at: m.now, by: asker.user.identity.clone() });
    }

    let mut done = Done::unchanged(());
    if wish.from.is_some() {
        let author = author(tx, &asker, wish, m)?;
        (amended.author, amended.identity) = (author.reply.sid, author.reply.identity.clone());
        done = author.replied(());
    }
    let amended = stamped(amended, wish);
    if amended != message {
        done.rows.push(told_message(channel, tx.change_message(channel, amended)?));
    }
    Ok(done)
}

/// Whatever of the wish could be refused, before anything is written.
fn judge(wish: &MessageWish, m: &Moment) -> Result<(), Refusal> {
    let attributes = wish.attributes.as_deref().unwrap_or_default();
    Attributes::parse(attributes, limits::MESSAGE_ATTRIBUTES_BYTES_MAX)?;
    judge_dates(wish.created_at, wish.updated_at, m)
}

fn author(
    tx: &mut dyn Tx,
    asker: &Asker,
    wish: &MessageWish,
    m: &Moment,
) -> Result<Done<User>, CommandError> {
    match &wish.from {
        Some(identity) => bearer(tx, identity, m),
        None => Ok(Done::unchanged(asker.user.clone())),
    }
}

/// The message with the dates that it had elsewhere. One that was updated when it was made was not
/// edited.
fn stamped(message: Message, wish: &MessageWish) -> Message {
    let posted_at = wish.created_at.unwrap_or(message.posted_at);
    let known = message.edited.clone();
    let edited_at = wish.updated_at.filter(|at| posted_at < *at);
    let at = edited_at.or(known.as_ref().map(|edited| edited.at));
    let by = wish.updated_by.clone().or(known.map(|edited| edited.by));
    let edited = match (at, by) {
        (None, None) => None,
        (at, by) => Some(Edited {
            at: at.unwrap_or(posted_at),
            by: by.unwrap_or_else(|| message.identity.clone()),
        }),
    };
    Message { posted_at, edited, ..message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::delete_message;
    use crate::store::village::{Village, identity};

    fn operator(village: &mut Village) -> Actor {
        Actor::Operator(village.writes(|tx| tx.service()).expect("founded").system())
    }

    fn says(body: &str) -> MessageWish {
        MessageWish { body: Some(body.to_owned()), ..MessageWish::default() }
    }

    #[test]
    fn the_system_speaks_unless_another_author_is_named() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let operator = operator(&mut village);
        let mut author = |wish: MessageWish| {
            let posted = village.does(|tx, m| record_message(tx, operator, channel, &wish, m));
            let message = village.writes(|tx| tx.message(channel, posted.index)).expect("posted");
            (message.author, message.identity.as_str().to_owned())
        };
        assert_eq!(author(says("Welcome")).1, "system");
        let from = |name: &str| MessageWish { from: Some(identity(name)), ..says("Hello") };
        assert_eq!(author(from("Ada")), (ada, "Ada".to_owned()));
        assert_eq!(author(from("Grace")).1, "Grace");
    }

    #[test]
    fn dates_are_kept_as_they_are_told() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let operator = operator(&mut village);
        let (long_ago, later) = (Timestamp(1_500_000_000_000), Timestamp(1_500_000_009_000));
        let wish = MessageWish {
            created_at: Some(long_ago),
            updated_at: Some(later),
            updated_by: Some(identity("Grace")),
            ..says("As it was")
        };
        let posted = village.does(|tx, m| record_message(tx, operator, channel, &wish, m));
        let message = village.writes(|tx| tx.message(channel, posted.index)).expect("posted");
        assert_eq!(message.posted_at, long_ago);
        assert_eq!(message.edited, Some(Edited { at: later, by: identity("Grace") }));

        let same = MessageWish { updated_at: Some(long_ago), updated_by: None, ..wish };
        let posted = village.does(|tx, m| record_message(tx, operator, channel, &same, m));
        let message = village.writes(|tx| tx.message(channel, posted.index)).expect("posted");
        assert_eq!(message.edited, None);
    }

    #[test]
    fn an_amended_message_is_marked_and_what_is_left_out_stays() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let index = village.says(ada, channel, "Helo");
        let operator = operator(&mut village);
        let amend = |village: &mut Village, wish: &MessageWish| {
            village.does(|tx, m| amend_message(tx, operator, channel, index, wish, m));
            village.writes(|tx| tx.message(channel, index)).expect("posted")
        };
        let amended = amend(&mut village, &says("Hello"));
        assert_eq!(amended.edited.as_ref().map(|edited| edited.by.as_str()), Some("system"));
        assert_eq!((amended.author, amended.posted_at), (ada, village.now));

        let from = MessageWish { from: Some(identity("Grace")), ..MessageWish::default() };
        let amended = amend(&mut village, &from);
        assert_eq!(amended.identity.as_str(), "Grace");
        assert_eq!(amended.body.map(|body| body.as_str().to_owned()), Some("Hello".to_owned()));
    }

    #[test]
    fn what_does_not_do_makes_neither_a_message_nor_an_author() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        let (operator, tomorrow) = (operator(&mut village), village.now.plus(86_400_000));
        let from = MessageWish { from: Some(identity("Grace")), ..says("Hello") };
        for (wish, refusal) in [
            (MessageWish { body: None, ..from.clone() }, Refusal::BlankBody),
            (MessageWish { body: Some(" ".to_owned()), ..from.clone() }, Refusal::BlankBody),
            (
                MessageWish { attributes: Some("{".to_owned()), ..from.clone() },
                Refusal::AttributesNotJson,
            ),
            (MessageWish { created_at: Some(tomorrow), ..from.clone() }, Refusal::BadParameter),
            (
                MessageWish { media: Some(MediaSid::from_bytes([9; 16])), ..from.clone() },
                Refusal::MediaNotFound,
            ),
            (MessageWish { updated_at: Some(Timestamp(-1)), ..from }, Refusal::BadParameter),
        ] {
            let refused = village.runs(|tx, m| record_message(tx, operator, channel, &wish, m));
            assert_eq!(refused, Err(refusal), "{wish:?}");
        }
        let grace = identity("Grace");
        assert_eq!(village.writes(|tx| tx.user_named(&grace)), None);
    }

    #[test]
    fn a_message_that_has_a_sid_of_its_own_comes_once_and_stays_deleted() {
        let mut village = Village::in_memory();
        let operator = operator(&mut village);
        let (general, sid) = (village.general, MessageSid::from_bytes([7; 16]));
        let long_ago = Timestamp(1_500_000_000_000);
        let wish = MessageWish { sid: Some(sid), created_at: Some(long_ago), ..says("Hello") };
        let posted = village.does(|tx, m| record_message(tx, operator, general, &wish, m));
        assert_eq!(posted.sid, sid);
        let channel = village.writes(|tx| tx.channel(general)).expect("it is there");
        assert_eq!(channel.last_message_at, Some(long_ago));
        let index = posted.index;
        village.does(|tx, m| delete_message(tx, operator, general, index, m));
        let again = village.runs(|tx, m| record_message(tx, operator, general, &wish, m));
        assert_eq!(again, Ok(Done::unchanged(posted)));
        let [ada] = village.people(["Ada"]);
        let other = village.channel(ada, "Harvest");
        let elsewhere = village.runs(|tx, m| record_message(tx, operator, other, &wish, m));
        assert_eq!(elsewhere, Err(Refusal::SidTaken));
    }
}
