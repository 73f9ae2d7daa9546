-- The first schema. SIDs are the 16 bytes behind their digits, times are milliseconds since 1970.
-- `entered` and `changed` are sequences of the scope that tells the row. Every row belongs to a
-- service: by its column, or by the user or channel that it hangs on.

CREATE TABLE services (
    id                 INTEGER PRIMARY KEY,
    sid                BLOB    NOT NULL UNIQUE,
    epoch              BLOB    NOT NULL,
    general            BLOB    NOT NULL,
    directory_sequence INTEGER NOT NULL DEFAULT 0,
    founded_at         INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    sid           BLOB    NOT NULL PRIMARY KEY,
    service       INTEGER NOT NULL REFERENCES services (id),
    identity      TEXT    NOT NULL,
    skeleton      TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    guest         INTEGER NOT NULL,
    password_hash TEXT,
    sequence      INTEGER NOT NULL,
    entered       INTEGER NOT NULL,
    changed       INTEGER NOT NULL,
    made_at       INTEGER NOT NULL,
    seen_at       INTEGER NOT NULL,
    retired_at    INTEGER
) STRICT, WITHOUT ROWID;

-- A name has one bearer at a time; whoever bore it before is retired.
CREATE UNIQUE INDEX users_by_identity ON users (service, identity) WHERE retired_at IS NULL;
CREATE INDEX users_by_skeleton ON users (service, skeleton) WHERE retired_at IS NULL;
CREATE INDEX leases_by_seen_at ON users (service, seen_at) WHERE guest = 1 AND retired_at IS NULL;

CREATE TABLE sessions (
    sid         BLOB    NOT NULL PRIMARY KEY,
    user        BLOB    NOT NULL REFERENCES users (sid),
    secret_hash BLOB    NOT NULL UNIQUE,
    made_at     INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    ended_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Never forgotten: a repeat of a creating command gets its first reply, whatever happened since.
-- The nonce comes first, as it grows with time: what many users post together lies together.
CREATE TABLE nonces (
    nonce  BLOB NOT NULL,
    user   BLOB NOT NULL,
    digest BLOB NOT NULL,
    reply  TEXT NOT NULL,
    PRIMARY KEY (nonce, user)
) STRICT, WITHOUT ROWID;

-- A deleted channel stays as a marker: no names, no attributes.
CREATE TABLE channels (
    sid             BLOB    NOT NULL PRIMARY KEY,
    service         INTEGER NOT NULL REFERENCES services (id),
    unique_name     TEXT,
    friendly_name   TEXT    NOT NULL,
    attributes      TEXT    NOT NULL,
    created_by      TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    deleted_at      INTEGER,
    forgotten       INTEGER NOT NULL DEFAULT 0,
    sequence        INTEGER NOT NULL,
    entered         INTEGER NOT NULL,
    changed         INTEGER NOT NULL,
    last_index      INTEGER,
    last_message_at INTEGER,
    members         INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX channels_by_unique_name ON channels (service, unique_name);
CREATE INDEX channels_to_forget ON channels (service, deleted_at)
    WHERE deleted_at IS NOT NULL AND forgotten = 0;

-- What the directory tells of a channel. One that is not listed is gone from it.
CREATE TABLE listings (
    channel BLOB    NOT NULL PRIMARY KEY REFERENCES channels (sid),
    service INTEGER NOT NULL REFERENCES services (id),
    listed  INTEGER NOT NULL,
    entered INTEGER NOT NULL,
    changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX listings_by_changed ON listings (service, changed);

-- One row, told in two scopes: the channel's (`entered`, `changed`, `shown_horizon`) and the
-- user's own (`my_entered`, `my_changed`, `horizon`). Without a role the member has left.
CREATE TABLE members (
    channel       BLOB    NOT NULL REFERENCES channels (sid),
    user          BLOB    NOT NULL REFERENCES users (sid),
    sid           BLOB    NOT NULL,
    identity      TEXT    NOT NULL,
    guest         INTEGER NOT NULL,
    role          TEXT,
    joined_index  INTEGER,
    horizon       INTEGER,
    shown_horizon INTEGER,
    shown_at      INTEGER,
    at            INTEGER NOT NULL,
    entered       INTEGER NOT NULL,
    changed       INTEGER NOT NULL,
    my_entered    INTEGER NOT NULL,
    my_changed    INTEGER NOT NULL,
    PRIMARY KEY (channel, user)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_changed ON members (channel, changed);
CREATE INDEX members_by_my_changed ON members (user, my_changed);
CREATE INDEX members_present ON members (channel, user) WHERE role IS NOT NULL;
CREATE INDEX members_admins ON members (channel) WHERE role = 'admin';
CREATE INDEX memberships_present ON members (user, channel) WHERE role IS NOT NULL;

CREATE TABLE messages (
    channel    BLOB    NOT NULL REFERENCES channels (sid),
    idx        INTEGER NOT NULL,
    sid        BLOB    NOT NULL,
    author     BLOB    NOT NULL,
    entered    INTEGER NOT NULL,
    changed    INTEGER NOT NULL,
    posted_at  INTEGER NOT NULL,
    identity   TEXT    NOT NULL,
    nonce      BLOB    NOT NULL,
    attributes TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    PRIMARY KEY (channel, idx)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX messages_by_sid ON messages (sid);
CREATE INDEX messages_by_changed ON messages (channel, changed);
