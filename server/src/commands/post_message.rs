use chat::protocol::Posted;
use chat::{Attributes, Body, Draft, MessageSid, Refusal, UserSid, limits, member};

use crate::commands::asked::Asked;
use crate::commands::{Done, Moment, Outcome, present_user};
use crate::store::nouns::told_message;
use crate::store::{NewMessage, Tx};

/// Stores one message; its channel hears of it when it is durable.
pub fn post_message(
    tx: &mut dyn Tx,
    author: UserSid,
    draft: &Draft,
    m: &Moment,
) -> Outcome<Posted> {
    let author = present_user(tx, author)?;
    let asked = Asked::of("post_message", author.sid, draft.nonce, draft)?;
    if let Some(posted) = asked.first_reply(tx)? {
        return Ok(Done::unchanged(posted));
    }
    let channel = tx.channel(draft.channel)?.ok_or(Refusal::ChannelNotFound)?;
    let membership = tx.member(channel.sid, author.sid)?;

    member::may_post(author.role, membership.map(|member| member.role))?;
    let body = Body::parse(&draft.body)?;
    let attributes = Attributes::parse(&draft.attributes, limits::MESSAGE_ATTRIBUTES_BYTES_MAX)?;

    let message = tx.append_message(&NewMessage {
        sid: MessageSid::new(m.id),
        channel: channel.sid,
        author: &author,
        body: &body,
        attributes: &attributes,
        nonce: draft.nonce,
        at: m.now,
    })?;
    let posted = Posted { sid: message.sid, index: message.index };
    asked.keep(tx, &posted)?;
    Ok(Done::changed(posted, [told_message(channel.sid, message)]))
}
