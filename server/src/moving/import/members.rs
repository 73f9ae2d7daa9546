//! Members of a channel. Who joined before the import is given what they lack.

use std::path::Path;

use chat::protocol::{MemberEditing, Scope};
use chat::{ChannelSid, Identity, MemberSid, Refusal, Timestamp, UserSid};

use super::dues::{Due, Dues};
use super::roles::RoleHere;
use super::{Import, Stopped};
use crate::commands::{
    Actor, CommandError, Done, MemberWish, Moment, Outcome, edit_member, enrol_member,
    set_notification_level,
};
use crate::moving::rows::MemberRow;
use crate::store::{DefaultRoles, LiveMember, Tx};

/// How far somebody had read there.
pub(super) struct Horizon {
    pub(super) user: UserSid,
    pub(super) index: u64,
    pub(super) at: Option<Timestamp>,
}

impl Import<'_, '_> {
    /// The members who had read something, or the others.
    pub(super) async fn members(
        &mut self,
        channel: ChannelSid,
        folder: &Path,
        who_read: bool,
    ) -> Result<Vec<Horizon>, Stopped> {
        let mut horizons = Vec::new();
        let mut rows = self.rows::<MemberRow>(folder)?;
        loop {
            // Rows that cannot be read are told of once, though the file is read twice.
            let mut batch = self.next(&mut rows, who_read).await?;
            if batch.is_empty() {
                return Ok(horizons);
            }
            batch.retain(|placed| placed.row.last_consumed_message_index.is_some() == who_read);
            let wishes = batch.iter().map(|placed| {
                let (row, role) = (placed.row.clone(), self.roles.of(placed.row.role_sid));
                (placed.id, Entry { system: self.service.system(), channel, row, role })
            });
            let brought = self
                .write(Scope::Channel(channel), wishes.collect(), |tx, entry, m| {
                    Entry::bring(entry, tx, m)
                })
                .await?;
            for (placed, brought) in batch.iter().zip(brought) {
                if matches!(brought, Ok((_, true))) {
                    self.roles.came(placed.row.role_sid);
                }
                let Some((user, here)) = self.tell("members", &placed.place, brought)? else {
                    continue;
                };
                self.tell_sid(&placed.place, placed.row.sid, here)?;
                let at = placed.row.last_consumption_timestamp;
                let index = placed.row.last_consumed_message_index;
                horizons.extend(index.map(|index| Horizon { user, index, at }));
            }
        }
    }
}

/// A row, and where it goes.
struct Entry {
    system: UserSid,
    channel: ChannelSid,
    row: MemberRow,
    role: RoleHere,
}

impl Entry {
    /// Says also which member they are here.
    fn bring(&self, tx: &mut dyn Tx, m: &Moment) -> Outcome<(UserSid, MemberSid)> {
        let (by, row) = (Actor::Operator(self.system), &self.row);
        let identity = Identity::parse(&row.identity)?;
        let wish = MemberWish {
            sid: Some(row.sid),
            role: self.role.sid,
            attributes: Some(row.attributes.clone()),
            joined_at: row.date_created,
            ..MemberWish::default()
        };
        let (enrolled, is_from_row) = match enrol_member(tx, by, self.channel, &identity, &wish, m)
        {
            Err(CommandError::Refused(Refusal::AlreadyAMember)) => {
                let user = tx.user_named(&identity)?.ok_or(Refusal::UserNotFound)?;
                (Done::unchanged(user.sid), false)
            }
            enrolled => (enrolled?, true),
        };
        let user = enrolled.reply;
        // Who has left since is left alone.
        let Some(member) = tx.member(self.channel, user)? else {
            return Ok(enrolled.replied((user, row.sid)));
        };
        let enrolled = enrolled.replied((user, member.sid));
        let dues = Dues::of(self.system, row.sid);
        if enrolled.rows.is_empty() {
            let due = dues.left(tx, is_from_row)?;
            return Ok(enrolled.and(self.furnish(tx, user, &member, (dues, due), m)?));
        }
        if self.role.is_stand_in {
            dues.settle(tx, Some(member.role))?;
        }
        let Some(level) = row.notification_level else { return Ok(enrolled) };
        let by = Actor::Operator(user);
        Ok(enrolled.and(set_notification_level(tx, by, self.channel, level, m)?))
    }

    /// Gives a member who is here what they lack and the row has, once.
    fn furnish(
        &self,
        tx: &mut dyn Tx,
        user: UserSid,
        member: &LiveMember,
        (dues, due): (Dues, Due),
        m: &Moment,
    ) -> Outcome<()> {
        let Self { channel, row, role, .. } = self;
        let mut editing = MemberEditing { channel: *channel, user, role: None, attributes: None };
        let takes_role = match due {
            Due::Nothing => return Ok(Done::unchanged(())),
            Due::RoleInstead(_) if role.is_stand_in => return Ok(Done::unchanged(())),
            Due::RoleInstead(stand_in) => member.role == stand_in,
            Due::All => {
                let is_bare = member.attributes.is_empty();
                editing.attributes = Some(row.attributes.clone()).filter(|_| is_bare);
                [tx.default_roles()?.member, DefaultRoles::default().member].contains(&member.role)
            }
        };
        editing.role = role.sid.filter(|_| takes_role);
        let edited = edit_member(tx, Actor::Operator(self.system), &editing, m)?;
        let stand_in = editing.role.unwrap_or(member.role);
        dues.settle(tx, (takes_role && role.is_stand_in).then_some(stand_in))?;
        Ok(edited)
    }
}
