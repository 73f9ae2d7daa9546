//! The columns of each noun, in the order in which they are read. By name, SQLite would compare
//! texts for every value of every row.

macro_rules! user_columns {
    () => {
        "users.sid, users.identity, users.role, users.friendly_name, users.attributes, users.guest,
         users.retired_at, users.entered, users.changed"
    };
}

macro_rules! details_columns {
    () => {
        "channels.unique_name, channels.friendly_name, channels.attributes, channels.private,
         channels.created_by, channels.created_at, channels.updated_at"
    };
}

macro_rules! channel_columns {
    () => {
        concat!(
            "channels.sid, channels.deleted_at, ",
            details_columns!(),
            ", channels.entered, channels.changed"
        )
    };
}

macro_rules! live_channel_columns {
    () => {
        concat!(
            channel_columns!(),
            ", channels.sequence, channels.last_index, channels.last_message_at,
              coalesce(channels.last_index + 1, 0) - channels.deleted_messages,
              channels.members, channels.creator"
        )
    };
}

macro_rules! member_columns {
    () => {
        "members.sid, members.user, members.identity, members.guest, members.role,
         members.shown_horizon, members.shown_at, members.attributes, members.at,
         members.entered, members.changed"
    };
}

macro_rules! membership_columns {
    () => {
        "members.channel, members.role, members.invite, members.invited_by, members.invited_at,
         members.invited_name, members.invited_role, members.horizon, members.muted,
         members.my_entered, members.my_changed"
    };
}

macro_rules! live_member_columns {
    () => {
        "members.sid, members.role, roles.permissions, members.horizon, members.shown_at,
         members.joined_index, members.attributes, members.muted, members.my_changed"
    };
}

macro_rules! message_columns {
    () => {
        "messages.sid, messages.idx, messages.author, messages.identity, messages.deleted, messages.body,
         messages.attributes, messages.nonce, messages.posted_at,
         messages.edited_at, messages.edited_by, messages.entered, messages.changed,
         messages.media, uploads.filename, uploads.content_type, uploads.size, uploads.width,
         uploads.height"
    };
}

/// Messages, each with what is known of its file.
macro_rules! messages_with_media {
    () => {
        " FROM messages LEFT JOIN uploads ON uploads.sid = messages.media "
    };
}

macro_rules! upload_columns {
    () => {
        "uploads.user, uploads.state, uploads.arrived_at, uploads.sid, uploads.filename,
         uploads.content_type, uploads.size, uploads.width, uploads.height"
    };
}

/// The role of a member; what it permits is asked together with the member.
macro_rules! members_with_roles {
    ($service:literal) => {
        concat!(
            " FROM members LEFT JOIN roles
              ON roles.service = ",
            $service,
            " AND roles.sid = members.role "
        )
    };
}

macro_rules! role_columns {
    () => {
        "roles.sid, roles.deleted_at, roles.friendly_name, roles.kind, roles.permissions,
         roles.created_at, roles.updated_at, roles.entered, roles.changed"
    };
}

/// What a member who is gone, or was only invited, leaves behind is none of it.
macro_rules! emptied_member {
    () => {
        "role = NULL, joined_index = NULL, horizon = NULL, shown_horizon = NULL, shown_at = NULL,
         attributes = '', muted = 0,
         invite = NULL, invited_by = NULL, invited_at = NULL, invited_name = NULL"
    };
}
