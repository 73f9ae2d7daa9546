//! Channels as a backend writes them down: by any creator, with the dates that they had elsewhere.

use chat::protocol::{ChannelEditing, NewChannel, Scope};
use chat::{
    Attributes, ChannelDetails, ChannelSid, FriendlyName, Identity, Refusal, Timestamp, UniqueName,
    limits,
};

use crate::commands::add_member::{called, known};
use crate::commands::create_channel::judge_length;
use crate::commands::stamps::{judge_dates, moment_of};
use crate::commands::{
    Actor, Asker, CommandError, Done, Moment, Outcome, create_channel, edit_channel,
};
use crate::store::Tx;

/// What a backend says of a channel beyond what everybody may say.
#[derive(Clone, Debug, Default)]
pub struct ChannelStamps {
    /// The SID that it had elsewhere.
    pub sid: Option<ChannelSid>,
    /// Its creator, who joins it as its admin; who has never been here is made.
    pub created_by: Option<Identity>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
}

/// Makes a channel for the operator; nobody is in it yet. One that has that SID is there already.
pub fn record_channel(
    tx: &mut dyn Tx,
    by: Actor,
    wish: &NewChannel,
    stamps: &ChannelStamps,
    m: &Moment,
) -> Outcome<ChannelSid> {
    let asker = Asker::load(tx, by)?;
    if let Some(sid) = stamps.sid {
        if tx.channel(sid)?.is_some() {
            return Ok(Done::unchanged(sid));
        }
        if tx.head(Scope::Channel(sid))?.is_some() {
            return Err(Refusal::SidTaken.into());
        }
    }
    // What was elsewhere may be called whatever it was called there in the end.
    if stamps.sid.is_none() {
        judge_length(wish)?;
    }
    judge(tx, wish)?;
    judge_dates(stamps.created_at, stamps.updated_at, m)?;

    let creator = match &stamps.created_by {
        Some(identity) => {
            let known = known(tx, &asker, identity)?;
            called(tx, known, identity, m)?
        }
        None => Done::unchanged(asker.user.clone()),
    };
    let wish = NewChannel { without_joining: true, ..wish.clone() };
    let own = moment_of(stamps.sid.map(|sid| *sid.as_bytes()), None, m);
    let created = create_channel(tx, Actor::Operator(creator.reply.sid), &wish, &own)?;
    let channel = created.reply.channel;
    let done = creator.replied(channel).and(created.replied(()));
    Ok(done.and(stamp(tx, channel, stamps)?))
}

/// Changes a channel for the operator.
pub fn amend_channel(
    tx: &mut dyn Tx,
    by: Actor,
    editing: &ChannelEditing,
    stamps: &ChannelStamps,
    m: &Moment,
) -> Outcome<()> {
    judge_dates(stamps.created_at, stamps.updated_at, m)?;

    let edited = edit_channel(tx, by, editing, m)?;
    Ok(edited.and(stamp(tx, editing.channel, stamps)?))
}

/// Whatever of the wish could be refused, before anything is written.
fn judge(tx: &mut dyn Tx, wish: &NewChannel) -> Result<(), CommandError> {
    FriendlyName::parse(&wish.friendly_name)?;
    Attributes::parse(&wish.attributes, limits::CHANNEL_ATTRIBUTES_BYTES_MAX)?;
    if let Some(name) = &wish.unique_name
        && tx.channel_named(&UniqueName::parse(name)?)?.is_some()
    {
        return Err(Refusal::UniqueNameTaken.into());
    }
    Ok(())
}

fn stamp(tx: &mut dyn Tx, channel: ChannelSid, stamps: &ChannelStamps) -> Outcome<()> {
    let details = tx.channel(channel)?.ok_or(Refusal::ChannelNotFound)?.details;
    let stamped = ChannelDetails {
        created_by: stamps.created_by.clone().unwrap_or_else(|| details.created_by.clone()),
        created_at: stamps.created_at.unwrap_or(details.created_at),
        updated_at: stamps.updated_at.unwrap_or(details.updated_at),
        ..details.clone()
    };
    if stamped == details {
        return Ok(Done::unchanged(()));
    }
    let rows = tx.change_channel(channel, &stamped)?.ok_or(Refusal::UniqueNameTaken)?;
    Ok(Done::changed((), rows.told()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::delete_channel;
    use crate::store::village::{Village, identity, self_named};

    fn operator(village: &mut Village) -> Actor {
        Actor::Operator(village.writes(|tx| tx.service()).expect("founded").system())
    }

    #[test]
    fn a_channel_comes_with_its_past() {
        let mut village = Village::in_memory();
        let operator = operator(&mut village);
        let long_ago = Timestamp(1_500_000_000_000);
        let stamps = ChannelStamps {
            sid: None,
            created_by: Some(identity("Grace")),
            created_at: Some(long_ago),
            updated_at: Some(long_ago),
        };
        let wish = NewChannel { nonce: village.nonce(), ..self_named("Harvest") };
        let sid = village.does(|tx, m| record_channel(tx, operator, &wish, &stamps, m));
        let channel = village.writes(|tx| tx.channel(sid)).expect("made");
        assert_eq!((channel.details.created_at, channel.details.updated_at), (long_ago, long_ago));
        assert_eq!((channel.details.created_by.as_str(), channel.members), ("Grace", 0));
        let [grace] = village.people(["Grace"]);
        assert_eq!(channel.creator, Some(grace));
    }

    #[test]
    fn what_does_not_do_makes_neither_a_channel_nor_a_creator() {
        let mut village = Village::in_memory();
        let operator = operator(&mut village);
        let by_grace =
            ChannelStamps { created_by: Some(identity("Grace")), ..ChannelStamps::default() };
        let tomorrow = Some(village.now.plus(86_400_000));
        let taken = NewChannel { unique_name: Some("general".to_owned()), ..self_named("Mine") };
        for (wish, stamps, refusal) in [
            (taken, by_grace.clone(), Refusal::UniqueNameTaken),
            (self_named(""), by_grace.clone(), Refusal::FriendlyNameMissing),
            (
                self_named("Mine"),
                ChannelStamps { created_at: tomorrow, ..by_grace },
                Refusal::BadParameter,
            ),
        ] {
            let refused = village.runs(|tx, m| record_channel(tx, operator, &wish, &stamps, m));
            assert_eq!(refused, Err(refusal), "{wish:?}");
        }
        let grace = identity("Grace");
        assert_eq!(village.writes(|tx| tx.user_named(&grace)), None);
    }

    #[test]
    fn a_channel_that_has_a_sid_of_its_own_comes_once_and_stays_deleted() {
        let mut village = Village::in_memory();
        let operator = operator(&mut village);
        let sid = ChannelSid::from_bytes([7; 16]);
        let stamps = ChannelStamps { sid: Some(sid), ..ChannelStamps::default() };
        let wish = NewChannel { nonce: village.nonce(), ..self_named("Harvest") };
        assert_eq!(village.does(|tx, m| record_channel(tx, operator, &wish, &stamps, m)), sid);
        let again = village.runs(|tx, m| record_channel(tx, operator, &wish, &stamps, m));
        assert_eq!(again, Ok(Done::unchanged(sid)));
        village.does(|tx, m| delete_channel(tx, operator, sid, m));
        let gone = village.runs(|tx, m| record_channel(tx, operator, &wish, &stamps, m));
        assert_eq!(gone, Err(Refusal::SidTaken));
    }
}
