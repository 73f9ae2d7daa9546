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

#[cfg(test)]
mod tests {
    use super::*;
    use chat::Nonce;
    use chat::protocol::{Row, Scope};

    use crate::store::village::{Village, self_named};

    #[test]
    fn its_creator_is_in_it_and_its_admin() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let done = village.creates(ada, &self_named("Harvest")).expect("anybody may");

        let scopes: Vec<Scope> = done.rows.iter().map(|(scope, _)| *scope).collect();
        let channel = Scope::Channel(done.reply.channel);
        assert_eq!(scopes, [channel, Scope::Directory, channel, Scope::User(ada)]);
        let Row::Member(member) = &done.rows[2].1 else { panic!("a member is told") };
        assert_eq!((member.user, member.role), (ada, Some(ChannelRole::Admin)));
        assert!(village.posts(ada, done.reply.channel, "First").is_ok());
    }

    #[test]
    fn a_name_or_address_that_breaks_the_rules_is_refused() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let plain = self_named("Harvest");
        let with_address =
            |address: &str| NewChannel { unique_name: Some(address.to_owned()), ..plain.clone() };
        for (wish, refusal) in [
            (self_named("  "), Refusal::FriendlyNameMissing),
            (self_named(&"a".repeat(65)), Refusal::FriendlyNameTooLong),
            (with_address(" "), Refusal::UniqueNameInvalid),
            (with_address("general"), Refusal::UniqueNameTaken),
            (
                with_address(&ChannelSid::from_bytes([7; 16]).to_string()),
                Refusal::UniqueNameLikeSid,
            ),
            (
                NewChannel { attributes: "{".to_owned(), ..plain.clone() },
                Refusal::AttributesNotJson,
            ),
        ] {
            assert_eq!(village.creates(ada, &wish), Err(refusal), "{wish:?}");
        }
        assert!(village.creates(ada, &with_address("harvest")).is_ok());
        assert_eq!(village.creates(ada, &with_address("harvest")), Err(Refusal::UniqueNameTaken));
    }

    #[test]
    fn a_repeat_makes_no_second_channel() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let wish = NewChannel { nonce: village.nonce(), ..self_named("Harvest") };
        let first = village.creates(ada, &wish).expect("anybody may");
        assert_eq!(village.creates(ada, &wish), Ok(Done::unchanged(first.reply)));

        let other = NewChannel { friendly_name: "Spring".to_owned(), ..wish.clone() };
        assert_eq!(village.creates(ada, &other), Err(Refusal::NonceReused));
        let other = NewChannel { nonce: Nonce(village.moment().id), ..wish };
        assert_ne!(village.creates(ada, &other).expect("another one").reply, first.reply);
    }

    #[test]
    fn nobody_is_in_more_channels_than_a_user_may_be() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let last = village.channel(grace, "The last one");
        for number in 0..crate::limits::CHANNELS_OF_USER_MAX {
            village.channel(ada, &number.to_string());
        }
        assert_eq!(village.creates(ada, &self_named("More")), Err(Refusal::TooManyChannels));
        assert_eq!(village.joins(ada, last), Err(Refusal::TooManyChannels));
        let general = village.general;
        assert!(village.joins(ada, general).is_ok());
    }
}
