use chat::protocol::{Created, NewChannel};
use chat::{
    Attributes, ChannelDetails, ChannelSid, FriendlyName, MemberSid, Permission, Refusal,
    UniqueName, User, limits,
};

use crate::commands::asked::Asked;
use crate::commands::join_channel::room_for_one_more;
use crate::commands::{Actor, Asker, Done, Moment, Outcome};
use crate::store::{NewMember, Tx};

/// Makes a channel; everyone sees it in the directory unless it is private. Its creator joins it, as
/// its admin, or stays outside for now.
pub fn create_channel(
    tx: &mut dyn Tx,
    creator: impl Into<Actor>,
    wish: &NewChannel,
    m: &Moment,
) -> Outcome<Created> {
    create_agreed_channel(tx, creator, wish, wish, m)
}

/// The same, with other names than were asked for. A repeat asks for the first ones again.
pub fn create_agreed_channel(
    tx: &mut dyn Tx,
    creator: impl Into<Actor>,
    asked_for: &NewChannel,
    wish: &NewChannel,
    m: &Moment,
) -> Outcome<Created> {
    let asker = Asker::load(tx, creator)?;
    let creator = &asker.user;
    let asked = Asked::of("create_channel", creator.sid, asked_for.nonce, asked_for)?;
    if let Some(created) = asked.first_reply(tx)? {
        return Ok(Done::unchanged(created));
    }

    asker.rights().permit(Permission::CreateChannel)?;
    if !asker.is_operator() {
        judge_length(wish)?;
    }
    let details = details(wish, creator, m)?;
    if !wish.without_joining {
        room_for_one_more(tx, creator.sid)?;
    }

    let sid = ChannelSid::new(m.id);
    let channel = tx.add_channel(sid, creator.sid, &details)?.ok_or(Refusal::UniqueNameTaken)?;
    let mut done = Done::changed(Created { channel: sid, member: None }, channel.told());
    if !wish.without_joining {
        let role = tx.default_roles()?.creator;
        let rows = tx.add_member(&NewMember {
            sid: MemberSid::new(m.id),
            channel: sid,
            user: creator,
            role,
            at: m.now,
        })?;
        done.reply.member = Some(rows.member.sid);
        done.rows.extend(rows.told());
    }
    asked.keep(tx, &done.reply)?;
    Ok(done)
}

/// What a channel is called whose maker gave it no name at all: Programmable Chat's could do without.
pub const NAMELESS: &str = "Channel";

/// Whether its names are short enough for a channel that is new.
pub(super) fn judge_length(wish: &NewChannel) -> Result<(), Refusal> {
    FriendlyName::parse_first(&wish.friendly_name)?;
    wish.unique_name.as_deref().map(UniqueName::parse_first).transpose()?;
    Ok(())
}

fn details(wish: &NewChannel, creator: &User, m: &Moment) -> Result<ChannelDetails, Refusal> {
    Ok(ChannelDetails {
        unique_name: wish.unique_name.as_deref().map(UniqueName::parse).transpose()?,
        friendly_name: FriendlyName::parse(&wish.friendly_name)?,
        attributes: Attributes::parse(&wish.attributes, limits::CHANNEL_ATTRIBUTES_BYTES_MAX)?,
        private: wish.private,
        created_by: creator.identity.clone(),
        created_at: m.now,
        updated_at: m.now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::protocol::{Row, Scope};
    use chat::{Nonce, RoleSid};

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
        assert_eq!((member.user, member.role), (ada, Some(RoleSid::CHANNEL_ADMIN)));
        assert!(village.posts(ada, done.reply.channel, "First").is_ok());
    }

    #[test]
    fn a_private_one_is_in_no_directory_and_absent_for_everyone_else() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let admin = village.admin("Root");
        let before = village.head(Scope::Directory);
        let channel = village.private_channel(ada, "Surprise");
        assert_eq!(village.head(Scope::Directory), before);
        for stranger in [grace, admin] {
            assert_eq!(village.joins(stranger, channel), Err(Refusal::ChannelNotFound));
            assert_eq!(village.posts(stranger, channel, "Hi"), Err(Refusal::ChannelNotFound));
            assert_eq!(village.deletes(stranger, channel), Ok(Done::unchanged(())));
        }
        assert_eq!(village.deletes(ada, channel).expect("she made it").rows.len(), 1);
        assert_eq!(village.head(Scope::Directory), before);
    }

    #[test]
    fn a_creator_who_stays_outside_may_join_later_as_its_admin() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let wish = NewChannel { without_joining: true, private: true, ..self_named("Surprise") };
        let done = village.creates(ada, &wish).expect("anybody may");
        assert_eq!(done.reply.member, None);
        let channel = done.reply.channel;
        assert_eq!(village.posts(ada, channel, "Hello"), Err(Refusal::NotAMember));
        let joined = village.joins(ada, channel).expect("it is her own");
        let Row::Member(member) = &joined.rows[0].1 else { panic!("a member is told") };
        assert_eq!(member.role, Some(RoleSid::CHANNEL_ADMIN));
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
        for number in 0..crate::store::Settings::default().channels_of_user {
            village.channel(ada, &number.to_string());
        }
        assert_eq!(village.creates(ada, &self_named("More")), Err(Refusal::TooManyChannels));
        assert_eq!(village.joins(ada, last), Err(Refusal::TooManyChannels));
        let general = village.general;
        assert!(village.joins(ada, general).is_ok());
    }
}
