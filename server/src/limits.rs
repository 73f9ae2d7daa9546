//! Every limit that only the server knows, named. Those that clients share are in `chat::limits`.

/// Bytes waiting for one slow reader before it is disconnected (1 MiB).
pub const OUTBOX_BYTES_MAX: usize = 1_048_576;
/// Bytes of answers that a connection may leave unread before no more requests of it are read
/// (256 KiB).
pub const ANSWERS_BYTES_MAX: usize = 262_144;
/// Requests of one connection that are served at a time; the next one is not read yet.
pub const REQUESTS_IN_FLIGHT_MAX: usize = 64;
/// Milliseconds that a closing connection has to take what waits for it.
pub const CLOSING_MS: i64 = 5_000;
/// Bytes of the first packet of the official browser SDK: its token, and what it says of itself.
pub const INIT_BYTES_MAX: usize = 16_384;
/// Subscriptions that one request of the official browser SDK asks for, at most.
pub const SUBSCRIPTIONS_MAX: usize = 100;
/// Objects that one connection of the official browser SDK follows, at most.
pub const FOLLOWED_MAX: usize = 10_000;
/// Typing signals that wait for the hub; the next one is lost.
pub const TYPING_QUEUE_MAX: usize = 1_024;
/// Milliseconds that the operator may set between two typing signals, at least.
pub const TYPING_INTERVAL_MS_MIN: i64 = 1_000;
/// Milliseconds that the operator may set between two typing signals, at most.
pub const TYPING_INTERVAL_MS_MAX: i64 = 60_000;
/// Milliseconds that the operator may set between two shown read horizons of a member, at least.
pub const HORIZON_INTERVAL_MS_MIN: i64 = 1_000;
/// Milliseconds that the operator may set between two shown read horizons of a member, at most.
pub const HORIZON_INTERVAL_MS_MAX: i64 = 60_000;
/// Milliseconds that somebody counts as reachable after their last connection, so that nobody flaps
/// who only comes back.
pub const PRESENCE_LINGER_MS: i64 = 8_000;
/// Milliseconds that the next typing signal may be late before the last one lapses.
pub const TYPING_LATE_MS: i64 = 1_000;
/// Milliseconds by which a typing signal may come before its interval is over.
pub const TYPING_INTERVAL_SLACK_MS: i64 = 500;
/// Milliseconds between two pings to a connection.
pub const PING_MS: i64 = 25_000;
/// Milliseconds within which a pong must follow.
pub const PONG_MS: i64 = 10_000;
/// Bytes of axum's read buffer for a connection.
pub const READ_BUFFER_BYTES: usize = 8_192;
/// Bytes of axum's write buffer for a connection.
pub const WRITE_BUFFER_BYTES: usize = 16_384;
/// Bytes that axum may hold unwritten for a connection (4 MiB). One frame must fit as a whole, even
/// a full change of which JSON escapes every byte, or nobody could ever read those messages.
pub const WRITE_BUFFER_BYTES_MAX: usize = 4_194_304;

/// Connections of one user.
pub const CONNECTIONS_OF_USER_MAX: usize = 20;
/// Connections from one address that have not said `hello` yet.
pub const UNWELCOMED_FROM_ADDRESS_MAX: usize = 10;

/// Commands in one commit, at most.
pub const BATCH_COMMANDS_MAX: usize = 512;
/// Commands waiting for a writer; the next one is told to come back.
pub const WRITER_QUEUE_MAX: usize = 16_384;
/// Rows that the background purge touches in one commit.
pub const PURGE_ROWS_MAX: usize = 1_000;
/// Connections that read the database at a time.
pub const READERS: usize = 4;

/// Days a session lasts.
pub const SESSION_DAYS: i64 = 30;
/// Milliseconds a guest's name stays leased after the last socket (24 h).
pub const LEASE_MS: i64 = 24 * 60 * 60 * 1_000;
/// Milliseconds within which the server ends after it was told to stop.
pub const SHUTDOWN_MS: u64 = 10_000;
/// Milliseconds that a connection over HTTP has to send a request's head. It begins to count with
/// the connection, or with the answer before, so an idle one is kept no longer, as with Apache.
pub const HEAD_MS: u64 = 5_000;
/// Milliseconds that a request's body over HTTP has to come.
pub const BODY_MS: i64 = 10_000;
/// Bytes of a request's body over HTTP (64 KiB).
pub const REQUEST_BYTES_MAX: usize = 65_536;
/// Bytes of a REST request's body (256 KiB): a form may write every byte of the longest message,
/// and of its attributes, as three.
pub const REST_BYTES_MAX: usize = 262_144;
/// Rows in a page of a REST list, when the asker names no number; as in Programmable Chat.
pub const REST_PAGE: usize = 50;
/// Rows in a page of a REST list, at most; as in Programmable Chat.
pub const REST_PAGE_MAX: usize = 100;
/// Services of one server. Each has a few threads and files of its own.
pub const SERVICES_MAX: usize = 100;
/// Members that the operator may allow in one channel; the General Channel has no such limit.
pub const MEMBERS_OF_CHANNEL_MAX: u64 = 100_000;
/// Channels that the operator may allow one user to be in, as in Programmable Chat; everyone may
/// join the General Channel.
pub const CHANNELS_OF_USER_MAX: u64 = 1_000;
/// Messages looked at, at most, to count the unread ones of one channel.
pub const UNREAD_SCAN_MAX: u64 = 10_000;
/// Leases that end in one commit, at most.
pub const LEASES_ENDED_MAX: usize = 100;
/// Commits that may wait for the hub; the next one waits for it, and so whoever posts.
pub const TOLD_QUEUE_MAX: usize = 32;
/// Queries waiting for a reader; the next one is told to come back.
pub const READER_QUEUE_MAX: usize = 16_384;
/// Bytes of an access token. Those of Programmable Chat have about 470.
pub const TOKEN_BYTES_MAX: usize = 8_192;
/// Bytes of a session's secret as a cookie brings it; ours have 43.
pub const SESSION_SECRET_BYTES_MAX: usize = 64;
/// Characters of a password.
pub const PASSWORD_CHARACTERS_MIN: usize = 8;
/// Characters of a password.
pub const PASSWORD_CHARACTERS_MAX: usize = 256;
/// Passwords being checked or waiting for it; the next one is told to come back.
pub const PASSWORDS_WAITING_MAX: usize = 64;
/// Milliseconds between two looks at the file of keys.
pub const KEYS_PAUSE_MS: i64 = 1_000;
/// Milliseconds between two looks for something to purge.
pub const PURGE_PAUSE_MS: i64 = 1_000;
/// Milliseconds between two looks for leases that have ended.
pub const LEASES_PAUSE_MS: i64 = 60_000;
/// Milliseconds over which clients spread their return after a restart.
pub const RESTART_SPREAD_MS: u32 = 5_000;
/// Milliseconds that a question about readiness waits for the store.
pub const READY_MS: u64 = 2_000;
/// Bytes at the beginning of a file by which it is told what it is, and how large an image (256 KiB).
pub const UPLOAD_HEAD_BYTES: usize = 262_144;
/// Milliseconds that a file on its way in may be silent.
pub const UPLOAD_SILENT_MS: i64 = 30_000;
/// Files of one user on their way in at a time.
pub const UPLOADS_OF_USER_MAX: usize = 3;
/// Files on their way in at a time, all together. Each has a piece in memory.
pub const UPLOADS_MAX: usize = 32;
/// Milliseconds after which one who brings too many files at a time may try again.
pub const UPLOAD_RETRY_MS: u32 = 1_000;
/// Pixels of an image.
pub const IMAGE_PIXELS_MAX: u64 = 100_000_000;
/// Milliseconds that the address of a file is good for.
pub const MEDIA_URL_MS: i64 = 5 * 60 * 1_000;
/// Files that one request of the official browser SDK asks for, at most.
pub const MEDIA_SET_MAX: usize = 100;
/// Bytes of a file that are written at a time (5 MiB, the least that S3 takes).
pub const FILE_PIECE_BYTES: usize = 5 * 1_048_576;
/// Milliseconds that one request to an S3 file store may take (24 h).
pub const FILES_WHOLE_MS: u64 = 24 * 60 * 60 * 1_000;
/// Milliseconds that it may be silent.
pub const FILES_SILENT_MS: u64 = 30_000;
/// Milliseconds that a file waits for a message; then it goes (24 h).
pub const UPLOAD_LEFT_AFTER_MS: i64 = 24 * 60 * 60 * 1_000;
/// Milliseconds between two looks for files that nobody will have any more.
pub const UPLOADS_PAUSE_MS: i64 = 1_000;
/// Files that are removed between two looks at the database.
pub const UPLOADS_REMOVED_MAX: usize = 100;
/// Bytes of a file's name.
pub const FILENAME_BYTES_MAX: usize = 255;
/// Bytes of what is said to test mode (4 MiB): a village to begin with may be long.
pub const TEST_BYTES_MAX: usize = 4_194_304;
/// Milliseconds by which test mode makes frames late, at most.
pub const TEST_DELAY_MS_MAX: u32 = 60_000;
/// Milliseconds by which test mode moves its clock at a time, at most (400 days).
pub const TEST_ADVANCE_MS_MAX: i64 = 400 * 24 * 60 * 60 * 1_000;
/// Frames of one connection that test mode holds back; the next one is not read yet.
pub const LATE_FRAMES_MAX: usize = 1_024;
/// Rows that an import reads ahead of what it writes.
pub const MOVED_ROWS_AHEAD: usize = 256;
/// Rows that an import writes in one commit, and an export asks for at a time.
pub const MOVED_ROWS_MAX: usize = 500;
/// Bytes of rows after which an import commits (2 MiB).
pub const MOVED_BYTES_MAX: usize = 2_097_152;
/// Bytes at the beginning of a file by which an import tells how its rows are written (1 MiB).
pub const MOVED_HEAD_BYTES: usize = 1_048_576;

/// Characters of a webhook's address, as in Programmable Chat.
pub const WEBHOOK_URL_CHARACTERS_MAX: usize = 512;
/// Webhooks of one channel, as in Programmable Chat.
pub const WEBHOOKS_OF_CHANNEL_MAX: usize = 5;
/// Trigger words of one webhook, as in Programmable Chat.
pub const WEBHOOK_TRIGGERS_MAX: usize = 5;
/// Characters of a trigger word.
pub const WEBHOOK_TRIGGER_CHARACTERS_MAX: usize = 64;
/// How often a webhook is tried again, as in Programmable Chat.
pub const WEBHOOK_RETRIES_MAX: u8 = 3;
/// Milliseconds that a webhook has for its whole answer, as in Programmable Chat.
pub const WEBHOOK_MS: i64 = 5_000;
/// Bytes of a webhook's answer (64 KiB).
pub const WEBHOOK_ANSWER_BYTES_MAX: usize = 65_536;
/// Milliseconds before a webhook is asked for the second time; doubled each time after.
pub const WEBHOOK_BACK_OFF_MS: i64 = 500;
/// Webhooks of one service that people wait for at a time; the next one is told to come back.
pub const WEBHOOKS_ASKED_AT_A_TIME: usize = 256;
/// Milliseconds after which whoever was told to come back may do so.
pub const WEBHOOKS_BUSY_MS: u32 = 1_000;
/// Milliseconds before something is told for the second time; doubled each time after.
pub const DELIVERY_BACK_OFF_MS: i64 = 2_000;
/// Targets of one service that are told something at a time.
pub const DELIVERIES_AT_A_TIME: usize = 32;
/// Milliseconds between two looks for something to tell that nobody announced.
pub const DELIVERIES_PAUSE_MS: i64 = 1_000;
/// Milliseconds that something may wait to be told (4 h).
pub const DELIVERY_WAITING_MS: i64 = 4 * 60 * 60 * 1_000;
/// Deliveries of one service that may wait; beyond that the oldest are given up.
pub const DELIVERIES_WAITING_MAX: usize = 10_000;
/// Milliseconds that the log keeps what has ended (7 days).
pub const DELIVERY_KEPT_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// Deliveries of one service that the log keeps.
pub const DELIVERIES_KEPT_MAX: usize = 10_000;
/// Milliseconds between two looks for deliveries that are too old or too many.
pub const DELIVERIES_TIDY_PAUSE_MS: i64 = 60_000;
/// Deliveries that are given up or forgotten in one commit, at most.
pub const DELIVERIES_TIDIED_MAX: usize = 1_000;
/// Deliveries that the command line shows, unless it is asked for another number.
pub const DELIVERIES_SHOWN: usize = 100;
