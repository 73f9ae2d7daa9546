//! Every limit that both sides know, named. The server's own are in its `limits.rs`.

/// Bytes of UTF-8 in a message, as in Programmable Chat.
pub const BODY_BYTES_MAX: usize = 32_768;
/// Characters in an identity, as in Programmable Chat.
pub const IDENTITY_CHARACTERS_MAX: usize = 256;
/// Characters in a name that a person chooses on the page.
pub const NAME_CHARACTERS_MIN: usize = 2;
/// Characters in a name that a person chooses on the page.
pub const NAME_CHARACTERS_MAX: usize = 32;
/// Characters in a channel's friendly or unique name, as in Programmable Chat on creation.
pub const NAME_OF_CHANNEL_CHARACTERS_MAX: usize = 64;
/// Characters in a friendly or unique name that is given later, as in Programmable Chat on update.
pub const LATER_NAME_CHARACTERS_MAX: usize = 256;
/// Bytes of JSON in a channel's attributes, as in Programmable Chat (16 KB).
pub const CHANNEL_ATTRIBUTES_BYTES_MAX: usize = 16_384;
/// Bytes of JSON in a message's attributes, as in Programmable Chat (4 KB).
pub const MESSAGE_ATTRIBUTES_BYTES_MAX: usize = 4_096;

/// Bytes of one file unless the operator says otherwise, as in Programmable Chat (150 MB).
pub const FILE_BYTES_MAX: u64 = 150 * 1_048_576;

/// Bytes of JSON in a member's attributes, as in Programmable Chat (4 KB).
pub const MEMBER_ATTRIBUTES_BYTES_MAX: usize = 4_096;
/// Bytes of JSON in a user's attributes, as in Programmable Chat (4 KB).
pub const USER_ATTRIBUTES_BYTES_MAX: usize = 4_096;
/// Roles of a service, its defaults included.
pub const ROLES_MAX: usize = 100;

/// Messages in a page of history, when the asker names no number.
pub const HISTORY_PAGE: usize = 50;
/// Messages in a page of history, at most.
pub const HISTORY_PAGE_MAX: usize = 100;
/// Members in a page, at most.
pub const MEMBERS_PAGE_MAX: usize = 100;
/// Rows in one change, at most.
pub const CHANGE_ROWS_MAX: usize = 500;
/// Bytes of message bodies and attributes in one change, about, at most (256 KiB).
pub const CHANGE_BYTES_MAX: usize = 262_144;
/// Members up to which everyone in a channel sees everyone's read horizon.
pub const SHOWN_HORIZONS_MEMBERS_MAX: u64 = 100;
/// Milliseconds between two shown read horizons of one member, at least.
pub const SHOWN_HORIZON_INTERVAL_MS: i64 = 5_000;
/// Unread messages are counted up to here; this number means "as many, or more".
pub const UNREAD_COUNT_MAX: u64 = 1_000;

/// Milliseconds between two typing signals of one member in one channel, at least.
pub const TYPING_INTERVAL_MS: i64 = 5_000;
/// Milliseconds after which a typing signal lapses where it was heard.
pub const TYPING_LAPSE_MS: i64 = TYPING_INTERVAL_MS + 1_000;

/// People whose reachability one connection looks at, at most, as in Programmable Chat.
pub const PRESENCE_WATCHED_MAX: usize = 100;

/// Messages waiting in one person's own outbox.
pub const OUTBOX_MESSAGES_MAX: usize = 200;
/// Milliseconds a message may wait in the outbox before its author is asked again (24 h).
pub const OUTBOX_ASK_AFTER_MS: i64 = 24 * 60 * 60 * 1_000;

/// Milliseconds of silence after which the server sends a heartbeat frame.
pub const HEARTBEAT_MS: i64 = 25_000;
/// Milliseconds of silence after which a client takes the connection for dead.
pub const SILENCE_MAX_MS: i64 = 35_000;
/// Milliseconds within which `hello` must come.
pub const HELLO_MS: i64 = 5_000;
/// Bytes of a `hello` frame, at most.
pub const HELLO_BYTES_MAX: usize = 4_096;
/// Bytes of any frame from a client, at most (256 KiB).
pub const FRAME_BYTES_MAX: usize = 262_144;
/// Milliseconds a connection outlives its token.
pub const TOKEN_GRACE_MS: i64 = 30_000;
/// Milliseconds before its expiry that a token's bearer is told (or at 80 % of a shorter life).
pub const TOKEN_NOTICE_MS: i64 = 180_000;
/// Seconds a token may live (24 h).
pub const TOKEN_LIFE_SECONDS_MAX: i64 = 24 * 60 * 60;
/// First and longest pause before a reconnect, in milliseconds; each drawn with full jitter.
pub const BACK_OFF_FIRST_MS: i64 = 500;
/// The longest pause before a reconnect, in milliseconds.
pub const BACK_OFF_MAX_MS: i64 = 30_000;
