//! The columns of each noun, in the order in which they are read. By name, SQLite would compare
//! texts for every value of every row.

macro_rules! user_columns {
    () => {
        "users.sid, users.identity, users.role, users.guest, users.retired_at,
         users.entered, users.changed"
    };
}

macro_rules! details_columns {
    () => {
        "channels.deleted_at, channels.unique_name, channels.friendly_name, channels.attributes,
         channels.created_by, channels.created_at, channels.updated_at"
    };
}

macro_rules! channel_columns {
    () => {
        concat!("channels.sid, ", details_columns!(), ", channels.entered, channels.changed")
    };
}

macro_rules! live_channel_columns {
    () => {
        concat!(
            channel_columns!(),
            ", channels.sequence, channels.last_index, channels.last_message_at, channels.members"
        )
    };
}

macro_rules! member_columns {
    () => {
        "members.sid, members.user, members.identity, members.guest, members.role,
         members.shown_horizon, members.at, members.entered, members.changed"
    };
}

macro_rules! membership_columns {
    () => {
        "members.channel, members.role, members.horizon, members.my_entered, members.my_changed"
    };
}

macro_rules! live_member_columns {
    () => {
        "members.sid, members.role, members.horizon, members.shown_at, members.joined_index"
    };
}

macro_rules! message_columns {
    () => {
        "messages.sid, messages.idx, messages.author, messages.identity, messages.body,
         messages.attributes, messages.nonce, messages.posted_at,
         messages.edited_at, messages.edited_by, messages.entered, messages.changed"
    };
}
