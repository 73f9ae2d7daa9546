//! Roles, who bears which when nothing is said, and what else the operator sets.

use chat::protocol::{Row, Scope};
use chat::{FriendlyName, Permission, Permissions, RoleDetails, RoleKind, RoleSid, Timestamp};

use crate::store::village::Village;
use crate::store::{DefaultRoles, Settings};

fn observer() -> RoleDetails {
    RoleDetails {
        friendly_name: FriendlyName::parse("observer").expect("a name"),
        kind: RoleKind::Channel,
        permissions: Permissions::of(&[Permission::LeaveChannel]),
        created_at: Timestamp(1),
        updated_at: Timestamp(2),
    }
}

pub(super) fn a_role_is_told_in_the_directory_and_permits_what_it_says(mut village: Village) {
    let four = village.writes(|tx| tx.roles());
    assert_eq!(
        four.iter().map(|role| role.sid).collect::<Vec<_>>(),
        [
            RoleSid::SERVICE_ADMIN,
            RoleSid::SERVICE_USER,
            RoleSid::CHANNEL_ADMIN,
            RoleSid::CHANNEL_USER,
        ]
    );
    let sid = RoleSid::new(village.moment().id);
    let since = village.head(Scope::Directory);
    let made = village.writes(|tx| tx.put_role(sid, &observer()));
    assert_eq!((made.entered, made.changed), (since.next(), since.next()));
    assert_eq!(made.details, Some(observer()));
    assert_eq!(village.writes(|tx| tx.role(sid)), Some(made.clone()));
    assert_eq!(village.writes(|tx| tx.permissions(sid)), observer().permissions);
    assert!(!village.writes(|tx| tx.is_borne(sid)));
    assert!(village.writes(|tx| tx.is_borne(RoleSid::SERVICE_ADMIN)), "the system bears it");

    let louder = RoleDetails { permissions: Permissions::ALL, ..observer() };
    let changed = village.writes(|tx| tx.put_role(sid, &louder));
    assert_eq!((changed.entered, changed.changed), (made.entered, made.changed.next()));
    assert_eq!(village.writes(|tx| tx.permissions(sid)), Permissions::ALL);

    let now = village.now;
    let gone = village.writes(|tx| tx.delete_role(sid, now));
    assert_eq!(gone.details, None);
    assert_eq!(village.rows(Scope::Directory).last(), Some(&Row::Role(gone)));
    assert_eq!(village.writes(|tx| tx.role(sid)), None);
    assert_eq!(village.writes(|tx| tx.permissions(sid)), Permissions::default());
    assert_eq!(village.writes(|tx| tx.roles()), four);
}

pub(super) fn default_roles_are_kept(mut village: Village) {
    assert_eq!(village.writes(|tx| tx.default_roles()), DefaultRoles::default());
    let sid = RoleSid::new(village.moment().id);
    village.writes(|tx| tx.put_role(sid, &observer()));
    let chosen = DefaultRoles { member: sid, ..DefaultRoles::default() };
    village.writes(|tx| tx.set_default_roles(chosen));
    assert_eq!(village.writes(|tx| tx.default_roles()), chosen);
}

pub(super) fn settings_are_kept(mut village: Village) {
    assert_eq!(village.writes(|tx| tx.settings()), Settings::default());
    let other = Settings {
        members_of_channel: 7,
        channels_of_user: 8,
        typing_interval_ms: 9_000,
        reachability: false,
        read_status: false,
        horizon_interval_ms: 10_000,
    };
    village.writes(|tx| tx.set_settings(other));
    assert_eq!(village.writes(|tx| tx.settings()), other);
    assert_eq!(village.writes(|tx| tx.service_name()), None);
    let name = chat::FriendlyName::parse("秋").expect("a name");
    village.writes(|tx| tx.name_service(&name));
    assert_eq!(village.writes(|tx| tx.service_name()), Some(name));
}
