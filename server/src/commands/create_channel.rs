use chat::protocol::{Created, NewChannel};
use chat::role::permit;
use chat::{
    Attributes, ChannelDetails, ChannelRole, ChannelSid, FriendlyName, MemberSid, Permission,
    Refusal, UniqueName, User, UserSid, limits,
};

use crate::commands::asked::Asked;
use crate::commands::join_channel::room_for_one_more;
use crate::commands::{Done, Moment, Outcome, present_user};
use crate::store::{NewMember, Tx};

/// Makes a channel that everyone sees in the directory. Its creator joins it, as its admin.
pub fn create_channel(
    tx: &mut dyn Tx,
    creator: UserSid,
    wish: &NewChannel,
    m: &Moment,
) -> Outcome<Created> {
    let creator = present_user(tx, creator)?;
    let asked = Asked::of("create_channel", creator.sid, wish.nonce, wish)?;
    if let Some(created) = asked.first_reply(tx)? {
        return Ok(Done::unchanged(created));
    }

    permit(Permission::CreateChannel, creator.role, None)?;
    let details = details(wish, &creator, m)?;
    room_for_one_more(tx, creator.sid)?;

    let sid = ChannelSid::new(m.id);
    let channel = tx.add_channel(sid, &details)?.ok_or(Refusal::UniqueNameTaken)?;
    let member = tx.add_member(&NewMember {
        sid: MemberSid::new(m.id),
        channel: sid,
        user: &creator,
        role: ChannelRole::Admin,
        at: m.now,
    })?;
    let created = Created { channel: sid, member: member.member.sid };
    asked.keep(tx, &created)?;
    Ok(Done::changed(created, channel.told().into_iter().chain(member.told())))
}

fn details(wish: &NewChannel, creator: &User, m: &Moment) -> Result<ChannelDetails, Refusal> {
    Ok(ChannelDetails {
        unique_name: wish.unique_name.as_deref().map(UniqueName::parse).transpose()?,
        friendly_name: FriendlyName::parse(&wish.friendly_name)?,
        attributes: Attributes::parse(&wish.attributes, limits::CHANNEL_ATTRIBUTES_BYTES_MAX)?,
        created_by: creator.identity.clone(),
        created_at: m.now,
        updated_at: m.now,
    })
}
