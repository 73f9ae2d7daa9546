use chat::{Refusal, RoleKind};

use crate::commands::edit_member::role_of_kind;
use crate::commands::{Done, Moment, Outcome};
use crate::limits::{
    CHANNELS_OF_USER_MAX, HORIZON_INTERVAL_MS_MAX, HORIZON_INTERVAL_MS_MIN, MEMBERS_OF_CHANNEL_MAX,
    TYPING_INTERVAL_MS_MAX, TYPING_INTERVAL_MS_MIN,
};
use crate::store::{DefaultRoles, Settings, Tx};

/// Sets for the operator what holds in the service from now on, and what users, creators and members
/// bear who are given nothing else. Channels that have more members than
/// they may have from now on, and users with more channels, keep them. Where members shall not see how
/// far others have read, what the channels were shown of it is forgotten; whoever has seen it keeps
/// it until they look anew.
pub fn change_settings(
    tx: &mut dyn Tx,
    settings: Settings,
    roles: DefaultRoles,
    _m: &Moment,
) -> Outcome<()> {
    let Settings { members_of_channel, channels_of_user, .. } = settings;
    let Settings { typing_interval_ms, horizon_interval_ms, .. } = settings;
    let possible = (1..=MEMBERS_OF_CHANNEL_MAX).contains(&members_of_channel)
        && (1..=CHANNELS_OF_USER_MAX).contains(&channels_of_user)
        && (TYPING_INTERVAL_MS_MIN..=TYPING_INTERVAL_MS_MAX).contains(&typing_interval_ms)
        && (HORIZON_INTERVAL_MS_MIN..=HORIZON_INTERVAL_MS_MAX).contains(&horizon_interval_ms);
    if !possible {
        return Err(Refusal::SettingInvalid.into());
    }
    role_of_kind(tx, roles.user, RoleKind::Service)?;
    role_of_kind(tx, roles.creator, RoleKind::Channel)?;
    role_of_kind(tx, roles.member, RoleKind::Channel)?;

    if !settings.read_status {
        tx.hide_horizons()?;
    }
    tx.set_settings(settings)?;
    tx.set_default_roles(roles)?;
    Ok(Done::unchanged(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::village::Village;

    #[test]
    fn what_is_set_holds_from_now_on() {
        let mut village = Village::in_memory();
        let [ada, grace, linus] = village.people(["Ada", "Grace", "Linus"]);
        let channel = village.channel(ada, "Harvest");
        let two = Settings { members_of_channel: 2, ..Settings::default() };
        village.does(|tx, m| change_settings(tx, two, DefaultRoles::default(), m));
        village.all_join([grace], channel);
        assert_eq!(village.joins(linus, channel), Err(Refusal::ChannelFull));
        let one = Settings { members_of_channel: 1, channels_of_user: 1, ..two };
        village.does(|tx, m| change_settings(tx, one, DefaultRoles::default(), m));
        assert!(village.posts(grace, channel, "Still here").is_ok());
        let wish = crate::store::village::self_named("Spring");
        assert_eq!(village.creates(grace, &wish), Err(Refusal::TooManyChannels));
    }

    #[test]
    fn what_is_set_has_limits_itself() {
        let mut village = Village::in_memory();
        let usual = Settings::default();
        for impossible in [
            Settings { members_of_channel: 0, ..usual },
            Settings { members_of_channel: MEMBERS_OF_CHANNEL_MAX + 1, ..usual },
            Settings { channels_of_user: 0, ..usual },
            Settings { channels_of_user: CHANNELS_OF_USER_MAX + 1, ..usual },
            Settings { typing_interval_ms: 0, ..usual },
            Settings { typing_interval_ms: TYPING_INTERVAL_MS_MAX + 1, ..usual },
            Settings { horizon_interval_ms: 0, ..usual },
            Settings { horizon_interval_ms: HORIZON_INTERVAL_MS_MAX + 1, ..usual },
        ] {
            let refused =
                village.runs(|tx, m| change_settings(tx, impossible, DefaultRoles::default(), m));
            assert_eq!(refused, Err(Refusal::SettingInvalid), "{impossible:?}");
        }
        assert_eq!(village.asks(|tx| Ok(tx.settings()?)), Ok(usual));
    }
}
