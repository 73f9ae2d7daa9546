//! The store into a folder that an import reads: everything from one snapshot, a page at a time.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use chat::{ChannelSid, MessageIndex};
use serde::Serialize;

use super::files::{self, Named};
use super::rows::{
    ChannelRow, ChannelType, InviteRow, Kind, LimitsRow, MediaRow, MemberRow, MessageRow, RoleRow,
    ServiceRow, UserRow, shown,
};
use crate::commands::CommandError;
use crate::limits::MOVED_ROWS_MAX;
use crate::store::pieces::Room;
use crate::store::{Broken, ListedMember, ListedUser, LiveChannel, Tx};

/// Writes everything that lives into an empty folder, but for the bytes of files, which it names.
pub fn export(tx: &mut dyn Tx, folder: &Path) -> Result<Vec<Named>, CommandError> {
    let mut named = Vec::new();
    service(tx, folder)?;
    roles(tx, folder)?;
    users(tx, folder)?;
    channels(tx, folder, &mut named)?;
    Ok(named)
}

/// A file with one list.
struct Listing {
    file: BufWriter<File>,
    is_empty: bool,
}

impl Listing {
    fn of<T: Kind>(folder: &Path) -> Result<Self, Broken> {
        let mut file = create(&folder.join(format!("{}.json", T::NAME)))?;
        write!(file, "{{\"{}\": [", T::NAME).map_err(Broken::new)?;
        Ok(Self { file, is_empty: true })
    }

    fn add(&mut self, row: &impl Serialize) -> Result<(), Broken> {
        let before = if self.is_empty { "\n" } else { ",\n" };
        self.is_empty = false;
        self.file.write_all(before.as_bytes()).map_err(Broken::new)?;
        serde_json::to_writer(&mut self.file, row).map_err(Broken::new)
    }

    fn finish(mut self) -> Result<(), Broken> {
        self.file.write_all(b"\n]}\n").map_err(Broken::new)?;
        finished(self.file)
    }
}

fn create(path: &Path) -> Result<BufWriter<File>, Broken> {
    Ok(BufWriter::new(files::create(path).map_err(Broken::new)?))
}

fn finished(file: BufWriter<File>) -> Result<(), Broken> {
    let file = file.into_inner().map_err(io::IntoInnerError::into_error).map_err(Broken::new)?;
    file.sync_all().map_err(Broken::new)
}

fn service(tx: &mut dyn Tx, folder: &Path) -> Result<(), CommandError> {
    let Some(service) = tx.service()? else { return Ok(()) };
    let (roles, settings) = (tx.default_roles()?, tx.settings()?);
    let row = ServiceRow {
        sid: service.sid,
        default_service_role_sid: Some(roles.user),
        default_channel_role_sid: Some(roles.member),
        default_channel_creator_role_sid: Some(roles.creator),
        limits: Some(LimitsRow {
            channel_members: Some(settings.members_of_channel),
            user_channels: Some(settings.channels_of_user),
        }),
        typing_indicator_timeout: Some(settings.typing_interval_ms / 1_000),
        consumption_report_interval: Some(settings.horizon_interval_ms / 1_000),
        reachability_enabled: Some(settings.reachability),
        read_status_enabled: Some(settings.read_status),
    };
    let mut file = create(&folder.join("service.json"))?;
    serde_json::to_writer_pretty(&mut file, &row).map_err(Broken::new)?;
    writeln!(file).map_err(Broken::new)?;
    Ok(finished(file)?)
}

fn roles(tx: &mut dyn Tx, folder: &Path) -> Result<(), CommandError> {
    let mut listing = Listing::of::<RoleRow>(folder)?;
    for role in tx.roles()? {
        let Some(details) = role.details else { continue };
        listing.add(&RoleRow {
            sid: role.sid,
            friendly_name: details.friendly_name.as_str().to_owned(),
            r#type: details.kind.into(),
            permissions: details.permissions.list().map(|one| one.name().to_owned()).collect(),
            date_created: Some(details.created_at),
            date_updated: Some(details.updated_at),
        })?;
    }
    Ok(listing.finish()?)
}

fn users(tx: &mut dyn Tx, folder: &Path) -> Result<(), CommandError> {
    let system = tx.service()?.map(|service| service.system());
    let mut listing = Listing::of::<UserRow>(folder)?;
    let mut after = None;
    loop {
        let users = tx.users_after(after, MOVED_ROWS_MAX)?;
        let Some(last) = users.last() else { break };
        after = Some(last.user.sid);
        for ListedUser { user, made_at } in users {
            if Some(user.sid) == system {
                continue;
            }
            listing.add(&UserRow {
                sid: user.sid,
                identity: user.identity.as_str().to_owned(),
                friendly_name: user.friendly_name.map(|name| name.as_str().to_owned()),
                role_sid: Some(user.role),
                attributes: shown(&user.attributes),
                date_created: Some(made_at),
            })?;
        }
    }
    Ok(listing.finish()?)
}

fn channels(tx: &mut dyn Tx, folder: &Path, named: &mut Vec<Named>) -> Result<(), CommandError> {
    let mut listing = Listing::of::<ChannelRow>(folder)?;
    let mut after = None;
    loop {
        let channels = tx.channels_after(after, None, MOVED_ROWS_MAX)?;
        let Some(last) = channels.last() else { break };
        after = Some(last.sid);
        for channel in channels {
            let inside = folder.join("channels").join(channel.sid.to_string());
            fs::create_dir_all(&inside).map_err(Broken::new)?;
            members(tx, channel.sid, &inside)?;
            messages(tx, channel.sid, &inside, named)?;
            invites(tx, channel.sid, &inside)?;
            listing.add(&channel_row(channel))?;
        }
    }
    Ok(listing.finish()?)
}

fn channel_row(channel: LiveChannel) -> ChannelRow {
    let details = channel.details;
    ChannelRow {
        sid: channel.sid,
        friendly_name: Some(details.friendly_name.as_str().to_owned()),
        unique_name: details.unique_name.map(|name| name.as_str().to_owned()),
        attributes: shown(&details.attributes),
        r#type: if details.private { ChannelType::Private } else { ChannelType::Public },
        created_by: Some(details.created_by.as_str().to_owned()),
        date_created: Some(details.created_at),
        date_updated: Some(details.updated_at),
    }
}

fn members(tx: &mut dyn Tx, channel: ChannelSid, folder: &Path) -> Result<(), CommandError> {
    let mut listing = Listing::of::<MemberRow>(folder)?;
    let mut after = None;
    loop {
        let members = tx.members_after(channel, after, MOVED_ROWS_MAX)?;
        let Some(last) = members.last() else { break };
        after = Some(last.member.user);
        for ListedMember { member, horizon } in members {
            let live = tx.member(channel, member.user)?;
            listing.add(&MemberRow {
                sid: member.sid,
                identity: member.identity.as_str().to_owned(),
                role_sid: member.role,
                attributes: shown(&member.attributes),
                last_consumed_message_index: horizon.map(|index| index.0),
                last_consumption_timestamp: member.read_at,
                notification_level: live.map(|live| live.level),
                date_created: Some(member.at),
            })?;
        }
    }
    Ok(listing.finish()?)
}

fn messages(
    tx: &mut dyn Tx,
    channel: ChannelSid,
    folder: &Path,
    named: &mut Vec<Named>,
) -> Result<(), CommandError> {
    let mut listing = Listing::of::<MessageRow>(folder)?;
    let mut first = MessageIndex(0);
    loop {
        let page = tx.messages_from(channel, first, Room::page(MOVED_ROWS_MAX))?;
        let Some(last) = page.rows.last() else { break };
        first = MessageIndex(last.index.0 + 1);
        for message in page.rows {
            let edited = message.edited;
            named.extend(message.media.clone().map(|media| Named { channel, media }));
            listing.add(&MessageRow {
                sid: message.sid,
                index: message.index.0,
                from: Some(message.identity.as_str().to_owned()),
                body: message.body.map(|body| body.as_str().to_owned()),
                media: message.media.map(MediaRow::from),
                attributes: shown(&message.attributes),
                date_created: Some(message.posted_at),
                date_updated: Some(edited.as_ref().map_or(message.posted_at, |edited| edited.at)),
                was_edited: Some(edited.is_some()),
                last_updated_by: edited.map(|edited| edited.by.as_str().to_owned()),
            })?;
        }
    }
    Ok(listing.finish()?)
}

fn invites(tx: &mut dyn Tx, channel: ChannelSid, folder: &Path) -> Result<(), CommandError> {
    let mut listing = Listing::of::<InviteRow>(folder)?;
    let mut after = None;
    loop {
        let invites = tx.invites_after(channel, after, MOVED_ROWS_MAX)?;
        let Some(last) = invites.last() else { break };
        after = Some(last.user);
        for listed in invites {
            listing.add(&InviteRow {
                sid: listed.invited.sid,
                identity: listed.identity,
                role_sid: listed.invited.role,
                created_by: Some(listed.invited.by),
                date_created: Some(listed.invited.at),
            })?;
        }
    }
    Ok(listing.finish()?)
}
