//! The service itself: its default roles, and what is set.

use chat::RoleSid;
use chat::protocol::Scope;

use super::{Import, Stopped};
use crate::commands::{Moment, Outcome, change_settings};
use crate::limits::{
    CHANNELS_OF_USER_MAX, HORIZON_INTERVAL_MS_MAX, HORIZON_INTERVAL_MS_MIN, MEMBERS_OF_CHANNEL_MAX,
    TYPING_INTERVAL_MS_MAX, TYPING_INTERVAL_MS_MIN,
};
use crate::moving::rows::ServiceRow;
use crate::store::{DefaultRoles, Settings, Tx};

const SETTINGS_STAY: &str = "Limits and settings stay as they were set here.";
const DEFAULT_STAYS: &str =
    "A default role is in no list and not here: the one of this service stays.";

/// What a service wishes for, its roles as they are here.
struct Wish {
    row: ServiceRow,
    user: Option<RoleSid>,
    creator: Option<RoleSid>,
    member: Option<RoleSid>,
}

struct Brought {
    roles: DefaultRoles,
    is_new: bool,
    /// Whether the operator had set something else.
    stays: bool,
}

impl Import<'_, '_> {
    pub(super) async fn service_row(&mut self) -> Result<(), Stopped> {
        let mut rows = self.rows::<ServiceRow>(self.folder)?;
        for placed in self.next(&mut rows, true).await? {
            let (row, place) = (placed.row, &placed.place);
            let named = [
                row.default_service_role_sid,
                row.default_channel_creator_role_sid,
                row.default_channel_role_sid,
            ];
            let known = named.map(|role| role.and_then(|role| self.roles.known(role)));
            let lacks = named.iter().flatten().count() != known.iter().flatten().count();
            let [user, creator, member] = known;
            let wish = Wish { row: row.clone(), user, creator, member };
            let brought =
                self.write(Scope::Directory, vec![(placed.id, wish)], bring_service).await?;
            for brought in brought {
                let brought = brought.map(|(brought, _)| {
                    let is_new = brought.is_new;
                    (brought, is_new)
                });
                let Some(brought) = self.tell("service", place, brought)? else { continue };
                self.roles.stand_for(&row, brought.roles);
                if brought.stays {
                    self.report.noted(place, SETTINGS_STAY)?;
                }
                if lacks {
                    self.report.noted(place, DEFAULT_STAYS)?;
                }
            }
        }
        Ok(())
    }
}

fn bring_service(tx: &mut dyn Tx, wish: &Wish, m: &Moment) -> Outcome<Brought> {
    let (known, settings) = (tx.default_roles()?, tx.settings()?);
    let roles = DefaultRoles {
        user: wish.user.unwrap_or(known.user),
        creator: wish.creator.unwrap_or(known.creator),
        member: wish.member.unwrap_or(known.member),
    };
    let wished = settings_of(&wish.row, settings);
    let stays = settings != Settings::default() && wished != settings;
    let wished = if stays { settings } else { wished };
    let set = change_settings(tx, wished, roles, m)?;
    let is_new = (roles, wished) != (known, settings);
    Ok(set.replied(Brought { roles, is_new, stays }))
}

/// These settings, but for what the row says, as near as a service can have it.
fn settings_of(row: &ServiceRow, known: Settings) -> Settings {
    let limit = |said: Option<u64>, known, max| said.map_or(known, |said| said.clamp(1, max));
    let interval = |seconds: Option<i64>, known, min, max| {
        seconds.map_or(known, |seconds| seconds.saturating_mul(1_000).clamp(min, max))
    };
    let (members, channels) =
        row.limits.map_or((None, None), |limits| (limits.channel_members, limits.user_channels));
    Settings {
        members_of_channel: limit(members, known.members_of_channel, MEMBERS_OF_CHANNEL_MAX),
        channels_of_user: limit(channels, known.channels_of_user, CHANNELS_OF_USER_MAX),
        typing_interval_ms: interval(
            row.typing_indicator_timeout,
            known.typing_interval_ms,
            TYPING_INTERVAL_MS_MIN,
            TYPING_INTERVAL_MS_MAX,
        ),
        reachability: row.reachability_enabled.unwrap_or(known.reachability),
        read_status: row.read_status_enabled.unwrap_or(known.read_status),
        horizon_interval_ms: interval(
            row.consumption_report_interval,
            known.horizon_interval_ms,
            HORIZON_INTERVAL_MS_MIN,
            HORIZON_INTERVAL_MS_MAX,
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn settings_come_as_near_as_a_service_can_have_them() {
        let usual = Settings::default();
        let settings = |said: Value| {
            let mut row = json!({"sid": format!("IS{:032x}", 7)});
            row.as_object_mut().expect("a row").extend(said.as_object().expect("a row").clone());
            settings_of(&serde_json::from_value(row).expect("a row"), usual)
        };
        assert_eq!(settings(json!({})), usual);
        assert_eq!(settings(json!({"limits": null})), usual);
        let said = json!({"limits": {"channel_members": 150}, "typing_indicator_timeout": 7,
            "consumption_report_interval": 9, "reachability_enabled": false,
            "read_status_enabled": false});
        let expected = Settings {
            members_of_channel: 150,
            channels_of_user: usual.channels_of_user,
            typing_interval_ms: 7_000,
            reachability: false,
            read_status: false,
            horizon_interval_ms: 9_000,
        };
        assert_eq!(settings(said), expected);
        let beyond = json!({"limits": {"channel_members": 0, "user_channels": u64::MAX},
            "typing_indicator_timeout": i64::MAX, "consumption_report_interval": -1});
        let nearest = Settings {
            members_of_channel: 1,
            channels_of_user: CHANNELS_OF_USER_MAX,
            typing_interval_ms: TYPING_INTERVAL_MS_MAX,
            horizon_interval_ms: HORIZON_INTERVAL_MS_MIN,
            ..usual
        };
        assert_eq!(settings(beyond), nearest);
    }
}
