use chat::protocol::{Row, Scope};
use chat::{ChannelSid, MessageIndex, Refusal, UserSid, limits};

use crate::commands::{Actor, Asker, CommandError, Done, Moment, Outcome};
use crate::store::nouns::told_membership;
use crate::store::{LiveChannel, LiveMember, Settings, Tx};

/// Advances how far a member has read; a lower index than before changes nothing.
pub fn advance_read_horizon(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    index: MessageIndex,
    m: &Moment,
) -> Outcome<()> {
    let (channel, member) = reading(tx, user, channel)?;
    let index = Some(index).max(member.horizon);
    moved(tx, user, &channel, &member, index, m)
}

/// Sets how far a member has read, also back; without an index nothing is read. The user's other
/// devices always hear of it; the channel only while it is small, and not too often.
pub fn set_read_horizon(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
    index: Option<MessageIndex>,
    m: &Moment,
) -> Outcome<()> {
    let (channel, member) = reading(tx, user, channel)?;
    moved(tx, user, &channel, &member, index, m)
}

fn reading(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: ChannelSid,
) -> Result<(LiveChannel, LiveMember), CommandError> {
    let standing = Asker::load(tx, Actor::User(user))?.known_channel(tx, channel)?;
    let member = standing.member.ok_or(Refusal::NotAMember)?;
    Ok((standing.channel, member))
}

fn moved(
    tx: &mut dyn Tx,
    user: UserSid,
    channel: &LiveChannel,
    member: &LiveMember,
    index: Option<MessageIndex>,
    m: &Moment,
) -> Outcome<()> {
    if channel.last_index < index {
        return Err(Refusal::HorizonInvalid.into());
    }
    if index == member.horizon {
        return Ok(Done::unchanged(()));
    }

    let membership = tx.set_horizon(channel.sid, user, index)?;
    let mut done = Done::changed((), [told_membership(user, membership)]);
    if is_shown(channel, member, tx.settings()?, m) {
        let member = tx.show_horizon(channel.sid, user, m.now)?;
        done.rows.push((Scope::Channel(channel.sid), Row::Member(member)));
    }
    Ok(done)
}

/// One horizon for each member and message would be quadratic.
fn is_shown(channel: &LiveChannel, member: &LiveMember, settings: Settings, m: &Moment) -> bool {
    let lately = |shown_at| m.now.since(shown_at) < settings.horizon_interval_ms;
    settings.read_status
        && channel.members <= limits::SHOWN_HORIZONS_MEMBERS_MAX
        && !member.shown_at.is_some_and(lately)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::Village;

    #[test]
    fn it_only_advances_and_never_beyond_the_last_message() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        assert_eq!(village.reads(ada, channel, 0), Err(Refusal::HorizonInvalid));
        village.says(ada, channel, "One");
        village.says(ada, channel, "Two");
        assert_eq!(village.reads(ada, channel, 2), Err(Refusal::HorizonInvalid));
        assert!(!village.reads(ada, channel, 1).expect("there it is").rows.is_empty());
        assert_eq!(village.reads(ada, channel, 0), Ok(Done::unchanged(())));
        assert_eq!(village.reads(ada, channel, 1), Ok(Done::unchanged(())));
    }

    #[test]
    fn it_goes_back_where_that_is_wished_and_to_nothing() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.all_join([grace], channel);
        for text in ["One", "Two", "Three"] {
            village.says(ada, channel, text);
        }
        village.reads(grace, channel, 2).expect("she may");
        let unread = |village: &mut Village| {
            village.asks(|tx| crate::queries::unread(tx, grace, channel)).expect("a member").unread
        };
        assert_eq!(unread(&mut village), 0);
        for (index, expected) in [(Some(0), 2), (None, 3), (Some(2), 0)] {
            let index = index.map(MessageIndex);
            village.does(|tx, m| set_read_horizon(tx, grace, channel, index, m));
            assert_eq!(unread(&mut village), expected, "{index:?}");
        }
        let beyond = Some(MessageIndex(3));
        let refused = village.runs(|tx, m| set_read_horizon(tx, grace, channel, beyond, m));
        assert_eq!(refused, Err(Refusal::HorizonInvalid));
    }

    #[test]
    fn whoever_is_no_member_has_none() {
        let mut village = Village::in_memory();
        let [ada, grace] = village.people(["Ada", "Grace"]);
        let channel = village.channel(ada, "Harvest");
        village.says(ada, channel, "One");
        assert_eq!(village.reads(grace, channel, 0), Err(Refusal::NotAMember));
    }

    #[test]
    fn the_channel_is_shown_it_once_in_a_while() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        for text in ["One", "Two", "Three"] {
            village.says(ada, channel, text);
        }
        let scopes = |done: Done<()>| done.rows.iter().map(|(scope, _)| *scope).collect::<Vec<_>>();
        let both = [Scope::User(ada), Scope::Channel(channel)];
        assert_eq!(scopes(village.reads(ada, channel, 0).expect("she may")), both);
        village.pass(limits::SHOWN_HORIZON_INTERVAL_MS - 1);
        assert_eq!(scopes(village.reads(ada, channel, 1).expect("she may")), [Scope::User(ada)]);
        village.pass(1);
        assert_eq!(scopes(village.reads(ada, channel, 2).expect("she may")), both);
    }

    #[test]
    fn the_channel_is_shown_it_as_often_as_the_operator_says_or_never() {
        let mut village = Village::in_memory();
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        for text in ["One", "Two", "Three"] {
            village.says(ada, channel, text);
        }
        let rows = |done: Done<()>| done.rows.len();
        let roles = crate::store::DefaultRoles::default();
        let slow = Settings { horizon_interval_ms: 20_000, ..Settings::default() };
        village.does(|tx, m| crate::commands::change_settings(tx, slow, roles, m));
        assert_eq!(rows(village.reads(ada, channel, 0).expect("she may")), 2);
        village.pass(19_999);
        assert_eq!(rows(village.reads(ada, channel, 1).expect("she may")), 1);

        let shown = |village: &mut Village| {
            let members = village.asks(|tx| crate::queries::members(tx, ada, channel, None));
            members.expect("a member").members[0].horizon
        };
        assert_eq!(shown(&mut village), Some(MessageIndex(0)));
        let never = Settings { read_status: false, ..Settings::default() };
        village.does(|tx, m| crate::commands::change_settings(tx, never, roles, m));
        village.pass(60_000);
        let done = village.reads(ada, channel, 2).expect("she may");
        assert!(matches!(done.rows[..], [(Scope::User(_), Row::Membership(_))]), "it is hers");
        assert_eq!(shown(&mut village), None);
    }

    #[test]
    fn a_large_channel_is_not_shown_it() {
        let mut village = Village::in_memory();
        village.admits(limits::SHOWN_HORIZONS_MEMBERS_MAX + 1);
        let [ada] = village.people(["Ada"]);
        let channel = village.channel(ada, "Harvest");
        village.says(ada, channel, "One");
        for number in 0..limits::SHOWN_HORIZONS_MEMBERS_MAX {
            let [user] = village.people([&format!("user {number}")]);
            village.all_join([user], channel);
        }
        let done = village.reads(ada, channel, 0).expect("she may");
        assert!(matches!(done.rows[..], [(Scope::User(_), Row::Membership(_))]));
    }
}
