-- Files that came in. Their bytes are in the file store, under their SIDs: a row is made before the
-- first byte is kept, and goes after the last one is gone. `arriving`, then `waiting` for a message,
-- `kept` by one, `left` to be removed.

CREATE TABLE uploads (
    sid          BLOB    NOT NULL PRIMARY KEY,
    user         BLOB    NOT NULL REFERENCES users (sid),
    state        TEXT    NOT NULL,
    arrived_at   INTEGER NOT NULL,
    filename     TEXT    NOT NULL,
    content_type TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    width        INTEGER,
    height       INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX uploads_by_user ON uploads (user, size);
CREATE INDEX uploads_by_state ON uploads (state, arrived_at);

-- The sum of all sizes, so that nobody waits while they are added up.
ALTER TABLE services ADD COLUMN uploaded_bytes INTEGER NOT NULL DEFAULT 0;

ALTER TABLE messages ADD COLUMN media BLOB;
CREATE UNIQUE INDEX messages_by_media ON messages (media) WHERE media IS NOT NULL;
